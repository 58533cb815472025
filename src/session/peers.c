/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who listens: subscribers with a lease, and where each source wants its answers. A peer is its address and
 * the port it hears on; the address is always the one a packet came from, never one that a packet names. */
#include "session/state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE_HZ                20
#define AS_LONG_AS_IT_LASTS_NS (UINT64_C(100) * 365 * 86400 * GS_NS_PER_S)

/* ---- reply ports ---- */

static struct gs_reply_port *reply_port_of(const struct gs_session *session, const struct gs_endpoint *source,
                                           uint16_t port)
{
    for (unsigned i = 0; i < GS_REPLY_PORTS; i++) {
        const struct gs_reply_port *entry = &session->reply_port[i];
        if (entry->used_ns && entry->source.port == port && gs_endpoint_same_ip(&entry->source, source)) {
            return (struct gs_reply_port *)entry;
        }
    }
    return NULL;
}

struct gs_peer *gs_peer_only(const struct gs_session *session, const struct gs_endpoint *from)
{
    const struct gs_peer *only = NULL;
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        const struct gs_peer *peer = &session->peer[i];
        if (!peer->used || peer->to.connection || !gs_endpoint_same_ip(&peer->to, from)) {
            continue;
        }
        if (only) {
            return NULL;
        }
        only = peer;
    }
    return (struct gs_peer *)only;
}

struct gs_endpoint gs_reply_endpoint(const struct gs_session *session, const struct gs_endpoint *from)
{
    struct gs_endpoint to = *from;
    if (from->connection) {
        return to;
    }
    struct gs_reply_port *entry = reply_port_of(session, from, from->port);
    if (!entry && from->steady) {
        return to; /* a program that keeps a port listens there, whatever another one of its machine has said */
    }
    if (!entry) {
        entry = reply_port_of(session, from, 0);
    }
    if (entry) {
        entry->used_ns = session->now_ns ? session->now_ns : 1;
        to.port = entry->port ? entry->port : from->port;
        return to;
    }
    /* A device that sends from ever other ports is known by its ip, as long as only one subscriber lives there;
     * on this machine itself many programs share one ip. */
    const struct gs_peer *peer = gs_endpoint_is_loopback(from) ? NULL : gs_peer_only(session, from);
    if (peer) {
        return peer->to;
    }
    to.port = session->setup.reply_port ? session->setup.reply_port : from->port;
    return to;
}

static bool is_proven(const struct gs_endpoint *to)
{
    return !to->outlet || !to->outlet->proven || to->outlet->proven(to->outlet, to);
}

/* Forged sources make room first, so that they push out nobody but each other. */
static struct gs_reply_port *least_wanted(struct gs_session *session)
{
    struct gs_reply_port *least = &session->reply_port[0];
    bool proven = is_proven(&least->source);
    for (unsigned i = 1; i < GS_REPLY_PORTS; i++) {
        struct gs_reply_port *entry = &session->reply_port[i];
        bool also = is_proven(&entry->source);
        if (also < proven || (also == proven && entry->used_ns < least->used_ns)) {
            least = entry;
            proven = also;
        }
    }
    return least;
}

void gs_reply_port_remember(struct gs_session *session, const struct gs_endpoint *source, uint16_t port)
{
    struct gs_reply_port *entry = reply_port_of(session, source, source->port);
    for (unsigned i = 0; !entry && i < GS_REPLY_PORTS; i++) {
        entry = session->reply_port[i].used_ns ? NULL : &session->reply_port[i];
    }
    entry = entry ? entry : least_wanted(session);
    *entry = (struct gs_reply_port){ .source = *source,
                                     .port = port,
                                     .used_ns = session->now_ns ? session->now_ns : 1 };
}

/* ---- subscriptions ---- */

struct gs_peer *gs_peer_find(struct gs_session *session, const struct gs_endpoint *to)
{
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        if (session->peer[i].used && gs_endpoint_equal(&session->peer[i].to, to)) {
            return &session->peer[i];
        }
    }
    return NULL;
}

bool gs_peer_is_proven(const struct gs_peer *peer)
{
    return peer->is_static || is_proven(&peer->to);
}

static void note(const struct gs_session *session, const char *verb, const struct gs_endpoint *to)
{
    char text[128], where[64];
    if (session->setup.note) {
        snprintf(text, sizeof text, "%s %s", gs_endpoint_text(to, where, sizeof where), verb);
        session->setup.note(session->setup.context, text);
    }
}

void gs_peer_drop(struct gs_session *session, struct gs_peer *peer)
{
    if (peer->noted) {
        note(session, "unsubscribed", &peer->to);
    }
    gs_watches_drop(peer);
    gs_blobs_drop(peer);
    gs_follows_drop(peer);
    gs_recording_drop(peer);
    gs_reader_destroy(peer->reader);
    free(peer->item);
    free(peer->meter);
    if (session->sender == peer) {
        session->sender = NULL;
    }
    *peer = (struct gs_peer){ 0 };
}

void gs_peer_leave(struct gs_session *session, struct gs_peer *peer)
{
    gs_watches_drop(peer);
    gs_blobs_drop(peer);
    for (size_t i = 0; i < session->n_items; i++) {
        peer->item[i].pending = 0;
    }
    peer->dirty = 0;
    peer->flags = peer->rate_hz = 0;
    peer->ttl_ns = AS_LONG_AS_IT_LASTS_NS;
    peer->expires_ns = session->now_ns + peer->ttl_ns;
}

void gs_peer_end(struct gs_session *session, struct gs_peer *peer)
{
    if (peer->n_follows) {
        gs_peer_leave(session, peer);
    } else {
        gs_peer_drop(session, peer);
    }
}

