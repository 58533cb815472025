/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Verbs about the one who speaks: subscribe, renew, leave, pace, where to answer. */
#include "session/state.h"

#define TTL_S     10 /* as the X32's /xremote */
#define TTL_MAX_S 86400
#define RATE_MAX  50

/* Argument `i` as a whole number in [low, high]; `fallback` when it is not there. False after a refusal. */
static bool take_int(struct gs_session *session, const struct gs_message *message, size_t i, long low,
                     long high, long fallback, long *value)
{
    *value = fallback;
    if (i >= message->n_atoms) {
        return true;
    }
    double number;
    if (!gs_atom_number(&message->atoms[i], &number)) {
        gs_reply_error(session, message->address, "bad-type", "argument %zu: expected a number", i + 1);
        return false;
    }
    if (!(number >= (double)low && number <= (double)high)) {
        gs_reply_error(session, message->address, "out-of-range", "argument %zu: %g: expected %ld to %ld",
                       i + 1, number, low, high);
        return false;
    }
    *value = (long)number;
    return true;
}

/* A button sends 1 as its only argument: that is a press, not port 1. */
static long port_or_press(const struct gs_message *message, long port)
{
    return message->n_atoms == 1 && port == 1 ? 0 : port;
}

static struct gs_peer *subscribe(struct gs_session *session, const struct gs_message *message, long ttl_s,
                                 bool dump)
{
    struct gs_endpoint to = gs_reply_endpoint(session, &session->from);
    struct gs_peer *peer = gs_peer_subscribe(session, &to, (unsigned)ttl_s, dump);
    if (!peer) {
        gs_reply_error(session, message->address, "busy", "%u subscribers are the most that I serve",
                       gs_peer_places(&to));
    }
    session->sender = peer;
    return peer;
}

void gs_verb_subscribe(struct gs_session *session, const struct gs_message *message)
{
    long port, ttl_s, rate_hz, flags;
    if (!take_int(session, message, 0, 0, 65535, 0, &port) ||
        !take_int(session, message, 1, 1, TTL_MAX_S, TTL_S, &ttl_s) ||
        !take_int(session, message, 2, 0, RATE_MAX, 20, &rate_hz) ||
        !take_int(session, message, 3, 0, 255, GS_WANT_DEFAULT, &flags)) {
        return;
    }
    port = port_or_press(message, port);
    if (port && !session->from.connection) {
        gs_replies_close(session);
        gs_reply_port_remember(session, &session->from, (uint16_t)port);
    }
    struct gs_peer *peer = subscribe(session, message, ttl_s, false);
    if (!peer) {
        return;
    }
    peer->rate_hz = (unsigned)rate_hz;
    peer->flags = (unsigned)flags;
    gs_feedback_dump(session, peer);
    struct gs_atom atoms[3] = { gs_atom_int(peer->to.port), gs_atom_int(ttl_s),
                                gs_atom_int(gs_peer_places_left(session, &peer->to)) };
    gs_reply(session, "/subscribed", atoms, 3);
}

void gs_verb_xremote(struct gs_session *session, const struct gs_message *message)
{
    struct gs_endpoint to = gs_reply_endpoint(session, &session->from);
    struct gs_peer *known = gs_peer_find(session, &to);
    long ttl_s = known && known->ttl_ns / GS_NS_PER_S > TTL_S ? (long)(known->ttl_ns / GS_NS_PER_S) : TTL_S;
    bool more = known && !known->flags; /* it has asked for single meters only, so far */
    if (more) {
        known->flags = GS_WANT_DEFAULT;
    }
    subscribe(session, message, ttl_s, more);
}

void gs_verb_renew(struct gs_session *session, const struct gs_message *message)
{
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        if (session->peer[i].used && gs_endpoint_same_ip(&session->peer[i].to, &session->from)) {
            gs_blobs_renew(session, &session->peer[i]);
            return; /* every message renews its ip's subscriptions before it is looked at */
        }
    }
    gs_verb_xremote(session, message);
}

