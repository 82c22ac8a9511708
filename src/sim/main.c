/*
 * cbk-sim: a cloud on one port, for tests and for pull requests' checks (docs/simulator.md).
 */
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/time.h"
#include "sim/front/server.h"
#include "sim/real/guests.h"
#include "sim/real/programs.h"
#include "sim/world/work.h"
#include "sim/world/world_file.h"

#include <getopt.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] = "usage: cbk-sim [--listen HOST:PORT] [--port-file FILE] [--world FILE] [--save FILE]\n"
                            "               [--latency 50ms] [--qps N] [--eventual 2s]\n"
                            "               [--guests [--guests-dir DIR] [--guests-pool SIZE]]\n"
                            "       cbk-sim --print-actions\n"
                            "\n"
                            "  --listen HOST:PORT  where to listen (default 127.0.0.1:0, any free port)\n"
                            "  --port-file FILE    gets the port, once requests are served\n"
                            "  --world FILE        the cloud to begin with, YAML or JSON\n"
                            "  --save FILE         gets the cloud as it is when the simulator ends\n"
                            "  --latency TIME      every answer takes that long\n"
                            "  --qps N             each service throttles beyond N calls a second\n"
                            "  --eventual TIME     a new role stays unknown to ECS and STS that long\n"
                            "  --guests            instances with the key 'guest' get real disks and processes\n"
                            "  --guests-dir DIR    where those disks stay (default: a temporary directory)\n"
                            "  --guests-pool SIZE  the room for all disks and snapshots, such as 2g or 500m\n"
                            "  --print-actions     prints the table of actions as JSON\n";

struct settings {
    const char *listen, *port_file, *world, *save, *guests_dir;
    int64_t guests_pool_mib;
    struct sim_options options;
    bool guests, print_actions, help;
};

/* How often the world is looked after while it has guests. */
enum { BEAT_MS = 50 };

/* "50ms", or a duration of base/time.h. */
static int parse_ms(const char *text, int64_t *ret_ms, struct cbk_error *err)
{
    char *end = NULL;
    long long ms = strtoll(text, &end, 10);
    if (end != text && strcmp(end, "ms") == 0 && ms >= 0) {
        *ret_ms = ms;
        return 0;
    }
    int64_t seconds = 0;
    int r = cbk_duration_parse(text, &seconds, err);
    if (r == 0)
        *ret_ms = seconds * 1000;
    return r;
}

static int parse_count(const char *text, int64_t *ret, struct cbk_error *err)
{
    char *end = NULL;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end || value < 0)
        return cbk_fail(err, CBK_E_USAGE, "'%s' is not a number of calls", text);
    *ret = value;
    return 0;
}

/* "500m", "2g" */
static int parse_mib(const char *text, int64_t *ret_mib, struct cbk_error *err)
{
    char *end = NULL;
    long long size = strtoll(text, &end, 10);
    bool is_g = strcmp(end, "g") == 0, is_m = strcmp(end, "m") == 0;
    if (end == text || size <= 0 || size > INT32_MAX || (!is_g && !is_m))
        return cbk_fail(err, CBK_E_USAGE, "'%s' is not a size such as 2g or 500m", text);
    *ret_mib = is_g ? size * 1024 : size;
    return 0;
}

enum {
    LISTEN = 1,
    PORT_FILE,
    WORLD,
    SAVE,
    LATENCY,
    QPS,
    EVENTUAL,
    GUESTS,
    GUESTS_DIR,
    GUESTS_POOL,
    PRINT_ACTIONS,
    HELP
};

