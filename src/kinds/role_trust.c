#include "kinds/role_trust.h"

#include "kinds/policy_doc.h"

#include <string.h>

/* Takes `principal` and `condition` (NULL: none) over. */
static void add_statement(json_t *statements, json_t *principal, json_t *condition)
{
    json_t *statement =
        json_pack("{s:s, s:s, s:o}", "Effect", "Allow", "Action", "sts:AssumeRole", "Principal", principal);
    if (condition)
        json_object_set_new(statement, "Condition", condition);
    json_array_append_new(statements, statement);
}

/* Services and accounts: they stand in one statement, as the console writes it. */
static void add_unconditional(json_t *statements, const json_t *trust)
{
    json_t *services = json_object_get(trust, "service");
    const json_t *accounts = json_object_get(trust, "account");
    json_t *principal = json_object();
    if (services)
        json_object_set(principal, "Service", services);
    if (accounts)
        json_object_set_new(principal, "RAM", json_array());
    size_t index;
    json_t *account;
    json_array_foreach((json_t *)accounts, index, account) {
        CBK_CLEANUP(cbk_string_freep) char *arn = cbk_strf("acs:ram::%s:root", json_string_value(account));
        json_array_append_new(json_object_get(principal, "RAM"), json_string(arn));
    }
    if (json_object_size(principal))
        add_statement(statements, principal, NULL);
    else
        json_decref(principal);
}

/* {"Federated": [ARN]} of an identity provider that is named or given by its ARN. */
static int make_federated(const json_t *item, const char *kind, const char *account, json_t **ret,
                          struct cbk_error *err)
{
    const char *provider = cbk_json_text_or(item, "provider", "");
    if (!account && !strchr(provider, ':')) {
        (void)cbk_fail(err, CBK_E_VALIDATION, "whose identity provider '%s' is cannot be told", provider);
        return cbk_error_hint(err, "set provider.account, or write the provider's ARN, acs:ram::ACCOUNT:%s/%s", kind,
                              provider);
    }
    CBK_CLEANUP(cbk_string_freep)
    char *arn = strchr(provider, ':') ? cbk_strdup(provider) : cbk_strf("acs:ram::%s:%s/%s", account, kind, provider);
    *ret = json_pack("{s:[s]}", "Federated", arn);
    return 0;
}

static bool any_pattern(const json_t *texts)
{
    size_t index;
    json_t *text;
    json_array_foreach((json_t *)texts, index, text)
        if (strpbrk(json_string_value(text), "*?"))
            return true;
    return false;
}

static json_t *oidc_condition(const json_t *item)
{
    json_t *exact = json_pack("{s:O, s:O}", "oidc:iss", json_object_get(item, "issuer"), "oidc:aud",
                              json_object_get(item, "audience"));
    json_t *condition = json_pack("{s:o}", "StringEquals", exact);
    json_t *subjects = json_object_get(item, "subject");
    if (subjects && any_pattern(subjects))
        json_object_set_new(condition, "StringLike", json_pack("{s:O}", "oidc:sub", subjects));
    else if (subjects)
        json_object_set(exact, "oidc:sub", subjects);
    return condition;
}

static json_t *saml_condition(const json_t *item)
{
    return json_pack("{s:{s:O}}", "StringEquals", "saml:recipient", json_object_get(item, "recipient"));
}

/* The kinds of identity providers: their key in the stack, their word in an ARN, what is asked of their assertions. */
static const struct provider {
    const char *key, *kind;
    json_t *(*condition)(const json_t *item);
} providers[] = {
    {"oidc", "oidc-provider", oidc_condition},
    {"saml", "saml-provider", saml_condition},
};

static int add_federated(json_t *statements, const json_t *trust, const struct provider *provider, const char *account,
                         struct cbk_error *err)
{
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(trust, provider->key), index, item) {
        json_t *federated = NULL;
        int r = make_federated(item, provider->kind, account, &federated, err);
        if (r < 0)
            return r;
        add_statement(statements, federated, provider->condition(item));
    }
    return 0;
}

int cbk_role_trust_make(const json_t *trust, const char *account, json_t **ret_document, struct cbk_error *err)
{
    CBK_JSON *statements = json_array();
    add_unconditional(statements, trust);
    for (size_t i = 0; i < CBK_ARRAY_LEN(providers); i++) {
        int r = add_federated(statements, trust, &providers[i], account, err);
        if (r < 0)
            return r;
    }
    CBK_JSON *document = json_pack("{s:s, s:O}", "Version", "1", "Statement", statements);
    *ret_document = cbk_policy_doc_normalise(document);
    return 0;
}
