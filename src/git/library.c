#include "git/library.h"

#include "base/file.h"
#include "git/memory.h"

#include <pthread.h>
#include <sys/stat.h>

static void start(void)
{
    cbk_git_take_memory();
    (void)git_libgit2_init();
}

void cbk_git_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, start);
}

/* Is the repository the one that stands in its work tree, or is led to by a file there, as worktrees and submodules
 * are? */
static bool is_at_home(git_repository *repository)
{
    const char *work_tree = git_repository_workdir(repository);
    if (!work_tree) /* a bare one */
        return true;
    CBK_CLEANUP(cbk_string_freep) char *own = cbk_path_join(work_tree, ".git");
    CBK_CLEANUP(cbk_string_freep) char *own_dir = realpath(own, NULL);
    CBK_CLEANUP(cbk_string_freep) char *git_dir = realpath(git_repository_path(repository), NULL);
    struct stat st;
    return cbk_str_equal(own_dir, git_dir) || (lstat(own, &st) == 0 && S_ISREG(st.st_mode));
}

int cbk_git_open_around(git_repository **ret, const char *dir)
{
    CBK_CLEANUP(repository_freep) git_repository *repository = NULL;
    cbk_git_start();
    int r = git_repository_open_ext(&repository, dir, 0, NULL);
    if (r < 0)
        return r;
    if (!is_at_home(repository)) {
        git_error_set_str(GIT_ERROR_REPOSITORY, "its work tree is not where it stands");
        return GIT_ENOTFOUND;
    }
    *ret = repository;
    repository = NULL;
    return 0;
}

int cbk_git_fail(struct cbk_error *err, enum cbk_error_code code, const char *what)
{
    const git_error *why = git_error_last();
    return cbk_fail(err, code, "%s: %s", what, why && why->message ? why->message : "git gives no reason");
}
