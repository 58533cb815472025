/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Meters that a subscriber has asked for one by one, each at its own pace: /subscribe/meter ADDRESS RATE. At
 * most GS_PACES different rates a peer, each with a reader of its own, so that a maximum is the maximum since
 * this peer was last told it at that pace. */
#include "session/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE_MAX     50
#define RATE_DEFAULT 5 /* numbers that people can read */
#define LEASE_S      10

static struct gs_pace *pace_at(struct gs_peer *peer, unsigned rate_hz)
{
    struct gs_pace *empty = NULL;
    for (unsigned i = 0; i < GS_PACES; i++) {
        struct gs_pace *pace = &peer->pace[i];
        if (pace->rate_hz == rate_hz) {
            return pace;
        }
        empty = !empty && !pace->rate_hz ? pace : empty;
    }
    if (empty && (empty->reader = gs_reader_create())) {
        empty->rate_hz = rate_hz;
        empty->next_ns = 0;
        return empty;
    }
    return NULL;
}

static void drop_empty_paces(struct gs_peer *peer)
{
    for (unsigned i = 0; i < GS_PACES; i++) {
        bool used = false;
        for (unsigned w = 0; w < peer->n_watches; w++) {
            used = used || peer->watch[w].rate_hz == peer->pace[i].rate_hz;
        }
        if (!used) {
            gs_reader_destroy(peer->pace[i].reader);
            peer->pace[i] = (struct gs_pace){ 0 };
        }
    }
}

void gs_watches_drop(struct gs_peer *peer)
{
    free(peer->watch);
    peer->watch = NULL;
    peer->n_watches = peer->room_watches = 0;
    drop_empty_paces(peer);
}

struct wish {
    struct gs_session *session;
    struct gs_peer *peer;
    unsigned rate_hz;
    unsigned found;
    bool full;
};

static void forget(struct gs_peer *peer, const char *address)
{
    for (unsigned w = 0; w < peer->n_watches;) {
        if (strcmp(peer->watch[w].target.address, address) == 0) {
            peer->watch[w] = peer->watch[--peer->n_watches];
        } else {
            w++;
        }
    }
}

/* Room for one more; false: the most are there, or no memory. */
static bool make_room(struct gs_peer *peer)
{
    if (peer->n_watches < peer->room_watches) {
        return true;
    }
    unsigned room = peer->room_watches ? 2 * peer->room_watches : 16;
    room = room < GS_WATCHES ? room : GS_WATCHES;
    struct gs_watch *watch = room > peer->n_watches ? realloc(peer->watch, room * sizeof *watch) : NULL;
    if (watch) {
        peer->watch = watch;
        peer->room_watches = room;
    }
    return watch;
}

static void grant(void *context, const struct gs_target *target)
{
    struct wish *wish = context;
    struct gs_peer *peer = wish->peer;
    if (!target->is_reading && !(target->face && target->face->meter)) {
        return;
    }
    wish->found++;
    forget(peer, target->address);
    if (!wish->rate_hz) {
        return;
    }
    if (!make_room(peer) || !pace_at(peer, wish->rate_hz)) {
        wish->full = true;
        return;
    }
    peer->watch[peer->n_watches++] = (struct gs_watch){ *target, wish->rate_hz };
}

struct gs_peer *gs_watches_peer(struct gs_session *session)
{
    if (!session->sender) {
        struct gs_endpoint to = gs_reply_endpoint(session, &session->from);
        session->sender = gs_peer_subscribe(session, &to, LEASE_S, false);
        if (session->sender) {
            session->sender->flags = 0;
            gs_feedback_forget(session, session->sender);
        }
    }
    return session->sender;
}

void gs_verb_subscribe_meter(struct gs_session *session, const struct gs_message *message)
{
    double rate_hz = RATE_DEFAULT;
    if (!message->n_atoms || message->atoms[0].tag != 's' ||
        (message->n_atoms > 1 && !gs_atom_number(&message->atoms[1], &rate_hz))) {
        gs_reply_error(session, message->address, "bad-type",
                       "expected the address of a meter and a rate in hertz");
        return;
    }
    if (!(rate_hz >= 0 && rate_hz <= RATE_MAX)) {
        gs_reply_error(session, message->address, "out-of-range", "%g: expected 0 to %d hertz", rate_hz,
                       RATE_MAX);
        return;
    }
    struct wish wish = { .session = session, .peer = gs_watches_peer(session), .rate_hz = (unsigned)rate_hz };
    if (!wish.peer) {
        gs_reply_error(session, message->address, "busy", "%u subscribers are the most that I serve",
                       gs_peer_places(&session->from));
        return;
    }
    gs_tree_each(session, message->atoms[0].text, wish.peer->flags & GS_WANT_IDS, grant, &wish);
    drop_empty_paces(wish.peer);
    if (!wish.found) {
        gs_reply_error(session, message->atoms[0].text, "unknown-address", "no meter of this address");
    } else if (wish.full) {
        gs_reply_error(session, message->address, "busy", "at most %d meters at %d different rates",
                       GS_WATCHES, GS_PACES);
    }
}

static void feed_pace(struct gs_session *session, struct gs_peer *peer, struct gs_pace *pace)
{
    struct gs_outlet *outlet = peer->to.outlet;
    struct gs_readout *readout = gs_engine_readout(session->engine);
    if (readout) {
        gs_reader_look(pace->reader, readout);
    }
    outlet->open(outlet, &peer->to,
                 GS_OUTLET_LOSABLE | (peer->flags & GS_WANT_SINGLE ? GS_OUTLET_SINGLE : 0));
    for (unsigned w = 0; w < peer->n_watches; w++) {
        const struct gs_target *target = &peer->watch[w].target;
        if (peer->watch[w].rate_hz != pace->rate_hz) {
            continue;
        }
        struct gs_atom atom;
        char text[GS_ATOM_TEXT_SIZE];
        if (target->is_reading) {
            atom = gs_atom_float(gs_reading_read(session, target, pace->reader));
        } else {
            gs_face_read(session, target->face, target->stage, &atom, text);
        }
        outlet->put(outlet, &(struct gs_message){ target->address, &atom, 1 });
    }
    outlet->close(outlet);
}

uint64_t gs_watches_feed(struct gs_session *session, struct gs_peer *peer)
{
    uint64_t next_ns = GS_NEVER;
    for (unsigned i = 0; i < GS_PACES && session->chain; i++) {
        struct gs_pace *pace = &peer->pace[i];
        if (!pace->rate_hz) {
            continue;
        }
        if (session->now_ns >= pace->next_ns) {
            feed_pace(session, peer, pace);
            uint64_t period_ns = GS_NS_PER_S / pace->rate_hz;
            pace->next_ns = pace->next_ns + period_ns > session->now_ns ? pace->next_ns + period_ns
                                                                        : session->now_ns + period_ns;
        }
        next_ns = pace->next_ns < next_ns ? pace->next_ns : next_ns;
    }
    return next_ns;
}
