/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See oscquery_row.h. Attributes of the proposal first (README.md and units.md of Vidvox/OSCQueryProposal), then
 * those that a page needs to draw a control it has never heard of. */
#include "control/oscquery_row.h"

#include <math.h>
#include <string.h>

/* A name that the proposal or this file knows. */
static const char *const attributes[] = {
    "FULL_PATH", "CONTENTS",   "TYPE",     "ACCESS",      "VALUE",         "RANGE",
    "UNIT",      "CLIPMODE",   "TAGS",     "DESCRIPTION", "EXTENDED_TYPE", "CRITICAL",
    "OVERLOADS", "HTML",       "LABEL",    "KEY",         "PARAM",         "SPELLING",
    "STEP",      "TAPER",      "DEFAULT",  "CHOICES",     "FLAGS",         "UNIT_TEXT",
    "KIND",      "KIND_LABEL", "MODEL",    "INDEX",       "DOMAIN_IN",     "DOMAIN_OUT",
    "UNIT_IN",   "UNIT_OUT",   "CHANNELS", "INPUTS",      "STAGES",        "MASTER",
};

bool gs_oscquery_is_attribute(const char *name)
{
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        if (strcmp(attributes[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The units of the proposal; ours go by the name that people know as UNIT_TEXT. */
static const struct {
    const char *ours, *theirs;
} units[] = { { "dB", "gain.db" },   { "dBFS", "gain.db" }, /* levels, for want of a unit of theirs */
              { "dBTP", "gain.db" }, { "dBu", "gain.db" },  { "dBSPL", "gain.db" }, { "LUFS", "gain.db" },
              { "LU", "gain.db" },   { "VU", "gain.db" },   { "ms", "time.ms" },    { "s", "time.second" },
              { "Hz", "time.hz" },   { "m", "distance.m" } };

/* "f | s" takes an f; "s [i]" an s, and an i behind it; "any" and nothing take nothing in particular. */
static void type_tags(const struct gs_address_row *row, char tags[GS_ATOMS_MAX])
{
    const char *from = *row->answer && row->access & GS_ACCESS_READ ? row->answer : row->types;
    size_t n = 0;
    if (strcmp(from, "any") == 0) {
        from = "";
    }
    for (; *from && *from != '|' && n < GS_ATOMS_MAX - 1; from++) {
        if (!strchr("[] ", *from)) {
            tags[n++] = *from;
        }
    }
    if (!n && row->access == GS_ACCESS_WRITE && !*row->types) {
        tags[n++] = 'I'; /* a trigger */
    }
    tags[n] = '\0';
}

/* ---- words ---- */

struct wording {
    cJSON *values, *choices;
};

static void take_word(void *context, const struct gs_word *word)
{
    const struct wording *wording = context;
    cJSON *one = cJSON_CreateObject();
    cJSON_AddItemToArray(wording->values, cJSON_CreateString(word->word));
    cJSON_AddStringToObject(one, "WORD", word->word);
    cJSON_AddStringToObject(one, "LABEL", word->label);
    cJSON_AddStringToObject(one, "DESCRIPTION", word->doc);
    cJSON_AddItemToArray(wording->choices, one);
}

static void add_words(cJSON *node, struct gs_session *session, const struct gs_address_row *row)
{
    struct wording wording = { cJSON_CreateArray(), cJSON_CreateArray() };
    gs_session_words(session, row, take_word, &wording);
    if (!wording.values || !wording.values->child) {
        cJSON_Delete(wording.values);
        cJSON_Delete(wording.choices);
        return;
    }
    cJSON *range = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(node, "RANGE");
    cJSON_AddItemToObject(range, "VALS", wording.values);
    cJSON_AddItemToArray(list, range);
    cJSON_AddItemToObject(node, "CHOICES", wording.choices);
}

static bool is_choice(const struct gs_address_row *row)
{
    return row->param && row->param->type == GS_CHOICE && row->spelling == GS_SPELLED_VALUE;
}

static void add_range(cJSON *node, const struct gs_address_row *row)
{
    if (!is_choice(row) && isnan(row->min) && isnan(row->max)) {
        return;
    }
    cJSON *range = cJSON_CreateObject();
    if (is_choice(row)) {
        cJSON *values = cJSON_AddArrayToObject(range, "VALS");
        for (size_t i = 0; i < gs_param_choices(row->param); i++) {
            cJSON_AddItemToArray(values, cJSON_CreateNumber((double)i));
        }
    } else {
        if (!isnan(row->min)) {
            cJSON_AddNumberToObject(range, "MIN", row->min);
        }
        if (!isnan(row->max)) {
            cJSON_AddNumberToObject(range, "MAX", row->max);
        }
    }
    cJSON *list = cJSON_AddArrayToObject(node, "RANGE");
    cJSON_AddItemToArray(list, range);
    if (row->access & GS_ACCESS_WRITE) {
        cJSON *modes = cJSON_AddArrayToObject(node, "CLIPMODE");
        cJSON_AddItemToArray(modes, cJSON_CreateString(isnan(row->max) ? "low" : "both"));
    }
}

static void add_unit(cJSON *node, const struct gs_address_row *row)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(units[i].ours, row->unit) == 0) {
            cJSON *list = cJSON_AddArrayToObject(node, "UNIT");
            cJSON_AddItemToArray(list, cJSON_CreateString(units[i].theirs));
        }
    }
    if (*row->unit) {
        cJSON_AddStringToObject(node, "UNIT_TEXT", row->unit);
    }
}

static void add_choices(cJSON *node, const struct gs_param *param)
{
    cJSON *list = param->choices ? cJSON_AddArrayToObject(node, "CHOICES") : NULL;
    for (const struct gs_choice *choice = param->choices; list && choice->word; choice++) {
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "WORD", choice->word);
        cJSON_AddStringToObject(one, "DESCRIPTION", choice->doc ? choice->doc : "");
        cJSON_AddItemToArray(list, one);
    }
}

