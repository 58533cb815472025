/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Telling subscribers what has changed, without ever fighting a finger. Nothing is queued: each peer keeps for
 * each item which spellings are still to be sent, and what is sent is the value of that moment, so the latest
 * wins and the last one always arrives. */
#include "session/state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PER_ITEM_NS (GS_NS_PER_S / 30 + 1)         /* at most 30 of one address to one peer in any second */
#define REST_NS     ((uint64_t)250 * GS_NS_PER_MS) /* a finger that said nothing for so long rests */
#define HELD_NS     ((uint64_t)10 * GS_NS_PER_S)   /* a finger whose lifting got lost on the way */
#define GATHER_NS   ((uint64_t)1 * GS_NS_PER_MS)   /* what changes together travels together */
#define ROUND_NS    ((uint64_t)10 * GS_NS_PER_MS)  /* pace of a dump: so many messages each round */
#define ROUND       150
#define WAY_STEP    (1.0 / 1023.0) /* the X32's grid: closer than this is what the finger said */

#define BIT(aspect) (1u << (aspect))

/* ---- items ---- */

size_t gs_item_count(const struct gs_chain *chain)
{
    return chain ? chain->n_slots + chain->n_stages * GS_ITEMS_STAGE + GS_ITEMS_CHAIN : GS_ITEMS_CHAIN;
}

size_t gs_item_fact(const struct gs_session *session, unsigned fact)
{
    return session->n_items - GS_ITEMS_CHAIN + fact;
}

size_t gs_item_stage(const struct gs_session *session, unsigned stage, unsigned word)
{
    return session->chain->n_slots + (size_t)stage * GS_ITEMS_STAGE + word;
}

unsigned gs_stage_of_slot(const struct gs_chain *chain, size_t slot)
{
    size_t low = 0, high = chain->n_stages;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (chain->stages[middle].first_slot <= slot) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (unsigned)low;
}

/* A slot as a target whose address lacks the leaf: "/stage/3/", "/stage/mix/from/vox/". */
static bool target_of_slot(const struct gs_session *session, const struct gs_peer *peer, size_t slot,
                           struct gs_target *target)
{
    const struct gs_chain *chain = session->chain;
    unsigned stage = gs_stage_of_slot(chain, slot);
    const struct gs_chain_stage *s = &chain->stages[stage];
    size_t index = slot - s->first_slot, own = s->kind->n_params + GS_COMMON_PARAMS;
    bool ids = peer->flags & GS_WANT_IDS;
    int used = ids ? snprintf(target->address, sizeof target->address, "/stage/%s/", s->id)
                   : snprintf(target->address, sizeof target->address, "/stage/%u/", stage + 1);
    target->stage = stage;
    target->slot = slot;
    target->text = -1;
    if (index < own) {
        target->row = gs_stage_param(s->kind, index);
        target->text = target->row->type == GS_TEXT ? (int)index : -1;
        return true;
    }
    size_t send = (index - own) / GS_SEND_PARAMS;
    if (send >= s->n_sends || !(s->kind->flags & GS_STAGE_SUMS)) {
        return false;
    }
    target->row = &gs_stage_send[(index - own) % GS_SEND_PARAMS];
    char *rest = target->address + used;
    size_t room = sizeof target->address - (size_t)used;
    if (ids) {
        snprintf(rest, room, "from/%s/", chain->stages[s->sends[send].stage].id);
    } else {
        snprintf(rest, room, "from/%zu/", send + 1);
    }
    return true;
}

static unsigned aspects_of(const struct gs_session *session, const struct gs_peer *peer, size_t item)
{
    unsigned words = peer->flags & GS_WANT_TEXT ? BIT(GS_ASPECT_TEXT) : 0;
    if (item >= gs_item_fact(session, GS_ITEM_AB)) {
        return peer->flags & GS_WANT_VALUES ? BIT(GS_ASPECT_VALUE) : 0;
    }
    if (!session->chain || item >= session->chain->n_slots) {
        return words;
    }
    const struct gs_param *row = gs_chain_slot_row(session->chain, item);
    if (row->type == GS_TEXT) {
        return words ? BIT(GS_ASPECT_VALUE) : 0;
    }
    unsigned values =
        row->type == GS_NUMBER ? BIT(GS_ASPECT_VALUE) | BIT(GS_ASPECT_WAY) : BIT(GS_ASPECT_VALUE);
    return (peer->flags & GS_WANT_VALUES ? values : 0) | (row->type == GS_SWITCH ? 0 : words);
}

