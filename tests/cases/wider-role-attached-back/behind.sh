# shellcheck shell=bash
acs ram DetachPolicyFromRole RoleName=SnapRole PolicyName=SnapPolicy PolicyType=Custom
