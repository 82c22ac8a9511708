#include "schema/pattern.h"

#include "base/alloc.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Steps and memory (KiB) of one match: far beyond what an honest value needs, far below what hurts. */
#define MATCH_LIMIT 100000
#define HEAP_LIMIT 8192

struct cbk_pattern {
    pcre2_code *code;
    pcre2_match_context *limits;
};

int cbk_pattern_compile(const char *text, struct cbk_pattern **ret, struct cbk_error *err)
{
    int reason = 0;
    PCRE2_SIZE offset = 0;
    const uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX | PCRE2_NEVER_BACKSLASH_C;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &reason, &offset, NULL);
    if (!code) {
        char why[256];
        (void)pcre2_get_error_message(reason, (PCRE2_UCHAR *)why, sizeof(why));
        return cbk_fail(err, CBK_E_SCHEMA, "pattern '%s' is not valid: %s", text, why);
    }
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* where there is none, matching is only slower */
    struct cbk_pattern *pattern = CBK_NEW(struct cbk_pattern);
    pattern->code = code;
    pattern->limits = pcre2_match_context_create(NULL);
    if (!pattern->limits)
        cbk_out_of_memory();
    pcre2_set_match_limit(pattern->limits, MATCH_LIMIT);
    pcre2_set_heap_limit(pattern->limits, HEAP_LIMIT);
    *ret = pattern;
    return 0;
}

void cbk_pattern_free(struct cbk_pattern *pattern)
{
    if (!pattern)
        return;
    pcre2_match_context_free(pattern->limits);
    pcre2_code_free(pattern->code);
    free(pattern);
}

bool cbk_pattern_matches(const struct cbk_pattern *pattern, const char *text)
{
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    if (!match)
        cbk_out_of_memory();
    int found = pcre2_match(pattern->code, (PCRE2_SPTR)text, strlen(text), 0, 0, match, pattern->limits);
    pcre2_match_data_free(match);
    return found >= 0;
}
