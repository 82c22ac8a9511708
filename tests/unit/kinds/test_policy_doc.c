/* Policy documents by meaning: one normal form, what they allow, whom they trust, when they widen. Pairs of whole
 * documents, the vendor's own among them, stand in documents/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "kinds/policy_doc.h"

#include <string.h>

/* The tables write a document as the inside of its statement list, with single quotes for double ones. */
static json_t *document_of(const char *statements)
{
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("{\"Version\": \"1\", \"Statement\": [%s]}", statements);
    for (char *at = strchr(text, '\''); at; at = strchr(at, '\''))
        *at = '"';
    CBK_ERROR(err);
    json_t *document = NULL;
    if (cbk_policy_doc_parse(statements, text, &document, &err) < 0)
        fail_msg("%s", err.message);
    return document;
}

#define ALLOW(action, resource) "{'Effect': 'Allow', 'Action': " action ", 'Resource': " resource "}"
#define DENY(action, resource) "{'Effect': 'Deny', 'Action': " action ", 'Resource': " resource "}"
#define IF(condition, statement_inside) "{'Effect': 'Allow', " statement_inside ", 'Condition': " condition "}"

static json_t *read_pairs(const char *name)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf(CBK_SOURCE_DIR "/tests/unit/kinds/documents/%s.json", name);
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    json_t *pairs = NULL;
    CBK_ERROR(err);
    if (cbk_file_read(path, 1 << 20, &text, &len, &err) < 0 || cbk_json_parse(path, text, len, &pairs, &err) < 0)
        fail_msg("%s", err.message);
    assert_in_range(json_array_size(pairs), 40, 400);
    return pairs;
}

/* Of what means the same neither allows more; of what does not, one does at least, as far as anyone can tell. */
static void check_pair(const json_t *pair, bool same)
{
    const char *why = cbk_json_text(pair, "why");
    CBK_JSON *a = cbk_policy_doc_normalise(json_object_get(pair, "a"));
    CBK_JSON *b = cbk_policy_doc_normalise(json_object_get(pair, "b"));
    CBK_STR(forms);
    cbk_json_add_canonical(&forms, a);
    cbk_str_add_char(&forms, '\n');
    cbk_json_add_canonical(&forms, b);
    if (json_equal(a, b) != same)
        fail_msg("%s: are %sthe same\n%s", why, same ? "not " : "", forms.ptr);
    if ((cbk_policy_doc_widens(a, b) || cbk_policy_doc_widens(b, a)) == same)
        fail_msg("%s: %s\n%s", why, same ? "one allows more" : "none allows more", forms.ptr);
    CBK_JSON *again = cbk_policy_doc_normalise(a);
    if (!json_equal(again, a))
        fail_msg("%s: the normal form has another one", why);
}

static void check_pairs(const char *name, bool same)
{
    CBK_JSON *pairs = read_pairs(name);
    size_t index;
    json_t *pair;
    json_array_foreach(pairs, index, pair)
        check_pair(pair, same);
}

static void documents_of_one_meaning_have_one_form(void **state)
{
    (void)state;
    check_pairs("equal", true);
}

static void documents_of_two_meanings_have_two(void **state)
{
    (void)state;
    check_pairs("different", false);
}

