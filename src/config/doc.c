#include "config/doc.h"

#include "base/file.h"
#include "config/complaint.h"
#include "config/reader.h"
#include "config/text.h"

void cbk_doc_free(struct cbk_doc *doc)
{
    if (!doc)
        return;
    cbk_source_free(doc->source);
    json_decref(doc->root);
    cbk_arena_free(doc->arena);
    free(doc);
}

struct cbk_span cbk_doc_span(const struct cbk_doc *doc, const char *pointer, bool of_key)
{
    if (!doc->place)
        return (struct cbk_span){.source = doc->source};
    return cbk_place_span(doc->place, pointer, of_key);
}

int cbk_doc_parse(const char *path, char *text, size_t len, struct cbk_doc **ret, struct cbk_errors *errors)
{
    cbk_text_strip_bom(text, &len);
    struct cbk_doc *doc = CBK_NEW(struct cbk_doc);
    doc->source = cbk_source_new(path, text, len);
    doc->arena = cbk_arena_new();
    *ret = doc;
    CBK_ERROR(err);
    if (cbk_text_check(doc->source, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    return cbk_reader_read(doc->source, doc->arena, &doc->root, &doc->place, errors);
}

int cbk_doc_read(const char *path, struct cbk_doc **ret, struct cbk_errors *errors)
{
    char *text = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    if (cbk_file_read(path, CBK_DOC_MAX_BYTES, &text, &len, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    return cbk_doc_parse(path, text, len, ret, errors);
}

int cbk_doc_read_from(const struct cbk_files *files, const char *name, enum cbk_files_reach reach, struct cbk_doc **ret,
                      struct cbk_errors *errors)
{
    char *text = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    if (cbk_files_read(files, name, reach, CBK_DOC_MAX_BYTES, &text, &len, &err) < 0)
        return cbk_error_move(cbk_errors_add(errors), &err);
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_files_path(files, name);
    return cbk_doc_parse(path, text, len, ret, errors);
}
