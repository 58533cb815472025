/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The address reference: the rows that answer, told one by one. */
#include "session/state.h"

#include <math.h>
#include <stdio.h>

struct telling {
    void (*visit)(void *context, const struct gs_address_row *row);
    void *context;
};

static void tell(const struct telling *telling, const struct gs_address_row *row)
{
    struct gs_address_row whole = *row;
    whole.types = row->types ? row->types : "";
    whole.answer = row->answer ? row->answer : "";
    whole.unit = row->unit ? row->unit : "";
    whole.doc = row->doc ? row->doc : "";
    telling->visit(telling->context, &whole);
}

static void tell_verbs(const struct telling *telling)
{
    for (const struct gs_verb *verb = gs_verbs; verb->address; verb++) {
        if (verb->doc) {
            tell(telling, &(struct gs_address_row){ .address = verb->address,
                                                    .types = verb->types,
                                                    .answer = verb->answer,
                                                    .min = NAN,
                                                    .max = NAN,
                                                    .doc = verb->doc });
        }
    }
}

static void tell_faces(const struct telling *telling, const char *prefix)
{
    for (const struct gs_face *face = gs_faces; face->path; face++) {
        char address[GS_ADDRESS_SIZE];
        snprintf(address, sizeof address, "%s/%s", prefix, face->path);
        tell(telling, &(struct gs_address_row){ .address = address,
                                                .types = face->types,
                                                .answer = face->answer,
                                                .unit = face->unit,
                                                .min = face->min,
                                                .max = face->max,
                                                .doc = face->doc });
    }
}

struct reading_telling {
    const struct telling *telling;
    const char *prefix;
};

/* Channels are told once, at the reading itself. */
static bool tell_reading(void *context, const char *path, const struct gs_target *target)
{
    const struct reading_telling *at = context;
    const struct gs_reading *row = gs_reading_row(target->reading);
    char address[GS_ADDRESS_SIZE];
    snprintf(address, sizeof address, "%s/%s", at->prefix, path);
    if (!target->channel) {
        tell(at->telling, &(struct gs_address_row){ .address = address,
                                                    .answer = "f",
                                                    .unit = row->unit ? row->unit : "dB",
                                                    .min = NAN,
                                                    .max = NAN,
                                                    .doc = row->doc });
    }
    return true;
}

static double top(const struct gs_param *row)
{
    return row->type == GS_NUMBER ? row->max : row->type == GS_CHOICE ? (double)gs_param_choices(row) - 1 : 1;
}

static void tell_value(const struct telling *telling, const char *address, const struct gs_param *row)
{
    bool text = row->type == GS_TEXT;
    const char *types = text ? "s" : row->type == GS_CHOICE ? "f | s" : "f";
    tell(telling, &(struct gs_address_row){ .address = address,
                                            .types = types,
                                            .answer = text ? "s" : "f",
                                            .unit = gs_unit_name(row->unit),
                                            .min = text                              ? NAN
                                                   : row->flags & GS_PARAM_MINUS_INF ? -90.0
                                                   : row->type == GS_NUMBER          ? row->min
                                                                                     : 0.0,
                                            .max = text ? NAN : top(row),
                                            .doc = row->doc });
}

static void tell_aspects(const struct telling *telling, const char *prefix, const struct gs_param *row,
                         const char *name, const char *way)
{
    char address[GS_ADDRESS_SIZE];
    snprintf(address, sizeof address, "%s/%s", prefix, name);
    tell_value(telling, address, row);
    if (row->type == GS_TEXT) {
        return;
    }
    snprintf(address, sizeof address, "%s/%s", prefix, way);
    tell(telling, &(struct gs_address_row){ .address = address,
                                            .types = "f",
                                            .answer = "f",
                                            .min = 0,
                                            .max = 1,
                                            .doc = "The same as the way of a fader, 0 to 1." });
    snprintf(address, sizeof address, "%s/%s/text", prefix, name);
    tell(telling, &(struct gs_address_row){ .address = address,
                                            .answer = "s",
                                            .min = NAN,
                                            .max = NAN,
                                            .doc = "The same as a text for a label." });
    snprintf(address, sizeof address, "%s/%s/step", prefix, name);
    tell(telling, &(struct gs_address_row){ .address = address,
                                            .types = "f",
                                            .unit = gs_unit_name(row->unit),
                                            .min = NAN,
                                            .max = NAN,
                                            .doc = "Moves it by so much; by one click at least where it has "
                                                   "clicks." });
}

static void tell_row(const struct telling *telling, const char *prefix, const struct gs_param *row)
{
    char way[GS_ADDRESS_SIZE];
    if (row->flags & GS_PARAM_GAIN) {
        tell_aspects(telling, prefix, row, "gain", "fader");
        return;
    }
    snprintf(way, sizeof way, "%s/fader", row->key);
    tell_aspects(telling, prefix, row, row->key, way);
}

static void tell_stage(const struct telling *telling, const struct gs_chain *chain, size_t i)
{
    const struct gs_chain_stage *s = &chain->stages[i];
    char prefix[GS_ADDRESS_SIZE], inner[2 * GS_ADDRESS_SIZE];
    snprintf(prefix, sizeof prefix, "/stage/%s", s->id);
    for (size_t p = 0; p < s->kind->n_params + GS_COMMON_PARAMS; p++) {
        tell_row(telling, prefix, gs_stage_param(s->kind, p));
    }
    for (size_t send = 0; (s->kind->flags & GS_STAGE_SUMS) && send < s->n_sends; send++) {
        snprintf(inner, sizeof inner, "%s/from/%s", prefix, chain->stages[s->sends[send].stage].id);
        for (size_t p = 0; p < GS_SEND_PARAMS; p++) {
            tell_row(telling, inner, &gs_stage_send[p]);
        }
    }
    tell_faces(telling, prefix);
    gs_readings_each(tell_reading, &(struct reading_telling){ telling, prefix });
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
    struct telling telling = { visit, context };
    tell_verbs(&telling);
    if (!chain) {
        tell_row(&telling, "/stage/ID", &any_parameter);
        for (size_t i = 0; i < GS_COMMON_PARAMS; i++) {
            tell_row(&telling, "/stage/ID", &gs_stage_common[i]);
        }
        for (size_t i = 0; i < GS_SEND_PARAMS; i++) {
            tell_row(&telling, "/stage/ID/from/ID", &gs_stage_send[i]);
        }
        tell_faces(&telling, "/stage/ID");
        gs_readings_each(tell_reading, &(struct reading_telling){ &telling, "/stage/ID" });
        return;
    }
    for (size_t i = 0; i < chain->n_stages; i++) {
        tell_stage(&telling, chain, i);
    }
}
