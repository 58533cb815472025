/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Many values at once: snapshots by name, two settings to compare, and silence. Everything a packet recalls is
 * heard in one block, or on its way together. */
#include "session/state.h"

#include "base/nearest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define GLIDE_MAX_S 60.0

static bool has_chain(struct gs_session *session, const struct gs_message *message)
{
    if (!session->chain) {
        gs_reply_error(session, message->address, "busy", "no chain is loaded");
    }
    return session->chain;
}

/* ---- the file beside the chain ---- */

void gs_scenes_finish(struct gs_session *session)
{
    gs_snapshots_finish(&session->scenes.kept);
    gs_snapshots_finish(&session->scenes.ab);
    session->scenes.on_b = session->scenes.rebased = false;
}

static void note_errors(const struct gs_session *session, struct gs_errors *errors)
{
    for (size_t i = 0; session->setup.note && i < errors->count; i++) {
        char text[800];
        snprintf(text, sizeof text, "%s: %s", errors->list[i].where, errors->list[i].text);
        session->setup.note(session->setup.context, text);
    }
    gs_errors_finish(errors);
}

void gs_scenes_start(struct gs_session *session)
{
    char path[4096];
    struct gs_errors errors = { 0 };
    gs_scenes_finish(session);
    gs_feedback_changed(session, gs_item_fact(session, GS_ITEM_AB));
    if (!session->chain->path || !gs_snapshots_path(session->chain->path, path, sizeof path)) {
        return;
    }
    if (gs_snapshots_load(&session->scenes.kept, session->chain, path, &errors) == GS_E_NOFILE) {
        gs_errors_finish(&errors); /* most chains have none */
    }
    note_errors(session, &errors);
}

/* A folder that cannot be written leaves snapshots in memory: said, not refused. */
static void keep(struct gs_session *session, const struct gs_message *message)
{
    char path[4096];
    struct gs_error error;
    const struct gs_chain *chain = session->chain;
    if (!chain->path || !gs_snapshots_path(chain->path, path, sizeof path)) {
        return;
    }
    if (gs_snapshots_save(&session->scenes.kept, chain, path, &error)) {
        gs_reply_error(session, message->address, gs_status_word(error.status),
                       "kept until the daemon ends; %s: %s", error.where, error.text);
    }
}

void gs_scenes_saved(struct gs_session *session, const struct gs_message *message, bool elsewhere)
{
    if ((elsewhere || session->scenes.rebased) && session->scenes.kept.n) {
        keep(session, message);
    }
    session->scenes.rebased = false;
}

/* ---- another data sheet ---- */

static void rebase(struct gs_snapshots *snapshots, const struct gs_chain *from, const struct gs_chain *to,
                   size_t slot)
{
    for (size_t i = 0; i < snapshots->n; i++) {
        struct gs_snapshot *snapshot = &snapshots->list[i];
        if (snapshot->given[slot] && gs_param_same(snapshot->value[slot], from->base[slot])) {
            snapshot->value[slot] = to->base[slot];
        }
    }
}

/* What the old sheet said, and nobody else, is what the new one says now: a snapshot keeps what hands do. */
void gs_scenes_rebase(struct gs_session *session, const struct gs_chain *from, const struct gs_chain *to)
{
    for (size_t slot = 0; slot < to->n_slots && to->n_slots == from->n_slots; slot++) {
        if (!gs_param_same(from->base[slot], to->base[slot])) {
            rebase(&session->scenes.kept, from, to, slot);
            rebase(&session->scenes.ab, from, to, slot);
            session->scenes.rebased = true;
        }
    }
}

/* ---- snapshots ---- */

/* The name in argument 0, a word or a number; false after a refusal. */
static bool take_name(struct gs_session *session, const struct gs_message *message,
                      char name[GS_SNAPSHOT_NAME_SIZE])
{
    const struct gs_atom *atom = message->n_atoms ? &message->atoms[0] : NULL;
    double number;
    int length = -1;
    if (atom && (atom->tag == 's' || atom->tag == 'S')) {
        length = snprintf(name, GS_SNAPSHOT_NAME_SIZE, "%s", atom->text);
    } else if (atom && gs_atom_number(atom, &number) && isfinite(number)) {
        length = snprintf(name, GS_SNAPSHOT_NAME_SIZE, "%.0f", number);
    }
    if (length < 0 || length >= GS_SNAPSHOT_NAME_SIZE || !gs_snapshot_name_is_good(name)) {
        gs_reply_error(session, message->address, "bad-type",
                       "expected the name of a snapshot: letters, figures, - and _, at most 31");
        return false;
    }
    return true;
}

static struct gs_snapshot *want(struct gs_session *session, const struct gs_message *message)
{
    char name[GS_SNAPSHOT_NAME_SIZE];
    if (!has_chain(session, message) || !take_name(session, message, name)) {
        return NULL;
    }
    struct gs_snapshots *kept = &session->scenes.kept;
    struct gs_snapshot *found = gs_snapshots_find(kept, name);
    if (!found) {
        struct gs_nearest nearest = gs_nearest_start(name);
        for (size_t i = 0; i < kept->n; i++) {
            gs_nearest_offer(&nearest, kept->list[i].name);
        }
        gs_reply_error(session, message->address, "out-of-range", "no snapshot '%s'%s%s%s", name,
                       nearest.best ? "; did you mean '" : "", nearest.best ? nearest.best : "",
                       nearest.best ? "'?" : "");
    }
    return found;
}

