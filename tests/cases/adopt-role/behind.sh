# shellcheck shell=bash
acs ram CreateRole RoleName=SnapRole Description=theirs 'AssumeRolePolicyDocument={"Version": "1", "Statement": [{"Effect": "Allow",
    "Action": "sts:AssumeRole", "Principal": {"Service": ["ecs.aliyuncs.com"]}}]}'
