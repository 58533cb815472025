/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The address reference: the rows that answer, told one by one. */
#include "session/state.h"

#include <math.h>
#include <stdio.h>

struct telling {
    void (*visit)(void *context, const struct gs_address_row *row);
    void *context;
    const struct gs_chain *chain; /* NULL: none at hand */
};

static void tell(const struct telling *telling, const struct gs_address_row *row)
{
    struct gs_address_row whole = *row;
    whole.types = row->types ? row->types : "";
    whole.answer = row->answer ? row->answer : "";
    whole.unit = row->unit ? row->unit : "";
    whole.doc = row->doc ? row->doc : "";
    whole.access =
        (*whole.answer ? GS_ACCESS_READ : 0) | (*whole.types || !*whole.answer ? GS_ACCESS_WRITE : 0);
    telling->visit(telling->context, &whole);
}

/* What only answers its state has nothing to write; a trigger is written without a value. */
static unsigned verb_access(const struct gs_verb *verb)
{
    if (verb->flags & GS_VERB_QUIET) {
        return 0;
    }
    unsigned state = verb->flags & GS_VERB_STATE ? GS_ACCESS_READ : 0;
    return state | (verb->types || !state ? GS_ACCESS_WRITE : 0);
}

static void tell_verbs(const struct telling *telling)
{
    for (const struct gs_verb *verb = gs_verbs; verb->address; verb++) {
        struct gs_target target = { .verb = verb, .text = -1 };
        bool ranged = verb->min < verb->max;
        if (verb->doc) {
            telling->visit(telling->context,
                           &(struct gs_address_row){ .address = verb->address,
                                                     .types = verb->types ? verb->types : "",
                                                     .answer = verb->answer ? verb->answer : "",
                                                     .unit = verb->unit ? verb->unit : "",
                                                     .min = ranged ? verb->min : NAN,
                                                     .max = ranged ? verb->max : NAN,
                                                     .doc = verb->doc,
                                                     .access = verb_access(verb),
                                                     .stage = -1,
                                                     .target = &target });
        }
    }
}

static void tell_faces(const struct telling *telling, const char *prefix, int stage)
{
    for (const struct gs_face *face = gs_faces; face->path; face++) {
        struct gs_target target = { .face = face, .stage = (unsigned)stage, .text = -1 };
        char address[GS_ADDRESS_SIZE];
        snprintf(address, sizeof address, "%s/%s", prefix, face->path);
        tell(telling, &(struct gs_address_row){ .address = address,
                                                .types = face->types,
                                                .answer = face->answer,
                                                .unit = face->unit,
                                                .min = face->min,
                                                .max = face->max,
                                                .doc = face->doc,
                                                .stage = stage,
                                                .target = &target });
    }
}

struct reading_telling {
    const struct telling *telling;
    const char *prefix;
    int stage;
    enum gs_domain in, out; /* 0: no chain is at hand */
};

/* That of the wire; without a chain what all of them have in common. */
static const char *unit_of_reading(const struct reading_telling *at, const struct gs_target *target)
{
    const char *unit = gs_reading_row(target->reading)->unit;
    enum gs_domain domain = target->before ? at->in : at->out;
    return unit ? unit : at->stage < 0 ? "dB" : gs_domain_unit(domain);
}

static double end_or_none(double end)
{
    return isinf(end) ? NAN : end;
}

/* Channels are told once, at the reading itself. */
static bool tell_reading(void *context, const char *path, const struct gs_target *target)
{
    const struct reading_telling *at = context;
    const struct gs_reading *row = gs_reading_row(target->reading);
    bool level = row->low == row->high; /* or a ratio in decibels: meter.h */
    struct gs_target here = *target;
    here.stage = (unsigned)at->stage;
    char address[GS_ADDRESS_SIZE];
    snprintf(address, sizeof address, "%s/%s", at->prefix, path);
    if (!target->channel) {
        tell(at->telling, &(struct gs_address_row){ .address = address,
                                                    .answer = "f",
                                                    .unit = unit_of_reading(at, target),
                                                    .min = level ? -GS_SCALE_END_DB : end_or_none(row->low),
                                                    .max = level ? GS_SCALE_END_DB : end_or_none(row->high),
                                                    .doc = row->doc,
                                                    .stage = at->stage,
                                                    .target = &here });
    }
    return true;
}

static double top(const struct gs_param *row)
{
    return row->type == GS_NUMBER ? row->max : row->type == GS_CHOICE ? (double)gs_param_choices(row) - 1 : 1;
}

/* `at` says stage, slot and text; `stage` of a row is -1 where no chain is at hand. */
static void tell_value(const struct telling *telling, const char *address, const struct gs_param *row,
                       const struct gs_target *at, int stage)
{
    struct gs_target target = *at;
    target.aspect = GS_ASPECT_VALUE;
    bool text = row->type == GS_TEXT;
    const char *types = text                             ? "s"
                        : row->type == GS_CHOICE         ? "f | s"
                        : row->flags & GS_PARAM_OPTIONAL ? "f | N"
                                                         : "f";
    tell(telling,
         &(struct gs_address_row){ .address = address,
                                   .types = types,
                                   .answer = text ? "s" : "f",
                                   .unit = gs_unit_name(row->unit),
                                   .min = text                              ? NAN
                                          : row->flags & GS_PARAM_MINUS_INF ? -90.0
                                          : row->type == GS_NUMBER          ? row->min
                                                                            : 0.0,
                                   .max = text ? NAN : top(row),
                                   .base = telling->chain ? telling->chain->base[at->slot] : row->def,
                                   .doc = row->doc,
                                   .param = row,
                                   .stage = stage,
                                   .target = &target });
}

