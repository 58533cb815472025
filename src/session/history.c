/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Undo and redo: what each packet has changed, whoever sent it, values and data sheets. A fader that is moved is one
 * step, not hundreds: changes of the same values that follow within a second are one. */
#include "session/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MERGE_NS GS_NS_PER_S

static void drop_step(struct gs_step *step)
{
    for (size_t i = 0; i < step->n_swaps; i++) {
        free(step->swap[i].before);
        free(step->swap[i].after);
    }
    free(step->swap);
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

static void collect_turn(const struct gs_session *session, struct gs_step *step,
                         const struct gs_change *change)
{
    struct gs_turn *turn = find_turn(step, change->slot);
    if (!turn) {
        turn = &step->turn[step->n++];
        *turn = (struct gs_turn){ .slot = change->slot,
                                  .before = change->before,
                                  .given_before = change->given_before };
    }
    turn->after = session->chain->value[change->slot];
    turn->given_after = session->chain->given[change->slot];
}

/* A stage whose sheet is changed twice in one packet: the first one's before, the last one's after. */
static void collect_swap(const struct gs_session *session, struct gs_step *step,
                         const struct gs_change *change)
{
    const char *now = session->chain->stages[change->stage].model, *before = change->text_before;
    for (size_t i = 0; i < step->n_swaps; i++) {
        if (step->swap[i].stage == change->stage) {
            return;
        }
    }
    step->swap[step->n_swaps++] = (struct gs_swap){ .stage = change->stage,
                                                    .before = strdup(before ? before : ""),
                                                    .after = strdup(now ? now : "") };
}

static bool is_silent(const struct gs_session *session, const struct gs_turn *turn, unsigned stage)
{
    bool given = turn->given_before || turn->given_after;
    return !given && gs_stage_of_slot(session->chain, turn->slot) == stage;
}

/* A sheet that was only read again: no undoing brings back what its file said. */
static void drop_read_again(const struct gs_session *session, struct gs_step *step)
{
    for (size_t i = step->n_swaps; i-- > 0;) {
        struct gs_swap swap = step->swap[i];
        if (!swap.before || !swap.after || strcmp(swap.before, swap.after) != 0) {
            continue;
        }
        size_t kept = 0;
        for (size_t t = 0; t < step->n; t++) {
            if (!is_silent(session, &step->turn[t], swap.stage)) {
                step->turn[kept++] = step->turn[t];
            }
        }
        step->n = kept;
        step->swap[i] = step->swap[--step->n_swaps];
        free(swap.before);
        free(swap.after);
    }
}

/* The numbers and data sheets that the packet at hand has changed and kept. */
static bool collect(const struct gs_session *session, struct gs_step *step)
{
    step->turn = calloc(session->n_changes, sizeof *step->turn);
    step->swap = calloc(session->n_changes, sizeof *step->swap);
    for (size_t i = 0; step->turn && step->swap && i < session->n_changes; i++) {
        const struct gs_change *change = &session->change[i];
        if (change->stage == GS_CHANGE_TAKEN_BACK || change->text >= 0) {
            continue;
        }
        if (change->text == GS_CHANGE_MODEL) {
            collect_swap(session, step, change);
        } else {
            collect_turn(session, step, change);
        }
    }
    drop_read_again(session, step);
    step->at_ns = session->now_ns;
    step->apart = session->history.apart;
    return step->n + step->n_swaps > 0;
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
        last->turn[i].given_after = step->turn[i].given_after;
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
        drop_step(&step);
        return;
    }
    forget_from(history, history->done);
    if (history->n && merge(&history->step[history->n - 1], &step)) {
        drop_step(&step);
        return;
    }
    push(history, &step);
}

/* Sheets first: what they bring is then set to what it was. False: a sheet is gone, nothing has happened. */
static bool swap_back(struct gs_session *session, const char *address, const struct gs_step *step,
                      bool forward)
{
    struct gs_error error;
    for (size_t i = 0; i < 2 * step->n_swaps; i++) { /* first all of them are asked for, then done */
        const struct gs_swap *swap = &step->swap[i % step->n_swaps];
        const char *text = forward ? swap->after : swap->before, *name = text ? text : "";
        if (i < step->n_swaps ? gs_model_ask(session, swap->stage, name, &error)
                              : gs_model_choose(session, swap->stage, name, &error)) {
            gs_reply_error(session, address, gs_status_word(error.status), "%s%s%s", error.where,
                           *error.where ? ": " : "", error.text);
            return false;
        }
    }
    return true;
}

static bool replay(struct gs_session *session, const char *address, const struct gs_step *step, bool forward)
{
    const struct gs_chain *chain = session->chain;
    session->history.replaying = true; /* until this packet ends */
    if (!swap_back(session, address, step, forward)) {
        return false;
    }
    for (size_t i = 0; i < step->n; i++) {
        const struct gs_turn *turn = &step->turn[i];
        const struct gs_param *row = gs_chain_slot_row(chain, turn->slot);
        gs_value_restore(session, gs_stage_of_slot(chain, turn->slot), turn->slot, row,
                         forward ? turn->after : turn->before,
                         forward ? turn->given_after : turn->given_before);
    }
    return true;
}

void gs_verb_undo(struct gs_session *session, const struct gs_message *message)
{
    struct gs_history *history = &session->history;
    if (!history->done) {
        gs_reply_error(session, message->address, "out-of-range", "nothing to undo");
        return;
    }
    if (replay(session, message->address, &history->step[history->done - 1], false)) {
        history->done--;
        history->step[history->done].at_ns = 0; /* what comes next is another step */
    }
}

void gs_verb_redo(struct gs_session *session, const struct gs_message *message)
{
    struct gs_history *history = &session->history;
    if (history->done == history->n) {
        gs_reply_error(session, message->address, "out-of-range", "nothing to redo");
        return;
    }
    history->done += replay(session, message->address, &history->step[history->done], true);
}
