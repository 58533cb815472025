/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers that the whole chain must reach at 44.1, 48 and 96 kHz and that no single part can show: tones from end to
 * end of the band, sums, a minute of silence, and the level diagram beside the meters. Those of one part stand with
 * its own tests: thermal noise and the RaneNote's microphone in stage/test_microphone.c, word lengths in
 * stage/test_converters.c, fundamental, harmonics and aliases of the knee in stage/test_preamp.c, the compressor in
 * stage/test_dynamics.c, the limiter's ceiling in stage/test_master.c, turns without a click in stage/test_kinds.c,
 * SNR over gain in claims/test_noise_claims.c, clean paths in claims/test_clean_chain.c. */
#include "../support/chain_text.h"
#include "../support/claim.h"
#include "backend/offline.h"
#include "report/rows.h"

#include <cjson/cJSON.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every kind that has a straight part, from the sound to the ear. */
static const char straight[] =
    "{'gainstage':1,'stages':["
    "{'id':'src','kind':'source','domain':'acoustic','signal':'sine','spl_db':74,'frequency_hz':%g},"
    "{'id':'mic','kind':'microphone','sensitivity_mv_pa':20,'source_impedance_ohm':200,'distance_m':0.5},"
    "{'id':'pre','kind':'preamp','gain_db':30,'max_output_dbu':24,'highpass':true,'highpass_hz':40},"
    "{'id':'adc','kind':'adc','dynamic_range_db':115},{'id':'trim','kind':'gain','gain_db':-3},"
    "{'id':'eq','kind':'eq','peak1_db':6,'peak1_hz':5000,'low_shelf_db':-4},"
    "{'id':'fd','kind':'fader','gain_db':-2,'pan':0.4},{'id':'bus','kind':'bus','from':['fd','eq']},"
    "{'id':'out','kind':'master'},{'id':'dac','kind':'dac'},{'id':'mon','kind':'monitor'}]}";

/* Linear level within 0.02 dB on every wire. */
Test(acceptance, tones_from_20_hz_to_20_khz_measure_as_predicted_on_every_wire)
{
    static const double tones[] = { 20, 100, 1000, 10000, 20000 };
    EACH_RATE(rate)
    {
        for (size_t t = 0; t < sizeof tones / sizeof *tones; t++) {
            char text[2048];
            snprintf(text, sizeof text, straight, tones[t]);
            struct claim c = claim_open(text, rate);
            struct bench bench = claim_play(&c, NULL, 1, 1); /* whole cycles of every tone */
            const struct gs_prediction *p = claim_predict_all(&c);
            for (size_t i = 0; i < p->n; i++) {
                double got = bench_reading(&bench, c.chain->stages[i].id, "rms_total");
                double said = p->stage[i].channel[p->stage[i].loudest].rms_db;
                cr_assert_float_eq(got, said, 0.02, "%s, %g Hz at %g: %.4f, predicted %.4f",
                                   c.chain->stages[i].id, tones[t], rate, got, said);
            }
            claim_stop(&bench);
            claim_close(&c);
        }
    }
}

/* Sums within 0.1 dB: the same twice is 6.02 dB more, strangers 3.01. */
Test(acceptance, a_bus_adds_the_same_as_amplitudes_and_strangers_as_powers)
{
    const struct {
        double hz, more_db;
    } second[] = { { 1000, 20 * log10(2) }, { 1700, 10 * log10(2) } };
    EACH_RATE(rate)
    {
        for (int i = 0; i < 2; i++) {
            char text[1024];
            snprintf(text, sizeof text,
                     "{'gainstage':1,'stages':["
                     "{'id':'a','kind':'source','domain':'digital','signal':'sine','level_dbfs':-20},"
                     "{'id':'b','kind':'source','domain':'digital','signal':'sine','level_dbfs':-20,"
                     "'frequency_hz':%g},{'id':'bus','kind':'bus','pan_law':'balance','from':['a','b']},"
                     "{'id':'out','kind':'master'}]}",
                     second[i].hz);
            struct claim c = claim_open(text, rate);
            struct bench bench = claim_play(&c, NULL, 0.5, 1);
            near(bench_reading(&bench, "bus", "rms_total"), -20 + second[i].more_db, 0.1);
            near(claim_predict(&c, "bus")->level_db, -20 + second[i].more_db, 0.02);
            claim_stop(&bench);
            claim_close(&c);
        }
    }
}

/* What the audio thread would choke on: numbers so small that the processor needs a hundred cycles for each. */
static void check_wires(const struct bench *bench, double rate)
{
    const struct gs_plan *plan = gs_engine_plan(bench->engine);
    for (size_t w = 0; w < plan->n_wires; w++) {
        for (unsigned path = 0; path < GS_PATHS; path++) {
            for (unsigned c = 0; c < plan->wires[w].channels; c++) {
                for (unsigned i = 0; i < GS_CELL; i++) {
                    float x = plan->wires[w].ch[path][c][i];
                    cr_assert(x == 0 || isnormal(x), "%s at %g holds %g",
                              bench->chain->stages[plan->wires[w].stage].id, rate, (double)x);
                }
            }
        }
    }
}

