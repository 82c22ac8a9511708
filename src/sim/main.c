/*
 * cbk-sim: a cloud on one port, for tests and for pull requests' checks (docs/simulator.md).
 */
#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "sim/front/server.h"
#include "sim/world/world_file.h"

#include <getopt.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] = "usage: cbk-sim [--listen HOST:PORT] [--port-file FILE] [--world FILE] [--save FILE]\n"
                            "               [--latency 50ms] [--qps N] [--eventual 2s] [--guests]\n"
                            "       cbk-sim --print-actions\n"
                            "\n"
                            "  --listen HOST:PORT  where to listen (default 127.0.0.1:0, any free port)\n"
                            "  --port-file FILE    gets the port, once requests are served\n"
                            "  --world FILE        the cloud to begin with, YAML or JSON\n"
                            "  --save FILE         gets the cloud as it is when the simulator ends\n"
                            "  --latency TIME      every answer takes that long\n"
                            "  --qps N             each service throttles beyond N calls a second\n"
                            "  --eventual TIME     a new role stays unknown to ECS and STS that long\n"
                            "  --guests            instances backed by real disks and processes\n"
                            "  --print-actions     prints the table of actions as JSON\n";

struct settings {
    const char *listen, *port_file, *world, *save;
    struct sim_options options;
    bool guests, print_actions, help;
};

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

enum { LISTEN = 1, PORT_FILE, WORLD, SAVE, LATENCY, QPS, EVENTUAL, GUESTS, PRINT_ACTIONS, HELP };

static const struct option options[] = {
    {"listen", required_argument, NULL, LISTEN},
    {"port-file", required_argument, NULL, PORT_FILE},
    {"world", required_argument, NULL, WORLD},
    {"save", required_argument, NULL, SAVE},
    {"latency", required_argument, NULL, LATENCY},
    {"qps", required_argument, NULL, QPS},
    {"eventual", required_argument, NULL, EVENTUAL},
    {"guests", no_argument, NULL, GUESTS},
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
    if (settings->guests)
        return cbk_fail(err, CBK_E_USAGE, "--guests: this build has no guests yet; instances are virtual");
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

static int make_world(const struct settings *settings, struct sim_world **ret, struct cbk_errors *errors)
{
    if (settings->world)
        return sim_world_read(settings->world, ret, errors);
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

/* Serves until SIGTERM or SIGINT, which the caller has blocked in all threads. */
static int serve(const struct settings *settings, struct sim_gateway *gateway, const sigset_t *ends,
                 struct cbk_error *err)
{
    CBK_CLEANUP(sim_server_freep) struct sim_server *server = NULL;
    int r = sim_server_start(settings->listen, gateway, &server, err);
    if (r == 0)
        r = announce(settings, server, err);
    if (r < 0)
        return r;
    int signal_number = 0;
    (void)sigwait(ends, &signal_number);
    return 0;
}

static int run(const struct settings *settings, struct cbk_errors *errors)
{
    sigset_t ends;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &ends, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    struct sim_world *world = NULL;
    int r = make_world(settings, &world, errors);
    if (r < 0)
        return r;
    CBK_CLEANUP(sim_gateway_freep) struct sim_gateway *gateway = sim_gateway_new(world, &settings->options);
    r = serve(settings, gateway, &ends, cbk_errors_add(errors));
    if (r < 0 || !settings->save)
        return r;
    sim_world_tick(world);
    CBK_JSON *saved = sim_world_dump(world, false);
    return write_json(settings->save, saved, cbk_errors_add(errors));
}

int main(int argc, char **argv)
{
    CBK_ERRORS(errors);
    struct settings settings = {.listen = "127.0.0.1:0"};
    int r = parse_arguments(argc, argv, &settings, cbk_errors_add(&errors));
    if (r == 0 && settings.help)
        return fputs(usage, stdout) < 0;
    if (r == 0 && settings.print_actions)
        return print_actions();
    if (r == 0)
        r = run(&settings, &errors);
    for (size_t i = 0; i < errors.list.len; i++) {
        CBK_STR(text);
        if (!errors.list.items[i].code)
            continue;
        cbk_error_format(&errors.list.items[i], &text);
        (void)fprintf(stderr, "cbk-sim: %s\n", text.ptr);
    }
    return r < 0;
}
