/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The control thread's half of the JACK backend: follows what the JACK thread reports, parks the engine when
 * the audio stops and lets it go again, at the new rate if need be, when it comes back. Nothing here calls
 * libjack, so nothing here blocks. [control] */
#include "backend/jack.h"

#include "backend/jack_link.h"
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define COMMANDS      16
#define EVENTS        64
#define BLOCKED_NS    UINT64_C(5000000000)
#define XRUN_QUIET_NS UINT64_C(10000000000)

struct gs_jack {
    struct gs_jack_setup setup;
    struct gs_jack_link link;
    struct gs_jack_thread *thread;
    pthread_t id;
    struct gs_jack_status status, told; /* told: as the hook last saw it */
    char refusal[192];                  /* logged last; "" once a server was found */
    bool parked;                        /* the engine */
    bool quit;                          /* wanted */
    bool scheduling_logged;
    unsigned opening; /* generation that may enter once the engine is ready for it; 0: none */
    struct gs_jack_layout *unsent;
    uint64_t blocked_since_ns; /* of the call reported as blocked */
    uint64_t xruns_logged, xrun_log_ns;
};

/* ---- the beginning and the end ---- */

static enum gs_status start(struct gs_jack *jack, struct gs_error *error)
{
    struct gs_jack_link *link = &jack->link;
    size_t commands = gs_ring_size(sizeof(struct gs_jack_command), COMMANDS);
    size_t events = gs_ring_size(sizeof(struct gs_jack_event), EVENTS);
    void *command_memory = calloc(1, commands), *event_memory = calloc(1, events);
    link->command_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    link->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    jack->thread = gs_jack_thread_create(&jack->setup, link);
    gs_ring_init(&link->commands, command_memory, sizeof(struct gs_jack_command), COMMANDS);
    gs_ring_init(&link->events, event_memory, sizeof(struct gs_jack_event), EVENTS);
    if (!command_memory || !event_memory || !jack->thread) {
        return gs_fail(error, GS_E_MEMORY, "", "no memory for the JACK backend");
    }
    if (link->command_fd < 0 || link->event_fd < 0) {
        return gs_fail(error, GS_E_IO, "", "no eventfd: %s", strerror(errno));
    }
    int failed = pthread_create(&jack->id, NULL, gs_jack_thread_run, jack->thread);
    return failed ? gs_fail(error, GS_E_IO, "", "no thread for JACK: %s", strerror(failed)) : GS_OK;
}

static void finish(struct gs_jack *jack)
{
    if (jack->link.command_fd >= 0) {
        close(jack->link.command_fd);
    }
    if (jack->link.event_fd >= 0) {
        close(jack->link.event_fd);
    }
    gs_jack_thread_destroy(jack->thread);
    gs_jack_layout_destroy(jack->unsent);
    free(jack->link.commands.memory);
    free(jack->link.events.memory);
    free(jack);
}

enum gs_status gs_jack_create(const struct gs_jack_setup *setup, struct gs_jack **out, struct gs_error *error)
{
    struct gs_jack *jack = aligned_alloc(_Alignof(struct gs_jack), sizeof *jack);
    if (!jack) {
        return gs_fail(error, GS_E_MEMORY, "", "no memory for the JACK backend");
    }
    memset(jack, 0, sizeof *jack);
    jack->setup = *setup;
    jack->link.engine = setup->engine;
    jack->link.policy = -1;
    jack->parked = true;
    gs_jack_messages_install();
    enum gs_status status = start(jack, error);
    if (status) {
        finish(jack);
        return status;
    }
    *out = jack;
    return GS_OK;
}

bool gs_jack_ended(const struct gs_jack *jack)
{
    return atomic_load(&jack->link.ended);
}

void gs_jack_abandon(struct gs_jack *jack)
{
    int pid = atomic_load(&jack->link.server_pid);
    if (pid) {
        kill(pid, SIGTERM); /* a killed jackd leaves its place in JACK's list of eight servers taken */
        kill(pid, SIGCONT);
    }
}

/* ---- to the JACK thread ---- */

static bool command(struct gs_jack *jack, int what, struct gs_jack_layout *layout)
{
    struct gs_jack_command *command = gs_ring_reserve(&jack->link.commands);
    if (!command) {
        return false;
    }
    *command = (struct gs_jack_command){ .what = what, .layout = layout };
    gs_ring_commit(&jack->link.commands);
    uint64_t one = 1;
    ssize_t written = write(jack->link.command_fd, &one, sizeof one);
    (void)written; /* a full eventfd is readable already */
    return true;
}

