/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading and writing one value: conversions between what people and controllers send and what a row
 * allows. A packet's changes are kept in a list until it ends; see commit.c for what happens then. */
#include "session/state.h"

#include "base/nearest.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUS_INF_AS (-90.0) /* the X32's floor stands for silence where a number is wanted */

bool gs_value_read(const struct gs_session *session, const struct gs_target *target, struct gs_atom *atom,
                   char *text)
{
    const struct gs_chain *chain = session->chain;
    if (target->text >= 0) {
        const char *word = chain->stages[target->stage].text[target->text];
        *atom = gs_atom_text(word ? word : "");
        return true;
    }
    double value = chain->value[target->slot];
    switch (target->aspect) {
    case GS_ASPECT_VALUE:
        *atom = isnan(value) ? (struct gs_atom){ .tag = 'N' }
                             : gs_atom_float(isinf(value) && value < 0 ? MINUS_INF_AS : value);
        return true;
    case GS_ASPECT_WAY:
        *atom = gs_atom_float(gs_param_to_way(target->row, value));
        return true;
    case GS_ASPECT_TEXT:
        gs_param_text(target->row, value, text, GS_ATOM_TEXT_SIZE);
        *atom = gs_atom_text(text);
        return true;
    case GS_ASPECT_STEP:
        *atom = gs_atom_float(target->row->step);
        return true;
    default:
        return false;
    }
}

static const struct {
    const char *word;
    double value;
} switch_words[] = { { "on", 1 }, { "true", 1 }, { "yes", 1 }, { "off", 0 }, { "false", 0 }, { "no", 0 } };

static bool switch_from_word(const char *word, double *value)
{
    for (size_t i = 0; i < sizeof switch_words / sizeof *switch_words; i++) {
        if (strcmp(switch_words[i].word, word) == 0) {
            *value = switch_words[i].value;
            return true;
        }
    }
    return false;
}

static bool from_word(const struct gs_param *row, const char *word, double *value)
{
    if (row->type == GS_SWITCH) {
        return switch_from_word(word, value);
    }
    if (row->type == GS_CHOICE) {
        int index = gs_param_choice(row, word);
        *value = index;
        return index >= 0;
    }
    if ((row->flags & GS_PARAM_OPTIONAL) &&
        (strcmp(word, "none") == 0 || strcmp(word, "not given") == 0 || gs_param_is_absent(row, word))) {
        *value = NAN;
        return true;
    }
    return false;
}

static void refuse_word(struct gs_session *session, const struct gs_target *target, const char *word)
{
    const struct gs_param *row = target->row;
    if (row->type != GS_CHOICE) {
        gs_reply_error(session, target->address, "bad-type", "'%.60s' is not a number%s", word,
                       row->type == GS_SWITCH ? " and neither 'on' nor 'off'" : "");
        return;
    }
    char words[256] = "";
    struct gs_nearest nearest = gs_nearest_start(word);
    for (size_t i = 0; i < gs_param_choices(row); i++) {
        size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, "%s%s", i ? ", " : "", row->choices[i].word);
        gs_nearest_offer(&nearest, row->choices[i].word);
    }
    gs_reply_error(session, target->address, "out-of-range", "'%.60s' is none of: %s%s%s%s", word, words,
                   nearest.best ? "; did you mean '" : "", nearest.best ? nearest.best : "",
                   nearest.best ? "'?" : "");
}

static bool is_text(const struct gs_atom *atom)
{
    return atom->tag == 's' || atom->tag == 'S';
}

/* What the atom says, in the terms of the aspect; false after an error reply. */
static bool take_number(struct gs_session *session, const struct gs_target *target,
                        const struct gs_atom *atom, double *number)
{
    bool value = target->aspect == GS_ASPECT_VALUE;
    if (value && atom->tag == 'N' && (target->row->flags & GS_PARAM_OPTIONAL)) {
        *number = NAN;
        return true;
    }
    if (value && is_text(atom) && from_word(target->row, atom->text, number)) {
        return true;
    }
    if (!gs_atom_number(atom, number)) {
        if (value && atom->tag == 'N') {
            gs_reply_error(session, target->address, "bad-type",
                           "%s cannot be left out; 'default' gives it back", target->row->key);
        } else if (is_text(atom)) {
            refuse_word(session, target, atom->text);
        } else {
            gs_reply_error(session, target->address, "bad-type",
                           "expected a number (i f h d T F or numeric text), found %s",
                           atom->tag == 'f' || atom->tag == 'd' ? "not-a-number" : "another type");
        }
        return false;
    }
    bool silence = value && *number < 0 && (target->row->flags & GS_PARAM_MINUS_INF);
    if (isinf(*number) && !silence) {
        gs_reply_error(session, target->address, "bad-type", "infinity is not a value of %s",
                       target->row->key);
        return false;
    }
    return true;
}

/* A step moves a stepped knob by one click at least, and leaves silence from its floor. */
static double stepped(const struct gs_param *row, double now, double delta)
{
    if (isnan(now)) {
        now = row->min;
    }
    double base = isinf(now) ? MINUS_INF_AS : now;
    double next = gs_param_snap(row, base + delta);
    if (next == now && row->step > 0 && delta != 0) {
        next = gs_param_snap(row, base + copysign(row->step, delta));
    }
    return next;
}

struct gs_change *gs_change_note(struct gs_session *session)
{
    if (session->n_changes == session->room_changes) {
        size_t room = session->room_changes ? 2 * session->room_changes : 64;
        struct gs_change *grown = realloc(session->change, room * sizeof *grown);
        if (!grown) {
            return NULL;
        }
        session->change = grown;
        session->room_changes = room;
    }
    return &session->change[session->n_changes++];
}