static void recall(struct gs_session *session, const struct gs_snapshot *snapshot)
{
    const struct gs_chain *chain = session->chain;
    session->history.apart = true;
    for (size_t slot = 0; slot < chain->n_slots; slot++) {
        if (snapshot->given[slot]) {
            gs_value_apply(session, gs_stage_of_slot(chain, slot), slot, gs_chain_slot_row(chain, slot),
                           snapshot->value[slot]);
        }
    }
}

void gs_verb_snapshot_save(struct gs_session *session, const struct gs_message *message)
{
    char name[GS_SNAPSHOT_NAME_SIZE];
    if (!has_chain(session, message) || !take_name(session, message, name)) {
        return;
    }
    enum gs_status status = gs_snapshots_take(&session->scenes.kept, session->chain, name);
    if (status) {
        gs_reply_error(session, message->address, gs_status_word(status),
                       status == GS_E_LIMIT ? "%d snapshots are the most that I keep"
                                            : "out of memory (%d kept)",
                       GS_SNAPSHOTS_MAX);
        return;
    }
    keep(session, message);
}

void gs_verb_snapshot_recall(struct gs_session *session, const struct gs_message *message)
{
    double seconds = 0.0;
    const struct gs_snapshot *snapshot = want(session, message);
    if (!snapshot) {
        return;
    }
    if (message->n_atoms > 1 && (!gs_atom_number(&message->atoms[1], &seconds) || !isfinite(seconds))) {
        gs_reply_error(session, message->address, "bad-type", "argument 2: expected seconds");
        return;
    }
    session->glide_s = fmax(0.0, fmin(seconds, GLIDE_MAX_S));
    recall(session, snapshot);
}

void gs_verb_snapshot_list(struct gs_session *session, const struct gs_message *message)
{
    const struct gs_snapshots *kept = &session->scenes.kept;
    for (size_t i = 0; i < kept->n; i++) {
        struct gs_atom name = gs_atom_text(kept->list[i].name);
        gs_reply(session, message->address, &name, 1);
    }
    struct gs_atom count = gs_atom_int((int64_t)kept->n);
    gs_reply(session, "/snapshot/list/end", &count, 1);
}

void gs_verb_snapshot_delete(struct gs_session *session, const struct gs_message *message)
{
    struct gs_snapshot *snapshot = want(session, message);
    if (snapshot) {
        gs_snapshots_delete(&session->scenes.kept, snapshot);
        keep(session, message);
    }
}

/* ---- A and B ---- */

static void choose(struct gs_session *session, const struct gs_message *message, bool on_b)
{
    struct gs_scenes *scenes = &session->scenes;
    if (scenes->on_b == on_b) {
        return;
    }
    if (gs_snapshots_take(&scenes->ab, session->chain, scenes->on_b ? "b" : "a")) {
        gs_reply_error(session, message->address, "memory", "out of memory");
        return;
    }
    const struct gs_snapshot *other = gs_snapshots_find(&scenes->ab, on_b ? "b" : "a");
    gs_monitor_leaves(session);
    scenes->on_b = on_b;
    if (other) { /* the first time B begins as A is */
        recall(session, other);
    }
    gs_feedback_changed(session, gs_item_fact(session, GS_ITEM_AB));
}

void gs_verb_ab(struct gs_session *session, const struct gs_message *message)
{
    if (!has_chain(session, message)) {
        return;
    }
    if (message->n_atoms == 0) {
        struct gs_atom now = gs_atom_float(session->scenes.on_b);
        gs_reply(session, message->address, &now, 1);
        return;
    }
    const struct gs_atom *atom = &message->atoms[0];
    bool word = atom->tag == 's' || atom->tag == 'S';
    double number;
    if (word && (strcmp(atom->text, "a") == 0 || strcmp(atom->text, "b") == 0)) {
        choose(session, message, *atom->text == 'b');
    } else if (gs_atom_number(atom, &number)) {
        choose(session, message, !session->scenes.on_b);
    } else {
        gs_reply_error(session, message->address, "bad-type", "expected a number, 'a' or 'b'");
    }
}

/* ---- silence ---- */

static void panic(struct gs_session *session, bool on)
{
    struct gs_atom now = gs_atom_float(on);
    session->panic = on;
    gs_engine_mute(session->engine, GS_MUTE_PANIC, on);
    gs_reply(session, "/panic", &now, 1);
    gs_feedback_changed(session, gs_item_fact(session, GS_ITEM_PANIC));
}

void gs_verb_panic(struct gs_session *session, const struct gs_message *message)
{
    (void)message;
    panic(session, true);
}

void gs_verb_panic_off(struct gs_session *session, const struct gs_message *message)
{
    (void)message;
    panic(session, false);
}
