/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses that a connection follows one by one: read a few times a second, and told when they read otherwise than
 * they did. Everything that can be read can be followed, so that nothing has to announce its changes here. */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

#define PERIOD_NS (GS_NS_PER_S / 25)
#define FULL_NS   ((uint64_t)2 * GS_NS_PER_S) /* meters anew, as one of them may have been dropped */

void gs_follows_drop(struct gs_peer *peer)
{
    for (size_t i = 0; i < peer->n_follows; i++) {
        free(peer->follow[i].address);
    }
    free(peer->follow);
    gs_reader_destroy(peer->follow_reader);
    peer->follow = NULL;
    peer->follow_reader = NULL;
    peer->n_follows = peer->room_follows = 0;
}

static void take_target(void *context, const struct gs_target *target)
{
    struct gs_follow *follow = context;
    bool whole = !target->rest && strcmp(target->address, follow->address) == 0;
    bool state = !target->verb || target->verb->flags & GS_VERB_STATE;
    if (whole && state && !(target->row && target->aspect == GS_ASPECT_STEP)) {
        follow->target = *target;
        follow->target.rest = NULL;
        follow->exists = true;
        follow->is_meter = target->is_reading || (target->face && target->face->meter);
    }
}

static void resolve(struct gs_session *session, struct gs_follow *follow)
{
    follow->exists = false;
    follow->said = 0;
    session->steps = session->steps < 1000 ? 1000 : session->steps;
    session->visits = session->visits < 8 ? 8 : session->visits;
    gs_tree_each(session, follow->address, true, take_target, follow);
}

void gs_follows_resolve(struct gs_session *session, struct gs_peer *peer)
{
    for (size_t i = 0; i < peer->n_follows; i++) {
        resolve(session, &peer->follow[i]);
    }
}

static struct gs_follow *place(struct gs_peer *peer)
{
    if (peer->n_follows == GS_SESSION_FOLLOWS) {
        return NULL;
    }
    if (peer->n_follows == peer->room_follows) {
        size_t room = peer->room_follows ? 2 * peer->room_follows : 16;
        struct gs_follow *grown = realloc(peer->follow, room * sizeof *grown);
        if (!grown) {
            return NULL;
        }
        peer->follow = grown;
        peer->room_follows = room;
    }
    if (!peer->follow_reader && !(peer->follow_reader = gs_reader_create())) {
        return NULL;
    }
    return &peer->follow[peer->n_follows];
}

static void forget(struct gs_peer *peer, const char *address)
{
    for (size_t i = 0; i < peer->n_follows; i++) {
        if (strcmp(peer->follow[i].address, address) == 0) {
            free(peer->follow[i].address);
            peer->follow[i] = peer->follow[--peer->n_follows];
            return;
        }
    }
}

/* Who follows has not subscribed to anything else by that. */
static struct gs_peer *peer_of(struct gs_session *session, const struct gs_endpoint *from)
{
    struct gs_peer *peer = gs_peer_find(session, from);
    if (!peer && (peer = gs_peer_subscribe(session, from, 1, false))) {
        gs_peer_leave(session, peer);
    }
    return peer;
}

void gs_session_follow(struct gs_session *session, const struct gs_endpoint *from, const char *address,
                       bool wanted, uint64_t now_ns)
{
    session->now_ns = now_ns > session->now_ns ? now_ns : session->now_ns;
    struct gs_peer *peer = wanted ? peer_of(session, from) : gs_peer_find(session, from);
    if (!peer || strlen(address) >= GS_ADDRESS_SIZE) {
        return;
    }
    forget(peer, address);
    if (!wanted && !peer->n_follows && !peer->flags && !peer->n_watches) {
        gs_peer_drop(session, peer);
        return;
    }
    struct gs_follow *follow = wanted ? place(peer) : NULL;
    char *copy = follow ? strdup(address) : NULL;
    if (copy) {
        *follow = (struct gs_follow){ .address = copy };
        peer->n_follows++;
        resolve(session, follow);
        gs_session_want(session, peer->next_follow_ns);
    }
}

/* FNV-1a, 64 bit */
static uint64_t add_bytes(uint64_t sum, const void *data, size_t size)
{
    const unsigned char *at = data;
    for (size_t i = 0; i < size; i++) {
        sum = (sum ^ at[i]) * UINT64_C(1099511628211);
    }
    return sum;
}

static uint64_t add_atom(uint64_t sum, const struct gs_atom *atom)
{
    float number = (float)atom->number;
    switch (atom->tag) {
    case 's':
        return add_bytes(sum, atom->text, strlen(atom->text) + 1);
    case 'b':
        return add_bytes(sum, atom->blob.data, atom->blob.size);
    case 'f':
        return add_bytes(sum, &number, sizeof number);
    default:
        return add_bytes(sum, &atom->integer, sizeof atom->integer);
    }
}

/* Never 0. */
static uint64_t digest(const struct gs_atom *atoms, size_t n)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < n; i++) {
        sum = add_atom(add_bytes(sum, &atoms[i].tag, 1), &atoms[i]);
    }
    return sum ? sum : 1;
}

static void tell(struct gs_session *session, struct gs_peer *peer, struct gs_follow *follow, bool *open)
{
    struct gs_atom atoms[GS_ATOMS_MAX];
    char text[GS_READ_TEXT_SIZE];
    struct gs_outlet *outlet = peer->to.outlet;
    size_t n = gs_target_read(session, &follow->target, peer->follow_reader, atoms, text);
    uint64_t now = digest(atoms, n);
    if (!n || now == follow->said) {
        return;
    }
    if (follow->said && gs_feedback_knows(session, peer, &follow->target)) {
        return;
    }
    if (!*open) {
        outlet->open(outlet, &peer->to, follow->is_meter ? GS_OUTLET_LOSABLE : 0);
        *open = true;
    }
    outlet->put(outlet, &(struct gs_message){ follow->address, atoms, n });
    follow->said = now;
    gs_feedback_told(peer, &follow->target);
}

static void feed(struct gs_session *session, struct gs_peer *peer, bool meters)
{
    bool open = false;
    for (size_t i = 0; i < peer->n_follows; i++) {
        struct gs_follow *follow = &peer->follow[i];
        if (follow->exists && follow->is_meter == meters) {
            tell(session, peer, follow, &open);
        }
    }
    if (open) {
        peer->to.outlet->close(peer->to.outlet);
    }
}

uint64_t gs_follows_feed(struct gs_session *session, struct gs_peer *peer)
{
    if (!peer->n_follows) {
        return GS_NEVER;
    }
    if (session->now_ns < peer->next_follow_ns) {
        return peer->next_follow_ns;
    }
    struct gs_readout *readout = gs_engine_readout(session->engine);
    if (readout) {
        gs_reader_look(peer->follow_reader, readout);
    }
    bool full = session->now_ns >= peer->next_follow_full_ns;
    for (size_t i = 0; full && i < peer->n_follows; i++) {
        peer->follow[i].said = peer->follow[i].is_meter ? 0 : peer->follow[i].said;
    }
    peer->next_follow_full_ns = full ? session->now_ns + FULL_NS : peer->next_follow_full_ns;
    feed(session, peer, false);
    feed(session, peer, true);
    peer->next_follow_ns = session->now_ns + PERIOD_NS;
    return peer->next_follow_ns;
}
