/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The session's life: chains in and out, one packet after the other, one tick after the other. */
#include "session/state.h"

#include "chain/predict.h"

#include <stdlib.h>
#include <string.h>

#define TICK_NS          ((uint64_t)50 * GS_NS_PER_MS)
#define STEPS_OF_PACKET  20000 /* for patterns: a hundred stages by a pattern cost less than a tenth */
#define VISITS_OF_PACKET 1024

static void take_bin(void *context, const struct gs_bin *bin, unsigned bin_hz)
{
    struct gs_session *session = context;
    gs_recordings_bin(session, bin, bin_hz);
    if (bin_hz == GS_BIN_HZ) {
        gs_verify_bin(session, bin);
    }
}

struct gs_session *gs_session_create(const struct gs_session_setup *setup)
{
    struct gs_session *session = calloc(1, sizeof *session);
    if (!session) {
        return NULL;
    }
    session->setup = *setup;
    session->engine = setup->engine;
    session->state = "active";
    session->n_items = gs_item_count(NULL);
    session->reading.peak = gs_reading_find("peak", "peak");
    session->reading.peak_now = gs_reading_find("peak", "peak_now");
    session->reading.rms = gs_reading_find("rms", "rms");
    session->reading.momentary = gs_reading_find("loudness", "momentary");
    session->ceiling_db = calloc(GS_CHAIN_STAGES_MAX, sizeof *session->ceiling_db);
    if (!session->ceiling_db || !gs_verify_start(&session->verify)) {
        free(session->ceiling_db);
        free(session);
        return NULL;
    }
    gs_ceilings_stale(session);
    gs_engine_watch_bins(session->engine, take_bin, session);
    gs_engine_on_arrival(session->engine, gs_landing_arrives, session);
    return session;
}

void gs_session_destroy(struct gs_session *session)
{
    if (!session) {
        return;
    }
    gs_engine_watch_bins(session->engine, NULL, NULL);
    gs_engine_on_arrival(session->engine, NULL, NULL);
    gs_predictor_destroy(session->arriving);
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        if (session->peer[i].used) {
            gs_peer_drop(session, &session->peer[i]);
        }
    }
    gs_predictor_destroy(session->predictor);
    gs_verify_finish(&session->verify);
    gs_history_forget(session);
    gs_scenes_finish(session);
    gs_models_forget(session);
    gs_fault_forget(session);
    gs_chain_destroy(session->chain);
    free(session->change);
    free(session->glide);
    free(session->ceiling_db);
    gs_heard_finish(session);
    free(session);
}

/* ---- chains ---- */

static bool same_shape(const struct gs_chain *a, const struct gs_chain *b)
{
    if (!a || !b || a->n_slots != b->n_slots || a->n_stages != b->n_stages) {
        return false;
    }
    for (size_t i = 0; i < a->n_stages; i++) {
        if (a->stages[i].kind != b->stages[i].kind || strcmp(a->stages[i].id, b->stages[i].id) != 0) {
            return false;
        }
    }
    return true;
}

static void forget_changes(struct gs_session *session)
{
    for (size_t i = 0; i < session->n_changes; i++) {
        free(session->change[i].text_before);
    }
    session->n_changes = 0;
    session->publish = session->recompile = false;
}

/* Everybody learns the new chain: the list of its stages, then all of its values. */
static void tell_new_chain(struct gs_session *session)
{
    gs_replies_close(session);
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        struct gs_peer *peer = &session->peer[i];
        if (peer->used && gs_peer_is_proven(peer)) {
            peer->to.outlet->open(peer->to.outlet, &peer->to,
                                  peer->flags & GS_WANT_SINGLE ? GS_OUTLET_SINGLE : 0);
            gs_stage_list(session, peer->to.outlet);
            peer->to.outlet->close(peer->to.outlet);
        }
        if (peer->used) {
            gs_feedback_dump(session, peer);
        }
    }
}

static void adopt(struct gs_session *session, struct gs_chain *chain)
{
    struct gs_chain *old = session->chain;
    bool same = same_shape(old, chain);
    session->chain = chain;
    session->n_chains++;
    gs_forecast_renew(session);
    if (!same) {
        forget_changes(session);
        session->n_items = gs_item_count(chain);
        gs_peers_reshape(session);
        tell_new_chain(session);
    }
    gs_chain_destroy(old);
    if (session->setup.chain_changed) {
        session->setup.chain_changed(session->setup.context);
    }
}