void gs_value_apply(struct gs_session *session, unsigned stage, size_t slot, const struct gs_param *row,
                    double value)
{
    if (!gs_param_same(session->chain->value[slot], value)) {
        gs_value_restore(session, stage, slot, row, value, true);
    }
}

static struct gs_change *note_value(struct gs_session *session, unsigned stage, size_t slot,
                                    const struct gs_param *row, double value, bool given)
{
    double *now = &session->chain->value[slot];
    bool *given_now = &session->chain->given[slot];
    if (row->flags & GS_PARAM_SETUP && !gs_param_same(*now, value)) {
        gs_landing_note(session);
    }
    struct gs_change *change =
        gs_param_same(*now, value) && *given_now == given ? NULL : gs_change_note(session);
    if (change) {
        *change = (struct gs_change){ .slot = slot,
                                      .row = row,
                                      .before = *now,
                                      .given_before = *given_now,
                                      .stage = stage,
                                      .text = GS_CHANGE_VALUE,
                                      .shapes = row->flags & GS_PARAM_SETUP };
        *now = value;
        *given_now = given;
        gs_feedback_changed(session, slot);
    }
    return change;
}

void gs_value_restore(struct gs_session *session, unsigned stage, size_t slot, const struct gs_param *row,
                      double value, bool given)
{
    const struct gs_change *change = note_value(session, stage, slot, row, value, given);
    if (!change) {
        return;
    }
    if (row->flags & GS_PARAM_SETUP) {
        session->recompile = true;
    } else {
        gs_glide_to(session, slot, row, change->before, value);
        session->publish = true;
    }
}

void gs_value_of_model(struct gs_session *session, unsigned stage, size_t slot, const struct gs_param *row,
                       double value)
{
    struct gs_change *change = note_value(session, stage, slot, row, value, session->chain->given[slot]);
    if (change) {
        change->shapes = true;
        gs_glide_end(session, slot);
    }
}

/* Names of files come from the network: below the chain's own folder, nothing else. */
static bool is_tame_path(const char *path)
{
    if (!*path || *path == '/' || strlen(path) > 255) {
        return false;
    }
    for (const char *part = path; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (*part == '.' || *part == '/' || !*part) {
            return false;
        }
    }
    for (; *path; path++) {
        if (iscntrl((unsigned char)*path)) {
            return false;
        }
    }
    return true;
}

static void write_text(struct gs_session *session, const struct gs_target *target, const struct gs_atom *atom)
{
    char **now = &session->chain->stages[target->stage].text[target->text];
    if (!is_text(atom)) {
        gs_reply_error(session, target->address, "bad-type", "expected a text");
        return;
    }
    if (!is_tame_path(atom->text)) {
        gs_reply_error(session, target->address, "out-of-range",
                       "'%.60s': expected a name below the folder of the chain", atom->text);
        return;
    }
    gs_landing_note(session);
    char *copy = strdup(atom->text);
    struct gs_change *change = copy ? gs_change_note(session) : NULL;
    if (!change) {
        free(copy);
        return;
    }
    *change = (struct gs_change){ .slot = target->slot,
                                  .row = target->row,
                                  .stage = target->stage,
                                  .text = target->text,
                                  .text_before = *now,
                                  .shapes = true };
    *now = copy;
    /* There is one: its stage's other values are checked with it. */
    session->chain->value[target->slot] = 1.0;
    session->recompile = true;
    gs_feedback_changed(session, target->slot);
}

/* The nearest position of a knob whose positions are themselves parameters. */
static double fitting(const struct gs_session *session, const struct gs_target *target, double value)
{
    const struct gs_chain *chain = session->chain;
    const struct gs_chain_stage *stage = &chain->stages[target->stage];
    size_t index = target->slot - stage->first_slot;
    bool asks = stage->kind->snap && index < stage->kind->n_params && !isnan(value);
    return asks ? stage->kind->snap(&chain->value[stage->first_slot], index, value) : value;
}

/* "default": nobody says it any more, and what data sheet or default say comes back. */
static bool write_default(struct gs_session *session, const struct gs_target *target,
                          const struct gs_atom *atom)
{
    if (target->aspect != GS_ASPECT_VALUE || !is_text(atom) || strcmp(atom->text, "default") != 0) {
        return false;
    }
    double base = fitting(session, target, session->chain->base[target->slot]);
    gs_value_restore(session, target->stage, target->slot, target->row, base, false);
    return true;
}

void gs_value_write(struct gs_session *session, const struct gs_target *target, const struct gs_atom *atom)
{
    if (target->text >= 0) {
        write_text(session, target, atom);
        return;
    }
    if (target->aspect == GS_ASPECT_TEXT) {
        gs_reply_error(session, target->address, "read-only", "a text to read; set it without '/text'");
        return;
    }
    double number, value;
    if (write_default(session, target, atom)) {
        return;
    }
    if (!take_number(session, target, atom, &number)) {
        return;
    }
    if (target->aspect == GS_ASPECT_STEP) {
        value = stepped(target->row, session->chain->value[target->slot], number);
    } else {
        value = target->aspect == GS_ASPECT_WAY ? gs_param_from_way(target->row, number)
                                                : gs_param_snap(target->row, number);
        gs_feedback_said(session, target->slot, target->aspect, number);
    }
    value = fitting(session, target, value);
    gs_value_apply(session, target->stage, target->slot, target->row, value);
}