/* ---- marking ---- */

static void mark(struct gs_session *session, struct gs_peer *peer, size_t item, unsigned aspects)
{
    struct gs_item *state = &peer->item[item];
    aspects &= aspects_of(session, peer, item);
    if (aspects && !state->pending) {
        peer->dirty++;
    }
    state->pending |= (uint8_t)aspects;
    if (aspects) {
        gs_session_want(session, session->now_ns + GATHER_NS);
    }
}

void gs_feedback_said(struct gs_session *session, size_t item, enum gs_aspect aspect, double value)
{
    struct gs_peer *peer = session->sender;
    if (!peer || item >= session->n_items) {
        return;
    }
    struct gs_item *state = &peer->item[item];
    state->touch = (uint8_t)aspect;
    state->touch_ns = session->now_ns ? session->now_ns : 1;
    state->touch_value = value;
    mark(session, peer, item, BIT(aspect));
}

void gs_feedback_changed(struct gs_session *session, size_t item)
{
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        if (session->peer[i].used) {
            mark(session, &session->peer[i], item, ~0u);
        }
    }
}

void gs_feedback_touch(struct gs_session *session, const struct gs_target *target, bool held)
{
    struct gs_peer *peer = session->sender;
    if (!peer || !target->row || target->slot >= session->n_items) {
        return;
    }
    struct gs_item *state = &peer->item[target->slot];
    if (state->held != held) {
        state->held = held;
        state->touch = (uint8_t)target->aspect;
        state->touch_ns = session->now_ns ? session->now_ns : 1;
        state->touch_value = NAN; /* whatever it sent, it wants the truth when it lets go */
        mark(session, peer, target->slot, BIT(target->aspect));
    }
}

void gs_feedback_dump(struct gs_session *session, struct gs_peer *peer)
{
    for (size_t i = 0; i < session->n_items; i++) {
        peer->item[i].forced = true;
        mark(session, peer, i, ~0u);
    }
    peer->next_full_ns = 0;
}

void gs_feedback_forget(struct gs_session *session, struct gs_peer *peer)
{
    for (size_t i = 0; i < session->n_items; i++) {
        peer->item[i].pending = 0;
    }
    peer->dirty = 0;
}

/* ---- sending ---- */

static double spelled(const struct gs_session *session, const struct gs_target *target)
{
    struct gs_atom atom = { .tag = 'N' };
    char text[GS_ATOM_TEXT_SIZE];
    double value;
    gs_value_read(session, target, &atom, text);
    return gs_atom_number(&atom, &value) ? value : NAN;
}

/* Whether the peer has said itself what it would now be told, in its own grain. */
static bool knows(const struct gs_session *session, const struct gs_item *state,
                  const struct gs_target *target)
{
    double now = spelled(session, target), said = state->touch_value;
    if (isnan(now) || isnan(said)) {
        return false;
    }
    if (state->touch == GS_ASPECT_WAY) {
        return fabs(now - said) <= WAY_STEP;
    }
    if ((target->row->flags & GS_PARAM_MINUS_INF) && said < -90.0) {
        said = -90.0;
    }
    return fabs(now - said) <= 1e-4 * fmax(1.0, fabs(now));
}

bool gs_feedback_knows(const struct gs_session *session, const struct gs_peer *peer,
                       const struct gs_target *target)
{
    const struct gs_item *state = target->row ? &peer->item[target->slot] : NULL;
    if (!state || !state->touch_ns || state->touch != target->aspect) {
        return false;
    }
    return session->now_ns < state->touch_ns + (state->held ? HELD_NS : REST_NS) ||
           knows(session, state, target);
}

void gs_feedback_told(struct gs_peer *peer, const struct gs_target *target)
{
    struct gs_item *state = target->row ? &peer->item[target->slot] : NULL;
    if (state && state->touch == target->aspect && !state->held) {
        state->touch_ns = 0;
    }
}

