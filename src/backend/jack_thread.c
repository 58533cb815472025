/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The JACK thread: the only one that calls libjack. Looks for a server, opens a client, watches that the audio
 * callback keeps coming, and starts anew when it does not. It may block for as long as libjack likes; the
 * control thread sees in link->call where. */
#include "backend/jack_link.h"

#include "base/log.h"

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MS                UINT64_C(1000000)
#define PAUSE_FIRST_NS    (100 * MS)
#define PAUSE_LAST_NS     (2000 * MS)
#define SILENT_NS         (1000 * MS)
#define DEAD_NS           (10000 * MS)
#define LOAD_NS           (500 * MS)
#define ROUND_NS          (50 * MS)
#define ROUND_STARTING_NS (10 * MS)
#define STOPPED_NS        (500 * MS) /* a round later than this: we ourselves were stopped */

struct gs_jack_thread {
    struct gs_jack_link *link;
    char client_name[128], server_name[128]; /* server "": the default one */
    bool start_server, server_output;
    unsigned private_starts;
    struct gs_jack_layout *layout;
    struct gs_jack_wires *wires;
    struct gs_jack_client *client; /* NULL: none */
    unsigned generation;
    uint64_t next_try_ns, pause_ns;
    uint64_t callbacks, called_ns; /* the last count that was new, and when */
    uint64_t round_ns, load_ns;
    bool ready, silent, quit;
};

struct gs_jack_thread *gs_jack_thread_create(const struct gs_jack_setup *setup, struct gs_jack_link *link)
{
    struct gs_jack_thread *thread = calloc(1, sizeof *thread);
    if (!thread || !(thread->wires = gs_jack_wires_create(setup->auto_connect))) {
        free(thread);
        return NULL;
    }
    thread->link = link;
    thread->start_server = setup->start_server;
    thread->server_output = setup->server_output;
    thread->pause_ns = PAUSE_FIRST_NS;
    snprintf(thread->client_name, sizeof thread->client_name, "%s", setup->client_name);
    snprintf(thread->server_name, sizeof thread->server_name, "%s",
             setup->server_name ? setup->server_name : "");
    return thread;
}

void gs_jack_thread_destroy(struct gs_jack_thread *thread)
{
    if (thread) {
        gs_jack_layout_destroy(thread->layout);
        gs_jack_wires_destroy(thread->wires);
        free(thread);
    }
}

/* ---- to the control thread ---- */

/* Waits for room: the control thread drains at least every 100 ms. */
static struct gs_jack_event *event(struct gs_jack_thread *thread)
{
    struct gs_jack_event *event;
    while (!(event = gs_ring_reserve(&thread->link->events))) {
        poll(NULL, 0, 1);
    }
    memset(event, 0, sizeof *event);
    event->generation = thread->generation;
    return event;
}

static void post(struct gs_jack_thread *thread)
{
    gs_ring_commit(&thread->link->events);
    uint64_t one = 1;
    ssize_t written = write(thread->link->event_fd, &one, sizeof one);
    (void)written; /* a full eventfd is readable already */
}

static void tell(struct gs_jack_thread *thread, int what, const char *text)
{
    struct gs_jack_event *e = event(thread);
    e->what = what;
    snprintf(e->text, sizeof e->text, "%s", text);
    if (thread->client) {
        e->rate_hz = atomic_load(&thread->client->rate);
        e->period = atomic_load(&thread->client->period);
    }
    post(thread);
}

static void tell_found(struct gs_jack_thread *thread)
{
    const char *version = jack_get_version_string(), *pipewire = strstr(version, "PipeWire");
    struct gs_jack_event *e = event(thread);
    e->what = GS_JACK_FOUND;
    snprintf(e->text, sizeof e->text, "%s", thread->client_name);
    snprintf(e->library, sizeof e->library, "%s%.*s", pipewire ? "" : "JACK ",
             (int)strcspn(pipewire ? pipewire : version, ")"), pipewire ? pipewire : version);
    post(thread);
}

/* ---- a client begins and ends ---- */

static void close_client(struct gs_jack_thread *thread)
{
    gs_jack_client_close(thread->client);
    thread->client = NULL;
}

