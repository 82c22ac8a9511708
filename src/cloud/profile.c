/*
 * The profiles of the vendor's CLI: {"current": NAME, "profiles": [{"name", "mode", ...}]}. Each mode is a row. Modes
 * that start a program or log in through a browser are not supported. Source: the vendor's credentials-go and CLI.
 */
#include "base/file.h"
#include "base/log.h"
#include "cloud/fetch.h"
#include "cloud/identity.h"

#include <string.h>
#include <strings.h>

#define FILE_LIMIT (1u << 20)
#define DEPTH_LIMIT 8 /* of source profiles */

struct profile {
    const char *path;
    const json_t *file;
    const json_t *values; /* of this profile */
    char *origin;
    unsigned depth;
};

static int find_profile(const struct profile *of, const char *name, struct cbk_identity **ret, struct cbk_error *err);

static const char *value_of(const struct profile *profile, const char *key)
{
    return cbk_json_text_or(profile->values, key, "");
}

static struct cbk_terms terms_of(const struct profile *profile)
{
    return (struct cbk_terms){
        .role_arn = value_of(profile, "ram_role_arn"),
        .session_name = value_of(profile, "ram_session_name"),
        .policy = *value_of(profile, "policy") ? value_of(profile, "policy") : NULL,
        .external_id = *value_of(profile, "external_id") ? value_of(profile, "external_id") : NULL,
        .seconds = cbk_json_int(profile->values, "expired_seconds", 0),
    };
}

static int make_key(const struct profile *profile, struct cbk_identity **ret, struct cbk_error *err)
{
    (void)err;
    *ret = cbk_identity_fixed(profile->origin, value_of(profile, "access_key_id"),
                              value_of(profile, "access_key_secret"), NULL);
    return 0;
}

static int make_token(const struct profile *profile, struct cbk_identity **ret, struct cbk_error *err)
{
    (void)err;
    *ret = cbk_identity_fixed(profile->origin, value_of(profile, "access_key_id"),
                              value_of(profile, "access_key_secret"), value_of(profile, "sts_token"));
    return 0;
}

static int make_role(const struct profile *profile, struct cbk_identity **ret, struct cbk_error *err)
{
    const struct cbk_terms terms = terms_of(profile);
    (void)err;
    CBK_CLEANUP(cbk_string_freep) char *origin = cbk_strf("the key of %s", profile->origin);
    *ret = cbk_identity_role(
        profile->origin, &terms,
        cbk_identity_fixed(origin, value_of(profile, "access_key_id"), value_of(profile, "access_key_secret"), NULL));
    return 0;
}

static int make_chained_role(const struct profile *profile, struct cbk_identity **ret, struct cbk_error *err)
{
    const struct cbk_terms terms = terms_of(profile);
    struct cbk_identity *source = NULL;
    if (profile->depth >= DEPTH_LIMIT)
        return cbk_fail(err, CBK_E_AUTH, "%s stands on a circle of source profiles", profile->origin);
    int r = find_profile(profile, value_of(profile, "source_profile"), &source, err);
    if (r < 0)
        return r;
    *ret = cbk_identity_role(profile->origin, &terms, source);
    return 0;
}

static int make_metadata(const struct profile *profile, struct cbk_identity **ret, struct cbk_error *err)
{
    (void)err;
    *ret = cbk_identity_metadata(profile->origin, value_of(profile, "ram_role_name"));
    return 0;
}

static int make_oidc(const struct profile *profile, struct cbk_identity **ret, struct cbk_error *err)
{
    const struct cbk_terms terms = terms_of(profile);
    (void)err;
    *ret = cbk_identity_oidc(profile->origin, &terms, value_of(profile, "oidc_provider_arn"),
                             value_of(profile, "oidc_token_file"));
    return 0;
}

/* Whoever sets it wants no file of profiles to decide what is started or asked. */
static bool is_blocked(void)
{
    const char *value = getenv("ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS");
    return value && (strcmp(value, "1") == 0 || strcasecmp(value, "true") == 0);
}

static int make_uri(const struct profile *profile, struct cbk_identity **ret, struct cbk_error *err)
{
    if (is_blocked())
        return cbk_fail(err, CBK_E_AUTH,
                        "%s has the mode 'CredentialsURI', which "
                        "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS blocks",
                        profile->origin);
    return cbk_identity_uri(profile->origin, value_of(profile, "credentials_uri"), ret, err);
}

static const struct mode {
    const char *name;
    bool has_secret;      /* then somebody else who may read the file is worth a warning */
    const char *needs[4]; /* keys */
    int (*make)(const struct profile *profile, struct cbk_identity **ret, struct cbk_error *err);
} modes[] = {
    {"AK", true, {"access_key_id", "access_key_secret"}, make_key},
    {"StsToken", true, {"access_key_id", "access_key_secret", "sts_token"}, make_token},
    {"RamRoleArn", true, {"access_key_id", "access_key_secret", "ram_role_arn"}, make_role},
    {"ChainableRamRoleArn", false, {"source_profile", "ram_role_arn"}, make_chained_role},
    {"EcsRamRole", false, {NULL}, make_metadata},
    {"OIDC", false, {"oidc_provider_arn", "oidc_token_file", "ram_role_arn"}, make_oidc},
    {"CredentialsURI", false, {"credentials_uri"}, make_uri},
};