static void put_aspect(struct gs_session *session, const struct gs_peer *peer, struct gs_target *target,
                       size_t prefix, enum gs_aspect aspect)
{
    struct gs_atom atom;
    char text[GS_ATOM_TEXT_SIZE];
    bool gain = target->row->flags & GS_PARAM_GAIN;
    char *leaf = target->address + prefix;
    size_t room = sizeof target->address - prefix;
    if (gain && aspect == GS_ASPECT_WAY) {
        snprintf(leaf, room, "fader");
    } else {
        snprintf(leaf, room, "%s%s", gain ? "gain" : target->row->key, gs_aspect_suffix[aspect]);
    }
    target->aspect = aspect;
    if (gs_value_read(session, target, &atom, text)) {
        peer->to.outlet->put(peer->to.outlet, &(struct gs_message){ target->address, &atom, 1 });
    }
}

static void put_text(const struct gs_peer *peer, const char *address, const char *text)
{
    struct gs_atom atom = gs_atom_text(text);
    peer->to.outlet->put(peer->to.outlet, &(struct gs_message){ address, &atom, 1 });
}

static void put_listen(const struct gs_session *session, const struct gs_peer *peer)
{
    const struct gs_chain *chain = session->chain;
    struct gs_atom atoms[2] = { gs_atom_text(chain->stages[chain->listen_stage].id),
                                gs_atom_text(gs_listen_words[chain->listen_path]) };
    peer->to.outlet->put(peer->to.outlet, &(struct gs_message){ "/listen", atoms, 2 });
}

static void put_fault(const struct gs_session *session, const struct gs_peer *peer)
{
    struct gs_atom atoms[GS_FAULT_ATOMS];
    size_t n = gs_fault_atoms(session, atoms);
    peer->to.outlet->put(peer->to.outlet, &(struct gs_message){ "/chain/fault", atoms, n });
}

static void put_number(const struct gs_peer *peer, const char *address, double number)
{
    struct gs_atom atom = gs_atom_float(number);
    peer->to.outlet->put(peer->to.outlet, &(struct gs_message){ address, &atom, 1 });
}

static void put_chain_fact(const struct gs_session *session, const struct gs_peer *peer, size_t fact)
{
    switch (fact) {
    case GS_ITEM_CHAIN_NAME:
        put_text(peer, "/chain/name", session->chain->name);
        break;
    case GS_ITEM_LISTEN:
        put_listen(session, peer);
        break;
    case GS_ITEM_FAULT:
        put_fault(session, peer);
        break;
    case GS_ITEM_AB:
        put_number(peer, "/ab", session->scenes.on_b);
        break;
    case GS_ITEM_AB_MATCH:
        put_number(peer, "/ab/match", !session->monitor.unmatched);
        break;
    case GS_ITEM_AB_TRIM:
        put_number(peer, "/ab/trim", session->monitor.trim_db);
        break;
    case GS_ITEM_BOOST:
        put_number(peer, "/listen/boost", session->monitor.boost_db);
        break;
    default:
        put_number(peer, "/panic", session->panic);
        break;
    }
}

static void put_stage_fact(const struct gs_session *session, const struct gs_peer *peer, size_t stage,
                           size_t fact)
{
    const struct gs_chain_stage *s = &session->chain->stages[stage];
    char address[GS_ADDRESS_SIZE];
    static const char *const leaves[GS_ITEMS_STAGE] = { [GS_ITEM_STAGE_NAME] = "name",
                                                        [GS_ITEM_STAGE_KIND] = "kind",
                                                        [GS_ITEM_STAGE_MODEL] = "model",
                                                        [GS_ITEM_STAGE_LOUDNESS] = "loudness" };
    const char *leaf = leaves[fact];
    const char *word = fact == GS_ITEM_STAGE_NAME    ? s->label
                       : fact == GS_ITEM_STAGE_KIND  ? s->kind->key
                       : fact == GS_ITEM_STAGE_MODEL ? (s->model ? s->model : "")
                                                     : gs_loudness_word(session, (unsigned)stage);
    if (peer->flags & GS_WANT_IDS) {
        snprintf(address, sizeof address, "/stage/%s/%s", s->id, leaf);
    } else {
        snprintf(address, sizeof address, "/stage/%zu/%s", stage + 1, leaf);
    }
    put_text(peer, address, word);
}

