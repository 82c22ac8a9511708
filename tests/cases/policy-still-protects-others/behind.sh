# shellcheck shell=bash
policy=$(acs hbr DescribePoliciesV2 | jq -r '.Policies[] | select(.PolicyName == "nightly") | .PolicyId')
acs hbr CreatePolicyBindings "PolicyId=$policy" SourceType=UDM_ECS 'PolicyBindingList=[{"SourceType": "UDM_ECS", "DataSourceId": "i-web01"}]'
