/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reference of kinds: everything that stands in a table stands in every form of it. */
#include "catalog/kinds.h"

#include "catalog/row.h"
#include "catalog/schema.h"

#include <cjson/cJSON.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct gs_choice words[] = { { "off", "" }, { "24", "" }, { NULL, NULL } };

static const struct {
    struct gs_param row;
    const char *range, *given;
} rows[] = {
    { { .type = GS_NUMBER, .unit = GS_UNIT_DB, .min = 0, .max = 75 }, "0 to 75 dB", "0 dB" },
    { { .type = GS_NUMBER, .min = 0.5, .max = 2.5, .step = 0.5, .def = 1 },
      "0.5 to 2.5 in steps of 0.5",
      "1" },
    { { .type = GS_NUMBER,
        .unit = GS_UNIT_DB,
        .min = -90,
        .max = 10,
        .def = -INFINITY,
        .flags = GS_PARAM_MINUS_INF },
      "-90 to 10 dB, or \"-inf\"",
      "-inf dB" },
    { { .type = GS_NUMBER, .unit = GS_UNIT_HZ, .max = 20000, .def = NAN, .flags = GS_PARAM_OPTIONAL },
      "0 to 20000 Hz",
      "none" },
    { { .type = GS_SWITCH, .def = 1 }, "true or false", "true" },
    { { .type = GS_CHOICE, .def = 1, .choices = words }, "one of", "24" },
    { { .type = GS_TEXT, .def = NAN, .flags = GS_PARAM_FILE }, "the name of a sound file", "none" },
};

Test(kinds, rows_in_words)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[GS_ROW_TEXT_SIZE];
        cr_assert_str_eq(gs_row_range(&rows[i].row, text), rows[i].range);
        cr_assert_str_eq(gs_row_default(&rows[i].row, text), rows[i].given);
    }
}

Test(kinds, joins_in_words)
{
    char text[GS_KINDS_JOIN_SIZE];
    cr_assert_str_eq(gs_kinds_join(gs_stage_kind("adc"), text), "volts -> full scale");
    cr_assert_str_eq(gs_kinds_join(gs_stage_kind("source"), text), "-> any unit");
    cr_assert_str_eq(gs_kinds_join(gs_stage_kind("fader"), text), "volts or full scale -> the same");
}

static void man(FILE *to, const struct gs_stage_kind *kind)
{
    (void)kind;
    gs_kinds_man(to);
}

static char *printed(void (*print)(FILE *, const struct gs_stage_kind *), const struct gs_stage_kind *kind)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    print(to, kind);
    fclose(to);
    return text;
}

static void holds(const char *text, const char *before, const char *word, const char *behind)
{
    char wanted[128];
    snprintf(wanted, sizeof wanted, "%s%s%s", before, word, behind);
    cr_assert(strstr(text, wanted), "no \"%s\" in:\n%s", wanted, text);
}

Test(kinds, text_and_manual_have_every_row_and_word)
{
    char *manual = printed(man, NULL);
    for (size_t k = 0; gs_stage_kinds[k]; k++) {
        const struct gs_stage_kind *kind = gs_stage_kinds[k];
        char *text = printed(gs_kinds_describe, kind);
        holds(text, "", kind->key, ": ");
        holds(manual, ".Ss Kind ", kind->key, "\n");
        for (size_t i = 0; i < kind->n_params; i++) {
            holds(text, "\n  ", kind->params[i].key, ": ");
            holds(manual, ".It Cm ", kind->params[i].key, " Ar ");
            for (const struct gs_choice *c = kind->params[i].choices; c && c->word; c++) {
                holds(text, "\n      ", c->word, " ");
                holds(manual, c->word[0] == '-' ? ".It Cm \\" : ".It Cm ", c->word, "\n");
            }
        }
        free(text);
    }
    for (const char *line = manual; line; line = strchr(line + 1, '\n')) {
        const char *start = line + (*line == '\n');
        bool macro = strncmp(start, ".It", 3) == 0 || strncmp(start, ".Bl", 3) == 0 ||
                     strncmp(start, ".El", 3) == 0 || strncmp(start, ".Ss", 3) == 0;
        cr_assert(*start != '.' || macro, "a text that roff takes for a command: %.40s", start);
    }
    free(manual);
}

Test(kinds, lines_fit_a_terminal)
{
    for (size_t k = 0; gs_stage_kinds[k]; k++) {
        char *text = printed(gs_kinds_describe, gs_stage_kinds[k]);
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
            cr_assert_leq(strlen(line), 110, "%s", line);
        }
        free(text);
    }
}

Test(kinds, json_has_every_row)
{
    char *text = gs_schema_kinds_text(NULL);
    cJSON *list = cJSON_Parse(text);
    for (size_t k = 0; gs_stage_kinds[k]; k++) {
        const struct gs_stage_kind *kind = gs_stage_kinds[k];
        const cJSON *json = cJSON_GetArrayItem(list, (int)k), *params = cJSON_GetObjectItem(json, "params");
        cr_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(json, "kind")), kind->key);
        cr_assert_eq((size_t)cJSON_GetArraySize(params), kind->n_params);
        for (size_t i = 0; i < kind->n_params; i++) {
            const struct gs_param *row = &kind->params[i];
            const cJSON *one = cJSON_GetArrayItem(params, (int)i), *def = cJSON_GetObjectItem(one, "default");
            cr_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(one, "key")), row->key);
            bool none = row->type == GS_TEXT || isnan(row->def);
            cr_assert_eq(cJSON_IsNull(def), none, "%s %s", kind->key, row->key);
            if (row->type == GS_NUMBER) {
                cr_assert_eq(cJSON_GetNumberValue(cJSON_GetObjectItem(one, "max")), row->max);
            }
        }
    }
    cJSON_Delete(list);
    free(text);
}