enum gs_status gs_session_adopt(struct gs_session *session, struct gs_chain *chain, struct gs_errors *errors)
{
    enum gs_status status = gs_engine_load(session->engine, chain, errors);
    if (!status) {
        adopt(session, chain);
    }
    return status;
}

enum gs_status gs_session_rebuild(struct gs_session *session, struct gs_chain *chain,
                                  struct gs_errors *errors)
{
    enum gs_status status = gs_engine_reload(session->engine, chain, errors);
    if (!status) {
        gs_scenes_rebase(session, session->chain, chain);
        adopt(session, chain);
    }
    return status;
}

static enum gs_status load_and_adopt(struct gs_session *session, const char *path, struct gs_errors *errors)
{
    struct gs_chain *chain = NULL;
    enum gs_status status = gs_chain_load(path, &chain, errors);
    if (status) {
        return status;
    }
    status = gs_session_adopt(session, chain, errors);
    if (status) {
        gs_chain_destroy(chain);
    }
    return status;
}

enum gs_status gs_session_load(struct gs_session *session, const char *path, struct gs_errors *errors)
{
    enum gs_status status = load_and_adopt(session, path, errors);
    gs_fault_note(session, status ? path : NULL, errors);
    if (status) {
        return status;
    }
    gs_glides_forget(session);
    gs_history_forget(session);
    gs_models_forget(session);
    gs_scenes_start(session);
    gs_monitor_start(session);
    /* A chain of the same shape keeps its subscribers' tables: they still have to hear the values. */
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        if (session->peer[i].used) {
            gs_feedback_dump(session, &session->peer[i]);
        }
    }
    return GS_OK;
}

enum gs_status gs_session_reload(struct gs_session *session, struct gs_errors *errors)
{
    if (!session->chain || !session->chain->path) {
        return gs_errors_add(errors, GS_E_NOFILE, "", "the chain came from no file");
    }
    char *path = strdup(session->chain->path);
    if (!path) {
        return gs_errors_add(errors, GS_E_MEMORY, "", "out of memory");
    }
    enum gs_status status = gs_session_load(session, path, errors);
    free(path);
    return status;
}

enum gs_status gs_session_recompile(struct gs_session *session, struct gs_errors *errors)
{
    enum gs_status status = session->chain ? gs_engine_load(session->engine, session->chain, errors) : GS_OK;
    gs_forecast_renew(session);
    return status;
}

const struct gs_chain *gs_session_chain(const struct gs_session *session)
{
    return session->chain;
}

unsigned gs_session_chains(const struct gs_session *session)
{
    return session->n_chains;
}

void gs_session_set_state(struct gs_session *session, const char *state)
{
    session->state = state;
}

void gs_session_set_audio(struct gs_session *session, const struct gs_session_audio *audio)
{
    session->audio = *audio;
}

/* ---- packets ---- */

static void move_clock(struct gs_session *session, uint64_t now_ns)
{
    session->now_ns = now_ns > session->now_ns ? now_ns : session->now_ns;
}

void gs_session_begin(struct gs_session *session, const struct gs_endpoint *from, uint64_t now_ns)
{
    move_clock(session, now_ns);
    session->from = *from;
    session->in_packet = true;
    session->steps = STEPS_OF_PACKET;
    session->visits = VISITS_OF_PACKET;
    struct gs_endpoint to = gs_reply_endpoint(session, from);
    session->sender = gs_peer_find(session, &to);
    gs_peers_renew(session, from);
}

void gs_session_at(struct gs_session *session, uint64_t at_ns)
{
    session->at_ns = at_ns;
    gs_engine_at(session->engine, at_ns);
}

uint64_t gs_session_lead_ns(const struct gs_session *session)
{
    return gs_engine_lead_ns(session->engine);
}

unsigned gs_session_end(struct gs_session *session)
{
    session->heard.now = NULL;
    gs_values_commit(session);
    session->at_ns = 0;
    gs_engine_at(session->engine, 0);
    gs_replies_close(session);
    session->glide_s = 0.0;
    session->history.replaying = session->history.apart = false;
    session->sender = NULL;
    session->in_packet = false;
    return VISITS_OF_PACKET - session->visits;
}

