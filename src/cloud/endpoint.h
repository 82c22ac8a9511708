/*
 * Where a service is. Sources: endpoint rules and maps of the vendor's SDKs. Where they are wrong, or the caller is
 * inside a VPC, CBK_ENDPOINT names another host, for all services alike.
 */
#ifndef CBK_CLOUD_ENDPOINT_H
#define CBK_CLOUD_ENDPOINT_H

#include "cloud/cloud.h"
#include "http/url.h"

/* "ecs", as RAM policies spell it. */
const char *cbk_service_name(enum cbk_service service);
/* "2014-05-26". */
const char *cbk_service_version(enum cbk_service service);
/* Do the actions take RegionId? */
bool cbk_service_takes_region(enum cbk_service service);

/*
 * The base URL of the service in the region (may be NULL where the service has a central host), or `override` when
 * it is not NULL. Fails with CBK_E_USAGE for a region that cannot be one, a region that is missing, and an override
 * that is plain http to anything but loopback. The caller releases *ret.
 */
CBK_MUST_CHECK int cbk_endpoint_find(enum cbk_service service, const char *region, const char *override,
                                     struct cbk_url *ret, struct cbk_error *err);

#endif