/* What found the ring full, because the JACK thread hangs in libjack, is sent later; of layouts the newest. */
static void send_waiting(struct gs_jack *jack)
{
    if (jack->unsent && command(jack, GS_JACK_FOLLOW, jack->unsent)) {
        jack->unsent = NULL;
    }
    if (jack->quit && command(jack, GS_JACK_QUIT, NULL)) {
        jack->quit = false;
    }
}

void gs_jack_follow(struct gs_jack *jack, const struct gs_chain *chain, const struct gs_plan *plan)
{
    gs_jack_layout_destroy(jack->unsent);
    jack->unsent = gs_jack_layout_create(chain, plan, jack->setup.taps);
    if (!jack->unsent) {
        gs_log_error("no memory for the ports of this chain: they stay as they are");
    }
    jack->status.latency = plan->wires[chain->listen_stage].latency;
    send_waiting(jack);
}

void gs_jack_end(struct gs_jack *jack)
{
    jack->quit = true;
    jack->opening = 0;
    send_waiting(jack);
}

/* ---- the gate ---- */

/* True when the engine is parked: nobody is inside and nobody can come in. */
static bool shut(struct gs_jack *jack)
{
    atomic_store(&jack->link.gate, 0);
    for (int tries = 0; atomic_load(&jack->link.inside) && tries < 20; tries++) {
        struct timespec short_while = { 0, 100000 };
        nanosleep(&short_while, NULL);
    }
    if (atomic_load(&jack->link.inside)) {
        return false; /* its thread waits for a processor: the next poll looks again */
    }
    if (!jack->parked) {
        gs_engine_park(jack->setup.engine);
        jack->parked = true;
    }
    return true;
}

static void open_gate(struct gs_jack *jack)
{
    struct gs_engine *engine = jack->setup.engine;
    if (jack->status.rate_hz != gs_engine_rate(engine)) {
        gs_engine_set_rate(engine, jack->status.rate_hz);
        jack->setup.reload(jack->setup.context);
    }
    gs_engine_unpark(engine);
    jack->parked = false;
    atomic_store(&jack->link.gate, jack->opening);
    jack->opening = 0;
    jack->status.state = GS_JACK_RUNNING;
    gs_log_info("running at %.0f Hz, period %u", jack->status.rate_hz, jack->status.period);
}

static void settle(struct gs_jack *jack)
{
    bool wanted = jack->status.state == GS_JACK_RUNNING && !jack->opening;
    if (!wanted && shut(jack) && jack->opening) {
        open_gate(jack);
    }
}

/* ---- from the JACK thread ---- */

static void on_found(struct gs_jack *jack, const struct gs_jack_event *event)
{
    struct gs_jack_status *status = &jack->status;
    status->state = GS_JACK_CONNECTING;
    status->returns += status->rate_hz > 0;
    snprintf(status->client, sizeof status->client, "%s", event->text);
    snprintf(status->library, sizeof status->library, "%s", event->library);
    jack->refusal[0] = '\0';
    jack->scheduling_logged = false;
    gs_log_info("found a server (%s), our name there is \"%s\"", status->library, status->client);
}

static void on_refused(struct gs_jack *jack, const char *reason)
{
    if (jack->status.server[0]) {
        gs_log_debug("the private server does not answer: %s", reason);
    } else if (strcmp(jack->refusal, reason) != 0) {
        snprintf(jack->refusal, sizeof jack->refusal, "%s", reason);
        gs_log_info("no audio: %s; waiting for a JACK server", reason);
    }
}

static void on_gap(struct gs_jack *jack, enum gs_jack_state state, const char *reason)
{
    jack->status.state = state;
    jack->opening = 0;
    gs_log_warn("%s: %s", gs_jack_state_word(state), reason);
}

static void on_private(struct gs_jack *jack, const char *name)
{
    snprintf(jack->status.server, sizeof jack->status.server, "%.63s", name);
    gs_log_info("no server ran: started a private one without a sound card; for other programs: "
                "JACK_DEFAULT_SERVER=%s",
                name);
}

/* Told once: it may go on for hours. */
static void on_private_again(struct gs_jack *jack)
{
    static const char reason[] =
        "the private server ended at once (too many servers? --log debug shows what it "
        "says); starting it again and again";
    if (strcmp(jack->refusal, reason) != 0) {
        snprintf(jack->refusal, sizeof jack->refusal, "%s", reason);
        gs_log_error("%s", reason);
    }
}

