/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows as JSON: what `gainstage predict --json` prints. Keys are documented in gainstage(1). */
#include "report/rows.h"

#include <cjson/cJSON.h>

#include <math.h>

/* Numbers that do not exist (nothing there, no ceiling) are null; a hundred-thousandth of a decibel is below
 * all that can be measured. */
static void add_number(cJSON *to, const char *key, double number)
{
    if (isfinite(number)) {
        cJSON_AddNumberToObject(to, key, round(number * 1e5) / 1e5);
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
    add_number(json, "level_db", p->source_level_db);
    add_number(json, "noise_db", p->source_noise_db);
    add_number(json, "noise_a_db", p->source_noise_a_db);
    add_number(json, "ceiling_db", p->source_ceiling_db);
}

static void add_measured(cJSON *to, const struct gs_row *row)
{
    const struct gs_measured *m = &row->measured;
    if (!m->given) {
        return;
    }
    cJSON *json = cJSON_AddObjectToObject(to, "measured");
    add_number(json, "level_db", m->level_db);
    add_number(json, "peak_db", m->peak_db);
    add_number(json, "noise_db", m->noise_db);
    add_number(json, "noise_a_db", m->noise_a_db);
    add_number(json, "sinad_db", m->sinad_db);
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
    add_number(to, "thd_percent", 100 * p->thd);
    add_number(to, "noise_share_percent", 100 * p->share_a);
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
    add_number(json, "gain_db", p->gain_db);
    add_number(json, "level_db", p->level_db);
    add_number(json, "peak_db", p->peak_db);
    add_number(json, "noise_db", p->noise_db);
    add_number(json, "noise_a_db", p->noise_a_db);
    add_number(json, "ceiling_db", p->ceiling_db);
    add_number(json, "nominal_db", p->nominal_db);
    add_number(json, "headroom_db", p->headroom_db);
    add_number(json, "snr_db", p->snr_db);
    add_number(json, "snr_a_db", p->snr_a_db);
    add_number(json, "dynamic_range_db", p->range_db);
    add_number(json, "dynamic_range_a_db", p->range_a_db);
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
    add_number(to, "clip_win_db", w->clip_win_db);
    add_text(to, "noise_bottleneck", id_of(rows, w->noise_bottleneck));
    add_number(to, "noise_win_db", w->noise_win_db);
    add_number(to, "dynamic_range_db", w->dynamic_range_db);
    add_number(to, "dynamic_range_a_db", w->dynamic_range_a_db);
    cJSON *knees = cJSON_AddObjectToObject(to, "knee_gain_db");
    for (size_t i = 0; i < rows->n; i++) {
        if (!isnan(rows->row[i].predicted.knee_gain_db)) {
            add_number(knees, rows->row[i].id, rows->row[i].predicted.knee_gain_db);
        }
    }
    add_number(to, "ceiling_spread_db", w->ceiling_spread_db);
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
