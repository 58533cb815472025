/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The end of a packet: what it changed is checked as a whole, heard as a whole, or taken back. Live values
 * go out in one publication; values that shape the chain make it anew, from its own text, so that every rule
 * of a chain file holds for what the network changes too. */
#include "session/state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool stage_holds(struct gs_session *session, unsigned stage)
{
    const struct gs_chain *chain = session->chain;
    const struct gs_chain_stage *s = &chain->stages[stage];
    const char *key = "";
    char text[GS_ATOM_TEXT_SIZE] = "", address[GS_ADDRESS_SIZE];
    if (!s->kind->validate ||
        s->kind->validate(&chain->value[s->first_slot], &chain->alignment, &key, text, sizeof text)) {
        return true;
    }
    snprintf(address, sizeof address, "/stage/%s/%s", s->id, key);
    gs_reply_error(session, address, "out-of-range", "%s", text);
    return false;
}

static void take_back(struct gs_session *session, struct gs_change *change)
{
    struct gs_chain *chain = session->chain;
    struct gs_chain_stage *stage = &chain->stages[change->stage];
    size_t item = change->slot;
    if (change->text != GS_CHANGE_VALUE) {
        char **now = change->text == GS_CHANGE_MODEL ? &stage->model : &stage->text[change->text];
        free(*now);
        *now = change->text_before;
        change->text_before = NULL;
        if (change->text != GS_CHANGE_MODEL) {
            chain->value[change->slot] = *now ? 1.0 : NAN;
        }
        item = change->text == GS_CHANGE_MODEL ? gs_item_stage(session, change->stage, GS_ITEM_STAGE_MODEL)
                                               : item;
    } else {
        chain->value[change->slot] = change->before;
        chain->given[change->slot] = change->given_before;
        if (!(change->row->flags & GS_PARAM_SETUP)) {
            gs_glide_to(session, change->slot, change->row, change->before, change->before);
        }
    }
    change->stage = GS_CHANGE_TAKEN_BACK;
    gs_feedback_changed(session, item);
}

/* Latest first, so that a value changed twice ends as it began. */
static void take_back_stage(struct gs_session *session, unsigned stage)
{
    for (size_t i = session->n_changes; i-- > 0;) {
        if (session->change[i].stage == stage) {
            take_back(session, &session->change[i]);
        }
    }
}

static void take_back_shape(struct gs_session *session)
{
    for (size_t i = session->n_changes; i-- > 0;) {
        struct gs_change *change = &session->change[i];
        if (change->stage != GS_CHANGE_TAKEN_BACK && change->shapes) {
            take_back(session, change);
        }
    }
}

static void check_stages(struct gs_session *session)
{
    for (size_t i = 0; i < session->n_changes; i++) {
        unsigned stage = session->change[i].stage;
        if (stage != GS_CHANGE_TAKEN_BACK && !stage_holds(session, stage)) {
            take_back_stage(session, stage);
        }
    }
}

static bool shape_changed(const struct gs_session *session)
{
    for (size_t i = 0; i < session->n_changes; i++) {
        const struct gs_change *change = &session->change[i];
        if (change->stage != GS_CHANGE_TAKEN_BACK && change->shapes) {
            return true;
        }
    }
    return false;
}

/* What the chain's files say may have changed since they were read. */
static void tell_differences(struct gs_session *session, const struct gs_chain *to)
{
    const double *was = session->chain->value, *is = to->value;
    for (size_t slot = 0; slot < to->n_slots && slot < session->chain->n_slots; slot++) {
        if (!gs_param_same(was[slot], is[slot])) {
            gs_feedback_changed(session, slot);
        }
    }
}

static enum gs_status rebuild(struct gs_session *session, struct gs_errors *errors)
{
    struct gs_chain *old = session->chain, *chain = NULL;
    char *text = gs_chain_text(old);
    if (!text) {
        return gs_errors_add(errors, GS_E_MEMORY, "", "out of memory");
    }
    enum gs_status status = gs_chain_parse(text, strlen(text), old->path, &chain, errors);
    free(text);
    if (status) {
        return status;
    }
    chain->listen_stage = old->listen_stage;
    chain->listen_path = old->listen_path;
    tell_differences(session, chain);
    gs_glides_lend(session, chain->value, true);
    status = gs_session_rebuild(session, chain, errors);
    if (status) {
        gs_chain_destroy(chain);
    } else {
        gs_glides_lend(session, chain->value, false);
    }
    return status;
}

static void rebuild_or_take_back(struct gs_session *session)
{
    struct gs_errors errors = { 0 };
    enum gs_status status = rebuild(session, &errors);
    if (status) {
        gs_reply_error(session, errors.count ? errors.list[0].where : "/chain", gs_status_word(status), "%s",
                       errors.count ? errors.list[0].text : "refused");
        take_back_shape(session);
        session->publish = true;
    }
    gs_errors_finish(&errors);
}

void gs_values_commit(struct gs_session *session)
{
    if (session->n_changes) {
        check_stages(session);
        gs_forecast_stale(session);
        if (!session->monitor.switched) {
            gs_monitor_changed(session);
        }
    }
    if (session->recompile && shape_changed(session)) {
        rebuild_or_take_back(session);
    }
    if (session->monitor.switched) {
        gs_monitor_arrives(session);
    }
    if (session->publish) {
        gs_engine_publish(session->engine);
    }
    gs_history_note(session);
    for (size_t i = 0; i < session->n_changes; i++) {
        free(session->change[i].text_before);
    }
    session->n_changes = 0;
    session->landing.noted = false;
    session->publish = session->recompile = false;
}