static void handle(struct gs_jack *jack, const struct gs_jack_event *event)
{
    switch (event->what) {
    case GS_JACK_FOUND:
        on_found(jack, event);
        break;
    case GS_JACK_READY:
        jack->opening = event->generation;
        jack->status.rate_hz = event->rate_hz;
        jack->status.period = event->period;
        break;
    case GS_JACK_SILENT:
        on_gap(jack, GS_JACK_STALLED, "the server has not called for a second");
        break;
    case GS_JACK_LOST:
        on_gap(jack, GS_JACK_NO_AUDIO, event->text);
        break;
    case GS_JACK_REFUSED:
        on_refused(jack, event->text);
        break;
    case GS_JACK_PRIVATE:
        on_private(jack, event->text);
        break;
    case GS_JACK_PRIVATE_AGAIN:
        on_private_again(jack);
        break;
    case GS_JACK_NO_JACKD:
        jack->status.hopeless = true;
        gs_log_error("%s", event->text);
        break;
    }
}

/* ---- what is looked at in every round ---- */

static void look_at_counters(struct gs_jack *jack, uint64_t now_ns)
{
    struct gs_jack_status *status = &jack->status;
    status->xruns = atomic_load(&jack->link.xruns);
    status->load_percent = atomic_load(&jack->link.load);
    status->freewheel = atomic_load(&jack->link.freewheel);
    status->period = atomic_load(&jack->link.period);
    status->policy = atomic_load(&jack->link.policy);
    status->priority = atomic_load(&jack->link.priority);
    status->scheduling_known = status->policy >= 0;
    if (status->xruns != jack->xruns_logged && now_ns - jack->xrun_log_ns > XRUN_QUIET_NS) {
        gs_log_warn("%llu xruns more, %llu in all", (unsigned long long)(status->xruns - jack->xruns_logged),
                    (unsigned long long)status->xruns);
        jack->xruns_logged = status->xruns;
        jack->xrun_log_ns = now_ns;
    }
}

static void tell_scheduling(struct gs_jack *jack)
{
    if (jack->scheduling_logged || !jack->status.scheduling_known || jack->status.state != GS_JACK_RUNNING) {
        return;
    }
    char text[64];
    gs_jack_scheduling_text(&jack->status, text, sizeof text);
    bool realtime = gs_jack_is_realtime(&jack->status);
    gs_log(realtime ? GS_LOG_INFO : GS_LOG_WARN, "audio thread: %s%s", text,
           realtime ? "" : ": expect xruns under load");
    jack->scheduling_logged = true;
}

static void watch(struct gs_jack *jack, uint64_t now_ns)
{
    uint64_t since = atomic_load(&jack->link.call_since_ns);
    if (since && now_ns > since + BLOCKED_NS) {
        jack->status.blocked_in = atomic_load(&jack->link.call);
        if (jack->blocked_since_ns != since) {
            jack->blocked_since_ns = since;
            gs_log_warn("%s() has not returned for 5 s: the server or one of its clients hangs",
                        jack->status.blocked_in);
        }
    } else if (jack->status.blocked_in) {
        gs_log_info("%s() has returned", jack->status.blocked_in);
        jack->status.blocked_in = NULL;
    }
}

int gs_jack_fd(const struct gs_jack *jack)
{
    return jack->link.event_fd;
}

const struct gs_jack_status *gs_jack_get_status(const struct gs_jack *jack)
{
    return &jack->status;
}

void gs_jack_poll(struct gs_jack *jack)
{
    uint64_t now = gs_jack_now(), count;
    ssize_t got = read(jack->link.event_fd, &count, sizeof count);
    (void)got; /* only wakes */
    const struct gs_jack_event *event;
    while ((event = gs_ring_peek(&jack->link.events))) {
        handle(jack, event);
        gs_ring_release(&jack->link.events);
    }
    settle(jack);
    look_at_counters(jack, now);
    tell_scheduling(jack);
    watch(jack, now);
    gs_jack_messages_drain(jack->status.state == GS_JACK_NO_AUDIO, now);
    send_waiting(jack);
    if (jack->setup.changed && memcmp(&jack->status, &jack->told, sizeof jack->status) != 0) {
        jack->told = jack->status;
        jack->setup.changed(jack->setup.context);
    }
}

void gs_jack_destroy(struct gs_jack *jack)
{
    if (!jack) {
        return;
    }
    pthread_join(jack->id, NULL);
    atomic_store(&jack->link.gate, 0);
    if (!jack->parked) {
        gs_engine_park(jack->setup.engine);
    }
    gs_jack_messages_drain(true, gs_jack_now());
    finish(jack);
}
