/* The service itself: CheckRole, OpenHbrService; and how HBR says no. */
#include "sim/hbr/hbr.h"

int sim_hbr_refuse(struct sim_call *call, const char *code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    CBK_CLEANUP(cbk_string_freep) char *message = cbk_vstrf(fmt, args);
    va_end(args);
    sim_give_text(call, "Code", code);
    sim_give_text(call, "Message", message);
    sim_give_bool(call, "Success", false);
    return 0;
}

bool sim_hbr_has_service_role(const struct sim_world *world, const char *type)
{
    return !cbk_json_array_has(world->missing_service_roles, type);
}

/* The service-linked roles are there, but for the one of another account and those that the world leaves out. */
static int check_role(struct sim_call *call)
{
    if (cbk_str_equal(sim_text(call, "CheckRoleType"), "CrossAccountRole"))
        return sim_hbr_refuse(call, "CrossAccountBackupSlrNotExist", "The service linked role does not exist.");
    if (!sim_hbr_has_service_role(call->world, sim_text(call, "CheckRoleType")))
        return sim_hbr_refuse(call, "UdmBackupSlrNotExist", "The service linked role does not exist."); /* (U) */
    return 0;
}

/* The service is open in every world. */
static int open_service(struct sim_call *call)
{
    return sim_fail(call, "ORDER.OPEND", "The service is opened already."); /* sic */
}

static const struct sim_param check_role_params[] = {
    {.name = "CheckRoleType",
     .type = SIM_TEXT,
     .one_of = "EcsRole|CsgRole|NasRole|OssRole|UdmRole|VMwareLocalRole|VMwareCloudRole|EcsBackupRole|OtsRole|"
               "CrossAccountRole"},
    {.name = "CrossAccountRoleName", .type = SIM_TEXT},
    {.name = "CrossAccountUserId", .type = SIM_INT},
    {0},
};
static const struct sim_param no_params[] = {{0}};

static const struct sim_action rows[] = {
    {.service = SIM_HBR,
     .name = "CheckRole",
     .params = check_role_params,
     .handler = check_role,
     .answer = SIM_HBR_STATUS},
    {.service = SIM_HBR,
     .name = "OpenHbrService",
     .params = no_params,
     .handler = open_service,
     .mutating = true,
     .answer = "RequestId OrderId"},
};
SIM_ACTIONS(sim_hbr_service);