/* A tone, then silence: filters, detectors and limiter die away; 60 s of it at one rate, the tail at all. */
Test(acceptance, a_minute_of_silence_leaves_nothing_that_is_no_normal_number)
{
    static const char text[] =
        "{'gainstage':1,'stages':["
        "{'id':'src','kind':'source','domain':'line','signal':'jack','channels':2},"
        "{'id':'pre','kind':'preamp','gain_db':20,'max_output_dbu':20,'highpass':true,'d2_percent':0.1},"
        "{'id':'adc','kind':'adc'},{'id':'eq','kind':'eq','highpass':true,'peak1_db':9,'high_shelf_db':3},"
        "{'id':'comp','kind':'compressor'},{'id':'gate','kind':'gate'},{'id':'sat','kind':'saturator'},"
        "{'id':'bus','kind':'bus','from':['sat']},{'id':'out','kind':'master','limiter':true},"
        "{'id':'dac','kind':'dac','overs_headroom_db':1},{'id':'mon','kind':'monitor'}]}";
    EACH_RATE(rate)
    {
        struct bench bench = bench_open(text, rate);
        unsigned frames = (unsigned)rate / 2;
        float *tone = calloc(frames, sizeof *tone);
        for (unsigned i = 0; i < frames; i++) {
            tone[i] = (float)sin(2 * M_PI * 440 * i / rate);
        }
        bench_run(&bench, tone, NULL, NULL, frames, 1024);
        cr_assert_gt(bench_reading(&bench, "mon", "rms_total"), 40);
        for (int second = 0; second < (rate == 48000 ? 60 : 5); second++) {
            bench_run(&bench, NULL, NULL, NULL, (unsigned)rate / GS_CELL * GS_CELL, 1024);
            check_wires(&bench, rate);
        }
        free(tone);
        bench_close(&bench);
    }
}

static double number(const cJSON *stage, const char *key)
{
    const cJSON *value = cJSON_GetObjectItem(cJSON_GetObjectItem(stage, "measured"), key);
    return cJSON_IsNumber(value) ? value->valuedouble : -INFINITY;
}

/* From a render to its report, from the report to the rows of the diagram, from those to JSON: what stands there is
 * what the meters of an engine show that plays the same. */
Test(acceptance, the_level_diagram_says_what_the_meters_say)
{
    EACH_RATE(rate)
    {
        char text[2048], file[256];
        snprintf(text, sizeof text, straight, 1000.0);
        struct claim c = claim_open(text, rate);
        struct gs_render render = { .chain = c.chain, .rate_hz = rate, .seconds = 2 };
        struct gs_render_report report;
        struct gs_errors errors = { 0 };
        cr_assert_eq(gs_render_run(&render, &report, &errors), GS_OK);
        char *json = gs_render_report_json(&report);
        test_write(test_file(file, sizeof file, "report.json"), json);
        const char *ids[GS_CHAIN_STAGES_MAX];
        struct gs_measured measured[GS_CHAIN_STAGES_MAX];
        struct gs_error error;
        struct gs_rows rows;
        for (size_t i = 0; i < c.chain->n_stages; i++) {
            ids[i] = c.chain->stages[i].id;
        }
        cr_assert_eq(gs_render_report_read(file, ids, c.chain->n_stages, measured, &error), GS_OK);
        cr_assert(gs_rows_init(&rows, c.chain, claim_predict_all(&c), rate, GS_VIEW_STAGES, measured));
        char *drawn = gs_rows_json(&rows);
        cJSON *diagram = cJSON_Parse(drawn), *stage = NULL;
        struct bench bench = claim_play(&c, NULL, 0, 2);
        cJSON_ArrayForEach(stage, cJSON_GetObjectItem(diagram, "stages"))
        {
            const char *id = cJSON_GetObjectItem(stage, "id")->valuestring;
            near(number(stage, "level_db"), bench_reading(&bench, id, "rms_total"), 1e-3);
            near(number(stage, "peak_db"), bench_reading(&bench, id, "peak"), 1e-3);
            if (strcmp(id, "src") != 0) {
                near(number(stage, "noise_db"), bench_reading(&bench, id, "error_noise_total"), 1e-3);
                near(number(stage, "noise_a_db"), bench_reading(&bench, id, "error_noise_a_total"), 1e-3);
            }
        }
        cr_assert_eq(cJSON_GetArraySize(cJSON_GetObjectItem(diagram, "stages")), (int)c.chain->n_stages);
        claim_stop(&bench);
        cJSON_Delete(diagram);
        free(drawn);
        free(json);
        gs_rows_finish(&rows);
        free(report.wires);
        claim_close(&c);
    }
    test_folder_remove();
}
