/*
 * Any bytes as a YAML document: no crash, no leak, no hang; what is wrong has a place that can be shown, and what is
 * right is a tree whose every value has a place. Then the same as a stack: merged, with its variables put in.
 */
#include "config/interpolate.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_places(const struct cbk_doc *doc, const json_t *value, const char *pointer)
{
    struct cbk_span span = cbk_doc_span(doc, pointer, true);
    assert(span.line <= doc->source->line_count);
    size_t index;
    json_t *item;
    json_array_foreach(value, index, item) {
        CBK_CLEANUP(cbk_string_freep) char *at = cbk_strf("%s/%zu", pointer, index);
        check_places(doc, item, at);
    }
    const char *key;
    json_object_foreach((json_t *)value, key, item) {
        CBK_STR(at);
        cbk_str_add(&at, pointer);
        cbk_pointer_add_key(&at, key);
        check_places(doc, item, at.ptr);
    }
}

static void use_as_stack(struct cbk_doc *doc, struct cbk_errors *errors)
{
    CBK_CLEANUP(cbk_doc_vec_release) struct cbk_doc_vec docs = {0};
    cbk_doc_vec_push(&docs, doc);
    CBK_JSON *root = NULL;
    const struct cbk_place *place = NULL;
    if (cbk_merge_docs(&docs, doc->arena, &root, &place, errors) < 0)
        return;
    CBK_VARIABLES(variables);
    CBK_CLEANUP(cbk_map_freep) struct cbk_map *sensitive = cbk_map_new();
    const struct cbk_config_options options = {0};
    int loaded = cbk_variables_load(root, place, &options, &docs, doc->arena, &variables, errors);
    int put_in = cbk_interpolate(root, place, &variables, sensitive, errors);
    assert((loaded == 0 && put_in == 0) == (errors->list.len == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *doc = NULL;
    CBK_ERRORS(errors);
    int r = cbk_doc_parse("fuzz.yaml", cbk_strndup((const char *)data, size), size, &doc, &errors);
    assert((r == 0) == (errors.list.len == 0));
    if (doc->root && size < 4096)
        check_places(doc, doc->root, "");
    if (r == 0)
        use_as_stack(doc, &errors);
    cbk_errors_sort(&errors);
    CBK_STR(text);
    for (size_t i = 0; i < errors.list.len; i++)
        cbk_error_format(&errors.list.items[i], &text);
    assert(cbk_str_utf8_span(text.ptr, text.len) == text.len);
    if (doc->root)
        cbk_json_add_canonical(&text, doc->root);
    return 0;
}