/* What no document of RAM's holds is kept as it is, whatever it be. */
static void what_is_odd_is_kept(void **state)
{
    static const struct {
        const char *a, *b;
    } odd[] = {
        {IF("{'Bool': {'k': ['x', 1.5]}}", "'Action': 'a'"), IF("{'Bool': {'k': 'x'}}", "'Action': 'a'")},
        {IF("{'Bool': 'x'}", "'Action': 'a'"), IF("{'Bool': 'y'}", "'Action': 'a'")},
        {IF("{'Bool': {'k': {}}}", "'Action': 'a'"), IF("{'Bool': {'k': null}}", "'Action': 'a'")},
        {IF("[]", "'Action': 'a'"), IF("{}", "'Action': 'a'")},
        {ALLOW("['a', 5]", "'*'"), ALLOW("['a', 5, 'a']", "'*'")},
        {ALLOW("['a', 5]", "'*'") ", " ALLOW("['b', 5]", "'*'"), ALLOW("['a', 'b', 5]", "'*'")},
        {"{'Principal': '*'}", "{'Principal': {}}"},
        {"{'Principal': {'RAM': 5}}, {'Principal': {'RAM': 6}}", "{'Principal': {'RAM': [5, 6]}}"},
        {"{'Later': ['b', 'a']}", "{'Later': ['a', 'b']}"}, /* whether its order matters nobody here knows */
        {"5", "6"},
    };
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(odd); i++) {
        CBK_JSON *a = document_of(odd[i].a), *b = document_of(odd[i].b);
        if (json_equal(a, b))
            fail_msg("%s\n%s\nare the same", odd[i].a, odd[i].b);
        CBK_JSON *again = cbk_policy_doc_normalise(a);
        assert_true(json_equal(again, a));
    }
}

static void one_statement_may_stand_without_its_list(void **state)
{
    (void)state;
    CBK_ERROR(err);
    CBK_JSON *alone = NULL, *listed = document_of(ALLOW("'a'", "'*'"));
    assert_int_equal(
        cbk_policy_doc_parse("x", "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"a\", \"Resource\": \"*\"}}",
                             &alone, &err),
        0);
    assert_true(json_equal(alone, listed));
}

static const struct broken_row {
    const char *text;
    int code;
} broken[] = {
    {"", CBK_E_SYNTAX},          {"{", CBK_E_SYNTAX},
    {"{} {}", CBK_E_SYNTAX},     {"{\"Version\": \"1\", \"Version\": \"1\"}", CBK_E_SYNTAX},
    {"[]", CBK_E_VALIDATION},    {"null", CBK_E_VALIDATION},
    {"\"x\"", CBK_E_VALIDATION},
};

static void what_is_no_document_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(broken); i++) {
        CBK_ERROR(err);
        CBK_JSON *document = NULL;
        assert_int_equal(cbk_policy_doc_parse("'a.json'", broken[i].text, &document, &err), broken[i].code);
        assert_null(document);
        assert_non_null(strstr(err.message, "'a.json'"));
    }
}

#define VENDOR                                                                                                         \
    ALLOW("['ecs:DescribeSnapshot*', 'ecs:CreateSnapshot*', 'ecs:TagResources', 'ecs:DescribeDisks']", "['*']")

