/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See daemon.h. Everything here happens on the one control thread; the order of the beginning matters: signals
 * are blocked before there are threads, and a chain that cannot be played is found before JACK sees us. */
#include "app/daemon.h"

#include "app/daemon_door.h"
#include "app/notify.h"
#include "app/options.h"
#include "backend/jack.h"
#include "base/log.h"
#include "control/discovery.h"
#include "control/loop.h"
#include "control/osc.h"
#include "control/osc_socket.h"
#include "control/tcp.h"
#include "session/session.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define MS         UINT64_C(1000000)
#define POLL_NS    (50 * MS)
#define ENDING_NS  (5 * MS)
#define FADE_NS    (500 * MS)  /* at most, for the fade-out */
#define GIVEUP_NS  (3000 * MS) /* at most, for the whole end */
#define FADE_IN_MS 50.0
#define PORT_TRIES 50

struct daemon {
    const struct gs_daemon_setup *setup;
    struct gs_loop *loop;
    struct gs_engine *engine;
    struct gs_session *session;
    struct gs_osc *osc;
    struct gs_discovery *discovery; /* NULL: not advertised */
    struct gs_daemon_door door;
    struct gs_jack *jack;
    uint64_t ending_ns; /* since when; 0: not yet */
    bool leaving;       /* JACK has been told */
    int exit_code;
    uint64_t watchdog_ns; /* how often; 0: never */
    unsigned listen;      /* stage whose latency JACK was told */
};

/* ---- what the parts tell each other ---- */

static void log_errors(const char *what, struct gs_errors *errors)
{
    for (size_t i = 0; i < errors->count; i++) {
        const struct gs_error *error = &errors->list[i];
        gs_log_warn("%s%s%s", error->where, *error->where ? ": " : "", error->text);
    }
    gs_log_warn("%s", what);
    gs_errors_finish(errors);
}

static void follow(struct daemon *daemon)
{
    const struct gs_chain *chain = gs_session_chain(daemon->session);
    const struct gs_plan *plan = gs_engine_plan(daemon->engine);
    if (daemon->jack && chain && plan) {
        daemon->listen = chain->listen_stage;
        gs_jack_follow(daemon->jack, chain, plan);
    }
}

static void on_chain(void *context)
{
    struct daemon *daemon = context;
    const struct gs_chain *chain = gs_session_chain(daemon->session);
    gs_log_info("chain \"%s\": %zu stages", chain->name, chain->n_stages);
    follow(daemon);
    gs_engine_mute(daemon->engine, GS_MUTE_UNPLAYABLE, false);
    gs_door_chain_changed(daemon->door.door);
}

static void on_note(void *context, const char *text)
{
    (void)context;
    gs_log_info("%s", text);
}

/* The server runs at another rate than the one before. The old chain would play at the wrong pitch. */
static void on_reload(void *context)
{
    struct daemon *daemon = context;
    struct gs_errors errors = { 0 };
    bool failed = gs_session_recompile(daemon->session, &errors) != GS_OK;
    gs_engine_mute(daemon->engine, GS_MUTE_UNPLAYABLE, failed);
    if (failed) {
        log_errors("the chain cannot be compiled for the server's rate: silence", &errors);
    } else {
        follow(daemon); /* latencies are other numbers of frames now */
    }
    gs_errors_finish(&errors);
}

static const char *state_word(const struct gs_jack_status *status)
{
    return status->state == GS_JACK_RUNNING ? "active" : gs_jack_state_word(status->state);
}

static void on_audio(void *context)
{
    struct daemon *daemon = context;
    const struct gs_jack_status *status = gs_jack_get_status(daemon->jack);
    struct gs_session_audio audio = { .rate_hz = status->rate_hz,
                                      .period = status->period,
                                      .xruns = status->xruns,
                                      .returns = status->returns,
                                      .load_percent = status->load_percent };
    gs_jack_scheduling_text(status, audio.scheduling, sizeof audio.scheduling);
    gs_session_set_state(daemon->session, state_word(status));
    gs_session_set_audio(daemon->session, &audio);
    gs_notify("STATUS=%s, %.0f Hz, period %u, %llu xruns", gs_jack_state_word(status->state), status->rate_hz,
              status->period, (unsigned long long)status->xruns);
    if (status->hopeless && !daemon->ending_ns) {
        daemon->exit_code = gs_status_exit_code(GS_E_AUDIO);
        gs_loop_stop(daemon->loop);
    }
}

/* ---- the end: fade out, leave the server, stop; or give up ---- */

static void give_up(struct daemon *daemon)
{
    gs_log_error("the JACK server hangs (%s): leaving without it",
                 gs_jack_get_status(daemon->jack)->blocked_in ? gs_jack_get_status(daemon->jack)->blocked_in
                                                              : "in libjack");
    gs_jack_abandon(daemon->jack);
    _exit(daemon->exit_code);
}

