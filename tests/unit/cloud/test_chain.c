/* Which way to credentials is taken, without a network: by variables and by the file of profiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "cloud/identity.h"

#include <string.h>
#include <sys/stat.h>

#define OFF "ALIBABA_CLOUD_ECS_METADATA_DISABLED=true"
#define ID "ALIBABA_CLOUD_ACCESS_KEY_ID=id"
#define SECRET "ALIBABA_CLOUD_ACCESS_KEY_SECRET=hush"
#define OIDC_FILE "ALIBABA_CLOUD_OIDC_TOKEN_FILE=/t"
#define OIDC_PROVIDER "ALIBABA_CLOUD_OIDC_PROVIDER_ARN=acs:ram::1:oidc-provider/p"
#define ROLE "ALIBABA_CLOUD_ROLE_ARN=acs:ram::1:role/r"
#define URI "ALIBABA_CLOUD_CREDENTIALS_URI="

static const char profiles[] =
    "{'current': 'key', 'profiles': ["
    "{'name': 'key', 'mode': 'AK', 'access_key_id': 'pid', 'access_key_secret': 'phush'},"
    "{'name': 'sts', 'mode': 'ststoken', 'access_key_id': 'pid', 'access_key_secret': 'phush', 'sts_token': 'tok'},"
    "{'name': 'half', 'mode': 'AK', 'access_key_id': 'pid'},"
    "{'name': 'role', 'mode': 'RamRoleArn', 'access_key_id': 'p', 'access_key_secret': 'phush', 'ram_role_arn': 'a'},"
    "{'name': 'chain', 'mode': 'ChainableRamRoleArn', 'source_profile': 'role', 'ram_role_arn': 'b'},"
    "{'name': 'astray', 'mode': 'ChainableRamRoleArn', 'source_profile': 'rolle', 'ram_role_arn': 'b'},"
    "{'name': 'circle', 'mode': 'ChainableRamRoleArn', 'source_profile': 'circle', 'ram_role_arn': 'b'},"
    "{'name': 'instance', 'mode': 'EcsRamRole'},"
    "{'name': 'oidc', 'mode': 'OIDC', 'oidc_provider_arn': 'a', 'oidc_token_file': '/t', 'ram_role_arn': 'r'},"
    "{'name': 'uri', 'mode': 'CredentialsURI', 'credentials_uri': 'http://127.0.0.1:9/'},"
    "{'name': 'far', 'mode': 'CredentialsURI', 'credentials_uri': 'http://example.com/hush'},"
    "{'name': 'browser', 'mode': 'CloudSSO'}]}";

/* A folder that is HOME, with a file of profiles or none. */
static char *home;

static char *config_path(void)
{
    return cbk_path_join(home, ".aliyun/config.json");
}

static void write_config(const char *text, mode_t mode)
{
    CBK_CLEANUP(cbk_string_freep) char *path = config_path();
    CBK_CLEANUP(cbk_string_freep) char *json = cbk_strdup(text);
    for (char *c = json; (c = strchr(c, '\'')); c++)
        *c = '"';
    CBK_ERROR(err);
    assert_int_equal(cbk_file_replace(path, json, strlen(json), mode, &err), 0);
}

static void remove_config(void)
{
    CBK_CLEANUP(cbk_string_freep) char *path = config_path();
    (void)unlink(path);
}

