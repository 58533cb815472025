/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See row.h. */
#include "catalog/row.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>

/* The text that a number may be instead; NULL: none. */
static const char *word_of(const struct gs_param *row)
{
    return row->flags & GS_PARAM_MINUS_INF ? "-inf" : row->choices ? row->choices[0].word : NULL;
}

static char *number_range(const struct gs_param *row, char text[GS_ROW_TEXT_SIZE])
{
    char low[GS_NUMBER_SIZE], high[GS_NUMBER_SIZE], step[GS_NUMBER_SIZE];
    const char *unit = gs_unit_name(row->unit), *word = word_of(row);
    gs_number_text(step, row->step);
    snprintf(text, GS_ROW_TEXT_SIZE, "%s to %s%s%s%s%s%s%s%s", gs_number_text(low, row->min),
             gs_number_text(high, row->max), *unit ? " " : "", unit, row->step > 0 ? " in steps of " : "",
             row->step > 0 ? step : "", word ? ", or \"" : "", word ? word : "", word ? "\"" : "");
    return text;
}

char *gs_row_range(const struct gs_param *row, char text[GS_ROW_TEXT_SIZE])
{
    if (row->type == GS_NUMBER) {
        return number_range(row, text);
    }
    snprintf(text, GS_ROW_TEXT_SIZE, "%s",
             row->type == GS_SWITCH       ? "true or false"
             : row->type == GS_CHOICE     ? "one of"
             : row->flags & GS_PARAM_FILE ? "the name of a sound file"
                                          : "text");
    return text;
}

char *gs_row_default(const struct gs_param *row, char text[GS_ROW_TEXT_SIZE])
{
    char number[GS_NUMBER_SIZE];
    const char *unit = row->type == GS_NUMBER ? gs_unit_name(row->unit) : "";
    bool worded = row->type == GS_NUMBER && isnan(row->def) && row->choices;
    const char *value = worded                                    ? row->choices[0].word
                        : row->type == GS_TEXT || isnan(row->def) ? "none"
                        : row->type == GS_SWITCH                  ? (row->def >= 0.5 ? "true" : "false")
                        : row->type == GS_CHOICE                  ? row->choices[(size_t)row->def].word
                                                                  : gs_number_text(number, row->def);
    bool unitless = !*unit || isnan(row->def);
    snprintf(text, GS_ROW_TEXT_SIZE, "%s%s%s", value, unitless ? "" : " ", unitless ? "" : unit);
    return text;
}

const char *gs_row_type(const struct gs_param *row)
{
    static const char *const types[] = {
        [GS_NUMBER] = "number", [GS_SWITCH] = "true|false", [GS_CHOICE] = "word", [GS_TEXT] = "text"
    };
    return types[row->type];
}
