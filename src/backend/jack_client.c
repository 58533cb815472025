/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One life with a server: the client is opened, activated, closed. [JACK thread]
 *
 * Closing a client whose server has died is safe with jackd. PipeWire's libjack from 1.0 on frees the memory of
 * its links twice then and aborts, so there the handle is left behind (some twenty descriptors and three threads for each
 * death of the server, which the limit raised in the daemon has room for); 0.3 closes well. */
#include "backend/jack_link.h"

#include "base/arena.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOGETHER_NS                                                                                          \
    UINT64_C(20000) /* two readings of one moment; else another program had the processor between */

void gs_jack_call(struct gs_jack_link *link, const char *name)
{
    atomic_store(&link->call, name);
    atomic_store(&link->call_since_ns, gs_jack_now());
}

void gs_jack_called(struct gs_jack_link *link)
{
    atomic_store(&link->call_since_ns, 0);
}

/* NULL when there is no server; `server` "" is the default one. */
static jack_client_t *open_handle(struct gs_jack_link *link, const char *name, const char *server,
                                  jack_status_t *status)
{
    *status = 0;
    gs_jack_call(link, "jack_client_open");
    jack_client_t *handle = *server
                                ? jack_client_open(name, JackNoStartServer | JackServerName, status, server)
                                : jack_client_open(name, JackNoStartServer, status);
    gs_jack_called(link);
    return handle;
}

/* jackd counts CLOCK_MONOTONIC_RAW, which nobody disciplines: seconds a week. PipeWire counts ours. */
void gs_jack_client_compare_clocks(struct gs_jack_client *client)
{
    for (int tries = 0; tries < 5; tries++) {
        uint64_t before = gs_jack_now(), theirs = jack_get_time() * 1000u, after = gs_jack_now();
        if (after - before <= TOGETHER_NS || (tries == 4 && !atomic_load(&client->clock_behind_ns))) {
            atomic_store(&client->clock_behind_ns, (int64_t)(before + (after - before) / 2 - theirs));
            return;
        }
    }
}

struct gs_jack_client *gs_jack_client_open(struct gs_jack_link *link, const char *name, const char *server,
                                           unsigned generation, jack_status_t *status)
{
    jack_client_t *handle = open_handle(link, name, server, status);
    struct gs_jack_client *client = handle ? gs_arena_memory(sizeof *client) : NULL;
    if (!client) {
        if (handle) {
            jack_client_close(handle);
        }
        return NULL;
    }
    client->link = link;
    client->handle = handle;
    client->generation = generation;
    client->pipewire = strstr(jack_get_version_string(), "PipeWire") != NULL;
    client->rate = jack_get_sample_rate(handle);
    client->period = jack_get_buffer_size(handle);
    atomic_store(&link->period, client->period);
    gs_jack_client_compare_clocks(client);
    gs_jack_callbacks_set(client);
    return client;
}

bool gs_jack_client_activate(struct gs_jack_client *client)
{
    gs_jack_call(client->link, "jack_activate");
    int failed = jack_activate(client->handle);
    gs_jack_called(client->link);
    return !failed;
}

static bool must_leak(const struct gs_jack_client *client)
{
    int major = 0;
    const char *pipewire = strstr(jack_get_version_string(), "PipeWire ");
    return atomic_load(&client->lost) && pipewire && sscanf(pipewire, "PipeWire %d", &major) == 1 &&
           major >= 1;
}

void gs_jack_client_close(struct gs_jack_client *client)
{
    struct gs_jack_link *link = client->link;
    unsigned mine = client->generation;
    atomic_compare_exchange_strong(&link->gate, &mine, 0);
    gs_jack_callbacks_settle(client);
    atomic_store(&link->policy, -1);
    atomic_store(&link->load, 0.0f);
    atomic_store(&link->freewheel, false);
    if (must_leak(client)) {
        gs_log_debug("leaving a dead client behind: this libjack cannot close it");
        return;
    }
    gs_jack_call(link, "jack_client_close");
    jack_client_close(client->handle);
    gs_jack_called(link);
    free(client);
    /* jackd's library cancels its audio thread wherever it is. */
    atomic_store(&link->inside, 0);
}

int gs_jack_client_audio_thread(struct gs_jack_client *client)
{
    for (unsigned i = 0; i < GS_JACK_THREADS; i++) {
        int tid = atomic_load(&client->thread[i].tid);
        if (tid && pthread_equal(atomic_load(&client->thread[i].self), atomic_load(&client->audio_thread))) {
            return tid;
        }
    }
    return 0;
}
