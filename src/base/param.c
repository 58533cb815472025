/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every parameter row can do: choices, snapping, tapers, text. See gainstage/param.h. */
#include "gainstage/param.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MINUS_INF_AT (-90.0) /* the X32's floor: at and below it a level is off */

size_t gs_param_choices(const struct gs_param *param)
{
    size_t n = 0;
    while (param->choices && param->choices[n].word) {
        n++;
    }
    return n;
}

int gs_param_choice(const struct gs_param *param, const char *word)
{
    for (size_t i = 0; i < gs_param_choices(param); i++) {
        if (strcmp(param->choices[i].word, word) == 0) {
            return (int)i;
        }
    }
    return -1;
}

bool gs_param_is_absent(const struct gs_param *param, const char *word)
{
    return param->type == GS_NUMBER && (param->flags & GS_PARAM_OPTIONAL) &&
           gs_param_choice(param, word) == 0;
}

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

double gs_param_snap(const struct gs_param *param, double value)
{
    if (isnan(value)) {
        return value;
    }
    if (param->type == GS_SWITCH) {
        return value >= 0.5 ? 1.0 : 0.0;
    }
    if (param->type == GS_CHOICE) {
        return clamp(round(value), 0.0, (double)gs_param_choices(param) - 1.0);
    }
    if ((param->flags & GS_PARAM_MINUS_INF) && value <= MINUS_INF_AT) {
        return -INFINITY;
    }
    double inside = clamp(value, param->min, param->max);
    if (param->step > 0) {
        inside = param->min + round((inside - param->min) / param->step) * param->step;
        inside = clamp(inside, param->min, param->max);
    }
    return inside;
}

/* The X32 fader law (pmaillot/X32-Behringer): four straight lines, 0 dB at 0.75, +10 dB at the top. */
static double fader_to_way(double db)
{
    double way = db < -60.0   ? (db + 90.0) / 480.0
                 : db < -30.0 ? (db + 70.0) / 160.0
                 : db < -10.0 ? (db + 50.0) / 80.0
                              : (db + 30.0) / 40.0;
    return clamp(way, 0.0, 1.0);
}

static double fader_from_way(double way)
{
    return way >= 0.5      ? 40.0 * way - 30.0
           : way >= 0.25   ? 80.0 * way - 50.0
           : way >= 0.0625 ? 160.0 * way - 70.0
           : way > 0.0     ? 480.0 * way - 90.0
                           : -INFINITY;
}

static void bounds(const struct gs_param *param, double *low, double *high)
{
    *low = param->type == GS_NUMBER ? param->min : 0.0;
    *high = param->type == GS_NUMBER   ? param->max
            : param->type == GS_CHOICE ? (double)gs_param_choices(param) - 1.0
                                       : 1.0;
}

double gs_param_to_way(const struct gs_param *param, double value)
{
    double low, high;
    bounds(param, &low, &high);
    if (isnan(value) || high <= low) {
        return 0.0;
    }
    if (param->taper == GS_TAPER_FADER) {
        return fader_to_way(value);
    }
    value = clamp(value, low, high);
    if (param->taper == GS_TAPER_LOG) {
        return log(value / low) / log(high / low);
    }
    return (value - low) / (high - low);
}

double gs_param_from_way(const struct gs_param *param, double way)
{
    double low, high;
    bounds(param, &low, &high);
    way = isnan(way) ? 0.0 : clamp(way, 0.0, 1.0);
    if (param->taper == GS_TAPER_FADER) {
        return gs_param_snap(param, fader_from_way(way));
    }
    if (param->taper == GS_TAPER_LOG) {
        return gs_param_snap(param, low * pow(high / low, way));
    }
    return gs_param_snap(param, low + way * (high - low));
}

int gs_param_text(const struct gs_param *param, double value, char *text, size_t size)
{
    if (param->type == GS_SWITCH) {
        return snprintf(text, size, "%s", value >= 0.5 ? "on" : "off");
    }
    if (param->type == GS_CHOICE) {
        int index = isnan(value) ? 0 : (int)gs_param_snap(param, value);
        return snprintf(text, size, "%s", param->choices[index].word);
    }
    if (isnan(value)) {
        bool word = param->type == GS_NUMBER && gs_param_choices(param) > 0;
        return snprintf(text, size, "%s", word ? param->choices[0].word : "not given");
    }
    const char *unit = gs_unit_name(param->unit);
    const char *space = *unit ? " " : "";
    if (isinf(value)) {
        return snprintf(text, size, "%soo%s%s", value < 0 ? "-" : "+", space, unit);
    }
    bool decibel = param->unit >= GS_UNIT_DB && param->unit <= GS_UNIT_DBA;
    return snprintf(text, size, decibel ? "%.1f%s%s" : "%.6g%s%s", value == 0 ? 0.0 : value, space, unit);
}
