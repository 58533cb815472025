/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keys of the JSON are the keys of the tables that the manual page is made of: none more, none fewer. */
#include "report/keys.h"

#include "../support/claim.h"
#include "backend/offline.h"
#include "report/rows.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static const char strip[] =
    "{'gainstage':1,'stages':[{'id':'src','kind':'source','domain':'line','signal':'sine','level_dbu':-20},"
    "{'id':'pre','kind':'preamp','gain_db':40,'max_output_dbu':16,'ein_dbu':-125,'output_noise_dbu':-90},"
    "{'id':'ad','kind':'adc','dynamic_range_db':100},{'id':'out','kind':'master'}]}";

static bool documented(const struct gs_key *table, const char *key)
{
    for (; table->key; table++) {
        if (strcmp(table->key, key) == 0) {
            return true;
        }
    }
    return false;
}

static void same_keys(const cJSON *object, const struct gs_key *table)
{
    cr_assert(cJSON_IsObject(object), "%s is no object", table->key);
    for (const cJSON *item = object->child; item; item = item->next) {
        cr_assert(documented(table, item->string), "%s is in no manual", item->string);
    }
    for (; table->key; table++) {
        cr_assert(cJSON_HasObjectItem(object, table->key), "%s is not there", table->key);
        cr_assert_gt(strlen(table->doc), 3, "%s", table->key);
    }
}

Test(keys, of_a_prediction)
{
    struct claim c = claim_open(strip, 48000);
    struct gs_measured measured[4];
    struct gs_rows rows;
    for (int i = 0; i < 4; i++) {
        measured[i] = (struct gs_measured){ .given = true, .level_db = -1, .overs = 3 };
    }
    cr_assert(gs_rows_init(&rows, c.chain, claim_predict_all(&c), 48000, GS_VIEW_STAGES, measured));
    char *text = gs_rows_json(&rows);
    cJSON *json = cJSON_Parse(text);
    const cJSON *pre = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "stages"), 1);
    same_keys(json, gs_prediction_keys);
    same_keys(pre, gs_stage_keys);
    same_keys(cJSON_GetObjectItem(pre, "input_referred"), gs_referred_keys);
    same_keys(cJSON_GetObjectItem(pre, "measured"), gs_measured_keys);
    const struct gs_predicted *p = claim_predict(&c, "pre");
    near(cJSON_GetObjectItem(pre, "thd_percent")->valuedouble, 100 * p->thd, 1e-4);
    near(cJSON_GetObjectItem(pre, "snr_a_db")->valuedouble, p->snr_a_db, 1e-4);
    near(cJSON_GetObjectItem(cJSON_GetObjectItem(pre, "input_referred"), "noise_db")->valuedouble,
         p->source_noise_db, 1e-4);
    cJSON_Delete(json);
    free(text);
    gs_rows_finish(&rows);
    claim_close(&c);
}

Test(keys, of_a_report)
{
    struct claim c = claim_open(strip, 48000);
    struct gs_render_report report = { 0 };
    struct gs_errors errors = { 0 };
    struct gs_render render = { .chain = c.chain, .rate_hz = 48000, .seconds = 0.5 };
    cr_assert_eq(gs_render_run(&render, &report, &errors), GS_OK);
    char *text = gs_render_report_json(&report);
    cJSON *json = cJSON_Parse(text);
    const cJSON *wire =
        cJSON_GetArrayItem(cJSON_GetObjectItem(json, "wires"), 1); /* it clips: all is there */
    const cJSON *channel = cJSON_GetArrayItem(cJSON_GetObjectItem(wire, "channels"), 0);
    same_keys(json, gs_report_keys);
    same_keys(wire, gs_wire_keys);
    same_keys(channel, gs_channel_keys);
    same_keys(cJSON_GetObjectItem(channel, "predicted"), gs_foretold_keys);
    near(cJSON_GetObjectItem(channel, "rms_db")->valuedouble, report.wires[1].channel[0].rms_db, 1e-3);
    cJSON_Delete(json);
    free(text);
    free(report.wires);
    gs_errors_finish(&errors);
    claim_close(&c);
}
