#include "engine/blame.h"

#include "git/blame.h"

#include <string.h>

CBK_VEC(blamed_lines, struct cbk_git_lines)

/* A file, and the lines of it that are asked about. */
struct text {
    const char *path, *text;
    size_t len;
    struct blamed_lines lines;
};

/* Lines of a text that a declaration answers for. */
struct question {
    const char *pointer; /* of the declaration */
    struct text *text;
    size_t index; /* in text->lines */
};
CBK_VEC(questions, struct question)

struct inquiry {
    const struct cbk_config *config;
    struct cbk_arena *arena;
    struct cbk_map *texts; /* path -> struct text * */
    struct cbk_map *asked; /* pointers of declarations, as keys */
    const char *pointer;   /* of the declaration under way */
    struct questions questions;
    json_t *touches; /* pointer -> the newest touch */
};

static void inquiry_release(struct inquiry *inquiry)
{
    CBK_MAP_FOREACH(entry, inquiry->texts) {
        struct text *text = cbk_map_entry_value(entry);
        for (size_t i = 0; i < text->lines.len; i++)
            json_decref(text->lines.items[i].touch);
        blamed_lines_release(&text->lines);
    }
    cbk_map_free(inquiry->texts);
    cbk_map_free(inquiry->asked);
    questions_release(&inquiry->questions);
    json_decref(inquiry->touches);
    cbk_arena_free(inquiry->arena);
}

static void ask(struct inquiry *inquiry, const char *path, const char *content, size_t len, struct cbk_git_lines lines)
{
    struct text *text = cbk_map_get(inquiry->texts, path);
    if (!text) {
        text = CBK_ARENA_NEW(inquiry->arena, struct text);
        *text = (struct text){.path = path, .text = content, .len = len};
        cbk_map_set(inquiry->texts, path, text);
    }
    questions_push(&inquiry->questions, (struct question){inquiry->pointer, text, text->lines.len});
    blamed_lines_push(&text->lines, lines);
}

static void ask_about_file(void *context, const char *path, const char *text, size_t len)
{
    size_t lines = len && text[len - 1] != '\n';
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    ask(context, path, text, len, (struct cbk_git_lines){.first = 1, .last = lines ? lines : 1});
}

static void ask_about_declaration(struct inquiry *inquiry, const struct cbk_object *object)
{
    const struct cbk_source *source = object->span.source;
    const struct cbk_git_lines lines = {
        .first = object->span.line, .last = cbk_span_block_end(&object->span), .indent = object->span.column - 1};
    inquiry->pointer = object->pointer;
    ask(inquiry, source->path, source->text, source->len, lines);
    cbk_config_each_file(inquiry->config, object->pointer, ask_about_file, inquiry);
}

static bool is_gits(const struct cbk_change *change)
{
    return change->actions && change->object->pointer && change->object->span.line &&
           (change->cause == CBK_CAUSE_CONFIG || change->cause == CBK_CAUSE_BOTH);
}

/* Of two touches the newer one; what is not committed is the newest. */
static bool is_newer(const json_t *touch, const json_t *other)
{
    if (!other || cbk_json_bool(touch, "uncommitted", false))
        return true;
    return strcmp(cbk_json_text_or(touch, "time", ""), cbk_json_text_or(other, "time", "~")) > 0;
}

static void conclude(struct inquiry *inquiry)
{
    inquiry->touches = json_object();
    for (size_t i = 0; i < inquiry->questions.len; i++) {
        const struct question *question = &inquiry->questions.items[i];
        json_t *touch = question->text->lines.items[question->index].touch;
        if (touch && is_newer(touch, json_object_get(inquiry->touches, question->pointer)))
            json_object_set(inquiry->touches, question->pointer, touch);
    }
}

void cbk_plan_blame(struct cbk_plan *plan, const char *dir, const char *revision)
{
    CBK_CLEANUP(inquiry_release)
    struct inquiry inquiry = {
        .config = plan->env.config, .arena = cbk_arena_new(), .texts = cbk_map_new(), .asked = cbk_map_new()};
    for (size_t i = 0; i < plan->changes.len; i++) {
        const struct cbk_change *change = &plan->changes.items[i];
        /* instances share their declaration: it is asked about once */
        if (is_gits(change) && !cbk_map_set(inquiry.asked, change->object->pointer, &inquiry))
            ask_about_declaration(&inquiry, change->object);
    }
    CBK_MAP_FOREACH(entry, inquiry.texts) {
        struct text *text = cbk_map_entry_value(entry);
        cbk_git_blame(dir, revision, text->path, text->text, text->len, text->lines.items, text->lines.len);
    }
    conclude(&inquiry);
    for (size_t i = 0; i < plan->changes.len; i++) {
        const struct cbk_change *change = &plan->changes.items[i];
        json_t *touch = is_gits(change) ? json_object_get(inquiry.touches, change->object->pointer) : NULL;
        if (touch)
            json_object_set(json_array_get(json_object_get(plan->json, "changes"), i), "blame", touch);
    }
}
