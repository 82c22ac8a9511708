# shellcheck shell=bash
acs ram CreateRole RoleName=Monitoring 'AssumeRolePolicyDocument={"Version": "1", "Statement": [{"Effect": "Allow",
    "Action": "sts:AssumeRole", "Principal": {"Service": ["ecs.aliyuncs.com"]}}]}'
acs ecs AttachInstanceRamRole RamRoleName=Monitoring 'InstanceIds=["i-db1"]'
