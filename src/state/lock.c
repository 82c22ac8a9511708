#include "state/lock.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/time.h"

#include <pwd.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PROC_LIMIT 4096

/* The first line of a file of the kernel's, or NULL. The caller frees. */
static char *kernel_word(const char *path)
{
    char *text = NULL;
    size_t len = 0;
    CBK_ERROR(ignored);
    if (cbk_file_read(path, PROC_LIMIT, &text, &len, &ignored) < 0)
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    return text;
}

/* When the process began, in ticks since the boot: field 22 of its stat, counted behind its name, which may hold
 * anything. NULL: there is no such process. The caller frees. */
static char *start_of(int64_t pid)
{
    CBK_CLEANUP(cbk_string_freep) char *path = cbk_strf("/proc/%lld/stat", (long long)pid);
    CBK_CLEANUP(cbk_string_freep) char *stat = kernel_word(path);
    const char *at = stat ? strrchr(stat, ')') : NULL;
    const int fields_behind_name = 20;
    for (int i = 0; at && i < fields_behind_name; i++)
        at = strchr(at + 1, ' ');
    return at ? cbk_strndup(at + 1, strcspn(at + 1, " ")) : NULL;
}

json_t *cbk_lock_holder(const char *operation, const char *path)
{
    CBK_STR(id);
    cbk_uuid_add(&id);
    CBK_STR(created);
    cbk_time_add_utc(&created, cbk_time_now());
    struct utsname host = {0};
    (void)uname(&host);
    const struct passwd *user = getpwuid(geteuid());
    CBK_CLEANUP(cbk_string_freep) char *who = cbk_strf("%s@%s", user ? user->pw_name : "unknown", host.nodename);
    CBK_CLEANUP(cbk_string_freep) char *boot = kernel_word("/proc/sys/kernel/random/boot_id");
    CBK_CLEANUP(cbk_string_freep) char *started = start_of(getpid());
    return json_pack("{s:s, s:s, s:s, s:s, s:s*, s:i, s:s*, s:s, s:s, s:s}", "id", id.ptr, "operation", operation,
                     "who", who, "host", host.nodename, "boot", boot, "pid", (int)getpid(), "started", started,
                     "created", created.ptr, "path", path, "version", CBK_VERSION);
}

/* Without the kernel's words nothing is known of the holder, and it counts as living. */
bool cbk_lock_holder_is_dead(const json_t *holder)
{
    struct utsname host = {0};
    (void)uname(&host);
    CBK_CLEANUP(cbk_string_freep) char *boot = kernel_word("/proc/sys/kernel/random/boot_id");
    const char *its_boot = cbk_json_text(holder, "boot"), *its_start = cbk_json_text(holder, "started");
    if (!boot || !its_boot || !its_start || !cbk_str_equal(cbk_json_text(holder, "host"), host.nodename))
        return false;
    CBK_CLEANUP(cbk_string_freep) char *mine = start_of(getpid());
    if (!mine) /* no /proc to look into */
        return false;
    if (strcmp(boot, its_boot) != 0)
        return true;
    CBK_CLEANUP(cbk_string_freep) char *started = start_of(cbk_json_int(holder, "pid", 0));
    return !cbk_str_equal(started, its_start);
}

int cbk_fail_locked(const json_t *holder, struct cbk_error *err)
{
    (void)cbk_fail(err, CBK_E_LOCKED, "the state is locked by %s: '%s' since %s, pid %lld, lock id %s",
                   cbk_json_text_or(holder, "who", "another process"), cbk_json_text_or(holder, "operation", "unknown"),
                   cbk_json_text_or(holder, "created", "just now"), (long long)cbk_json_int(holder, "pid", 0),
                   cbk_json_text_or(holder, "id", "unknown"));
    return cbk_error_hint(err, "wait until it has ended, or let cbk wait: --lock-timeout 10m");
}
