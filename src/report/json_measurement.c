/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage measure --json`: see measurement.h. */
#include "report/json_figures.h"

#include <math.h>

/* A millionth of a decibel, of full scale or of a count is beyond every meter, and keeps the file readable. */
static void add_number(cJSON *to, const char *key, double number)
{
    if (isfinite(number)) {
        cJSON_AddNumberToObject(to, key, round(number * 1e6) / 1e6);
    } else {
        cJSON_AddNullToObject(to, key);
    }
}

void gs_json_figures(cJSON *to, const struct gs_figure *figures, const double *value, bool scales)
{
    for (size_t i = 0; figures[i].key; i++) {
        if (!figures[i].scale || scales) {
            add_number(to, figures[i].key, value[i]);
        }
    }
}

cJSON *gs_json_channel(const double *figures, const double *overs, bool scales)
{
    cJSON *channel = cJSON_CreateObject();
    gs_json_figures(channel, gs_channel_figures, figures, scales);
    gs_json_figures(cJSON_AddObjectToObject(channel, "overs"), gs_over_figures, overs, scales);
    return channel;
}

static void add_wire(cJSON *to, const char *key, const struct gs_measurement *m,
                     const struct gs_figure *figures)
{
    double value[GS_FIGURES_MAX];
    gs_figures_read(m->readout, 0, figures, value);
    gs_json_figures(cJSON_AddObjectToObject(to, key), figures, value, m->scales);
}

static cJSON *measurement_object(const struct gs_measurement *m)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "gainstage_measurement", 1);
    cJSON_AddStringToObject(json, "file", m->file);
    cJSON_AddNumberToObject(json, "rate_hz", m->rate_hz);
    cJSON_AddNumberToObject(json, "frames", (double)m->frames);
    cJSON *channels = cJSON_AddArrayToObject(json, "channels");
    for (unsigned c = 0; c < m->channels; c++) {
        double figures[GS_FIGURES_MAX], overs[GS_FIGURES_MAX];
        gs_figures_read(m->readout, c, gs_channel_figures, figures);
        gs_figures_read(m->readout, c, gs_over_figures, overs);
        cJSON_AddItemToArray(channels, gs_json_channel(figures, overs, m->scales));
    }
    add_wire(json, "loudness", m, gs_loudness_figures);
    if (m->channels >= 2) {
        add_wire(json, "correlation", m, gs_correlation_figures);
    }
    return json;
}

char *gs_measurement_json(const struct gs_measurement *measurement, size_t n, bool list)
{
    cJSON *json = list ? cJSON_CreateArray() : measurement_object(measurement);
    for (size_t i = 0; list && i < n; i++) {
        cJSON_AddItemToArray(json, measurement_object(&measurement[i]));
    }
    char *text = json ? cJSON_Print(json) : NULL;
    cJSON_Delete(json);
    return text;
}
