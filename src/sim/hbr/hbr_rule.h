/*
 * The Rules of a backup policy, as they come in CreatePolicyV2 and UpdatePolicyV2.
 */
#ifndef CBK_SIM_HBR_RULE_H
#define CBK_SIM_HBR_RULE_H

#include "sim/action/call.h"

/* Reads and checks Rules. `type` is the policy's, or NULL where the rules decide it. New reference. */
CBK_MUST_CHECK int sim_hbr_read_rules(struct sim_call *call, const char *type, json_t **ret_rules);
/* Does a rule name that vault? NULL: any vault. */
bool sim_hbr_rules_use_vault(const json_t *rules, const char *vault_id);

#define SIM_HBR_RULE                                                                                                   \
    "RuleId RuleType BackupType Schedule Retention:i ArchiveDays:i Immutable:b KeepLatestSnapshots:i "                 \
    "ReplicationRegionId VaultId DataSourceFilters[SourceType DataSourceIds[]] "                                       \
    "RetentionRules[AdvancedRetentionType Retention:i WhichSnapshot:i] TagFilters[Key Operator Value]"

#endif