static void end_step(struct daemon *daemon, uint64_t now_ns)
{
    bool silent = gs_engine_muted(daemon->engine) || gs_engine_get_status(daemon->engine).parked;
    if (!daemon->leaving && (silent || now_ns - daemon->ending_ns > FADE_NS)) {
        daemon->leaving = true;
        gs_jack_end(daemon->jack);
    }
    if (gs_jack_ended(daemon->jack)) {
        gs_loop_stop(daemon->loop);
    } else if (now_ns - daemon->ending_ns > GIVEUP_NS) {
        give_up(daemon);
    }
}

static void begin_end(struct daemon *daemon)
{
    gs_log_info("ending");
    gs_notify("STOPPING=1");
    daemon->ending_ns = gs_loop_now();
    gs_engine_mute(daemon->engine, GS_MUTE_END, true);
    gs_loop_set_timer(daemon->loop, daemon, daemon->ending_ns);
}

static uint64_t on_timer(void *context, uint64_t now_ns)
{
    struct daemon *daemon = context;
    gs_jack_poll(daemon->jack);
    const struct gs_chain *chain = gs_session_chain(daemon->session);
    if (chain->listen_stage != daemon->listen) {
        follow(daemon);
    }
    if (daemon->ending_ns) {
        end_step(daemon, now_ns);
        return now_ns + ENDING_NS;
    }
    return now_ns + POLL_NS;
}

static void on_jack(void *context, short revents)
{
    struct daemon *daemon = context;
    (void)revents;
    gs_jack_poll(daemon->jack);
}

static uint64_t on_watchdog(void *context, uint64_t now_ns)
{
    uint64_t *period_ns = context;
    gs_notify("WATCHDOG=1");
    return now_ns + *period_ns;
}

/* ---- signals ---- */