void gs_session_refuse(struct gs_session *session, const struct gs_endpoint *from, const char *code,
                       const char *text, uint64_t now_ns)
{
    move_clock(session, now_ns);
    session->from = *from;
    session->heard.now = NULL;
    gs_reply_error(session, "#bundle", code, "%s", text);
    gs_replies_close(session);
}

void gs_session_bad_packet(struct gs_session *session, const struct gs_endpoint *from, const char *text,
                           uint64_t now_ns)
{
    move_clock(session, now_ns);
    session->bad_packets++;
    session->from = *from;
    session->heard.now = NULL;
    gs_heard_refused(session, "", "bad-packet", text);
    struct gs_endpoint to = gs_reply_endpoint(session, from);
    if (gs_peer_find(session, &to)) {
        gs_reply_error(session, "", "bad-packet", "%s", text);
        gs_replies_close(session);
    }
}

struct visit {
    struct gs_session *session;
    const struct gs_message *message;
};

static bool is_release(const struct gs_message *message)
{
    double value;
    return message->n_atoms == 1 && gs_atom_number(&message->atoms[0], &value) && value == 0.0;
}

/* An answer of another device to a question of ours, or of a forged packet's: answered in its turn it would go to and
 * fro for ever. A button that asks sends 1. */
static bool is_answer(const struct gs_verb *verb, const struct gs_message *message)
{
    double value;
    bool only_read = verb->answer && *verb->answer && !verb->types && !(verb->flags & GS_VERB_TRIGGER);
    bool press = message->n_atoms == 1 && gs_atom_number(&message->atoms[0], &value) && value == 1.0;
    return only_read && message->n_atoms && !press;
}

static void say_verb(struct gs_session *session, const struct gs_target *target,
                     const struct gs_message *message)
{
    const struct gs_verb *verb = target->verb;
    struct gs_message inner = *message;
    struct gs_atom rest;
    if (!verb->run || ((verb->flags & GS_VERB_TRIGGER) && is_release(message)) || is_answer(verb, message)) {
        return;
    }
    inner.address = verb->address;
    if (target->rest) {
        if (is_release(message)) {
            return; /* a button whose value stands in its address, let go */
        }
        rest = gs_atom_text(target->rest);
        inner.atoms = &rest;
        inner.n_atoms = 1;
    }
    verb->run(session, &inner);
}

/* What tried to set a reading is told the truth, but no more often than errors are: it may be an answer itself. */
static bool refuse_reading(struct gs_session *session, const struct gs_target *target)
{
    bool may = gs_reply_may_complain(session);
    gs_reply_error(session, target->address, "read-only", "a reading, not a control");
    return may;
}

static void visit_face(struct gs_session *session, const struct gs_target *target,
                       const struct gs_message *message)
{
    struct gs_atom atom;
    char text[GS_ATOM_TEXT_SIZE];
    if (message->n_atoms && target->face->set) {
        struct gs_message inner = *message;
        inner.address = target->address;
        target->face->set(session, target->stage, &inner);
        return;
    }
    if (message->n_atoms && !refuse_reading(session, target)) {
        return;
    }
    gs_face_read(session, target->face, target->stage, &atom, text);
    gs_reply(session, target->address, &atom, 1);
}

static void visit_reading(struct gs_session *session, const struct gs_target *target,
                          const struct gs_message *message)
{
    if (message->n_atoms && !refuse_reading(session, target)) {
        return;
    }
    struct gs_atom atom = gs_atom_float(gs_reading_read(session, target, NULL));
    gs_reply(session, target->address, &atom, 1);
}

/* Whether the message would change something for others than its sender. */
static bool changes(const struct gs_target *target, const struct gs_message *message)
{
    if (!target->verb) {
        return message->n_atoms > 0;
    }
    if (target->verb->flags & (GS_VERB_VIEW | GS_VERB_QUIET)) {
        return false;
    }
    return !(target->verb->flags & (GS_VERB_STATE | GS_VERB_ASKS)) || message->n_atoms || target->rest;
}

