#include "sim/real/restore.h"

#include "base/map.h"
#include "sim/real/image.h"
#include "sim/real/loop.h"

#include <pthread.h>

/* Who keeps the device open. */
struct keeper {
    int fd;
};

struct sim_restores {
    pthread_mutex_t lock;
    struct cbk_map *devices; /* path -> keeper */
};

struct sim_restores *sim_restores_new(void)
{
    struct sim_restores *restores = CBK_NEW(struct sim_restores);
    pthread_mutex_init(&restores->lock, NULL);
    restores->devices = cbk_map_new();
    return restores;
}

static void free_keeper(struct keeper *keeper)
{
    if (!keeper)
        return;
    cbk_fd_closep(&keeper->fd);
    free(keeper);
}

void sim_restores_free(struct sim_restores *restores)
{
    if (!restores)
        return;
    CBK_MAP_FOREACH(entry, restores->devices)
        free_keeper(cbk_map_entry_value(entry));
    cbk_map_free(restores->devices);
    pthread_mutex_destroy(&restores->lock);
    free(restores);
}

int sim_restore_attach(struct sim_restores *restores, const char *image, char **ret_device, struct cbk_error *err)
{
    CBK_CLEANUP(cbk_fd_closep) int copy = -1;
    CBK_CLEANUP(cbk_string_freep) char *device = NULL;
    struct keeper *keeper = CBK_NEW(struct keeper);
    int r = sim_image_open_copy(image, &copy, err);
    if (r == 0)
        r = sim_loop_attach(copy, &device, &keeper->fd, err);
    if (r < 0) {
        free(keeper);
        return r;
    }
    pthread_mutex_lock(&restores->lock);
    free_keeper(cbk_map_set(restores->devices, device, keeper));
    pthread_mutex_unlock(&restores->lock);
    *ret_device = cbk_string_steal(&device);
    return 0;
}

bool sim_restore_release(struct sim_restores *restores, const char *device)
{
    pthread_mutex_lock(&restores->lock);
    struct keeper *keeper = cbk_map_remove(restores->devices, device);
    pthread_mutex_unlock(&restores->lock);
    free_keeper(keeper);
    return keeper != NULL;
}
