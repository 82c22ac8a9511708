#include "base/log.h"

#include "base/alloc.h"
#include "base/str.h"
#include "base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

static const char *const level_names[CBK_LOG_LEVEL_COUNT] = {"error", "warn", "info", "debug", "trace"};
static atomic_int current_level = CBK_LOG_WARN;
static FILE *log_file; /* NULL: stderr */

void cbk_log_set_level(enum cbk_log_level level)
{
    atomic_store(&current_level, (int)level);
}

int cbk_log_open(const char *path, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_fd_closep) int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "a");
    if (!file)
        return cbk_fail_errno(err, errno, "cannot write the log '%s'", path);
    (void)cbk_fd_steal(&fd);
    (void)setvbuf(file, NULL, _IOLBF, 0); /* a line is there once it is said, whatever becomes of us */
    if (log_file)
        (void)fclose(log_file);
    log_file = file;
    return 0;
}

bool cbk_log_enabled(enum cbk_log_level level)
{
    return (int)level <= atomic_load(&current_level);
}

bool cbk_log_parse_level(const char *text, enum cbk_log_level *ret_level)
{
    for (int i = 0; i < CBK_LOG_LEVEL_COUNT; i++) {
        if (strcmp(text, level_names[i]) != 0)
            continue;
        *ret_level = (enum cbk_log_level)i;
        return true;
    }
    return false;
}

void cbk_log(enum cbk_log_level level, const char *fmt, ...)
{
    if (!cbk_log_enabled(level))
        return;
    va_list args;
    va_start(args, fmt);
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_vstrf(fmt, args);
    va_end(args);
    CBK_STR(line);
    cbk_time_add_utc(&line, cbk_time_now());
    cbk_str_addf(&line, " %-5s ", level_names[level]);
    cbk_str_add_visible(&line, text);
    cbk_str_add_char(&line, '\n');
    (void)fwrite(line.ptr, 1, line.len, log_file ? log_file : stderr); /* one write a line: stdio locks around it */
}