static void visit(void *context, const struct gs_target *target)
{
    const struct visit *visit = context;
    struct gs_session *session = visit->session;
    const struct gs_message *message = visit->message;
    struct gs_atom atom;
    char text[GS_ATOM_TEXT_SIZE];
    if (session->from.view_only && changes(target, message)) {
        gs_reply_error(session, target->address, "pin", "only to look at without the PIN: say /pin first");
    } else if (target->verb) {
        say_verb(session, target, message);
    } else if (target->is_reading) {
        visit_reading(session, target, message);
    } else if (target->face) {
        visit_face(session, target, message);
    } else if (message->n_atoms) {
        gs_value_write(session, target, &message->atoms[0]);
    } else if (gs_value_read(session, target, &atom, text)) {
        gs_reply(session, target->address, &atom, 1);
    }
}

static void touch(void *context, const struct gs_target *target)
{
    const struct visit *visit = context;
    double value = 0.0;
    if (target->row && visit->message->n_atoms && gs_atom_number(&visit->message->atoms[0], &value)) {
        gs_feedback_touch(visit->session, target, value != 0.0);
    }
}

/* "/stage/1/fader/z": a finger lies on the fader. Never a value, never answered. */
static bool is_touch(const char *address, char *control)
{
    const char *slash = strrchr(address, '/');
    if (!slash || slash == address || (strcmp(slash, "/z") != 0 && strcmp(slash, "/touch") != 0)) {
        return false;
    }
    size_t length = (size_t)(slash - address);
    if (length >= GS_ADDRESS_SIZE) {
        return false;
    }
    memcpy(control, address, length);
    control[length] = '\0';
    return true;
}

static void say_unknown(struct gs_session *session, const char *address)
{
    char nearest[2 * GS_ADDRESS_SIZE];
    if (gs_answers_nothing(address) || !gs_reply_may_complain(session)) {
        gs_heard_refused(session, address, "unknown-address", "no such address");
        return;
    }
    gs_tree_nearest(session, address, nearest, sizeof nearest);
    gs_reply_error(session, address, "unknown-address", "no such address%s%s%s",
                   *nearest ? "; did you mean " : "", nearest, *nearest ? "?" : "");
}

void gs_session_message(struct gs_session *session, const struct gs_message *message)
{
    gs_heard_message(session, message);
    struct visit context = { session, message };
    bool ids = session->sender && (session->sender->flags & GS_WANT_IDS);
    char control[GS_ADDRESS_SIZE];
    if (is_touch(message->address, control)) {
        gs_tree_each(session, control, ids, touch, &context);
        return;
    }
    switch (gs_tree_each(session, message->address, ids, visit, &context)) {
    case GS_RESOLVE_NOTHING:
        say_unknown(session, message->address);
        break;
    case GS_RESOLVE_BAD:
        gs_reply_error(session, message->address, "unknown-address",
                       "not an address: parts between single slashes, brackets closed");
        break;
    case GS_RESOLVE_COSTLY:
        gs_reply_error(session, message->address, "bad-packet", "a pattern that costs too much");
        break;
    default:
        break;
    }
}

/* ---- time ---- */

uint64_t gs_session_tick(struct gs_session *session, uint64_t now_ns)
{
    move_clock(session, now_ns);
    session->due_ns = session->now_ns + TICK_NS;
    gs_engine_poll(session->engine);
    gs_session_want(session, gs_glides_step(session));
    gs_session_want(session, gs_landing_step(session));
    gs_session_want(session, gs_monitor_tick(session));
    gs_peers_expire(session);
    gs_session_want(session, gs_heard_feed(session));
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        struct gs_peer *peer = &session->peer[i];
        if (peer->used && gs_peer_may_hear(session, peer)) {
            gs_session_want(session, gs_feedback_flush(session, peer));
            gs_session_want(session, gs_meters_feed(session, peer));
            gs_session_want(session, gs_watches_feed(session, peer));
            gs_session_want(session, gs_follows_feed(session, peer));
            gs_session_want(session, gs_blobs_feed(session, peer));
            gs_recording_feed(session, peer);
        }
    }
    return session->due_ns;
}

uint64_t gs_session_due(const struct gs_session *session)
{
    return session->due_ns;
}