static int fail_unknown_mode(const struct profile *profile, const char *name, struct cbk_error *err)
{
    CBK_STR(known);
    for (size_t i = 0; i < CBK_ARRAY_LEN(modes); i++)
        cbk_str_addf(&known, "%s%s", i ? ", " : "", modes[i].name);
    (void)cbk_fail(err, CBK_E_AUTH, "%s has the mode '%s', which is not supported", profile->origin, name);
    return cbk_error_hint(err, "take another profile by ALIBABA_CLOUD_PROFILE: one of the modes %s", known.ptr);
}

static int find_mode(const struct profile *profile, const struct mode **ret, struct cbk_error *err)
{
    const char *name = value_of(profile, "mode");
    for (size_t i = 0; i < CBK_ARRAY_LEN(modes); i++)
        if (strcasecmp(modes[i].name, name) == 0) {
            *ret = &modes[i];
            return 0;
        }
    return fail_unknown_mode(profile, name, err);
}

/* The first key that the mode needs and the profile lacks, or NULL. */
static const char *lacks(const struct profile *profile, const struct mode *mode)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(mode->needs) && mode->needs[i]; i++)
        if (!*value_of(profile, mode->needs[i]))
            return mode->needs[i];
    return NULL;
}

static const json_t *values_of(const json_t *file, const char *name)
{
    size_t i;
    json_t *values;
    json_array_foreach(json_object_get(file, "profiles"), i, values)
        if (cbk_str_equal(cbk_json_text(values, "name"), name))
            return values;
    return NULL;
}

static int fail_unknown_profile(const struct profile *of, const char *name, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_strings_release) struct cbk_strings names = {0};
    size_t i;
    json_t *values;
    json_array_foreach(json_object_get(of->file, "profiles"), i, values)
        cbk_strings_push(&names, cbk_json_text_or(values, "name", ""));
    (void)cbk_fail_unknown(err, (struct cbk_span){0}, CBK_E_AUTH, "profile", name, names.items, names.len);
    return cbk_wrap(err, "'%s'", of->path);
}

static void release_profile(struct profile *profile)
{
    free(profile->origin);
}

/* The vendor's tools take such a file, and where secrets are mounted it cannot always be had otherwise. */
static void warn_of_readers(const char *path)
{
    CBK_ERROR(err);
    if (cbk_file_check_private(path, &err) < 0)
        cbk_log(CBK_LOG_WARN, "'%s' holds secrets, and others may read it: chmod 0600 it", path);
}

/* The identity of a profile of the file. `optional`: one that is empty is passed over, with the reason. */
static int open_profile(const struct profile *of, const char *name, bool optional, struct cbk_identity **ret,
                        struct cbk_str *why, struct cbk_error *err)
{
    CBK_CLEANUP(release_profile)
    struct profile profile = {of->path, of->file, values_of(of->file, name), NULL, of->depth + 1};
    const struct mode *mode = NULL;
    if (!profile.values)
        return fail_unknown_profile(of, name, err);
    profile.origin = cbk_strf("profile '%s' of '%s'", name, of->path);
    int r = find_mode(&profile, &mode, err);
    if (r < 0)
        return r;
    const char *missing = lacks(&profile, mode);
    if (missing && optional) { /* the CLI makes an empty one when it first runs */
        cbk_str_addf(why, "%s has no %s", profile.origin, missing);
        return 0;
    }
    if (missing)
        return cbk_fail(err, CBK_E_AUTH, "%s has no %s", profile.origin, missing);
    if (mode->has_secret)
        warn_of_readers(of->path);
    return mode->make(&profile, ret, err);
}

static int find_profile(const struct profile *of, const char *name, struct cbk_identity **ret, struct cbk_error *err)
{
    return open_profile(of, name, /* optional= */ false, ret, NULL, err);
}

/* What stands in the file may be a secret wherever it stands: it is named, never quoted. */
static int read_file(const char *path, json_t **ret, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_secret_freep) char *text = NULL;
    size_t len = 0;
    int r = cbk_file_read(path, FILE_LIMIT, &text, &len, err);
    if (r < 0)
        return r;
    CBK_JSON *file = NULL;
    CBK_ERROR(syntax);
    if (cbk_json_parse(path, text, len, &file, &syntax) < 0 || !json_is_array(json_object_get(file, "profiles")))
        return cbk_fail(err, CBK_E_SYNTAX, "'%s' is not a file of profiles: it is no JSON, or has no list of them",
                        path);
    *ret = cbk_json_steal(&file);
    return 0;
}

static char *default_path(void)
{
    const char *home = getenv("HOME");
    return cbk_path_join(home && *home ? home : "/", ".aliyun/config.json");
}

int cbk_profile_find(struct cbk_identity **ret, struct cbk_str *why, struct cbk_error *err)
{
    const char *file_wanted = getenv("ALIBABA_CLOUD_CONFIG_FILE"), *wanted = getenv("ALIBABA_CLOUD_PROFILE");
    bool file_given = file_wanted && *file_wanted, given = wanted && *wanted;
    CBK_CLEANUP(cbk_string_freep) char *path = file_given ? cbk_strdup(file_wanted) : default_path();
    if (!file_given && !given && access(path, F_OK) < 0) {
        cbk_str_addf(why, "there is no '%s'", path);
        return 0;
    }
    CBK_JSON *file = NULL;
    int r = read_file(path, &file, err);
    if (r < 0)
        return r;
    const char *name = given ? wanted : cbk_json_text_or(file, "current", "");
    const struct profile root = {.path = path, .file = file};
    return open_profile(&root, name, /* optional= */ !given && !file_given, ret, why, err);
}
