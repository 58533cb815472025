/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Undo and redo: what each packet has changed, whoever sent it. A fader that is moved is one step, not
 * hundreds: changes of the same values that follow within a second are one. */
#include "session/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MERGE_NS GS_NS_PER_S

static void drop_step(struct gs_step *step)
{
    free(step->turn);
    *step = (struct gs_step){ 0 };
}

static void forget_from(struct gs_history *history, unsigned first)
{
    for (unsigned i = first; i < history->n; i++) {
        drop_step(&history->step[i]);
    }
    history->n = history->n < first ? history->n : first;
}

void gs_history_forget(struct gs_session *session)
{
    forget_from(&session->history, 0);
    session->history.done = 0;
}

static struct gs_turn *find_turn(struct gs_step *step, size_t slot)
{
    for (size_t i = 0; i < step->n; i++) {
        if (step->turn[i].slot == slot) {
            return &step->turn[i];
        }
    }
    return NULL;
}

/* The numbers that the packet at hand has changed and kept. */
static bool collect(const struct gs_session *session, struct gs_step *step)
{
    step->turn = calloc(session->n_changes, sizeof *step->turn);
    for (size_t i = 0; step->turn && i < session->n_changes; i++) {
        const struct gs_change *change = &session->change[i];
        if (change->stage == GS_CHANGE_TAKEN_BACK || change->text >= 0) {
            continue;
        }
        struct gs_turn *turn = find_turn(step, change->slot);
        if (!turn) {
            turn = &step->turn[step->n++];
            *turn = (struct gs_turn){ .slot = change->slot, .before = change->before };
        }
        turn->after = session->chain->value[change->slot];
    }
    step->at_ns = session->now_ns;
    step->apart = session->history.apart;
    return step->n > 0;
}

/* The same values, moved on. */
static bool merge(struct gs_step *last, const struct gs_step *step)
{
    if (last->apart || step->apart || last->n != step->n || step->at_ns - last->at_ns > MERGE_NS) {
        return false;
    }
    for (size_t i = 0; i < step->n; i++) {
        if (last->turn[i].slot != step->turn[i].slot) {
            return false;
        }
    }
    for (size_t i = 0; i < step->n; i++) {
        last->turn[i].after = step->turn[i].after;
    }
    last->at_ns = step->at_ns;
    return true;
}

static void push(struct gs_history *history, const struct gs_step *step)
{
    if (history->n == GS_HISTORY) {
        drop_step(&history->step[0]);
        memmove(history->step, history->step + 1, (GS_HISTORY - 1) * sizeof *history->step);
        history->n--;
    }
    history->step[history->n++] = *step;
    history->done = history->n;
}

void gs_history_note(struct gs_session *session)
{
    struct gs_history *history = &session->history;
    struct gs_step step = { 0 };
    if (history->replaying || !session->n_changes || !collect(session, &step)) {
        free(step.turn);
        return;
    }
    forget_from(history, history->done);
    if (history->n && merge(&history->step[history->n - 1], &step)) {
        free(step.turn);
        return;
    }
    push(history, &step);
}

static void replay(struct gs_session *session, const struct gs_step *step, bool forward)
{
    const struct gs_chain *chain = session->chain;
    for (size_t i = 0; i < step->n; i++) {
        const struct gs_turn *turn = &step->turn[i];
        const struct gs_param *row = gs_chain_slot_row(chain, turn->slot);
        gs_value_apply(session, gs_stage_of_slot(chain, turn->slot), turn->slot, row,
                       forward ? turn->after : turn->before);
    }
    session->history.replaying = true; /* until this packet ends */
}

void gs_verb_undo(struct gs_session *session, const struct gs_message *message)
{
    struct gs_history *history = &session->history;
    if (!history->done) {
        gs_reply_error(session, message->address, "out-of-range", "nothing to undo");
        return;
    }
    history->done--;
    replay(session, &history->step[history->done], false);
    history->step[history->done].at_ns = 0; /* what comes next is another step */
}

void gs_verb_redo(struct gs_session *session, const struct gs_message *message)
{
    struct gs_history *history = &session->history;
    if (history->done == history->n) {
        gs_reply_error(session, message->address, "out-of-range", "nothing to redo");
        return;
    }
    replay(session, &history->step[history->done], true);
    history->done++;
}
