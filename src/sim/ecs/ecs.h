/*
 * Rows and looks that many ECS actions share.
 */
#ifndef CBK_SIM_ECS_H
#define CBK_SIM_ECS_H

#include "sim/action/action.h"
#include "sim/action/match.h"
#include "sim/action/page.h"

#define SIM_ECS_REGION                                                                                                 \
    {                                                                                                                  \
        .name = "RegionId", .type = SIM_TEXT, .required = true, .missing = "MissingParameter.RegionId"                 \
    }
#define SIM_ECS_GROUP                                                                                                  \
    {                                                                                                                  \
        .name = "ResourceGroupId", .type = SIM_TEXT                                                                    \
    }
#define SIM_ECS_TAG                                                                                                    \
    {                                                                                                                  \
        .name = "Tag", .type = SIM_RECORDS, .fields = "Key Value", .max = 20, .code = "InvalidTagCount"                \
    }
/* Sizes out of range are taken for the nearest that is in it (page.h). */
#define SIM_ECS_PAGES                                                                                                  \
    {.name = "MaxResults", .type = SIM_INT}, {.name = "NextToken", .type = SIM_TEXT},                                  \
        {.name = "PageNumber", .type = SIM_INT},                                                                       \
    {                                                                                                                  \
        .name = "PageSize", .type = SIM_INT                                                                            \
    }

#define SIM_ECS_PAGED "RequestId NextToken PageNumber:i PageSize:i TotalCount:i"
#define SIM_ECS_TAGS "Tags{Tag=tags[TagKey=.key TagValue=.value]}"

/* The instance of that id, or a failure with `code` and NULL. */
json_t *sim_ecs_instance(struct sim_call *call, const char *id, const char *code);
/* Answers DryRun=true, which is an error even when all is well; 0 when the call is none. */
CBK_MUST_CHECK int sim_ecs_dry_run(struct sim_call *call);
/* Checks tags to be set (Tag.N) and turns them into an object, new reference, empty without. */
CBK_MUST_CHECK int sim_ecs_read_tags(struct sim_call *call, json_t **ret);

#endif
