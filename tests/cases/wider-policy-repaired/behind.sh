# shellcheck shell=bash
acs ram CreatePolicyVersion PolicyName=SnapPolicy SetAsDefault=true 'PolicyDocument={"Version": "1", "Statement": [
    {"Effect": "Allow", "Action": ["ecs:DescribeDisks"], "Resource": ["*"]}]}'
