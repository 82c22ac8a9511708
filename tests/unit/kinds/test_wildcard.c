/* Patterns as sets of texts: examples, and every pair of short patterns against every short text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "kinds/wildcard.h"

static const struct row {
    const char *a, *b;
    bool covers, touches;
} rows[] = {
    {"", "", true, true},
    {"*", "", true, true},
    {"", "*", false, true},
    {"*", "*", true, true},
    {"?", "*", false, true},
    {"*", "?", true, true},
    {"?", "", false, false},
    {"a", "b", false, false},
    {"ecs:*", "ecs:CreateSnapshot*", true, true},
    {"ecs:CreateSnapshot*", "ecs:*", false, true},
    {"ecs:Create?", "ecs:Create*", false, true},
    {"ecs:Create*", "ecs:Create?", true, true},
    {"ecs:*Snapshot", "ecs:Create*", false, true},
    {"ecs:*Snapshot", "ecs:*Group", false, false},
    {"ecs:*", "ram:*", false, false},
    {"*:Create*", "ecs:CreateSnapshot", true, true},
    {"a*b*c", "a*c*b*c", true, true},
    {"a*b*c", "a*c", false, true},
    {"a*a", "a", false, false},
    {"?*", "*?", false, true}, /* equal, and not seen to be */
};

static void examples_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < CBK_ARRAY_LEN(rows); i++) {
        assert_int_equal(cbk_wildcard_covers(rows[i].a, rows[i].b), rows[i].covers);
        assert_int_equal(cbk_wildcard_touches(rows[i].a, rows[i].b), rows[i].touches);
        assert_int_equal(cbk_wildcard_touches(rows[i].b, rows[i].a), rows[i].touches);
    }
}

#define MAX_LEN 6

/* The words over `letters`, shortest first: word number `index`. False when it is longer than `longest`. */
static bool make_word(const char *letters, size_t letter_count, size_t index, size_t longest, char *ret_word)
{
    size_t len = 0, of_this_length = 1;
    while (index >= of_this_length) {
        index -= of_this_length;
        of_this_length *= letter_count;
        len++;
    }
    if (len > longest)
        return false;
    for (size_t i = 0; i < len; i++, index /= letter_count)
        ret_word[i] = letters[index % letter_count];
    ret_word[len] = '\0';
    return true;
}

/* `c` stands in no pattern: it is any other character. The longest text that a pair of patterns may need has six. */
static void every_short_pair_is_judged_right(void **state)
{
    (void)state;
    char a[MAX_LEN + 1], b[MAX_LEN + 1], text[MAX_LEN + 1];
    for (size_t i = 0; make_word("ab*?", 4, i, 3, a); i++) {
        for (size_t j = 0; make_word("ab*?", 4, j, 3, b); j++) {
            bool covers = cbk_wildcard_covers(a, b), touches = cbk_wildcard_touches(a, b), met = false;
            for (size_t k = 0; make_word("abc", 3, k, 6, text) && !(met && !covers); k++) {
                bool in_b = cbk_str_glob(b, text);
                if (in_b && covers && !cbk_str_glob(a, text))
                    fail_msg("'%s' does not cover '%s': '%s'", a, b, text);
                met = met || (in_b && cbk_str_glob(a, text));
            }
            if (met != touches)
                fail_msg("'%s' and '%s' %s", a, b, met ? "touch" : "do not touch");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_hold),
        cmocka_unit_test(every_short_pair_is_judged_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
