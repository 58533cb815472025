/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See render_report.h. */
#include "report/render_report.h"

#include "report/json_figures.h"

#include <math.h>

/* A tenth of a millibel is far below anything that can be measured, and keeps the file readable. */
#define PARTS 1e4

static void add_db(cJSON *to, const char *key, double db)
{
    if (isfinite(db)) {
        cJSON_AddNumberToObject(to, key, round(db * PARTS) / PARTS);
    } else {
        cJSON_AddNullToObject(to, key);
    }
}

static void add_predicted(cJSON *to, const struct gs_report_channel *channel)
{
    cJSON *json = cJSON_AddObjectToObject(to, "predicted");
    gs_json_keys(json, gs_foretold_keys, &channel->predicted, PARTS);
    add_db(to, "agreement_db", channel->agreement.db);
    cJSON_AddBoolToObject(to, "model_error", channel->agreement.model_error);
}

static cJSON *channel_json(const struct gs_report_channel *channel)
{
    cJSON *json = cJSON_CreateObject();
    gs_json_keys(json, gs_channel_keys, channel, PARTS);
    cJSON_AddNumberToObject(json, "overs", (double)channel->overs);
    if (channel->overs) {
        add_db(json, "first_over_s", channel->first_over_s);
    }
    add_predicted(json, channel);
    return json;
}

/* As in "gainstage measure --json". */
static cJSON *meters_json(const struct gs_report_wire *wire)
{
    const struct gs_wire_figures *meters = &wire->meters;
    cJSON *json = cJSON_CreateObject();
    cJSON *channels = cJSON_AddArrayToObject(json, "channels");
    for (unsigned c = 0; c < wire->channels; c++) {
        cJSON_AddItemToArray(channels, gs_json_channel(meters->channel[c], meters->overs[c], true));
    }
    gs_json_figures(cJSON_AddObjectToObject(json, "loudness"), gs_loudness_figures, meters->loudness, true);
    if (wire->channels >= 2) {
        cJSON *correlation = cJSON_AddObjectToObject(json, "correlation");
        gs_json_figures(correlation, gs_correlation_figures, meters->correlation, true);
    }
    return json;
}

static cJSON *wire_json(const struct gs_report_wire *wire)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "stage", wire->stage);
    cJSON_AddStringToObject(json, "domain", gs_domain_name(wire->domain));
    cJSON_AddStringToObject(json, "unit", gs_domain_unit(wire->domain));
    cJSON_AddBoolToObject(json, "linear", !(wire->flags & GS_PREDICT_BENT));
    if (wire->flags & GS_PREDICT_CURVED) {
        add_db(json, "thd_percent", 100 * wire->thd);
    }
    cJSON *channels = cJSON_AddArrayToObject(json, "channels");
    for (unsigned c = 0; c < wire->channels; c++) {
        cJSON_AddItemToArray(channels, channel_json(&wire->channel[c]));
    }
    cJSON_AddItemToObject(json, "meters", meters_json(wire));
    return json;
}

char *gs_render_report_json(const struct gs_render_report *report)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "gainstage_report", 1);
    cJSON_AddStringToObject(json, "chain", report->chain);
    cJSON_AddNumberToObject(json, "rate_hz", report->rate_hz);
    cJSON_AddNumberToObject(json, "frames", (double)report->frames);
    cJSON *wires = cJSON_AddArrayToObject(json, "wires");
    for (size_t w = 0; w < report->n_wires; w++) {
        cJSON_AddItemToArray(wires, wire_json(&report->wires[w]));
    }
    char *text = json ? cJSON_Print(json) : NULL;
    cJSON_Delete(json);
    return text;
}