static const struct allow_row {
    const char *document, *action, *resource;
    bool allowed;
} allows[] = {
    {VENDOR, "ecs:DescribeSnapshot*", "*", true},
    {VENDOR, "ecs:CreateSnapshot*", "*", true},
    {VENDOR, "ecs:TagResources", "*", true},
    {VENDOR, "ecs:DescribeDisks", "*", true},
    {VENDOR, "ecs:CreateSnapshotGroup", "*", true},
    {VENDOR, "ECS:tagresources", "*", true},
    {VENDOR, "ecs:DescribeInstances", "*", false},
    {VENDOR, "ecs:*", "*", false},
    {VENDOR, "*", "*", false},
    {"", "ecs:A", "*", false},
    {ALLOW("'*'", "'*'"), "ecs:A", "*", true},
    {ALLOW("'*'", "'*'"), "*", "*", true},
    {ALLOW("'ecs:*'", "'*'"), "ecs:CreateSnapshot*", "*", true},
    {ALLOW("'ecs:CreateSnapshot?'", "'*'"), "ecs:CreateSnapshot*", "*", false},
    {ALLOW("'ecs:CreateSnapshot'", "'*'"), "ecs:CreateSnapshot*", "*", false},
    {ALLOW("['ecs:CreateSnapshot', 'ecs:CreateSnapshotGroup']", "'*'"), "ecs:CreateSnapshot*", "*", false},
    {ALLOW("'ecs:A'", "'acs:ecs:*:*:disk/*'"), "ecs:A", "*", false},
    {ALLOW("'ecs:A'", "'acs:ecs:*:*:disk/*'"), "ecs:A", "acs:ecs:cn-hangzhou:1:disk/d-1", true},
    {ALLOW("'ecs:A'", "'acs:ecs:*:*:DISK/*'"), "ecs:A", "acs:ecs:cn-hangzhou:1:disk/d-1", false},
    {ALLOW("'ecs:A'", "[]"), "ecs:A", "*", false},
    {"{'Effect': 'Allow', 'Action': 'ecs:A'}", "ecs:A", "*", false},
    {"{'Effect': 'Allow', 'Resource': '*'}", "ecs:A", "*", false},
    {"{'Effect': 'allow', 'Action': '*', 'Resource': '*'}", "ecs:A", "*", false},
    {"{'Action': '*', 'Resource': '*'}", "ecs:A", "*", false},
    {"{'Effect': 'Allow', 'Action': ['ecs:A', 5], 'Resource': '*'}", "ecs:A", "*", true},
    /* NotAction and NotResource: everything but */
    {"{'Effect': 'Allow', 'NotAction': 'ram:*', 'Resource': '*'}", "ecs:A", "*", true},
    {"{'Effect': 'Allow', 'NotAction': 'ram:*', 'Resource': '*'}", "ram:A", "*", false},
    {"{'Effect': 'Allow', 'NotAction': 'ecs:CreateSnapshotGroup', 'Resource': '*'}", "ecs:CreateSnapshot*", "*", false},
    {"{'Effect': 'Allow', 'NotAction': 'ecs:*Group', 'Resource': '*'}", "ecs:CreateSnapshot*", "*", false},
    {"{'Effect': 'Allow', 'NotAction': 'ecs:Delete*', 'Resource': '*'}", "ecs:CreateSnapshot*", "*", true},
    {"{'Effect': 'Allow', 'Action': 'ecs:A', 'NotResource': 'x'}", "ecs:A", "y", true},
    {"{'Effect': 'Allow', 'Action': 'ecs:A', 'NotResource': 'x'}", "ecs:A", "x", false},
    {"{'Effect': 'Allow', 'Action': 'ecs:A', 'NotResource': 'x'}", "ecs:A", "*", false},
    /* Deny wins, wherever it stands and even where it only might apply */
    {ALLOW("'*'", "'*'") ", " DENY("'ecs:A'", "'*'"), "ecs:A", "*", false},
    {DENY("'ecs:A'", "'*'") ", " ALLOW("'*'", "'*'"), "ecs:A", "*", false},
    {ALLOW("'*'", "'*'") ", " DENY("'ecs:A'", "'*'"), "ecs:B", "*", true},
    {ALLOW("'*'", "'*'") ", " DENY("'ecs:CreateSnapshotGroup'", "'*'"), "ecs:CreateSnapshot*", "*", false},
    {ALLOW("'*'", "'*'") ", " DENY("'ecs:*Group'", "'*'"), "ecs:CreateSnapshot*", "*", false},
    {ALLOW("'*'", "'*'") ", " DENY("'ecs:A'", "'acs:ecs:*:*:disk/*'"), "ecs:A", "*", false},
    {ALLOW("'*'", "'*'") ", {'Effect': 'Deny', 'NotAction': 'ecs:A', 'Resource': '*'}", "ecs:A", "*", true},
    {ALLOW("'*'", "'*'") ", {'Effect': 'Deny', 'NotAction': 'ecs:A', 'Resource': '*'}", "ecs:B", "*", false},
    {ALLOW("'*'", "'*'") ", {'Effect': 'Deny', 'Action': 'ecs:A', 'Resource': '*', 'Condition': {'Bool': {'k': '1'}}}",
     "ecs:A", "*", false},
    /* what depends on a condition is not promised */
    {IF("{'Bool': {'k': '1'}}", "'Action': '*', 'Resource': '*'"), "ecs:A", "*", false},
    {IF("{}", "'Action': '*', 'Resource': '*'"), "ecs:A", "*", true},
};

static void documents_allow_what_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(allows); i++) {
        CBK_JSON *document = document_of(allows[i].document);
        if (cbk_policy_doc_allows(document, allows[i].action, allows[i].resource) != allows[i].allowed)
            fail_msg("%s on %s under %s", allows[i].action, allows[i].resource, allows[i].document);
    }
}

