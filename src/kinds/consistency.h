/*
 * What a declaration's `consistency` asks of a backup: the attributes that jobs and bindings share, and the two
 * spellings in which Cloud Backup takes them: UdmDetail of bindings (PascalCase), Detail of jobs (the same words in
 * camelCase).
 */
#ifndef CBK_KINDS_CONSISTENCY_H
#define CBK_KINDS_CONSISTENCY_H

#include "kinds/kind.h"

enum cbk_detail_case {
    CBK_DETAIL_OF_BINDING, /* "AppConsistent" */
    CBK_DETAIL_OF_JOB,     /* "appConsistent" */
};

/*
 * Adds the attributes that object->declared.consistency asks for to object->desired: `level`; with level application
 * `role` (its name in the cloud), `freeze_timeout` (seconds), `fs_freeze`, `writers`, `pre_freeze` and `post_thaw` (the
 * paths of the scripts declared, or the vendor's); `group` only where a snapshot group is asked for. A group together
 * with level application is refused: by the vendor's page the one rules the other out.
 */
CBK_MUST_CHECK int cbk_consistency_desire(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
/*
 * The whole of it as the service takes it. Attributes of level application are left out of a backup that does not ask
 * for it. ramRoleName of jobs is undocumented (U); the instance's role is what the plug-in uses. New reference.
 */
json_t *cbk_consistency_detail(const json_t *attributes, enum cbk_detail_case spelling);
/* Adds to `attributes` what a binding's UdmDetail says, in the same words as cbk_consistency_desire; `group` always. */
void cbk_consistency_read(const json_t *udm_detail, json_t *attributes);

#endif
