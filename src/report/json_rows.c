/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows as JSON: what `gainstage predict --json` prints. Keys are documented in gainstage(1). */
#include "report/rows.h"

#include "report/json_figures.h"

#include <math.h>

/* Numbers that do not exist (nothing there, no ceiling) are null; a hundred-thousandth of a decibel is below
 * all that can be measured. */
#define PARTS 1e5

static void add_number(cJSON *to, const char *key, double number)
{
    if (isfinite(number)) {
        cJSON_AddNumberToObject(to, key, round(number * PARTS) / PARTS);
    } else {
        cJSON_AddNullToObject(to, key);
    }
}

static void add_text(cJSON *to, const char *key, const char *text)
{
    if (text) {
        cJSON_AddStringToObject(to, key, text);
    } else {
        cJSON_AddNullToObject(to, key);
    }
}

static void add_referred(cJSON *to, const struct gs_rows *rows, const struct gs_predicted *p)
{
    const struct gs_row *source = &rows->row[p->source];
    cJSON *json = cJSON_AddObjectToObject(to, "input_referred");
    add_text(json, "source", isnan(p->to_source_db) ? NULL : source->id);
    add_text(json, "unit", gs_domain_unit(source->predicted.domain));
    gs_json_keys(json, gs_referred_keys, p, PARTS);
}

static void add_measured(cJSON *to, const struct gs_row *row)
{
    const struct gs_measured *m = &row->measured;
    if (!m->given) {
        return;
    }
    cJSON *json = cJSON_AddObjectToObject(to, "measured");
    gs_json_keys(json, gs_measured_keys, m, PARTS);
    cJSON_AddNumberToObject(json, "overs", (double)m->overs);
    add_number(to, "agreement_db", row->agreement_db);
    cJSON_AddBoolToObject(to, "model_error", row->marks & GS_MARK_MODEL_ERROR ? 1 : 0);
}

static void add_nature(cJSON *to, const struct gs_row *row)
{
    char text[128];
    const struct gs_predicted *p = &row->predicted;
    cJSON_AddBoolToObject(to, "soft_ceiling", p->soft);
    cJSON_AddBoolToObject(to, "linear", !(p->flags & GS_PREDICT_BENT));
    cJSON_AddBoolToObject(to, "level_assumed", p->flags & GS_PREDICT_ASSUMED ? 1 : 0);
    add_text(to, "note", gs_row_say(row, text, sizeof text) > 0 ? text : NULL);
    add_text(to, "remark", p->remark);
}

static cJSON *stage_json(const struct gs_rows *rows, const struct gs_row *row)
{
    const struct gs_predicted *p = &row->predicted;
    cJSON *json = cJSON_CreateObject();
    add_text(json, "id", row->id);
    add_text(json, "label", row->label);
    add_text(json, "kind", row->kind);
    add_text(json, "unit", gs_domain_unit(p->domain));
    gs_json_keys(json, gs_stage_keys, p, PARTS);
    add_referred(json, rows, p);
    cJSON_AddNumberToObject(json, "latency_frames", p->latency);
    add_nature(json, row);
    add_measured(json, row);
    return json;
}

static const char *id_of(const struct gs_rows *rows, int stage)
{
    return stage < 0 ? NULL : rows->row[stage].id;
}

static void add_whole(cJSON *to, const struct gs_rows *rows)
{
    const struct gs_prediction *w = &rows->whole;
    add_text(to, "clips_first", id_of(rows, w->clips_first));
    add_text(to, "noise_bottleneck", id_of(rows, w->noise_bottleneck));
    gs_json_keys(to, gs_prediction_keys, w, PARTS);
    cJSON *knees = cJSON_AddObjectToObject(to, "knee_gain_db");
    for (size_t i = 0; i < rows->n; i++) {
        if (!isnan(rows->row[i].predicted.knee_gain_db)) {
            add_number(knees, rows->row[i].id, rows->row[i].predicted.knee_gain_db);
        }
    }
}

char *gs_rows_json(const struct gs_rows *rows)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "gainstage_prediction", 1);
    add_text(json, "chain", rows->chain);
    add_number(json, "rate_hz", rows->rate_hz);
    cJSON *stages = cJSON_AddArrayToObject(json, "stages");
    for (size_t i = 0; i < rows->n; i++) {
        cJSON_AddItemToArray(stages, stage_json(rows, &rows->row[i]));
    }
    add_whole(json, rows);
    char *text = json ? cJSON_Print(json) : NULL;
    cJSON_Delete(json);
    return text;
}