#define TRUST(effect, action, principal)                                                                               \
    "{'Effect': '" effect "', 'Action': " action ", 'Principal': {'Service': " principal "}}"
#define ECS "ecs.aliyuncs.com"

static const struct trust_row {
    const char *document;
    bool trusts;
} trusts[] = {
    {TRUST("Allow", "'sts:AssumeRole'", "['" ECS "']"), true},
    {TRUST("Allow", "'sts:AssumeRole'", "'" ECS "'"), true},
    {TRUST("Allow", "['sts:*']", "['hbr.aliyuncs.com', '" ECS "']"), true},
    {TRUST("Allow", "'STS:assumerole'", "'" ECS "'"), true},
    {TRUST("Allow", "'sts:AssumeRole'", "'hbr.aliyuncs.com'"), false},
    {TRUST("Allow", "'sts:Other'", "'" ECS "'"), false},
    {TRUST("Deny", "'sts:AssumeRole'", "'" ECS "'"), false},
    {TRUST("Allow", "'sts:AssumeRole'", "'" ECS "'") ", " TRUST("Deny", "'*'", "'" ECS "'"), false},
    {TRUST("Deny", "'*'", "'" ECS "'") ", " TRUST("Allow", "'sts:AssumeRole'", "'" ECS "'"), false},
    {TRUST("Allow", "'sts:AssumeRole'", "'" ECS "'") ", " TRUST("Deny", "'*'", "'hbr.aliyuncs.com'"), true},
    {"{'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': {'RAM': 'acs:ram::1:root'}}", false},
    {"{'Effect': 'Allow', 'Action': 'sts:AssumeRole'}", false},
    {"{'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': {'Service': '" ECS "'}, 'Condition': {'a': {'b': "
     "'c'}}}",
     false},
    {"", false},
};

static void documents_trust_whom_they_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(trusts); i++) {
        CBK_JSON *document = document_of(trusts[i].document);
        if (cbk_policy_doc_trusts(document, ECS) != trusts[i].trusts)
            fail_msg("%s", trusts[i].document);
    }
}

#define ONE ALLOW("'ecs:A'", "'x'")

