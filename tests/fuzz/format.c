/*
 * Any document that can be read can be formatted: the text means the same and has the same comments (cbk_format checks
 * that itself), and formatting it again changes nothing.
 */
#include "engine/format.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct cbk_doc *read_doc(const char *text, size_t len)
{
    struct cbk_doc *doc = NULL;
    CBK_ERRORS(errors);
    if (cbk_doc_parse("fuzz.yaml", cbk_strndup(text, len), len, &doc, &errors) == 0)
        return doc;
    cbk_doc_free(doc);
    return NULL;
}

static void complain(const struct cbk_error *err, const struct cbk_str *once, const struct cbk_str *twice)
{
    (void)fprintf(stderr, "%s\n--- once\n%s--- twice\n%s", err->message ? err->message : "", once->ptr, twice->ptr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *doc = read_doc((const char *)data, size);
    CBK_STR(once);
    CBK_STR(twice);
    CBK_ERROR(err);
    if (!doc)
        return 0;
    int r = cbk_format(doc, &once, &err);
    if (r == CBK_E_INTERNAL)
        complain(&err, &once, &twice);
    assert(r != CBK_E_INTERNAL);
    if (r < 0)
        return 0;
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *again = read_doc(once.ptr, once.len);
    assert(again);
    r = cbk_format(again, &twice, &err);
    if (r < 0 || strcmp(once.ptr, twice.ptr) != 0)
        complain(&err, &once, &twice);
    assert(r == 0 && strcmp(once.ptr, twice.ptr) == 0);
    return 0;
}