static bool shape(struct gs_session *session, struct gs_peer *peer)
{
    size_t n_stages = session->chain ? session->chain->n_stages : 0;
    gs_watches_drop(peer); /* its targets named stages of the chain before */
    free(peer->item);
    free(peer->meter);
    gs_follows_resolve(session, peer);
    peer->dirty = peer->next_item = 0;
    peer->next_full_ns = 0;
    peer->item = calloc(session->n_items ? session->n_items : 1, sizeof *peer->item);
    peer->meter = malloc((n_stages ? n_stages : 1) * GS_METERS * sizeof *peer->meter);
    return peer->item && peer->meter;
}

bool gs_peers_reshape(struct gs_session *session)
{
    bool whole = true;
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        struct gs_peer *peer = &session->peer[i];
        if (peer->used && !shape(session, peer)) {
            gs_peer_drop(session, peer);
            whole = false;
        }
    }
    return whole;
}

unsigned gs_peer_places(const struct gs_endpoint *to)
{
    return to->connection ? GS_SESSION_STREAMS : GS_SESSION_PEERS;
}

unsigned gs_peer_places_left(const struct gs_session *session, const struct gs_endpoint *to)
{
    unsigned left = gs_peer_places(to);
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        const struct gs_peer *peer = &session->peer[i];
        left -= peer->used && !peer->to.connection == !to->connection;
    }
    return left;
}

/* Forged sources must not take the places of real ones: who is not proven gives way. */
static struct gs_peer *free_place(struct gs_session *session, const struct gs_endpoint *to)
{
    struct gs_peer *doubtful = NULL;
    unsigned first = to->connection ? GS_SESSION_PEERS : 0;
    for (unsigned i = first; i < first + gs_peer_places(to); i++) {
        struct gs_peer *peer = &session->peer[i];
        if (!peer->used) {
            return peer;
        }
        if (!gs_peer_is_proven(peer) && (!doubtful || peer->expires_ns < doubtful->expires_ns)) {
            doubtful = peer;
        }
    }
    if (doubtful) {
        gs_peer_drop(session, doubtful);
    }
    return doubtful;
}

static struct gs_peer *open_peer(struct gs_session *session, const struct gs_endpoint *to)
{
    struct gs_peer *peer = free_place(session, to);
    if (!peer) {
        return NULL;
    }
    *peer = (struct gs_peer){ .used = true, .to = *to, .flags = GS_WANT_DEFAULT, .rate_hz = RATE_HZ };
    peer->reader = gs_reader_create();
    if (!peer->reader || !shape(session, peer)) {
        gs_peer_drop(session, peer);
        return NULL;
    }
    return peer;
}

bool gs_peer_may_hear(struct gs_session *session, struct gs_peer *peer)
{
    if (peer->deaf || !gs_peer_is_proven(peer)) {
        return false;
    }
    if (!peer->noted) { /* only now: forged sources do not fill the log */
        note(session, "subscribed", &peer->to);
        peer->noted = true;
    }
    return true;
}

struct gs_peer *gs_peer_subscribe(struct gs_session *session, const struct gs_endpoint *to, unsigned ttl_s,
                                  bool dump)
{
    struct gs_peer *peer = gs_peer_find(session, to);
    if (!peer) {
        peer = open_peer(session, to);
        dump = true;
    }
    if (!peer) {
        return NULL;
    }
    peer->to.outlet = to->outlet;
    peer->ttl_ns = (uint64_t)ttl_s * GS_NS_PER_S;
    peer->expires_ns = session->now_ns + peer->ttl_ns;
    peer->next_meters_ns = session->now_ns;
    if (dump) {
        gs_feedback_dump(session, peer);
    }
    gs_session_want(session, session->now_ns);
    return peer;
}

void gs_peers_renew(struct gs_session *session, const struct gs_endpoint *from)
{
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        struct gs_peer *peer = &session->peer[i];
        if (peer->used && gs_endpoint_same_ip(&peer->to, from)) {
            peer->expires_ns = session->now_ns + peer->ttl_ns;
            peer->deaf = false;
        }
    }
}

void gs_session_unreachable(struct gs_session *session, const struct gs_endpoint *to)
{
    struct gs_peer *peer = gs_peer_find(session, to);
    if (peer && !peer->is_static) {
        peer->deaf = true;
    }
}

void gs_peers_expire(struct gs_session *session)
{
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        struct gs_peer *peer = &session->peer[i];
        if (!peer->used || peer->is_static) {
            continue;
        }
        if (peer->expires_ns <= session->now_ns) {
            gs_peer_end(session, peer);
        } else {
            gs_session_want(session, peer->expires_ns);
        }
    }
}

bool gs_session_add_static_peer(struct gs_session *session, const struct gs_endpoint *endpoint,
                                unsigned rate_hz)
{
    struct gs_peer *peer = gs_peer_subscribe(session, endpoint, 0, true);
    if (peer) {
        peer->is_static = true;
        peer->rate_hz = rate_hz;
    }
    return peer;
}

unsigned gs_session_peers(const struct gs_session *session)
{
    unsigned n = 0;
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        n += session->peer[i].used;
    }
    return n;
}

void gs_session_gone(struct gs_session *session, const struct gs_endpoint *from)
{
    gs_heard_gone(session, from);
    struct gs_peer *peer = gs_peer_find(session, from);
    if (peer) {
        gs_peer_drop(session, peer);
    }
}

bool gs_session_subscribed(const struct gs_session *session, const struct gs_endpoint *from)
{
    return gs_peer_find((struct gs_session *)session, from);
}

void gs_session_note(const struct gs_session *session, const char *text)
{
    if (session->setup.note) {
        session->setup.note(session->setup.context, text);
    }
}
