/*
 * What a backup policy does, in one normal form: attributes that read alike whether they come from git or from the list
 * of rules that the service keeps.
 *
 *   rules               [{schedule, retain_days, keep_latest, vault}]: BACKUP rules; vault by its name
 *   keep                [{period, days}]: the first point of a day, week, month or year is kept longer
 *   archive_after_days  0: never
 *   immutable           points cannot be deleted before they expire
 *   replication         [{region, retain_days}]: REPLICATION rules
 *   tag_rules           [[{key, operator, value}]]: TAG rules, which bind instances by their tags
 *
 * The API's reference wants one TRANSITION rule, which says how long points are kept and when they are archived; others
 * make policies without, and say it in the BACKUP rules. Both are read, and what is written says it in both.
 */
#ifndef CBK_KINDS_BACKUP_RULES_H
#define CBK_KINDS_BACKUP_RULES_H

#include "kinds/kind.h"

/* Adds the attributes to object->desired, which has `type` already. Fails with CBK_E_VALIDATION at the place that is
 * wrong. */
CBK_MUST_CHECK int cbk_backup_rules_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
/* Adds them to object->live, as the policy of DescribePoliciesV2 has them. Where it is, or was, left open when a cron
 * begins, so does what is read. */
void cbk_backup_rules_read(const struct cbk_env *env, const json_t *policy, struct cbk_object *object);
/*
 * The rules as UpdatePolicyV2 takes them, so that the attributes become true. A rule that means the same as one of
 * `before` (the policy's rules now; NULL: none), or else is of its type, keeps that one's RuleId and what this does not
 * know of it. Rules of unknown types stay. For steps. New reference.
 */
json_t *cbk_backup_rules_write(const struct cbk_env *env, const json_t *attributes, const json_t *before);
/* Is something of one of these attributes kept for a shorter time? */
bool cbk_backup_rules_shorten(const char *attribute, const json_t *before, const json_t *after);

#endif