static void tell_spelling(const struct telling *telling, struct gs_address_row row,
                          const struct gs_target *at, enum gs_aspect aspect)
{
    struct gs_target target = *at;
    target.aspect = aspect;
    row.spelling = (enum gs_spelling)aspect;
    row.target = aspect == GS_ASPECT_STEP ? NULL : &target;
    tell(telling, &row);
}

static void tell_aspects(const struct telling *telling, const char *prefix, const char *name, const char *way,
                         const struct gs_target *at, int stage)
{
    const struct gs_param *row = at->row;
    char address[GS_ADDRESS_SIZE];
    snprintf(address, sizeof address, "%s/%s", prefix, name);
    tell_value(telling, address, row, at, stage);
    if (row->type == GS_TEXT) {
        return;
    }
    struct gs_address_row spelled = { .address = address, .param = row, .stage = stage };
    spelled.types = spelled.answer = "f";
    spelled.max = 1;
    spelled.doc = "The same as the way of a fader, 0 to 1.";
    snprintf(address, sizeof address, "%s/%s", prefix, way);
    tell_spelling(telling, spelled, at, GS_ASPECT_WAY);
    spelled.types = NULL;
    spelled.answer = "s";
    spelled.min = spelled.max = NAN;
    spelled.doc = "The same as a text for a label.";
    snprintf(address, sizeof address, "%s/%s/text", prefix, name);
    tell_spelling(telling, spelled, at, GS_ASPECT_TEXT);
    spelled.types = "f";
    spelled.answer = NULL;
    spelled.unit = gs_unit_name(row->unit);
    spelled.doc = "Moves it by so much; by one click at least where it has clicks.";
    snprintf(address, sizeof address, "%s/%s/step", prefix, name);
    tell_spelling(telling, spelled, at, GS_ASPECT_STEP);
}

static void tell_row(const struct telling *telling, const char *prefix, const struct gs_target *at, int stage)
{
    char way[GS_ADDRESS_SIZE];
    if (at->row->flags & GS_PARAM_GAIN) {
        tell_aspects(telling, prefix, "gain", "fader", at, stage);
        return;
    }
    snprintf(way, sizeof way, "%s/fader", at->row->key);
    tell_aspects(telling, prefix, at->row->key, way, at, stage);
}

static void tell_send(const struct telling *telling, const char *prefix, const struct gs_chain *chain,
                      size_t i, size_t send)
{
    for (size_t p = 0; p < GS_SEND_PARAMS; p++) {
        struct gs_target at = { .row = &gs_stage_send[p], .stage = (unsigned)i, .text = -1 };
        at.slot = gs_chain_send_slot(chain, (unsigned)i, send, p);
        tell_row(telling, prefix, &at, (int)i);
    }
}

static void tell_stage(const struct telling *telling, const struct gs_chain *chain, size_t i)
{
    const struct gs_chain_stage *s = &chain->stages[i];
    char prefix[GS_ADDRESS_SIZE], inner[2 * GS_ADDRESS_SIZE];
    snprintf(prefix, sizeof prefix, "/stage/%s", s->id);
    for (size_t p = 0; p < s->kind->n_params + GS_COMMON_PARAMS; p++) {
        struct gs_target at = { .row = gs_stage_param(s->kind, p), .stage = (unsigned)i };
        at.slot = s->first_slot + p;
        at.text = at.row->type == GS_TEXT ? (int)p : -1;
        tell_row(telling, prefix, &at, (int)i);
    }
    for (size_t send = 0; (s->kind->flags & GS_STAGE_SUMS) && send < s->n_sends; send++) {
        snprintf(inner, sizeof inner, "%s/from/%s", prefix, chain->stages[s->sends[send].stage].id);
        tell_send(telling, inner, chain, i, send);
    }
    tell_faces(telling, prefix, (int)i);
    gs_readings_each(tell_reading,
                     &(struct reading_telling){ telling, prefix, (int)i, s->domain_in, s->domain_out });
}

static void tell_any(const struct telling *telling, const char *prefix, const struct gs_param *row)
{
    tell_row(telling, prefix, &(struct gs_target){ .row = row, .text = -1 }, -1);
}

/* Stands for all rows of all kinds where no chain is at hand. */
static const struct gs_param any_parameter = {
    .key = "KEY",
    .label = "Parameter",
    .doc =
        "Any parameter of its kind, under its key in the chain file: see gainstage-chain(5). The gain of a "
        "stage is also there as gain, with gain/text and gain/step, and as fader.",
    .type = GS_NUMBER,
    .min = NAN,
    .max = NAN,
};

void gs_session_describe(const struct gs_chain *chain,
                         void (*visit)(void *context, const struct gs_address_row *row), void *context)
{
    struct telling telling = { visit, context, chain };
    tell_verbs(&telling);
    if (!chain) {
        tell_any(&telling, "/stage/ID", &any_parameter);
        for (size_t i = 0; i < GS_COMMON_PARAMS; i++) {
            tell_any(&telling, "/stage/ID", &gs_stage_common[i]);
        }
        for (size_t i = 0; i < GS_SEND_PARAMS; i++) {
            tell_any(&telling, "/stage/ID/from/ID", &gs_stage_send[i]);
        }
        tell_faces(&telling, "/stage/ID", -1);
        gs_readings_each(tell_reading, &(struct reading_telling){ &telling, "/stage/ID", -1, 0, 0 });
        return;
    }
    for (size_t i = 0; i < chain->n_stages; i++) {
        tell_stage(&telling, chain, i);
    }
}
