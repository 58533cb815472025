/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage measure --json`: see measurement.h. */
#include "report/measurement.h"

#include <cjson/cJSON.h>

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

static void add_figures(cJSON *to, const struct gs_measurement *m, unsigned channel,
                        const struct gs_figure *figure)
{
    for (; figure->key; figure++) {
        if (!figure->scale || m->scales) {
            int reading = gs_reading_find(NULL, figure->reading);
            add_number(to, figure->key, gs_readout_value(m->readout, channel, reading));
        }
    }
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
        cJSON *channel = cJSON_CreateObject();
        add_figures(channel, m, c, gs_channel_figures);
        add_figures(cJSON_AddObjectToObject(channel, "overs"), m, c, gs_over_figures);
        cJSON_AddItemToArray(channels, channel);
    }
    add_figures(cJSON_AddObjectToObject(json, "loudness"), m, 0, gs_loudness_figures);
    if (m->channels >= 2) {
        add_figures(cJSON_AddObjectToObject(json, "correlation"), m, 0, gs_correlation_figures);
    }
    return json;
}

char *gs_measurement_json(const struct gs_measurement *measurement, size_t n)
{
    cJSON *json = n == 1 ? measurement_object(measurement) : cJSON_CreateArray();
    for (size_t i = 0; n != 1 && i < n; i++) {
        cJSON_AddItemToArray(json, measurement_object(&measurement[i]));
    }
    char *text = json ? cJSON_Print(json) : NULL;
    cJSON_Delete(json);
    return text;
}
