/* Feeds every file of a folder to a fuzz target: the corpus as a regression test, with any compiler. */
#include "base/file.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *dir, const char *name)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_path_join(dir, name);
    CBK_CLEANUP(cbk_string_freep) char *text = NULL;
    size_t len = 0;
    CBK_ERROR(err);
    if (cbk_file_read(path, (size_t)1 << 24, &text, &len, &err) == 0)
        return LLVMFuzzerTestOneInput((const uint8_t *)text, len);
    (void)fprintf(stderr, "%s\n", err.message);
    return -1;
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    if (!dir) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 1;
    }
    size_t fed = 0, failed = 0;
    for (const struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        failed += replay(argv[1], entry->d_name) != 0;
        fed++;
    }
    (void)closedir(dir);
    (void)printf("%zu inputs, %zu failed\n", fed, failed);
    return !fed || failed;
}
