/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who listens: subscribers with a lease, and where each source wants its answers. A peer is its address and
 * the port it hears on; the address is always the one a packet came from, never one that a packet names. */
#include "session/state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE_HZ 20

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
    for (unsigned i = 0; i < GS_SESSION_PEERS; i++) {
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
    const struct gs_reply_port *entry = reply_port_of(session, from, from->port);
    if (!entry) {
        entry = reply_port_of(session, from, 0);
    }
    if (entry) {
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

void gs_reply_port_remember(struct gs_session *session, const struct gs_endpoint *source, uint16_t port)
{
    struct gs_reply_port *entry = reply_port_of(session, source, source->port);
    for (unsigned i = 0; !entry && i < GS_REPLY_PORTS; i++) {
        entry = session->reply_port[i].used_ns ? NULL : &session->reply_port[i];
    }
    if (!entry) {
        entry = &session->reply_port[0];
        for (unsigned i = 1; i < GS_REPLY_PORTS; i++) {
            entry = session->reply_port[i].used_ns < entry->used_ns ? &session->reply_port[i] : entry;
        }
    }
    *entry = (struct gs_reply_port){ .source = *source,
                                     .port = port,
                                     .used_ns = session->now_ns ? session->now_ns : 1 };
}

/* ---- subscriptions ---- */

struct gs_peer *gs_peer_find(struct gs_session *session, const struct gs_endpoint *to)
{
    for (unsigned i = 0; i < GS_SESSION_PEERS; i++) {
        if (session->peer[i].used && gs_endpoint_equal(&session->peer[i].to, to)) {
            return &session->peer[i];
        }
    }
    return NULL;
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
    note(session, "unsubscribed", &peer->to);
    gs_watches_drop(peer);
    gs_recording_drop(peer);
    gs_reader_destroy(peer->reader);
    free(peer->item);
    free(peer->meter);
    if (session->sender == peer) {
        session->sender = NULL;
    }
    *peer = (struct gs_peer){ 0 };
}

static bool shape(struct gs_session *session, struct gs_peer *peer)
{
    size_t n_stages = session->chain ? session->chain->n_stages : 0;
    gs_watches_drop(peer); /* its targets named stages of the chain before */
    free(peer->item);
    free(peer->meter);
    peer->dirty = peer->next_item = 0;
    peer->next_full_ns = 0;
    peer->item = calloc(session->n_items ? session->n_items : 1, sizeof *peer->item);
    peer->meter = malloc((n_stages ? n_stages : 1) * GS_METERS * sizeof *peer->meter);
    return peer->item && peer->meter;
}

bool gs_peers_reshape(struct gs_session *session)
{
    bool whole = true;
    for (unsigned i = 0; i < GS_SESSION_PEERS; i++) {
        struct gs_peer *peer = &session->peer[i];
        if (peer->used && !shape(session, peer)) {
            gs_peer_drop(session, peer);
            whole = false;
        }
    }
    return whole;
}

static struct gs_peer *open_peer(struct gs_session *session, const struct gs_endpoint *to)
{
    struct gs_peer *peer = NULL;
    for (unsigned i = 0; !peer && i < GS_SESSION_PEERS; i++) {
        peer = session->peer[i].used ? NULL : &session->peer[i];
    }
    if (!peer) {
        return NULL;
    }
    *peer = (struct gs_peer){ .used = true, .to = *to, .flags = GS_WANT_DEFAULT, .rate_hz = RATE_HZ };
    peer->reader = gs_reader_create();
    if (!peer->reader || !shape(session, peer)) {
        gs_peer_drop(session, peer);
        return NULL;
    }
    note(session, "subscribed", to);
    return peer;
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
    for (unsigned i = 0; i < GS_SESSION_PEERS; i++) {
        struct gs_peer *peer = &session->peer[i];
        if (peer->used && gs_endpoint_same_ip(&peer->to, from)) {
            peer->expires_ns = session->now_ns + peer->ttl_ns;
        }
    }
}

void gs_peers_expire(struct gs_session *session)
{
    for (unsigned i = 0; i < GS_SESSION_PEERS; i++) {
        struct gs_peer *peer = &session->peer[i];
        if (!peer->used || peer->is_static) {
            continue;
        }
        if (peer->expires_ns <= session->now_ns) {
            gs_peer_drop(session, peer);
        } else {
            gs_session_want(session, peer->expires_ns);
        }
    }
}

bool gs_session_add_static_peer(struct gs_session *session, const struct gs_endpoint *endpoint)
{
    struct gs_peer *peer = gs_peer_subscribe(session, endpoint, 0, true);
    if (peer) {
        peer->is_static = true;
    }
    return peer;
}

unsigned gs_session_peers(const struct gs_session *session)
{
    unsigned n = 0;
    for (unsigned i = 0; i < GS_SESSION_PEERS; i++) {
        n += session->peer[i].used;
    }
    return n;
}

void gs_session_gone(struct gs_session *session, const struct gs_endpoint *from)
{
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