static void put_fact(const struct gs_session *session, const struct gs_peer *peer, size_t item)
{
    const struct gs_chain *chain = session->chain;
    size_t facts = gs_item_fact(session, 0);
    if (chain && item >= facts) {
        put_chain_fact(session, peer, item - facts);
    } else if (chain) {
        put_stage_fact(session, peer, (item - chain->n_slots) / GS_ITEMS_STAGE,
                       (item - chain->n_slots) % GS_ITEMS_STAGE);
    }
}

/* Until when the peer's own finger keeps this spelling from it; 0: it does not. */
static uint64_t rests_at(const struct gs_peer *peer, const struct gs_item *state, unsigned aspect)
{
    if (!state->touch_ns || aspect != state->touch || (peer->flags & GS_WANT_ECHO)) {
        return 0;
    }
    return state->touch_ns + (state->held ? HELD_NS : REST_NS);
}

/* The pending spellings of a slot that may go out now; those that its own finger said are forgotten. *later:
 * when the rest may. */
static unsigned sendable(const struct gs_session *session, const struct gs_peer *peer, struct gs_item *state,
                         struct gs_target *target, uint64_t *later)
{
    unsigned mask = state->pending;
    uint64_t rests = rests_at(peer, state, state->touch);
    if (!rests || !(mask & BIT(state->touch))) {
        return mask;
    }
    if (session->now_ns < rests) {
        *later = rests;
        return mask & ~BIT(state->touch);
    }
    target->aspect = (enum gs_aspect)state->touch;
    if (!state->forced && knows(session, state, target)) {
        state->pending &= (uint8_t)~BIT(state->touch);
        return state->pending;
    }
    return mask;
}

static void put_item(struct gs_session *session, struct gs_peer *peer, size_t item, struct gs_target *target,
                     unsigned mask)
{
    if (!session->chain || item >= session->chain->n_slots) {
        put_fact(session, peer, item);
        return;
    }
    size_t prefix = strlen(target->address);
    for (unsigned a = 0; a < GS_ASPECTS; a++) {
        if (mask & BIT(a)) {
            put_aspect(session, peer, target, prefix, (enum gs_aspect)a);
        }
    }
}

/* Sends what may be sent of one item; returns when the rest may. Opens the outlet with the first message. */
static uint64_t flush_item(struct gs_session *session, struct gs_peer *peer, size_t item, unsigned *sent)
{
    struct gs_item *state = &peer->item[item];
    struct gs_target target = { .text = -1 };
    uint64_t later = GS_NEVER;
    if (state->sent_ns && state->sent_ns + PER_ITEM_NS > session->now_ns) {
        return state->sent_ns + PER_ITEM_NS;
    }
    unsigned mask = state->pending;
    if (session->chain && item < session->chain->n_slots) {
        mask = target_of_slot(session, peer, item, &target) ? sendable(session, peer, state, &target, &later)
                                                            : 0;
    }
    if (mask) {
        if (*sent == 0) {
            peer->to.outlet->open(peer->to.outlet, &peer->to,
                                  peer->flags & GS_WANT_SINGLE ? GS_OUTLET_SINGLE : 0);
        }
        put_item(session, peer, item, &target, mask);
        *sent += (unsigned)__builtin_popcount(mask);
        state->sent_ns = session->now_ns ? session->now_ns : 1;
        state->pending &= (uint8_t)~mask;
        if ((mask & BIT(state->touch)) && !state->held) {
            state->touch_ns = 0; /* what it said is no longer what it knows */
        }
    }
    if (!state->pending) {
        state->forced = false;
        peer->dirty--;
    }
    return later;
}

uint64_t gs_feedback_flush(struct gs_session *session, struct gs_peer *peer)
{
    uint64_t next = GS_NEVER;
    unsigned sent = 0;
    if (peer->dirty && session->now_ns < peer->pace_ns) {
        return peer->pace_ns;
    }
    for (size_t seen = 0; seen < session->n_items && peer->dirty; seen++, peer->next_item++) {
        if (peer->next_item >= session->n_items) {
            peer->next_item = 0;
        }
        if (sent >= ROUND) {
            next = peer->pace_ns = session->now_ns + ROUND_NS;
            break;
        }
        if (peer->item[peer->next_item].pending) {
            uint64_t later = flush_item(session, peer, peer->next_item, &sent);
            next = later < next ? later : next;
        }
    }
    if (sent) {
        peer->to.outlet->close(peer->to.outlet);
    }
    return next;
}
