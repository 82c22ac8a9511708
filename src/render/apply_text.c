#include "render/apply_text.h"

/* The words of an action while it goes on and when it is done. */
static const struct verb {
    const char *action, *going, *done;
} verbs[] = {
    {"create", "creating", "created"},
    {"update", "updating", "updated"},
    {"replace", "replacing", "replaced"},
    {"delete", "destroying", "destroyed"},
    {"run", "running the job", "recovery point proven"},
    {"adopt", "adopting", "adopted"},
    {"note", "noting", "noted"},
    {"forget", "forgetting", "forgotten"},
};

static const struct verb *verb_of(const char *action)
{
    for (size_t i = 0; i < CBK_ARRAY_LEN(verbs); i++)
        if (cbk_str_equal(verbs[i].action, action))
            return &verbs[i];
    return &verbs[0];
}

/* What a job has proven; NULL: the event is of something else. */
static const json_t *proof_of(const struct cbk_apply_event *event)
{
    return cbk_str_equal(event->action, "run") ? event->object->evidence : NULL;
}

/* A point that is below what is required, and may be. */
static bool is_low(const struct cbk_apply_event *event)
{
    return event->type == CBK_APPLY_DONE && json_object_get(proof_of(event), "required");
}

static void add_done(const struct cbk_apply_event *event, struct cbk_str *out)
{
    const json_t *proof = proof_of(event);
    cbk_str_addf(out, ": %s", is_low(event) ? "recovery point is less than required" : verb_of(event->action)->done);
    if (proof)
        cbk_str_addf(out, ": %s-consistent, %s", cbk_json_text_or(proof, "level", "?"),
                     cbk_json_text_or(proof, "snapshot_id", "?"));
    if (is_low(event))
        cbk_str_addf(out, ", %s is required, on_downgrade is %s (%s)", cbk_json_text_or(proof, "required", "?"),
                     cbk_json_text_or(proof, "on_downgrade", "?"), cbk_json_text_or(proof, "why", "no reason given"));
}

static enum cbk_colour colour_of(const struct cbk_apply_event *event)
{
    bool bad = event->type == CBK_APPLY_FAILED || event->type == CBK_APPLY_SKIPPED;
    if (bad || event->type != CBK_APPLY_DONE)
        return bad ? CBK_RED : CBK_PLAIN;
    return is_low(event) ? CBK_YELLOW : CBK_GREEN;
}

void cbk_render_event_text(const struct cbk_apply_event *event, const struct cbk_style *style, struct cbk_str *out)
{
    const struct verb *verb = verb_of(event->action);
    CBK_STR(text);
    cbk_style_add(style, out, CBK_BOLD, event->object->address);
    switch (event->type) {
    case CBK_APPLY_START:
        cbk_str_addf(&text, ": %s...", verb->going);
        break;
    case CBK_APPLY_PROGRESS:
        cbk_str_addf(&text, ": %s", event->text);
        break;
    case CBK_APPLY_DONE:
        add_done(event, &text);
        cbk_str_addf(&text, " (%lld.%lld s)", (long long)(event->elapsed_ms / 1000),
                     (long long)(event->elapsed_ms % 1000 / 100));
        break;
    case CBK_APPLY_FAILED:
        cbk_str_addf(&text, ": failed after %lld.%lld s", (long long)(event->elapsed_ms / 1000),
                     (long long)(event->elapsed_ms % 1000 / 100));
        break;
    case CBK_APPLY_SKIPPED:
        cbk_str_addf(&text, ": not tried: %s", event->text);
        break;
    case CBK_APPLY_EVENT_TYPE_COUNT:
        break;
    }
    cbk_style_add(style, out, colour_of(event), text.ptr);
    cbk_str_add_char(out, '\n');
    if (event->error)
        cbk_error_format(event->error, out);
}

static void add_result_words(const struct cbk_apply_result *result, struct cbk_str *out)
{
    cbk_str_addf(out, "%zu added, %zu changed, %zu destroyed, %zu %s proven", result->created, result->updated,
                 result->deleted, result->ran, result->ran == 1 ? "recovery point" : "recovery points");
    const struct {
        size_t count;
        const char *words;
    } more[] = {
        {result->adopted, "adopted"},
        {result->noted, "noted"},
        {result->forgotten, "forgotten"},
        {result->downgraded, "below what is required"},
        {result->lowered, "less than required and let pass"},
        {result->failed, "failed"},
        {result->skipped, "not tried"},
    };
    for (size_t i = 0; i < CBK_ARRAY_LEN(more); i++)
        if (more[i].count)
            cbk_str_addf(out, ", %zu %s", more[i].count, more[i].words);
}

static bool went_well(const struct cbk_apply_result *result)
{
    return !result->failed && !result->skipped && !result->downgraded && !result->interrupted;
}

void cbk_render_result_text(const struct cbk_apply_result *result, const struct cbk_style *style, struct cbk_str *out)
{
    bool well = went_well(result);
    CBK_STR(line);
    cbk_str_add(&line, well ? "Apply complete! " : result->interrupted ? "Apply interrupted. " : "Apply incomplete. ");
    add_result_words(result, &line);
    cbk_str_add_char(&line, '.');
    cbk_style_add(style, out, !well ? CBK_RED : result->lowered ? CBK_YELLOW : CBK_GREEN, line.ptr);
    cbk_str_add_char(out, '\n');
}
