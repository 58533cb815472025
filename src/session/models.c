/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The data sheet that a stage is made from: which there are, what they say, and choosing another one. What that
 * changes is part of the packet at hand as if it had been said value by value, and the chain is made anew. */
#include "session/state.h"

#include "chain/choose.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How old what is known of the folders may be: for a look, and where somebody chooses what has just been written. */
#define LOOK_NS   ((uint64_t)2 * GS_NS_PER_S)
#define CHOICE_NS ((uint64_t)100 * GS_NS_PER_MS)

static const struct gs_model_shelf *shelf_of(struct gs_session *session, uint64_t age_ns)
{
    if (!session->shelf.model || session->now_ns >= session->shelf_ns + age_ns) {
        gs_model_shelf_finish(&session->shelf);
        gs_model_shelf_fill(session->chain ? session->chain->path : NULL, &session->shelf);
        session->shelf_ns = session->now_ns;
    }
    return &session->shelf;
}

void gs_models_forget(struct gs_session *session)
{
    gs_model_shelf_finish(&session->shelf);
}

/* ---- the face of a stage ---- */

void gs_model_get(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    (void)text;
    const char *name = session->chain->stages[stage].model;
    *atom = gs_atom_text(name ? name : "");
}

void gs_model_words(struct gs_session *session, unsigned stage,
                    void (*visit)(void *context, const struct gs_word *word), void *context)
{
    const struct gs_model_shelf *shelf = shelf_of(session, LOOK_NS);
    const struct gs_stage_kind *kind = session->chain->stages[stage].kind;
    bool any = false;
    for (size_t i = 0; i < shelf->n; i++) {
        const struct gs_model *model = shelf->model[i];
        if (gs_model_part(model, kind)) {
            struct gs_word none = { "", "", "" };
            struct gs_word word = { model->name, model->title, model->description };
            if (!any) {
                visit(context, &none);
            }
            visit(context, &word);
            any = true;
        }
    }
}

static bool note_name(struct gs_session *session, unsigned stage, const char *name)
{
    gs_landing_note(session);
    char **now = &session->chain->stages[stage].model;
    char *copy = gs_model_is_none(name) ? NULL : strdup(name);
    struct gs_change *change = copy || gs_model_is_none(name) ? gs_change_note(session) : NULL;
    if (!change) {
        free(copy);
        return false;
    }
    *change =
        (struct gs_change){ .stage = stage, .text = GS_CHANGE_MODEL, .text_before = *now, .shapes = true };
    *now = copy;
    session->recompile = true;
    gs_feedback_changed(session, gs_item_stage(session, stage, GS_ITEM_STAGE_MODEL));
    return true;
}

static bool says_the_same(const struct gs_session *session, const struct gs_chain_stage *stage,
                          const double *value)
{
    for (size_t i = 0; i < stage->kind->n_params; i++) {
        if (!gs_param_same(session->chain->value[stage->first_slot + i], value[i])) {
            return false;
        }
    }
    return true;
}

enum gs_status gs_model_ask(struct gs_session *session, unsigned stage, const char *name,
                            struct gs_error *error)
{
    double value[GS_STAGE_PARAMS_MAX];
    return gs_chain_with_model(session->chain, stage, name, shelf_of(session, CHOICE_NS), value, error);
}

enum gs_status gs_model_choose(struct gs_session *session, unsigned stage, const char *name,
                               struct gs_error *error)
{
    const struct gs_chain *chain = session->chain;
    const struct gs_chain_stage *s = &chain->stages[stage];
    double value[GS_STAGE_PARAMS_MAX];
    enum gs_status status =
        gs_chain_with_model(chain, stage, name, shelf_of(session, CHOICE_NS), value, error);
    bool again = strcmp(s->model ? s->model : "", gs_model_is_none(name) ? "" : name) == 0;
    if (status || (again && says_the_same(session, s, value))) {
        return status;
    }
    if (!note_name(session, stage, name)) {
        return gs_fail(error, GS_E_MEMORY, "", "found no memory left, expected some for another data sheet");
    }
    for (size_t i = 0; i < s->kind->n_params; i++) {
        gs_value_of_model(session, stage, s->first_slot + i, &s->kind->params[i], value[i]);
    }
    session->history.apart = true;
    return GS_OK;
}

