/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The connections that should be. Every connection that anybody makes at one of our ports becomes a wish; a
 * wish whose peer goes away is kept and made again when the peer comes back, after a new server too; a wish
 * whose two ends both stand there unconnected for half a second was unmade by somebody, and is forgotten. */
#include "backend/jack_link.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WISHES_MAX 1024
#define PEER_SIZE  384 /* jackd's names have 320 characters, PipeWire's a little more */
/* A client that goes, or a node that changes its format, first disconnects, then unregisters. */
#define UNMADE_NS UINT64_C(2000000000)
#define RETRY_NS  UINT64_C(500000000)
#define LOOK_NS   UINT64_C(2000000000) /* though nobody said that anything changed */

struct wish {
    char own[GS_JACK_SHORT_NAME];
    char peer[PEER_SIZE]; /* full name */
    bool output;          /* own is the output */
    bool made;            /* has been seen connected in this client's life */
    bool seen;            /* in the look under way */
    uint64_t missing_ns;  /* since when it is unmade though both ends are there; 0: it is not */
    uint64_t retry_ns;
};

struct gs_jack_wires {
    bool auto_connect;
    bool done_in[GS_JACK_INPUTS], done_out[GS_JACK_OUTPUTS]; /* auto-connected once: never again */
    struct wish *wish;
    size_t n, room;
    unsigned graph;   /* as of the last look */
    uint64_t next_ns; /* look again at this time in any case */
};

struct gs_jack_wires *gs_jack_wires_create(bool auto_connect)
{
    struct gs_jack_wires *wires = calloc(1, sizeof *wires);
    if (wires) {
        wires->auto_connect = auto_connect;
    }
    return wires;
}

void gs_jack_wires_destroy(struct gs_jack_wires *wires)
{
    if (wires) {
        free(wires->wish);
        free(wires);
    }
}

void gs_jack_wires_restart(struct gs_jack_wires *wires)
{
    for (size_t i = 0; i < wires->n; i++) {
        wires->wish[i].made = false;
        wires->wish[i].missing_ns = wires->wish[i].retry_ns = 0;
    }
    wires->next_ns = 0;
}

static struct wish *find(struct gs_jack_wires *wires, const char *own, const char *peer, bool output)
{
    for (size_t i = 0; i < wires->n; i++) {
        struct wish *wish = &wires->wish[i];
        if (wish->output == output && strcmp(wish->own, own) == 0 && strcmp(wish->peer, peer) == 0) {
            return wish;
        }
    }
    return NULL;
}

/* Room for one more; when there are too many, that of one whose peer is not there. */
static struct wish *place(struct gs_jack_wires *wires)
{
    if (wires->n == wires->room && wires->room < WISHES_MAX) {
        size_t room = wires->room ? wires->room * 2 : 16;
        struct wish *more = realloc(wires->wish, room * sizeof *more);
        if (!more) {
            return NULL;
        }
        wires->wish = more;
        wires->room = room;
    }
    if (wires->n < wires->room) {
        return &wires->wish[wires->n++];
    }
    for (size_t i = 0; i < wires->n; i++) {
        if (!wires->wish[i].made) {
            return &wires->wish[i];
        }
    }
    return NULL;
}

static struct wish *add(struct gs_jack_wires *wires, const char *own, const char *peer, bool output)
{
    struct wish *wish = place(wires);
    if (wish) {
        *wish = (struct wish){ .output = output };
        snprintf(wish->own, sizeof wish->own, "%s", own);
        snprintf(wish->peer, sizeof wish->peer, "%s", peer);
    }
    return wish;
}

/* ---- learning ---- */

static void learn_port(struct gs_jack_wires *wires, struct gs_jack_client *client, jack_port_t *port,
                       bool output)
{
    const char **peers = jack_port_get_all_connections(client->handle, port);
    for (size_t i = 0; peers && peers[i]; i++) {
        const char *own = jack_port_short_name(port);
        struct wish *wish = find(wires, own, peers[i], output);
        if (!wish) {
            wish = add(wires, own, peers[i], output);
            gs_log_debug("connection %s - %s is kept", own, peers[i]);
        }
        if (wish) {
            wish->made = wish->seen = true;
            wish->missing_ns = 0;
        }
    }
    jack_free(peers);
}

static void learn_ports(struct gs_jack_wires *wires, struct gs_jack_client *client, struct gs_jack_port *port,
                        unsigned n, bool output)
{
    for (unsigned i = 0; i < n; i++) {
        jack_port_t *handle = atomic_load(&port[i].port);
        if (handle) {
            learn_port(wires, client, handle, output);
        }
    }
}

static void learn(struct gs_jack_wires *wires, struct gs_jack_client *client)
{
    for (size_t i = 0; i < wires->n; i++) {
        wires->wish[i].seen = false;
    }
    gs_jack_call(client->link, "jack_port_get_all_connections");
    learn_ports(wires, client, client->in, atomic_load(&client->n_in), false);
    learn_ports(wires, client, client->out, atomic_load(&client->n_out), true);
    learn_ports(wires, client, client->tap, atomic_load(&client->n_tap), true);
    gs_jack_called(client->link);
}

