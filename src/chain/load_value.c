/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One value of a chain file against the row that describes it. See load.h. */
#include "chain/load.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECTED_SIZE 160
#define CHOICES_MAX   64

/* A value this near to a step, in steps, stands on it: 0.1 has no exact double. */
#define STEP_TOLERANCE 1e-6

static const char *space_unit(const struct gs_param *row, char unit[24])
{
    const char *name = gs_unit_name(row->unit);
    snprintf(unit, 24, "%s%s", *name ? " " : "", name);
    return unit;
}

static char *expected_number(const struct gs_param *row, char expected[EXPECTED_SIZE])
{
    char low[GS_NUMBER_SIZE], high[GS_NUMBER_SIZE], unit[24];
    int used = snprintf(expected, EXPECTED_SIZE, "a number from %s to %s%s%s", gs_number_text(low, row->min),
                        gs_number_text(high, row->max), space_unit(row, unit),
                        row->flags & GS_PARAM_MINUS_INF ? ", or \"-inf\"" : "");
    if (gs_param_choices(row) > 0) {
        snprintf(expected + used, EXPECTED_SIZE - (size_t)used, ", or \"%s\"", row->choices[0].word);
    } else if (row->flags & GS_PARAM_OPTIONAL) {
        snprintf(expected + used, EXPECTED_SIZE - (size_t)used, ", or null");
    }
    return expected;
}

static bool refuse_step(struct gs_load *load, const struct gs_at *at, const struct gs_param *row,
                        double found)
{
    char text[4][GS_NUMBER_SIZE], unit[24];
    double k = floor((found - row->min) / row->step);
    double below = gs_param_snap(row, row->min + k * row->step);
    double above = gs_param_snap(row, row->min + (k + 1) * row->step);
    gs_load_refuse(load, at, GS_E_RANGE, "found %s, expected steps of %s%s: %s or %s",
                   gs_number_text(text[0], found), gs_number_text(text[1], row->step), space_unit(row, unit),
                   gs_number_text(text[2], below), gs_number_text(text[3], above));
    return false;
}

static bool number(struct gs_load *load, const struct gs_at *at, double found, const struct gs_param *row,
                   double *value)
{
    double snapped = gs_param_snap(row, found);
    bool silent = (row->flags & GS_PARAM_MINUS_INF) && isinf(snapped) && snapped < 0;
    if (!silent && (found < row->min || found > row->max)) {
        char text[GS_NUMBER_SIZE], expected[EXPECTED_SIZE];
        gs_load_refuse(load, at, GS_E_RANGE, "found %s, expected %s", gs_number_text(text, found),
                       expected_number(row, expected));
        return false;
    }
    if (!silent && row->step > 0 && fabs(found - snapped) > STEP_TOLERANCE * row->step) {
        return refuse_step(load, at, row, found);
    }
    *value = snapped;
    return true;
}

static bool number_or_silence(struct gs_load *load, const struct gs_at *at, const cJSON *json,
                              const struct gs_param *row, double *value)
{
    bool silence = cJSON_IsString(json) && (row->flags & GS_PARAM_MINUS_INF) &&
                   (strcmp(json->valuestring, "-inf") == 0 || strcmp(json->valuestring, "-oo") == 0);
    if (silence) {
        *value = -INFINITY;
        return true;
    }
    if ((cJSON_IsNull(json) && (row->flags & GS_PARAM_OPTIONAL)) ||
        (cJSON_IsString(json) && gs_param_is_absent(row, json->valuestring))) {
        *value = NAN;
        return true;
    }
    if (!cJSON_IsNumber(json)) {
        char expected[EXPECTED_SIZE];
        gs_load_refuse_type(load, at, json, expected_number(row, expected));
        return false;
    }
    return number(load, at, json->valuedouble, row, value);
}

/* Words that look like numbers ("24") are numbers to people: found by value. */
static int choice_by_number(const struct gs_param *row, double number_found)
{
    for (size_t i = 0; i < gs_param_choices(row); i++) {
        char *end;
        double word = strtod(row->choices[i].word, &end);
        if (end != row->choices[i].word && !*end && word == number_found) {
            return (int)i;
        }
    }
    return -1;
}

static void refuse_choice(struct gs_load *load, const struct gs_at *at, const cJSON *json,
                          const struct gs_param *row)
{
    const char *words[CHOICES_MAX] = { NULL };
    size_t n = gs_param_choices(row) < CHOICES_MAX ? gs_param_choices(row) : CHOICES_MAX;
    char found[GS_FOUND_SIZE];
    for (size_t i = 0; i < n; i++) {
        words[i] = row->choices[i].word;
    }
    bool text = cJSON_IsString(json);
    struct gs_words all = gs_words_of(text ? json->valuestring : "", words, n);
    gs_load_refuse(load, at, text ? GS_E_UNKNOWN : GS_E_TYPE, "found %s, expected one of %s%s%s%s",
                   gs_load_found(found, json), all.list, all.nearest ? ": did you mean `" : "",
                   all.nearest ? all.nearest : "", all.nearest ? "`?" : "");
}

static bool choice(struct gs_load *load, const struct gs_at *at, const cJSON *json,
                   const struct gs_param *row, double *value)
{
    int index = cJSON_IsString(json)   ? gs_param_choice(row, json->valuestring)
                : cJSON_IsNumber(json) ? choice_by_number(row, json->valuedouble)
                                       : -1;
    if (index < 0) {
        refuse_choice(load, at, json, row);
        return false;
    }
    *value = index;
    return true;
}

bool gs_load_value(struct gs_load *load, const struct gs_at *at, const cJSON *json,
                   const struct gs_param *row, double *value)
{
    switch (row->type) {
    case GS_NUMBER:
        return number_or_silence(load, at, json, row, value);
    case GS_CHOICE:
        return choice(load, at, json, row, value);
    case GS_SWITCH:
        if (!cJSON_IsBool(json)) {
            gs_load_refuse_type(load, at, json, "true or false");
            return false;
        }
        *value = cJSON_IsTrue(json) ? 1.0 : 0.0;
        return true;
    case GS_TEXT:
        break;
    }
    if (!cJSON_IsString(json)) {
        gs_load_refuse_type(load, at, json, "text");
        return false;
    }
    *value = 1.0;
    return true;
}