void gs_model_set(struct gs_session *session, unsigned stage, const struct gs_message *message)
{
    const struct gs_atom *atom = &message->atoms[0];
    struct gs_error error;
    if (atom->tag != 's' && atom->tag != 'S') {
        gs_reply_error(session, message->address, "bad-type",
                       "expected the name of a data sheet, or \"none\"");
    } else if (gs_model_choose(session, stage, atom->text, &error)) {
        gs_reply_error(session, message->address, gs_status_word(error.status), "%s%s%s", error.where,
                       *error.where ? ": " : "", error.text);
    }
}

/* ---- lists ---- */

/* "preamp adc" */
static const char *kinds_of(const struct gs_model *model, char *text, size_t size)
{
    int used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < model->n_parts && used >= 0 && (size_t)used < size; i++) {
        used += snprintf(text + used, size - (size_t)used, "%s%s", i ? " " : "", model->parts[i].kind->key);
    }
    return text;
}

/* The text in argument 0; NULL: none. */
static const char *word_of(const struct gs_message *message)
{
    bool word = message->n_atoms && (message->atoms[0].tag == 's' || message->atoms[0].tag == 'S');
    return word ? message->atoms[0].text : NULL;
}

void gs_verb_models(struct gs_session *session, const struct gs_message *message)
{
    const struct gs_model_shelf *shelf = shelf_of(session, LOOK_NS);
    const char *word = word_of(message);
    const struct gs_stage_kind *kind = word ? gs_stage_kind(word) : NULL;
    int64_t n = 0;
    if (word && *word && !kind) {
        gs_reply_error(session, message->address, "out-of-range", "'%.60s' is no kind of stage", word);
        return;
    }
    for (size_t i = 0; i < shelf->n; i++) {
        const struct gs_model *model = shelf->model[i];
        char kinds[256];
        if (kind && !gs_model_part(model, kind)) {
            continue;
        }
        struct gs_atom atoms[4] = { gs_atom_text(model->name), gs_atom_text(model->title),
                                    gs_atom_text(kinds_of(model, kinds, sizeof kinds)),
                                    gs_atom_text(model->description) };
        gs_reply(session, "/models", atoms, 4);
        n++;
    }
    struct gs_atom count = gs_atom_int(n);
    gs_reply(session, "/models/end", &count, 1);
}

static const struct gs_model *model_on(const struct gs_model_shelf *shelf, const char *name)
{
    for (size_t i = 0; i < shelf->n; i++) {
        if (strcmp(shelf->model[i]->name, name) == 0) {
            return shelf->model[i];
        }
    }
    return NULL;
}

static void tell_value(struct gs_session *session, const struct gs_model *model,
                       const struct gs_model_part *part, const struct gs_model_value *value)
{
    const struct gs_param *row = &part->kind->params[value->index];
    char text[96];
    gs_param_text(row, value->value, text, sizeof text);
    struct gs_atom atoms[8] = {
        gs_atom_text(model->name),
        gs_atom_text(part->kind->key),
        gs_atom_text(row->key),
        isnan(value->value) ? (struct gs_atom){ .tag = 'N' } : gs_atom_float(value->value),
        gs_atom_text(row->label),
        gs_atom_text(text),
        gs_atom_text(value->source),
        gs_atom_text(gs_confidence_word(value->confidence)),
    };
    gs_reply(session, "/models/sheet", atoms, 8);
}

void gs_verb_models_sheet(struct gs_session *session, const struct gs_message *message)
{
    const char *name = word_of(message);
    const struct gs_model *model = name ? model_on(shelf_of(session, LOOK_NS), name) : NULL;
    int64_t n = 0;
    if (!model) {
        gs_reply_error(session, message->address, name ? gs_status_word(GS_E_UNKNOWN) : "bad-type",
                       name ? "no data sheet '%.60s': /models lists them"
                            : "expected the name of a data sheet%s",
                       name ? name : "");
        return;
    }
    for (size_t i = 0; i < model->n_parts; i++) {
        for (size_t v = 0; v < model->parts[i].n_values; v++, n++) {
            tell_value(session, model, &model->parts[i], &model->parts[i].values[v]);
        }
    }
    struct gs_atom atoms[2] = { gs_atom_text(model->name), gs_atom_int(n) };
    gs_reply(session, "/models/sheet/end", atoms, 2);
}