/* ---- making ---- */

static bool own_port(struct gs_jack_port *port, unsigned n, const char *name)
{
    for (unsigned i = 0; i < n; i++) {
        jack_port_t *handle = atomic_load(&port[i].port);
        if (handle && strcmp(jack_port_short_name(handle), name) == 0) {
            return true;
        }
    }
    return false;
}

static bool have_own(struct gs_jack_client *client, const struct wish *wish)
{
    return wish->output ? own_port(client->out, atomic_load(&client->n_out), wish->own) ||
                              own_port(client->tap, atomic_load(&client->n_tap), wish->own)
                        : own_port(client->in, atomic_load(&client->n_in), wish->own);
}

static void make(struct gs_jack_client *client, struct wish *wish, uint64_t now_ns)
{
    char own[PEER_SIZE];
    snprintf(own, sizeof own, "%s:%s", jack_get_client_name(client->handle), wish->own);
    gs_jack_call(client->link, "jack_connect");
    int failed = wish->output ? jack_connect(client->handle, own, wish->peer)
                              : jack_connect(client->handle, wish->peer, own);
    gs_jack_called(client->link);
    wish->retry_ns = now_ns + RETRY_NS;
    gs_log_debug("connecting %s with %s: %s", own, wish->peer, failed ? "refused" : "done");
}

/* False: nobody wants this connection any more. */
static bool tend(struct gs_jack_client *client, struct wish *wish, uint64_t now_ns)
{
    if (wish->seen) {
        return true;
    }
    if (!have_own(client, wish) || !jack_port_by_name(client->handle, wish->peer)) {
        wish->made = false;
        wish->missing_ns = 0;
        return true;
    }
    if (!wish->made) {
        if (now_ns >= wish->retry_ns) {
            make(client, wish, now_ns);
        }
        return true;
    }
    if (!wish->missing_ns) {
        wish->missing_ns = now_ns;
    }
    return now_ns - wish->missing_ns < UNMADE_NS;
}

/* Returns whether something is pending, so that the next look comes soon. */
static bool tend_all(struct gs_jack_wires *wires, struct gs_jack_client *client, uint64_t now_ns)
{
    bool pending = false;
    for (size_t i = 0; i < wires->n;) {
        struct wish *wish = &wires->wish[i];
        if (atomic_load(&client->lost)) {
            return false; /* what is missing now was unmade by nobody */
        }
        if (!tend(client, wish, now_ns)) {
            gs_log_debug("connection %s - %s is forgotten", wish->own, wish->peer);
            *wish = wires->wish[--wires->n];
            continue;
        }
        pending |= !wish->seen;
        i++;
    }
    return pending;
}

/* ---- the first connections ---- */

/* A sink's monitor is marked physical by some servers: connected to our input it would feed us ourselves. */
static bool is_monitor(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon && strncmp(colon + 1, "monitor", 7) == 0;
}

static bool has_wish(const struct gs_jack_wires *wires, const char *own)
{
    for (size_t i = 0; i < wires->n; i++) {
        if (strcmp(wires->wish[i].own, own) == 0) {
            return true;
        }
    }
    return false;
}

/* Port i to the i-th physical port, by type and flags: names differ between drivers. */
static void auto_connect(struct gs_jack_wires *wires, struct gs_jack_client *client,
                         struct gs_jack_port *port, unsigned n, bool *done, bool output)
{
    unsigned long flags = JackPortIsPhysical | (output ? JackPortIsInput : JackPortIsOutput);
    gs_jack_call(client->link, "jack_get_ports");
    const char **physical = jack_get_ports(client->handle, NULL, JACK_DEFAULT_AUDIO_TYPE, flags);
    gs_jack_called(client->link);
    unsigned at = 0;
    for (size_t p = 0; physical && physical[p] && at < n; p++) {
        jack_port_t *handle = atomic_load(&port[at].port);
        if (is_monitor(physical[p])) {
            continue;
        }
        if (!done[at] && handle && !has_wish(wires, jack_port_short_name(handle))) {
            add(wires, jack_port_short_name(handle), physical[p], output);
        }
        done[at++] = true;
    }
    jack_free(physical);
}

void gs_jack_wires_tend(struct gs_jack_wires *wires, struct gs_jack_client *client, uint64_t now_ns)
{
    unsigned graph = atomic_load(&client->graph);
    if (atomic_load(&client->lost) || (graph == wires->graph && now_ns < wires->next_ns)) {
        return;
    }
    wires->graph = graph;
    learn(wires, client);
    if (wires->auto_connect) {
        auto_connect(wires, client, client->in, atomic_load(&client->n_in), wires->done_in, false);
        auto_connect(wires, client, client->out, atomic_load(&client->n_out), wires->done_out, true);
    }
    bool pending = tend_all(wires, client, now_ns);
    wires->next_ns = now_ns + (pending ? RETRY_NS / 4 : LOOK_NS);
}
