/* Parameters of an action, from a JSON object to the flat pairs that go over the wire. */
#ifndef CBK_CLOUD_PARAMS_H
#define CBK_CLOUD_PARAMS_H

#include "base/arena.h"
#include "cloud/cloud.h"
#include "cloud/sign.h"

/*
 * Adds the pairs of `params` (an object) as cbk_cloud_call describes: "Tag": [{"Key": "a"}] becomes
 * Tag.1.Key=a. Names and values live in the arena; plain strings stay borrowed from `params`. Empty arrays and objects
 * vanish, as the wire has no form for them. Fails with CBK_E_INTERNAL on a value that the wire cannot carry (a real).
 */
CBK_MUST_CHECK int cbk_params_spread(const json_t *params, struct cbk_arena *arena, struct cbk_pairs *pairs,
                                     struct cbk_error *err);

#endif
