#include "base/parallel.h"
#include "kinds/kind.h"

#define REFRESH_THREADS 8

struct refresh {
    const struct cbk_env *env;
    struct cbk_object **objects;
    int (*read)(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err);
};

static int refresh_one(void *context, size_t index, struct cbk_error *err)
{
    const struct refresh *refresh = context;
    struct cbk_object *object = refresh->objects[index];
    int r = refresh->read(refresh->env, object, err);
    if (r < 0) {
        (void)cbk_error_locate(err, object->span);
        return cbk_wrap(err, "cannot read %s", object->address);
    }
    return 0;
}

int cbk_refresh_each(const struct cbk_env *env, struct cbk_object **objects, size_t count,
                     int (*read)(const struct cbk_env *env, struct cbk_object *object, struct cbk_error *err),
                     struct cbk_error *err)
{
    struct refresh refresh = {.env = env, .objects = objects, .read = read};
    return cbk_parallel(REFRESH_THREADS, count, refresh_one, &refresh, err);
}