static const struct {
    unsigned flag;
    const char *word;
} param_flags[] = { { GS_PARAM_SETUP, "setup" },
                    { GS_PARAM_OPTIONAL, "optional" },
                    { GS_PARAM_GAIN, "gain" },
                    { GS_PARAM_MINUS_INF, "minus_inf" },
                    { GS_PARAM_FILE, "file" } };

static void add_default(cJSON *node, const struct gs_address_row *row)
{
    if (row->param->type == GS_TEXT) {
        return;
    }
    double value = isinf(row->base) && row->base < 0 ? -90.0 : row->base;
    cJSON_AddItemToObject(node, "DEFAULT", isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull());
}

/* What the parameter row says, on each of its spellings. */
static void add_param(cJSON *node, const struct gs_address_row *row)
{
    static const char *const types[] = { "number", "switch", "choice", "text" };
    static const char *const tapers[] = { "linear", "fader", "log" };
    static const char *const spellings[] = { "value", "way", "text", "step" };
    const struct gs_param *param = row->param;
    cJSON_AddStringToObject(node, "KEY", param->key);
    cJSON_AddStringToObject(node, "LABEL", param->label);
    cJSON_AddStringToObject(node, "PARAM", types[param->type]);
    cJSON_AddStringToObject(node, "SPELLING", spellings[row->spelling]);
    if (row->spelling != GS_SPELLED_VALUE) {
        return;
    }
    if (param->type == GS_NUMBER) {
        cJSON_AddNumberToObject(node, "STEP", param->step);
        cJSON_AddStringToObject(node, "TAPER", tapers[param->taper]);
    }
    add_default(node, row);
    add_choices(node, param);
    cJSON *flags = cJSON_AddArrayToObject(node, "FLAGS");
    for (size_t i = 0; flags && i < sizeof param_flags / sizeof *param_flags; i++) {
        if (param->flags & param_flags[i].flag) {
            cJSON_AddItemToArray(flags, cJSON_CreateString(param_flags[i].word));
        }
    }
}

bool gs_oscquery_names(cJSON *node, const struct gs_address_row *row)
{
    char tags[GS_ATOMS_MAX];
    type_tags(row, tags);
    cJSON_AddStringToObject(node, "TYPE", tags);
    cJSON_AddNumberToObject(node, "ACCESS", row->access);
    return cJSON_AddStringToObject(node, "DESCRIPTION", row->doc);
}

void gs_oscquery_limits(cJSON *node, struct gs_session *session, const struct gs_address_row *row)
{
    add_range(node, row);
    add_words(node, session, row);
    add_unit(node, row);
    if (row->param) {
        add_param(node, row);
    }
}

/* ---- stages ---- */

static const struct {
    unsigned flag;
    const char *word;
} stage_flags[] = { { GS_STAGE_SUMS, "sums" }, { GS_STAGE_BYPASS, "bypass" }, { GS_STAGE_MASTER, "master" } };

static void add_inputs(cJSON *node, const struct gs_chain *chain, const struct gs_chain_stage *stage)
{
    cJSON *list = cJSON_AddArrayToObject(node, "INPUTS");
    for (size_t i = 0; list && i < stage->n_sends; i++) {
        cJSON_AddItemToArray(list, cJSON_CreateString(chain->stages[stage->sends[i].stage].id));
    }
}

static void add_stage(cJSON *node, const struct gs_chain *chain, size_t i)
{
    const struct gs_chain_stage *stage = &chain->stages[i];
    cJSON_AddNumberToObject(node, "INDEX", (double)i + 1);
    cJSON_AddStringToObject(node, "LABEL", stage->label);
    cJSON_AddStringToObject(node, "KIND", stage->kind->key);
    cJSON_AddStringToObject(node, "KIND_LABEL", stage->kind->label);
    if (stage->model) {
        cJSON_AddStringToObject(node, "MODEL", stage->model);
    }
    cJSON_AddStringToObject(node, "DOMAIN_IN", gs_domain_name(stage->domain_in));
    cJSON_AddStringToObject(node, "DOMAIN_OUT", gs_domain_name(stage->domain_out));
    cJSON_AddStringToObject(node, "UNIT_IN", gs_domain_unit(stage->domain_in));
    cJSON_AddStringToObject(node, "UNIT_OUT", gs_domain_unit(stage->domain_out));
    cJSON_AddNumberToObject(node, "CHANNELS", stage->channels_out);
    add_inputs(node, chain, stage);
    cJSON *flags = cJSON_AddArrayToObject(node, "FLAGS");
    for (size_t f = 0; flags && f < sizeof stage_flags / sizeof *stage_flags; f++) {
        if (stage->kind->flags & stage_flags[f].flag) {
            cJSON_AddItemToArray(flags, cJSON_CreateString(stage_flags[f].word));
        }
    }
}

void gs_oscquery_stage(cJSON *node, const struct gs_chain *chain, const char *path)
{
    if (!chain || strncmp(path, "/stage", 6) != 0) {
        return;
    }
    if (path[6] == '\0') {
        cJSON *order = cJSON_AddArrayToObject(node, "STAGES");
        for (size_t i = 0; order && i < chain->n_stages; i++) {
            cJSON_AddItemToArray(order, cJSON_CreateString(chain->stages[i].id));
        }
        return;
    }
    for (size_t i = 0; i < chain->n_stages; i++) {
        if (strcmp(path + 7, chain->stages[i].id) == 0) {
            add_stage(node, chain, i);
            return;
        }
    }
}