void gs_verb_unsubscribe(struct gs_session *session, const struct gs_message *message)
{
    long port;
    if (!take_int(session, message, 0, 0, 65535, 0, &port)) {
        return;
    }
    port = port_or_press(message, port);
    struct gs_endpoint to = gs_reply_endpoint(session, &session->from);
    to.port = port ? (uint16_t)port : to.port;
    struct gs_peer *peer = gs_peer_find(session, &to);
    peer = peer || port ? peer : gs_peer_only(session, &session->from);
    if (peer) {
        gs_reply(session, "/unsubscribed", NULL, 0);
        gs_replies_close(session);
        gs_peer_end(session, peer);
    }
}

void gs_verb_set_reply_port(struct gs_session *session, const struct gs_message *message)
{
    long port;
    struct gs_endpoint to = gs_reply_endpoint(session, &session->from);
    if (message->n_atoms == 0) {
        struct gs_atom now = gs_atom_int(to.port);
        gs_reply(session, message->address, &now, 1);
        return;
    }
    if (!take_int(session, message, 0, 0, 65535, 0, &port) || session->from.connection) {
        return;
    }
    gs_replies_close(session);
    gs_reply_port_remember(session, &session->from, (uint16_t)port);
    if (port) {
        struct gs_endpoint everybody = session->from;
        everybody.port = 0;
        gs_reply_port_remember(session, &everybody, (uint16_t)port);
    }
    to = gs_reply_endpoint(session, &session->from);
    session->sender = gs_peer_find(session, &to);
}

void gs_verb_meters_rate(struct gs_session *session, const struct gs_message *message)
{
    long rate_hz;
    struct gs_peer *peer = session->sender;
    if (!peer) {
        gs_reply_error(session, message->address, "not-subscribed",
                       "subscribe first: /subscribe or /xremote");
        return;
    }
    if (message->n_atoms == 0) {
        struct gs_atom now = gs_atom_int(peer->rate_hz);
        gs_reply(session, message->address, &now, 1);
    } else if (take_int(session, message, 0, 0, RATE_MAX, 20, &rate_hz)) {
        peer->rate_hz = (unsigned)rate_hz;
        peer->next_meters_ns = session->now_ns;
        gs_session_want(session, session->now_ns);
    }
}

void gs_verb_refresh(struct gs_session *session, const struct gs_message *message)
{
    if (session->sender) {
        gs_feedback_dump(session, session->sender);
    } else {
        gs_reply_error(session, message->address, "not-subscribed",
                       "subscribe first: /subscribe or /xremote");
    }
}

void gs_verb_peers_list(struct gs_session *session, const struct gs_message *message)
{
    int64_t n = 0;
    for (size_t i = 0; i < sizeof session->peer / sizeof *session->peer; i++) {
        const struct gs_peer *peer = &session->peer[i];
        char where[64];
        if (!peer->used) {
            continue;
        }
        uint64_t left_ns = peer->expires_ns > session->now_ns ? peer->expires_ns - session->now_ns : 0;
        uint64_t left_s = (left_ns + GS_NS_PER_S - 1) / GS_NS_PER_S;
        struct gs_atom atoms[5] = { gs_atom_text(gs_endpoint_text(&peer->to, where, sizeof where)),
                                    gs_atom_text(peer->to.connection ? "stream" : "datagram"),
                                    gs_atom_int(peer->is_static ? 0 : (int64_t)left_s),
                                    gs_atom_int(peer->flags & GS_WANT_METERS ? peer->rate_hz : 0),
                                    gs_atom_int(peer == session->sender) };
        n++;
        gs_reply(session, message->address, atoms, 5);
    }
    struct gs_atom count = gs_atom_int(n);
    gs_reply(session, "/peers/list/end", &count, 1);
}
