/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The listen point: which wire the outputs carry, and which of its paths. */
#include "session/state.h"

#include "base/nearest.h"

#include <stdio.h>
#include <string.h>

const char *const gs_listen_words[] = { [GS_REAL] = "real", [GS_IDEAL] = "ideal", [GS_ERROR] = "error" };

void gs_listen_to(struct gs_session *session, unsigned stage, enum gs_path path)
{
    struct gs_chain *chain = session->chain;
    if (chain->listen_stage == stage && chain->listen_path == path) {
        return;
    }
    chain->listen_stage = stage;
    chain->listen_path = path;
    gs_engine_listen(session->engine, stage, path);
    gs_monitor_listen(session);
    gs_feedback_changed(session, gs_item_fact(session, GS_ITEM_LISTEN));
}

static int stage_from_atom(const struct gs_chain *chain, const struct gs_atom *atom)
{
    char number[32];
    double value;
    if (atom->tag == 's' || atom->tag == 'S') {
        return gs_chain_find(chain, atom->text);
    }
    if (!gs_atom_number(atom, &value)) {
        return -1;
    }
    snprintf(number, sizeof number, "%.0f", value);
    return gs_chain_find(chain, number);
}

static int path_from_atom(const struct gs_atom *atom)
{
    for (int i = 0; i <= GS_ERROR; i++) {
        if ((atom->tag == 's' || atom->tag == 'S') && strcmp(atom->text, gs_listen_words[i]) == 0) {
            return i;
        }
    }
    double value;
    return gs_atom_number(atom, &value) && value >= 0 && value <= GS_ERROR ? (int)value : -1;
}

void gs_refuse_stage(struct gs_session *session, const char *address, const struct gs_atom *atom)
{
    const char *word = atom->tag == 's' || atom->tag == 'S' ? atom->text : "";
    struct gs_nearest nearest = gs_nearest_start(word);
    for (size_t i = 0; i < session->chain->n_stages; i++) {
        gs_nearest_offer(&nearest, session->chain->stages[i].id);
    }
    gs_reply_error(session, address, "out-of-range", "no stage '%.60s'%s%s%s", word,
                   nearest.best ? "; did you mean '" : ": expected an id or a number from 1",
                   nearest.best ? nearest.best : "", nearest.best ? "'?" : "");
}

void gs_verb_listen(struct gs_session *session, const struct gs_message *message)
{
    struct gs_chain *chain = session->chain;
    if (!chain) {
        gs_reply_error(session, message->address, "busy", "no chain is loaded");
        return;
    }
    if (message->n_atoms == 0) {
        struct gs_atom atoms[2] = { gs_atom_text(chain->stages[chain->listen_stage].id),
                                    gs_atom_text(gs_listen_words[chain->listen_path]) };
        gs_reply(session, message->address, atoms, 2);
        return;
    }
    int stage = stage_from_atom(chain, &message->atoms[0]);
    int path = message->n_atoms > 1 ? path_from_atom(&message->atoms[1]) : (int)chain->listen_path;
    if (stage < 0) {
        gs_refuse_stage(session, message->address, &message->atoms[0]);
    } else if (path < 0) {
        gs_reply_error(session, message->address, "out-of-range", "expected 'real', 'ideal' or 'error'");
    } else {
        gs_listen_to(session, (unsigned)stage, (enum gs_path)path);
    }
}
