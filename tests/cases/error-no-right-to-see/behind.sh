# shellcheck shell=bash
ALIBABA_CLOUD_ACCESS_KEY_ID=LTAIroot ALIBABA_CLOUD_ACCESS_KEY_SECRET=root \
    acs ram CreatePolicyVersion PolicyName=Ci SetAsDefault=true 'PolicyDocument={"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "ecs:DescribeInstances", "Resource": "*"}]}'
