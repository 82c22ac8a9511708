/* Policy documents by meaning: one normal form, what they allow, whom they trust, when they widen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

static const struct meaning_row {
    const char *a, *b;
    bool same;
} meanings[] = {
    {ALLOW("'ecs:A'", "'*'"), "{'Resource': '*', 'Action': 'ecs:A', 'Effect': 'Allow'}", true},
    {ALLOW("'ecs:A'", "'*'"), ALLOW("['ecs:A']", "['*']"), true},
    {ALLOW("['b', 'a', 'b']", "'*'"), ALLOW("['a', 'b']", "'*'"), true},
    {ALLOW("'a'", "['y', 'x']"), ALLOW("'a'", "['x', 'y']"), true},
    {ALLOW("'a'", "'x'") ", " DENY("'b'", "'y'"), DENY("'b'", "'y'") ", " ALLOW("'a'", "'x'"), true},
    {ALLOW("'a'", "'x'") ", " ALLOW("['a']", "'x'"), ALLOW("'a'", "'x'"), true},
    {IF("{}", "'Action': 'a', 'Resource': '*'"), ALLOW("'a'", "'*'"), true},
    {IF("{'StringEquals': {'k': ['v', 'u']}}", "'Action': 'a'"),
     IF("{'StringEquals': {'k': ['u', 'v']}}", "'Action': 'a'"), true},
    {IF("{'StringEquals': {'k': 'v'}}", "'Action': 'a'"), IF("{'StringEquals': {'k': ['v']}}", "'Action': 'a'"), true},
    {"{'Principal': {'Service': ['b', 'a']}}", "{'Principal': {'Service': ['a', 'b']}}", true},
    {"{'NotAction': ['b', 'a']}", "{'NotAction': ['a', 'b']}", true},
    {"{'NotResource': 'b'}", "{'NotResource': ['b']}", true},
    /* and what is not the same */
    {ALLOW("'a'", "'*'"), DENY("'a'", "'*'"), false},
    {ALLOW("'a'", "'*'"), ALLOW("'b'", "'*'"), false},
    {ALLOW("'a'", "'*'"), "{'Effect': 'Allow', 'NotAction': 'a', 'Resource': '*'}", false},
    {ALLOW("'a'", "'x'"), ALLOW("'a'", "['x', 'y']"), false},
    {ALLOW("['a', 'b']", "'*'"), ALLOW("'a'", "'*'") ", " ALLOW("'b'", "'*'"), false}, /* equal, and not seen to be */
    {IF("{'Bool': {'k': true}}", "'Action': 'a'"), IF("{'Bool': {'k': false}}", "'Action': 'a'"), false},
    {IF("{'NumericLessThan': {'k': 5}}", "'Action': 'a'"), IF("{'NumericLessThan': {'k': 6}}", "'Action': 'a'"), false},
    {IF("{'Bool': {'k': ['x', 1]}}", "'Action': 'a'"), IF("{'Bool': {'k': 'x'}}", "'Action': 'a'"), false},
    {IF("{'Bool': 'x'}", "'Action': 'a'"), IF("{'Bool': 'y'}", "'Action': 'a'"), false},
    {IF("{'StringEquals': {'k': 'v'}}", "'Action': 'a'"), IF("{'StringLike': {'k': 'v'}}", "'Action': 'a'"), false},
    {"{'Principal': '*'}", "{'Principal': {}}", false},
    {"{'Later': ['b', 'a']}", "{'Later': ['a', 'b']}", false}, /* whether its order matters nobody here knows */
};

static void equal_meaning_is_equal_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(meanings); i++) {
        CBK_JSON *a = document_of(meanings[i].a), *b = document_of(meanings[i].b);
        if (json_equal(a, b) != meanings[i].same)
            fail_msg("%s\n%s\nare %sthe same", meanings[i].a, meanings[i].b, meanings[i].same ? "" : "not ");
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

static void a_made_trust_policy_trusts(void **state)
{
    (void)state;
    CBK_JSON *services = json_pack("[s, s]", "hbr.aliyuncs.com", ECS);
    CBK_JSON *made = cbk_policy_doc_trust(services);
    CBK_JSON *written = document_of(TRUST("Allow", "'sts:AssumeRole'", "['" ECS "', 'hbr.aliyuncs.com']"));
    assert_true(json_equal(made, written));
    assert_true(cbk_policy_doc_trusts(made, ECS));
    assert_false(cbk_policy_doc_trusts(made, "oss.aliyuncs.com"));
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
    {ONE, ALLOW("'ECS:a'", "'x'"), false},
    {ONE, ALLOW("'ecs:*'", "'x'"), true},
    {ALLOW("'ecs:*'", "'*'"), ALLOW("'ecs:CreateSnapshot*'", "'x'"), false},
    {ALLOW("'ecs:A?'", "'*'"), ALLOW("'ecs:A*'", "'*'"), true},
    {ALLOW("'ecs:A*'", "'*'"), ALLOW("'ecs:A?'", "'*'"), false},
    {ALLOW("'ecs:A'", "'*'") ", " ALLOW("'ecs:B'", "'*'"), ALLOW("['ecs:A', 'ecs:B']", "'*'"), true}, /* errs on yes */
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
        cmocka_unit_test(equal_meaning_is_equal_json),
        cmocka_unit_test(one_statement_may_stand_without_its_list),
        cmocka_unit_test(what_is_no_document_is_refused),
        cmocka_unit_test(documents_allow_what_they_say),
        cmocka_unit_test(documents_trust_whom_they_name),
        cmocka_unit_test(a_made_trust_policy_trusts),
        cmocka_unit_test(widening_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