static int set_up(void **state)
{
    const char *base = getenv("TMPDIR");
    (void)state;
    home = cbk_strf("%s/cbk-chain-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(home));
    CBK_CLEANUP(cbk_string_freep) char *dir = cbk_path_join(home, ".aliyun");
    CBK_ERROR(err);
    assert_int_equal(cbk_dir_make(dir, &err), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_config();
    CBK_CLEANUP(cbk_string_freep) char *dir = cbk_path_join(home, ".aliyun");
    (void)rmdir(dir);
    (void)rmdir(home);
    cbk_string_freep(&home);
    return 0;
}

/* Finds the way with these variables alone ("NAME=VALUE", up to a NULL). */
static int find(const char *const *variables, struct cbk_identity **ret, struct cbk_error *err)
{
    (void)clearenv();
    setenv("HOME", home, 1);
    for (; *variables; variables++) {
        CBK_CLEANUP(cbk_string_freep) char *name = cbk_strdup(*variables);
        char *equals = strchr(name, '=');
        *equals = '\0';
        setenv(name, equals + 1, 1);
    }
    return cbk_identity_find(NULL, ret, err);
}

struct outcome {
    const char *variables[5];
    int code;
    const char *says; /* the origin, or a part of message or hint */
};

static void check(const struct outcome *expected)
{
    CBK_CLEANUP(cbk_identity_freep) struct cbk_identity *identity = NULL;
    CBK_ERROR(err);
    print_message("%s ...\n", expected->variables[0]);
    assert_int_equal(find(expected->variables, &identity, &err), expected->code);
    CBK_STR(said);
    if (identity)
        cbk_str_add(&said, identity->origin);
    else
        cbk_error_format(&err, &said);
    if (!strstr(said.ptr, expected->says))
        fail_msg("no '%s' in: %s", expected->says, said.ptr);
    assert_null(strstr(said.ptr, "hush"));
}

static void test_by_variables(void **state)
{
    static const struct outcome cases[] = {
        {{ID, SECRET}, 0, "the environment (ALIBABA_CLOUD_ACCESS_KEY_ID"},
        {{ID, SECRET, "ALIBABA_CLOUD_SECURITY_TOKEN=t"}, 0, "and ALIBABA_CLOUD_SECURITY_TOKEN"},
        {{ID, SECRET, OIDC_FILE, OIDC_PROVIDER}, 0, "the environment"},
        {{ID, OIDC_FILE, OIDC_PROVIDER, ROLE}, CBK_E_AUTH, "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set"},
        {{SECRET}, CBK_E_AUTH, "ALIBABA_CLOUD_ACCESS_KEY_ID is not set"},
        {{OIDC_FILE, OIDC_PROVIDER, ROLE}, 0, "OIDC: 'acs:ram::1:role/r' by the token in '/t'"},
        {{OIDC_FILE, ROLE}, CBK_E_AUTH, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN is not set"},
        {{OIDC_PROVIDER, ROLE}, CBK_E_AUTH, "ALIBABA_CLOUD_OIDC_TOKEN_FILE is not set"},
        {{OIDC_FILE, OIDC_PROVIDER}, CBK_E_AUTH, "ALIBABA_CLOUD_ROLE_ARN is not set"},
        {{OFF, ROLE}, CBK_E_AUTH, "no credentials found"},
        {{OFF, URI "http://127.0.0.1:9/"}, 0, "ALIBABA_CLOUD_CREDENTIALS_URI"},
        {{OFF, URI "https://example.com/"}, 0, "ALIBABA_CLOUD_CREDENTIALS_URI"},
        {{OFF, URI "http://example.com/hush"}, CBK_E_USAGE, "plain http would show the credentials"},
        {{OFF, URI "file:///hush"}, CBK_E_USAGE, "ALIBABA_CLOUD_CREDENTIALS_URI is not an http or https URL"},
        {{OFF, "ALIBABA_CLOUD_PROFILE=key"}, CBK_E_IO, ".aliyun/config.json': No such file"},
        {{OFF, "ALIBABA_CLOUD_CONFIG_FILE=/nowhere"}, CBK_E_IO, "'/nowhere': No such file"},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++)
        check(&cases[i]);
}

static void test_by_profile(void **state)
{
#define PROFILE(name) "ALIBABA_CLOUD_PROFILE=" name
    static const struct outcome cases[] = {
        {{OFF}, 0, "profile 'key' of '"},
        {{OFF, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true"}, CBK_E_AUTH, "turned off by"},
        {{OFF, ID, SECRET}, 0, "the environment"},
        {{PROFILE("sts")}, 0, "profile 'sts'"},
        {{PROFILE("half")}, CBK_E_AUTH, "has no access_key_secret"},
        {{PROFILE("role")}, 0, "profile 'role'"},
        {{PROFILE("chain")}, 0, "profile 'chain'"},
        {{PROFILE("astray")}, CBK_E_AUTH, "unknown profile 'rolle' (did you mean 'role'?)"},
        {{PROFILE("circle")}, CBK_E_AUTH, "a circle of source profiles"},
        {{PROFILE("instance")}, 0, "profile 'instance'"},
        {{PROFILE("oidc")}, 0, "profile 'oidc'"},
        {{PROFILE("uri")}, 0, "profile 'uri'"},
        {{PROFILE("far")}, CBK_E_USAGE, "plain http would show the credentials"},
        {{PROFILE("browser")}, CBK_E_AUTH, "the mode 'CloudSSO', which is not supported"},
        {{PROFILE("kye")}, CBK_E_AUTH, "unknown profile 'kye' (did you mean 'key'?)"},
    };
    (void)state;
    write_config(profiles, 0600);
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++)
        check(&cases[i]);
}

/* A file with secrets is for its owner's eyes; one without may be read by all. */
/* It is taken, as the vendor's tools do; that a warning is said, the end-to-end tests see. */
static void test_a_file_that_others_may_read(void **state)
{
    static const struct outcome outcomes[] = {
        {{OFF}, 0, "profile 'key'"},
        {{PROFILE("oidc")}, 0, "profile 'oidc'"},
        {{PROFILE("chain")}, 0, "profile 'chain'"},
    };
    (void)state;
    write_config(profiles, 0644);
    for (size_t i = 0; i < CBK_ARRAY_LEN(outcomes); i++)
        check(&outcomes[i]);
}

static void test_broken_files(void **state)
{
    static const struct {
        const char *text;
        struct outcome outcome;
    } cases[] = {
        {"hush", {{OFF}, CBK_E_SYNTAX, "is not a file of profiles"}},
        {"{'current': 'hush'}", {{OFF}, CBK_E_SYNTAX, "is not a file of profiles"}},
        {"{'current': 'x', 'profiles': []}", {{OFF}, CBK_E_AUTH, "unknown profile 'x'"}},
        {"{'current': 'default', 'profiles': [{'name': 'default', 'mode': 'AK', 'access_key_id': ''}]}",
         {{OFF}, CBK_E_AUTH, "profile 'default' of '"}}, /* passed over, with the reason */
        {"{'current': 'default', 'profiles': [{'name': 'default', 'mode': 'AK', 'access_key_id': ''}]}",
         {{OFF, ID, SECRET}, 0, "the environment"}},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        write_config(cases[i].text, 0600);
        check(&cases[i].outcome);
    }
}

/* What is passed over on the way to nowhere is told in order. */
static void test_nowhere(void **state)
{
    static const char *const variables[] = {OFF, NULL};
    static const char *const places[] = {"the environment (", "OIDC (", "a profile of", "the role of this instance",
                                         "ALIBABA_CLOUD_CREDENTIALS_URI"};
    CBK_CLEANUP(cbk_identity_freep) struct cbk_identity *identity = NULL;
    CBK_ERROR(err);
    (void)state;
    remove_config();
    assert_int_equal(find(variables, &identity, &err), CBK_E_AUTH);
    assert_int_equal(err.notes.len, CBK_ARRAY_LEN(places));
    for (size_t i = 0; i < CBK_ARRAY_LEN(places); i++)
        assert_ptr_equal(strstr(err.notes.items[i].text, places[i]), err.notes.items[i].text);
    assert_non_null(strstr(err.hint, "export ALIBABA_CLOUD_ACCESS_KEY_ID"));
}

static void test_what_is_given(void **state)
{
    static const char *const environment[] = {ID, SECRET, "ALIBABA_CLOUD_SECURITY_TOKEN=t", NULL};
    static const char *const lasting[] = {ID, SECRET, "ALIBABA_CLOUD_SECURITY_TOKEN=", NULL};
    static const char *const profile[] = {PROFILE("sts"), NULL};
    static const struct {
        const char *const *variables;
        const char *id, *secret, *token;
    } cases[] = {{environment, "id", "hush", "t"}, {lasting, "id", "hush", NULL}, {profile, "pid", "phush", "tok"}};
    (void)state;
    write_config(profiles, 0600);
    for (size_t i = 0; i < CBK_ARRAY_LEN(cases); i++) {
        CBK_CLEANUP(cbk_identity_freep) struct cbk_identity *identity = NULL;
        CBK_CREDENTIALS(found);
        CBK_ERROR(err);
        assert_int_equal(find(cases[i].variables, &identity, &err), 0);
        assert_int_equal(cbk_identity_get(identity, NULL, &found, &err), 0);
        assert_string_equal(found.access_key_id, cases[i].id);
        assert_string_equal(found.access_key_secret, cases[i].secret);
        assert_true(cbk_str_equal(found.security_token, cases[i].token));
        assert_string_equal(found.origin, identity->origin);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_variables),
        cmocka_unit_test(test_by_profile),
        cmocka_unit_test(test_a_file_that_others_may_read),
        cmocka_unit_test(test_broken_files),
        cmocka_unit_test(test_nowhere),
        cmocka_unit_test(test_what_is_given),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