static void reload(struct daemon *daemon)
{
    struct gs_errors errors = { 0 };
    gs_notify("RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)(gs_loop_now() / 1000u));
    if (gs_session_reload(daemon->session, &errors)) {
        log_errors("the chain file is refused: the old chain plays on", &errors);
    }
    gs_errors_finish(&errors);
    gs_notify("READY=1");
}

static void on_signal(void *context, int number)
{
    struct daemon *daemon = context;
    if (number == SIGHUP && !daemon->ending_ns) {
        reload(daemon);
    } else if (number != SIGHUP && !daemon->ending_ns) {
        begin_end(daemon);
    }
}

/* ---- the beginning ---- */

/* Locked memory never faults. Without an unlimited allowance JACK's shared memory alone would be too much, and
 * half a lock is worth nothing. */
static void prepare_process(void)
{
    struct rlimit limit;
    signal(SIGPIPE, SIG_IGN); /* libjack writes to sockets whose server may be dead */
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 4096) {
        limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    bool unlimited = getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
    bool locked = unlimited && mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
    gs_log_debug("memory is %slocked", locked ? "" : "not ");
}

static enum gs_status open_session(struct daemon *daemon, struct gs_errors *errors)
{
    const struct gs_daemon_setup *setup = daemon->setup;
    struct gs_engine_setup engine = { .out_ceiling_db = setup->out_ceiling_dbfs,
                                      .fade_in_ms = FADE_IN_MS,
                                      .safety = true };
    daemon->engine = gs_engine_create(&engine);
    struct gs_session_setup session = { .engine = daemon->engine,
                                        .name = setup->name,
                                        .chain_folders = setup->folders->list,
                                        .save_folder = setup->save_folder,
                                        .reply_port = setup->osc_reply_port,
                                        .chain_changed = on_chain,
                                        .note = on_note,
                                        .context = daemon };
    daemon->session = daemon->engine ? gs_session_create(&session) : NULL;
    if (!daemon->session) {
        return gs_errors_add(errors, GS_E_MEMORY, "", "no memory");
    }
    gs_session_set_state(daemon->session, gs_jack_state_word(GS_JACK_NO_AUDIO));
    return gs_session_load(daemon->session, setup->chain, errors);
}

/* What a bind means, in words: nobody opens a network by accident. */
static void say_what_is_open(const struct gs_daemon_setup *setup)
{
    enum gs_osc_reach reach = gs_osc_reach(setup->osc_bind);
    if (reach == GS_OSC_HERE) {
        return;
    }
    const char *where = reach == GS_OSC_EVERYWHERE ? "any network of this machine" : setup->osc_bind;
    if (setup->osc_allow.n) {
        gs_log_info("open: %u networks of --osc-allow may turn every control and load chains, by way of %s",
                    setup->osc_allow.n, where);
    } else {
        gs_log_warn("open: whoever reaches %s may turn every control and load chains; "
                    "--osc-allow says who may",
                    where);
    }
}

static enum gs_status open_osc(struct daemon *daemon, struct gs_error *error)
{
    const struct gs_daemon_setup *setup = daemon->setup;
    struct gs_osc_setup osc = { .loop = daemon->loop,
                                .session = daemon->session,
                                .bind = setup->osc_bind,
                                .port = setup->osc_port,
                                .allow = &setup->osc_allow,
                                .note = on_note };
    enum gs_status status = gs_osc_create(&osc, &daemon->osc, error);
    /* Any free one: free over TCP, too, where whoever is connected or was a minute ago has one. */
    for (unsigned tries = 0; !status && !setup->osc_port && tries < PORT_TRIES &&
                             !gs_tcp_is_free(setup->osc_bind, gs_osc_port(daemon->osc));
         tries++) {
        gs_osc_destroy(daemon->osc);
        daemon->osc = NULL;
        status = gs_osc_create(&osc, &daemon->osc, error);
    }
    if (!status) {
        gs_log_info("OSC on %s, UDP port %u", setup->osc_bind ? setup->osc_bind : "127.0.0.1",
                    gs_osc_port(daemon->osc));
        say_what_is_open(setup);
    }
    for (unsigned i = 0; !status && i < setup->n_osc_peers; i++) {
        status = gs_osc_add_peer(daemon->osc, &setup->osc_peer[i], error);
    }
    return status;
}

/* What only this machine can reach is not advertised. */
static void open_discovery(struct daemon *daemon)
{
    static const char *const txt[] = { "version=1.0", NULL };
    uint16_t osc = gs_osc_reach(daemon->setup->osc_bind) != GS_OSC_HERE ? gs_osc_port(daemon->osc) : 0;
    uint16_t page =
        gs_osc_reach(daemon->setup->http_bind) != GS_OSC_HERE ? gs_daemon_door_port(&daemon->door) : 0;
    struct gs_discovery_setup discovery = { .name = daemon->setup->name,
                                            .service = { { "_osc._udp", osc, txt },
                                                         { "_oscjson._tcp", page, txt } },
                                            .note = on_note };
    if (osc || page) {
        daemon->discovery = gs_discovery_create(&discovery);
    }
}

static enum gs_status open_door(struct daemon *daemon, struct gs_error *error)
{
    return gs_daemon_door_open(&daemon->door, daemon->setup, daemon->loop, daemon->engine, daemon->session,
                               gs_osc_port(daemon->osc), error);
}

static enum gs_status open_jack(struct daemon *daemon, struct gs_error *error)
{
    const struct gs_daemon_setup *setup = daemon->setup;
    struct gs_jack_setup jack = { .engine = daemon->engine,
                                  .client_name = setup->name,
                                  .server_name = setup->server,
                                  .start_server = setup->start_server,
                                  .server_output = setup->server_output,
                                  .auto_connect = setup->auto_connect,
                                  .taps = setup->taps,
                                  .reload = on_reload,
                                  .changed = on_audio,
                                  .context = daemon };
    enum gs_status status = gs_jack_create(&jack, &daemon->jack, error);
    if (!status) {
        follow(daemon);
        status = gs_loop_add(daemon->loop, gs_jack_fd(daemon->jack), POLLIN, on_jack, daemon);
    }
    return status ? status : gs_loop_add_timer(daemon->loop, gs_loop_now(), on_timer, daemon);
}

static int open_all(struct daemon *daemon)
{
    static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
    struct gs_errors errors = { 0 };
    struct gs_error error = { 0 };
    daemon->loop = gs_loop_create();
    if (!daemon->loop || gs_loop_signals(daemon->loop, signals, 3, on_signal, daemon)) {
        gs_fail(&error, GS_E_IO, "", "no event loop");
        return gs_complain(&error);
    }
    if (open_session(daemon, &errors)) {
        int code = gs_complain_all(&errors);
        gs_errors_finish(&errors);
        return code;
    }
    if (open_osc(daemon, &error) || open_door(daemon, &error) || open_jack(daemon, &error)) {
        return gs_complain(&error);
    }
    open_discovery(daemon);
    daemon->watchdog_ns = gs_notify_watchdog_ns();
    if (daemon->watchdog_ns) {
        gs_loop_add_timer(daemon->loop, gs_loop_now(), on_watchdog, &daemon->watchdog_ns);
    }
    return 0;
}

static void close_all(struct daemon *daemon)
{
    if (daemon->jack) {
        gs_jack_end(daemon->jack);
        gs_jack_destroy(daemon->jack);
    }
    gs_discovery_destroy(daemon->discovery);
    gs_daemon_door_close(&daemon->door);
    gs_osc_destroy(daemon->osc);
    gs_session_destroy(daemon->session);
    gs_engine_destroy(daemon->engine);
    gs_loop_destroy(daemon->loop);
}

int gs_daemon_run(const struct gs_daemon_setup *setup)
{
    struct daemon daemon = { .setup = setup };
    prepare_process();
    daemon.exit_code = open_all(&daemon);
    if (!daemon.exit_code) {
        gs_notify("READY=1");
        gs_loop_run(daemon.loop);
    }
    close_all(&daemon);
    return daemon.exit_code;
}
