/* One request on the wire: a form, signed as it leaves by ACS3-HMAC-SHA256, or by nobody. */
#ifndef CBK_CLOUD_WIRE_H
#define CBK_CLOUD_WIRE_H

#include "cloud/answer.h"

/* Sends the form to the endpoint of the session's service, with a nonce and a date of its own. Where asked->credentials
 * have no access key the request is not signed. Fails like cbk_http_send. */
CBK_MUST_CHECK int cbk_wire_send(struct cbk_cloud *cloud, const struct cbk_asked *asked, const struct cbk_str *form,
                                 int64_t timeout_ms, struct cbk_http_response *response, struct cbk_error *err);

#endif
