#include "base/alloc.h"
#include "base/map.h"
#include "sim/front/auth.h"

/* A timestamp may lie 15 minutes on either side of now, so a nonce must be known for twice that. */
enum { GENERATION_SECONDS = 1800 };

/* Two generations: the older one is dropped whole when the younger is as old as a nonce can get. */
struct sim_nonces {
    struct cbk_map *young, *old;
    int64_t since;
};

struct sim_nonces *sim_nonces_new(void)
{
    struct sim_nonces *nonces = CBK_NEW(struct sim_nonces);
    nonces->young = cbk_map_new();
    nonces->old = cbk_map_new();
    return nonces;
}

void sim_nonces_free(struct sim_nonces *nonces)
{
    if (!nonces)
        return;
    cbk_map_free(nonces->young);
    cbk_map_free(nonces->old);
    free(nonces);
}

static void turn_over(struct sim_nonces *nonces, int64_t now)
{
    cbk_map_free(nonces->old);
    nonces->old = nonces->young;
    nonces->young = cbk_map_new();
    nonces->since = now;
}

bool sim_nonces_use(struct sim_nonces *nonces, const char *nonce, int64_t machine_now)
{
    if (machine_now - nonces->since >= GENERATION_SECONDS)
        turn_over(nonces, machine_now);
    if (cbk_map_get(nonces->young, nonce) || cbk_map_get(nonces->old, nonce))
        return false;
    cbk_map_set(nonces->young, nonce, nonces);
    return true;
}