static const struct option options[] = {
    {"listen", required_argument, NULL, LISTEN},
    {"port-file", required_argument, NULL, PORT_FILE},
    {"world", required_argument, NULL, WORLD},
    {"save", required_argument, NULL, SAVE},
    {"latency", required_argument, NULL, LATENCY},
    {"qps", required_argument, NULL, QPS},
    {"eventual", required_argument, NULL, EVENTUAL},
    {"guests", no_argument, NULL, GUESTS},
    {"guests-dir", required_argument, NULL, GUESTS_DIR},
    {"guests-pool", required_argument, NULL, GUESTS_POOL},
    {"print-actions", no_argument, NULL, PRINT_ACTIONS},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

static int take_option(struct settings *settings, int which, const char *value, struct cbk_error *err)
{
    switch (which) {
    case LISTEN:
        settings->listen = value;
        return 0;
    case PORT_FILE:
        settings->port_file = value;
        return 0;
    case WORLD:
        settings->world = value;
        return 0;
    case SAVE:
        settings->save = value;
        return 0;
    case LATENCY:
        return parse_ms(value, &settings->options.latency_ms, err);
    case QPS:
        return parse_count(value, &settings->options.qps, err);
    case EVENTUAL:
        return parse_ms(value, &settings->options.eventual_ms, err);
    case GUESTS:
        settings->guests = true;
        return 0;
    case GUESTS_DIR:
        settings->guests_dir = value;
        return 0;
    case GUESTS_POOL:
        return parse_mib(value, &settings->guests_pool_mib, err);
    case PRINT_ACTIONS:
        settings->print_actions = true;
        return 0;
    case HELP:
        settings->help = true;
        return 0;
    default:
        return cbk_fail(err, CBK_E_USAGE, "unknown option");
    }
}

static int parse_arguments(int argc, char **argv, struct settings *settings, struct cbk_error *err)
{
    opterr = 0;
    for (int which; (which = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (which == '?')
            return cbk_fail(err, CBK_E_USAGE, "unknown or incomplete option '%s'", argv[optind - 1]);
        int r = take_option(settings, which, optarg, err);
        if (r < 0)
            return r;
    }
    if (optind < argc)
        return cbk_fail(err, CBK_E_USAGE, "unexpected argument '%s'", argv[optind]);
    if (!settings->guests && (settings->guests_dir || settings->guests_pool_mib))
        return cbk_fail(err, CBK_E_USAGE, "'--guests-dir' and '--guests-pool' are for '--guests'");
    return 0;
}

static int print_actions(void)
{
    CBK_CLEANUP(sim_registry_freep) struct sim_registry *registry = sim_registry_new();
    CBK_JSON *actions = sim_registry_describe(registry);
    CBK_STR(text);
    cbk_json_add_pretty(&text, actions);
    (void)fputs(text.ptr, stdout);
    return 0;
}

static int make_world(const struct settings *settings, struct sim_world **ret, struct cbk_doc **ret_doc,
                      struct cbk_errors *errors)
{
    if (settings->world)
        return sim_world_read(settings->world, ret, ret_doc, errors);
    CBK_JSON *empty = json_object();
    return sim_world_load(empty, ret, cbk_errors_add(errors));
}

static int write_json(const char *path, const json_t *json, struct cbk_error *err)
{
    CBK_STR(text);
    cbk_json_add_pretty(&text, json);
    return cbk_file_replace(path, text.ptr, text.len, 0600, err); /* it holds secrets of the simulated account */
}

static int announce(const struct settings *settings, const struct sim_server *server, struct cbk_error *err)
{
    int port = sim_server_port(server);
    (void)fprintf(stderr, "cbk-sim: listening on port %d\n", port);
    if (!settings->port_file)
        return 0;
    CBK_CLEANUP(cbk_string_freep) char *text = cbk_strf("%d\n", port);
    return cbk_file_replace(settings->port_file, text, strlen(text), 0644, err);
}

/* Serves until SIGTERM or SIGINT, which the caller has blocked in all threads. What goes on in guests ends first, so
 * that nobody who waits for it keeps the server. */
static int serve(const struct settings *settings, struct sim_gateway *gateway, const sigset_t *ends,
                 struct cbk_error *err)
{
    CBK_CLEANUP(sim_server_freep) struct sim_server *server = NULL;
    int r = sim_server_start(settings->listen, gateway, &server, err);
    if (r == 0)
        r = announce(settings, server, err);
    if (r < 0)
        return r;
    static const struct timespec beat = {.tv_nsec = BEAT_MS * 1000000L};
    while (sigtimedwait(ends, NULL, &beat) < 0)
        if (gateway->world->guests) /* they live in real time, whether somebody asks or not */
            sim_gateway_tick(gateway);
    sim_works_stop(gateway->world->works);
    if (gateway->world->guests)
        sim_guests_stop(gateway->world->guests);
    return 0;
}

static int start_guests(const struct settings *settings, struct sim_world *world, struct cbk_error *err)
{
    if (!settings->guests)
        return 0;
    cbk_log_set_level(CBK_LOG_INFO);
    return sim_guests_start(world, settings->guests_dir, settings->guests_pool_mib, &world->guests, err);
}

static int run(const struct settings *settings, struct cbk_doc **ret_doc, struct cbk_errors *errors)
{
    sigset_t ends;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &ends, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    struct sim_world *world = NULL;
    int r = make_world(settings, &world, ret_doc, errors);
    if (r < 0)
        return r;
    CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = sim_gateway_new(world, &settings->options);
    r = start_guests(settings, world, cbk_errors_add(errors));
    if (r == 0)
        r = serve(settings, gateway, &ends, cbk_errors_add(errors));
    if (r < 0 || !settings->save)
        return r;
    sim_world_tick(world);
    CBK_JSON *saved = sim_world_dump(world, false);
    return write_json(settings->save, saved, cbk_errors_add(errors));
}

int main(int argc, char **argv)
{
    cbk_json_start();
    sim_program_run(argc, argv);
    CBK_CLEANUP(cbk_doc_freep) struct cbk_doc *doc = NULL; /* what errors point into */
    CBK_ERRORS(errors);
    struct settings settings = {.listen = "127.0.0.1:0"};
    int r = parse_arguments(argc, argv, &settings, cbk_errors_add(&errors));
    if (r == 0 && settings.help)
        return fputs(usage, stdout) < 0;
    if (r == 0 && settings.print_actions)
        return print_actions();
    if (r == 0)
        r = run(&settings, &doc, &errors);
    for (size_t i = 0; i < errors.list.len; i++) {
        CBK_STR(text);
        if (!errors.list.items[i].code)
            continue;
        cbk_error_format(&errors.list.items[i], &text);
        (void)fprintf(stderr, "cbk-sim: %s", text.ptr);
    }
    return r < 0;
}
