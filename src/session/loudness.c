/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Start, pause, continue and reset of loudness measuring (EBU Tech 3341, 2.5), of one stage's wire or of all. True
 * peak begins anew and rests with it, so that PLR is the peak and the loudness of one programme. */
#include "session/state.h"

#include "base/nearest.h"

#include <string.h>

static const struct {
    const char *word;
    bool anew, pauses, runs;
} orders[] = {
    { "start", .anew = true, .runs = true },
    { "pause", .pauses = true },
    { "continue", .runs = true },
    { "reset", .anew = true },
};
#define ORDERS (sizeof orders / sizeof *orders)

const char *gs_loudness_word(const struct gs_session *session, unsigned stage)
{
    const struct gs_plan_wire *wire = gs_wire_at(session, stage, false);
    bool paused = wire && gs_readout_paused(gs_engine_readout(session->engine), wire->first_lane);
    return paused ? "paused" : "running";
}

void gs_loudness_get(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    (void)text;
    *atom = gs_atom_text(gs_loudness_word(session, stage));
}

static size_t stage_item(const struct gs_session *session, unsigned stage)
{
    return session->chain->n_slots + (size_t)stage * GS_ITEMS_STAGE + GS_ITEM_STAGE_LOUDNESS;
}

static void obey(struct gs_session *session, unsigned stage, size_t order)
{
    const struct gs_plan_wire *wire = gs_wire_at(session, stage, false);
    struct gs_readout *readout = gs_engine_readout(session->engine);
    if (!wire) {
        return;
    }
    if (orders[order].anew) {
        gs_readout_reset_programme(readout, wire->first_lane);
    }
    if (orders[order].pauses || orders[order].runs) {
        gs_readout_pause(readout, wire->first_lane, orders[order].pauses);
    }
    gs_feedback_changed(session, stage_item(session, stage));
}

/* ORDERS: refused, with the nearest word. */
static size_t order_of(struct gs_session *session, const struct gs_message *message)
{
    const struct gs_atom *atom = &message->atoms[0];
    const char *word = atom->tag == 's' || atom->tag == 'S' ? atom->text : "";
    struct gs_nearest nearest = gs_nearest_start(word);
    for (size_t i = 0; i < ORDERS; i++) {
        if (strcmp(word, orders[i].word) == 0) {
            return i;
        }
        gs_nearest_offer(&nearest, orders[i].word);
    }
    gs_reply_error(session, message->address, *word ? "out-of-range" : "bad-type",
                   "expected start, pause, continue or reset%s%s%s", nearest.best ? "; did you mean '" : "",
                   nearest.best ? nearest.best : "", nearest.best ? "'?" : "");
    return ORDERS;
}

void gs_loudness_set(struct gs_session *session, unsigned stage, const struct gs_message *message)
{
    size_t order = order_of(session, message);
    if (order < ORDERS) {
        obey(session, stage, order);
    }
}

static const char *word_of_all(const struct gs_session *session)
{
    const char *word = gs_loudness_word(session, 0);
    for (unsigned i = 1; i < session->chain->n_stages; i++) {
        if (strcmp(gs_loudness_word(session, i), word) != 0) {
            return "mixed";
        }
    }
    return word;
}

void gs_verb_loudness(struct gs_session *session, const struct gs_message *message)
{
    if (!session->chain) {
        gs_reply_error(session, message->address, "busy", "no chain is loaded");
        return;
    }
    size_t order = message->n_atoms ? order_of(session, message) : ORDERS;
    for (unsigned i = 0; order < ORDERS && i < session->chain->n_stages; i++) {
        obey(session, i, order);
    }
    if (!message->n_atoms) {
        struct gs_atom word = gs_atom_text(word_of_all(session));
        gs_reply(session, message->address, &word, 1);
    }
}
