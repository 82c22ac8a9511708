# shellcheck shell=bash
policy=$(acs hbr DescribePoliciesV2 | jq -r '.Policies[] | select(.PolicyName == "nightly") | .PolicyId')
acs hbr UpdatePolicyBinding "PolicyId=$policy" SourceType=UDM_ECS DataSourceId=i-db1 Disabled=true