static void lose(struct gs_jack_thread *thread, const char *reason)
{
    tell(thread, GS_JACK_LOST, reason);
    close_client(thread);
    thread->pause_ns = PAUSE_FIRST_NS;
    thread->next_try_ns = gs_jack_now() + thread->pause_ns;
}

static void pause_longer(struct gs_jack_thread *thread)
{
    thread->next_try_ns = gs_jack_now() + thread->pause_ns;
    thread->pause_ns = thread->pause_ns * 2 < PAUSE_LAST_NS ? thread->pause_ns * 2 : PAUSE_LAST_NS;
}

/* A private server that ends before we were in it is started again, ever more slowly. */
static void start_private(struct gs_jack_thread *thread)
{
    struct gs_error error;
    if (!thread->server_name[0]) {
        snprintf(thread->server_name, sizeof thread->server_name, "gainstaged-%d", (int)getpid());
    }
    if (gs_jack_server_start(thread->link, thread->server_name, thread->server_output, &error)) {
        tell(thread, GS_JACK_NO_JACKD, error.text);
    } else {
        tell(thread, thread->private_starts++ ? GS_JACK_PRIVATE_AGAIN : GS_JACK_PRIVATE, thread->server_name);
    }
    pause_longer(thread);
}

static void refused(struct gs_jack_thread *thread, jack_status_t status)
{
    if (thread->start_server && !gs_jack_server_alive(thread->link)) {
        start_private(thread);
        return;
    }
    tell(thread, GS_JACK_REFUSED,
         status & JackVersionError    ? "its protocol differs from our libjack's"
         : status & JackServerFailed  ? "no server runs"
         : status & JackShmFailure    ? "its shared memory cannot be reached"
         : status & JackInvalidOption ? "it does not know what we ask for"
                                      : "it refuses us");
    if (thread->start_server) {
        thread->next_try_ns = gs_jack_now() + PAUSE_FIRST_NS; /* ours: it only needs a moment */
    } else {
        pause_longer(thread);
    }
}

static bool set_up(struct gs_jack_thread *thread)
{
    struct gs_jack_client *client = thread->client;
    struct gs_error error;
    tell_found(thread);
    gs_jack_wires_restart(thread->wires);
    if (gs_jack_ports_apply(client, thread->layout, &error)) {
        gs_log_warn("%s", error.text);
    }
    if (!gs_jack_client_activate(client)) {
        return false;
    }
    gs_jack_wires_tend(thread->wires, client, gs_jack_now());
    return true;
}

/* The name that the server gave is asked for again the next time: of two instances of one name, each keeps its
 * number. */
static void try_server(struct gs_jack_thread *thread)
{
    jack_status_t status;
    thread->client = gs_jack_client_open(thread->link, thread->client_name, thread->server_name,
                                         ++thread->generation, &status);
    if (!thread->client) {
        refused(thread, status);
        return;
    }
    snprintf(thread->client_name, sizeof thread->client_name, "%s",
             jack_get_client_name(thread->client->handle));
    thread->ready = thread->silent = false;
    thread->callbacks = 0;
    thread->called_ns = gs_jack_now();
    if (!set_up(thread)) {
        uint64_t pause = thread->pause_ns;
        lose(thread, "it would not let us in");
        thread->pause_ns = pause;
        pause_longer(thread);
    }
}

/* ---- while there is a client ---- */

static void look_at_callbacks(struct gs_jack_thread *thread, uint64_t now_ns)
{
    struct gs_jack_client *client = thread->client;
    uint64_t callbacks = atomic_load_explicit(&client->callbacks, memory_order_relaxed);
    if (now_ns > thread->round_ns + STOPPED_NS || atomic_load(&client->freewheel)) {
        thread->called_ns = now_ns;
    }
    if (callbacks != thread->callbacks) {
        thread->callbacks = callbacks;
        thread->called_ns = now_ns;
        bool changed = atomic_exchange(&client->resized, false);
        if (!thread->ready || thread->silent || changed) {
            thread->ready = true;
            thread->silent = false;
            thread->pause_ns = PAUSE_FIRST_NS;
            thread->private_starts = 0;
            tell(thread, GS_JACK_READY, "");
        }
    } else if (!thread->silent && now_ns - thread->called_ns > SILENT_NS) {
        thread->silent = true;
        tell(thread, GS_JACK_SILENT, "");
    }
}

