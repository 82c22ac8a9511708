#include "render/plan_facts.h"

static const struct fact {
    const char *what, *trail;
} facts[] = {
    {"commit", "provenance.commit"},
    {"branch", "provenance.branch"},
    {"author", "provenance.author"},
    {"made", "provenance.time"},
    {"signature", "provenance.signed"},
    {"not committed", "provenance.dirty"},
    {"stack's files", "provenance.config_digest"},
    {"state", "state.lineage"},
    {"serial of the state", "state.serial"},
    {"checksum of the plan", "digest"},
};

/* What stands for true and false; NULL: nothing is said. */
static const struct truth {
    const char *trail, *yes, *no;
} truths[] = {
    {"provenance.signed", "there is one; nobody has checked it", "none"},
    {"provenance.dirty", "changes in the work tree", NULL},
};

static const char *words_of_truth(const char *trail, bool is_true)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(truths); i++)
        if (cbk_str_equal(truths[i].trail, trail))
            return is_true ? truths[i].yes : truths[i].no;
    return NULL;
}

void cbk_plan_each_fact(const json_t *plan, void (*visit)(void *context, const char *what, const char *value),
                        void *context)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(facts); i++) {
        const json_t *value = cbk_json_at(plan, facts[i].trail);
        const char *text =
            json_is_boolean(value) ? words_of_truth(facts[i].trail, json_is_true(value)) : json_string_value(value);
        CBK_STR(number);
        if (json_is_integer(value)) {
            cbk_str_addf(&number, "%lld", (long long)json_integer_value(value));
            text = number.ptr;
        }
        if (text)
            visit(context, facts[i].what, text);
    }
}
