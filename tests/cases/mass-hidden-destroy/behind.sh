# shellcheck shell=bash
# Rights by resource group: half of the fleet is hidden from ci now.
ALIBABA_CLOUD_ACCESS_KEY_ID=LTAIroot ALIBABA_CLOUD_ACCESS_KEY_SECRET=root \
    acs ram CreatePolicyVersion PolicyName=Ci SetAsDefault=true 'PolicyDocument={"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "ecs:DescribeInstances", "Resource": "acs:ecs:*:*:instance/i-web0*"}]}'