static void publish(struct gs_jack_thread *thread, uint64_t now_ns)
{
    struct gs_jack_client *client = thread->client;
    struct gs_jack_link *link = thread->link;
    atomic_store(&link->period, atomic_load(&client->period));
    atomic_store(&link->freewheel, atomic_load(&client->freewheel));
    if (now_ns < thread->load_ns) {
        return;
    }
    thread->load_ns = now_ns + LOAD_NS;
    gs_jack_client_compare_clocks(client);
    gs_jack_call(link, "jack_cpu_load");
    atomic_store(&link->load, jack_cpu_load(client->handle));
    gs_jack_called(link);
    int tid = thread->ready ? gs_jack_client_audio_thread(client) : 0;
    struct sched_param param;
    if (tid && sched_getparam(tid, &param) == 0) {
        atomic_store(&link->priority, param.sched_priority);
        atomic_store(&link->policy, sched_getscheduler(tid));
    }
}

static void attend(struct gs_jack_thread *thread, uint64_t now_ns)
{
    struct gs_jack_client *client = thread->client;
    if (atomic_load(&client->lost)) {
        lose(thread, "the server has gone");
        return;
    }
    look_at_callbacks(thread, now_ns);
    if (now_ns - thread->called_ns > DEAD_NS) {
        lose(thread, "the server has not called for 10 s");
        return;
    }
    gs_jack_wires_tend(thread->wires, client, now_ns);
    publish(thread, now_ns);
}

static void follow(struct gs_jack_thread *thread, struct gs_jack_layout *layout)
{
    struct gs_error error;
    gs_jack_layout_destroy(thread->layout);
    thread->layout = layout;
    if (!thread->client || atomic_load(&thread->client->lost)) {
        return;
    }
    if (gs_jack_ports_apply(thread->client, layout, &error)) {
        gs_log_warn("%s", error.text);
    }
    atomic_fetch_add(&thread->client->graph, 1);
    gs_jack_call(thread->link, "jack_recompute_total_latencies");
    jack_recompute_total_latencies(thread->client->handle);
    gs_jack_called(thread->link);
}

static void obey(struct gs_jack_thread *thread)
{
    struct gs_jack_command *command;
    uint64_t count;
    ssize_t got = read(thread->link->command_fd, &count, sizeof count);
    (void)got; /* only wakes */
    while ((command = gs_ring_peek(&thread->link->commands))) {
        if (command->what == GS_JACK_QUIT) {
            thread->quit = true;
        } else {
            follow(thread, command->layout);
        }
        gs_ring_release(&thread->link->commands);
    }
}

static void rest(struct gs_jack_thread *thread)
{
    uint64_t now = gs_jack_now();
    uint64_t wait = thread->client              ? thread->ready ? ROUND_NS : ROUND_STARTING_NS
                    : !thread->layout           ? PAUSE_FIRST_NS
                    : thread->next_try_ns > now ? thread->next_try_ns - now
                                                : 0;
    thread->round_ns = now + wait;
    struct pollfd fd = { .fd = thread->link->command_fd, .events = POLLIN };
    poll(&fd, 1, (int)((wait + MS - 1) / MS));
}

void *gs_jack_thread_run(void *arg)
{
    struct gs_jack_thread *thread = arg;
    while (!thread->quit) {
        rest(thread);
        obey(thread);
        uint64_t now = gs_jack_now();
        if (thread->quit) {
            break;
        }
        if (thread->client) {
            attend(thread, now);
        } else if (thread->layout && now >= thread->next_try_ns) {
            try_server(thread);
        }
    }
    if (thread->client) {
        close_client(thread);
    }
    gs_jack_server_stop(thread->link);
    atomic_store(&thread->link->ended, true);
    uint64_t one = 1;
    ssize_t written = write(thread->link->event_fd, &one, sizeof one);
    (void)written;
    return NULL;
}
