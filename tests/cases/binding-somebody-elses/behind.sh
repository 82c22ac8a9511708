# shellcheck shell=bash
acs hbr CreatePolicyV2 PolicyName=Theirs PolicyType=UDM_ECS_ONLY 'Rules=[{"RuleType": "BACKUP", "BackupType": "COMPLETE", "Schedule": "I|1764525600|P1D", "Retention": 7}]' >policy.json
acs hbr CreatePolicyBindings "PolicyId=$(jq -r .PolicyId policy.json)" SourceType=UDM_ECS 'PolicyBindingList=[{"SourceType": "UDM_ECS", "DataSourceId": "i-db1"}]'