static const struct widen_row {
    const char *before, *after;
    bool widens;
} widenings[] = {
    {ONE, ONE, false},
    {ONE, "", false},
    {"", ONE, true},
    {"", DENY("'ecs:A'", "'x'"), false},
    {ONE, ALLOW("['ecs:A', 'ecs:B']", "'x'"), true},
    {ALLOW("['ecs:A', 'ecs:B']", "'x'"), ONE, false},
    {ONE, ALLOW("'ecs:A'", "['x', 'y']"), true},
    {ALLOW("'ecs:A'", "['x', 'y']"), ONE, false},
    {ONE, ALLOW("'ECS:a'", "'x'"), true}, /* may be another action where case matters */
    {ONE, ALLOW("'ecs:*'", "'x'"), true},
    {ALLOW("'ecs:*'", "'*'"), ALLOW("'ecs:CreateSnapshot*'", "'x'"), false},
    {ALLOW("'ecs:A?'", "'*'"), ALLOW("'ecs:A*'", "'*'"), true},
    {ALLOW("'ecs:A*'", "'*'"), ALLOW("'ecs:A?'", "'*'"), false},
    {ALLOW("'ecs:A'", "'*'") ", " ALLOW("'ecs:B'", "'*'"), ALLOW("['ecs:A', 'ecs:B']", "'*'"), false},
    {ALLOW("['ecs:A', 'ecs:B']", "'*'"), ALLOW("'ecs:A'", "'*'") ", " ALLOW("'ecs:B'", "'*'"), false},
    /* conditions */
    {IF("{'a': {'b': 'c'}}", "'Action': 'ecs:A', 'Resource': 'x'"), ONE, true},
    {ONE, IF("{'a': {'b': 'c'}}", "'Action': 'ecs:A', 'Resource': 'x'"), false},
    {IF("{'a': {'b': 'c'}}", "'Action': 'ecs:A', 'Resource': 'x'"),
     IF("{'a': {'b': 'd'}}", "'Action': 'ecs:A', 'Resource': 'x'"), true},
    /* everything but */
    {"{'Effect': 'Allow', 'NotAction': 'ram:*', 'Resource': '*'}",
     "{'Effect': 'Allow', 'NotAction': 'ram:A', 'Resource': '*'}", true},
    {"{'Effect': 'Allow', 'NotAction': 'ram:*', 'Resource': ['x', 'y']}",
     "{'Effect': 'Allow', 'NotAction': 'ram:*', 'Resource': 'x'}", false},
    {ALLOW("'*'", "'*'"), "{'Effect': 'Allow', 'NotAction': 'ram:*', 'Resource': '*'}", true}, /* errs on yes */
    {"{'Effect': 'Allow', 'NotAction': 'ram:*', 'Resource': '*'}", ALLOW("'*'", "'*'"), true},
    {"{'Effect': 'Allow', 'Action': 'ecs:A', 'NotResource': 'x'}",
     "{'Effect': 'Allow', 'Action': 'ecs:A', 'Resource': '*'}", true},
    {"{'Effect': 'Allow', 'Action': 'ecs:A', 'NotAction': 'ram:*', 'Resource': '*'}",
     "{'Effect': 'Allow', 'NotAction': 'ram:*', 'Resource': '*'}", true},
    /* a Deny that goes lets something through */
    {ALLOW("'*'", "'*'") ", " DENY("'ecs:A'", "'*'"), ALLOW("'*'", "'*'"), true},
    {ALLOW("'*'", "'*'") ", " DENY("'ecs:A'", "'*'"), ALLOW("'*'", "'*'") ", " DENY("['ecs:A', 'ecs:B']", "'*'"), true},
    {ALLOW("'*'", "'*'"), ALLOW("'*'", "'*'") ", " DENY("'ecs:A'", "'*'"), false},
    /* trust */
    {TRUST("Allow", "'sts:AssumeRole'", "'a'"), TRUST("Allow", "'sts:AssumeRole'", "['a', 'b']"), true},
    {TRUST("Allow", "'sts:AssumeRole'", "['a', 'b']"), TRUST("Allow", "'sts:AssumeRole'", "'a'"), false},
    {TRUST("Allow", "'sts:AssumeRole'", "'?'"), TRUST("Allow", "'sts:AssumeRole'", "'a'"), true},
    {TRUST("Allow", "'sts:AssumeRole'", "'a'"),
     "{'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': {'RAM': 'a'}}", true},
    {TRUST("Allow", "'sts:AssumeRole'", "['a', 'b']"), TRUST("Allow", "'sts:*'", "'b'"), true},
    {TRUST("Allow", "'sts:AssumeRole'", "'a'"), "{'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': '*'}",
     true},
};

static void widening_is_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(widenings); i++) {
        CBK_JSON *before = document_of(widenings[i].before), *after = document_of(widenings[i].after);
        if (cbk_policy_doc_widens(before, after) != widenings[i].widens)
            fail_msg("%s\n-> %s", widenings[i].before, widenings[i].after);
    }
    CBK_JSON *document = document_of(ONE), *odd = document_of("{'Effect': 'Allow', 'Action': [5], 'Resource': []}");
    assert_false(cbk_policy_doc_widens(odd, odd));      /* whatever it means, it means the same */
    assert_true(cbk_policy_doc_widens(NULL, document)); /* where nothing was, everything is new */
    assert_false(cbk_policy_doc_widens(document, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_of_one_meaning_have_one_form),
        cmocka_unit_test(documents_of_two_meanings_have_two),
        cmocka_unit_test(what_is_odd_is_kept),
        cmocka_unit_test(one_statement_may_stand_without_its_list),
        cmocka_unit_test(what_is_no_document_is_refused),
        cmocka_unit_test(documents_allow_what_they_say),
        cmocka_unit_test(documents_trust_whom_they_name),
        cmocka_unit_test(widening_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
