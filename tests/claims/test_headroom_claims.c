/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What teachers say about headroom: the room from peak to ceiling, at every stage of the chain; the stage with the
 * least of it clips first; the output of one stage set for the input of the next; every box as its data sheet draws
 * it. An optimiser that sets all gains does not exist yet: the test turns the knobs by the rule it will follow. */
#include "../support/claim.h"
#include "../support/paths.h"
#include "chain/models.h"
#include "report/rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char desk[] =
    "{'gainstage':1,'alignment':{'dbu_at_0dbfs':18,'nominal_dbfs':-18},'stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'%s','level_dbu':-40},"
    "{'id':'pre','kind':'preamp','gain_db':40,'max_output_dbu':24,'ein_dbu':-128},"
    "{'id':'adc','kind':'adc','dynamic_range_db':110},{'id':'fd','kind':'fader','pan_law':'balance'},"
    "{'id':'out','kind':'master'}]}";

static struct claim open_desk(const char *signal, double rate_hz)
{
    char text[1000];
    snprintf(text, sizeof text, desk, signal);
    return claim_open(text, rate_hz);
}

/* The stage that the prediction names is the one whose counter moves first when the tone is raised. Rendered. */
Test(claims, the_stage_with_the_least_room_clips_first)
{
    static const double pre_max[] = { 12, 30 };
    static const char *const first[] = { "pre", "adc" };
    for (int i = 0; i < 2; i++) {
        struct claim c = open_desk("sine", 48000);
        claim_set(&c, "pre", "max_output_dbu", pre_max[i]);
        const struct gs_prediction *p = claim_predict_all(&c);
        cr_assert_str_eq(c.chain->stages[p->clips_first].id, first[i]);
        double margin = p->stage[p->clips_first].margin_db;
        near(margin, fmin(pre_max[i], 18), 0.01);
        for (int over = 0; over < 2; over++) {
            claim_set(&c, "src", "level_dbu", -40 + margin + (over ? 0.3 : -0.3));
            struct bench bench = claim_play(&c, NULL, 0.1, 0.4);
            for (size_t s = 0; s < c.chain->n_stages; s++) {
                bool named = over && strcmp(c.chain->stages[s].id, first[i]) == 0;
                cr_assert_eq(claim_clips(&bench, c.chain->stages[s].id) > 0, named, "%s",
                             c.chain->stages[s].id);
            }
            claim_stop(&bench);
        }
        claim_close(&c);
    }
}

/* Headroom is ceiling minus peak, whatever plays: 0.1 dB less than that more gain is clean, 0.1 dB more clips. */
Test(claims, headroom_is_from_the_peak_to_the_maximum)
{
    static const char *const signals[] = { "sine", "pink", "jack" };
    float *take = calloc(96000, sizeof *take);
    for (int i = 0; i < 96000; i++) { /* strokes that die away */
        take[i] = (float)(0.7 * exp(-(i % 12000) / 2000.0) * sin(2 * M_PI * 80 * i / 48000.0));
    }
    for (size_t s = 0; s < sizeof signals / sizeof *signals; s++) {
        struct claim c = open_desk(signals[s], 48000);
        claim_set(&c, "pre", "ein_dbu", NAN); /* chance would move the peak */
        claim_set(&c, "adc", "dynamic_range_db", NAN);
        struct bench bench = claim_play(&c, take, 0, 2);
        double headroom = claim_predict(&c, "adc")->ceiling_db - bench_reading(&bench, "adc", "peak");
        claim_stop(&bench);
        if (s == 0) {
            near(headroom, claim_predict(&c, "adc")->headroom_db, 0.02);
        }
        for (int over = 0; over < 2; over++) {
            claim_set(&c, "pre", "gain_db", 40 + headroom + (over ? 0.1 : -0.1));
            struct bench again = claim_play(&c, take, 0, 2);
            cr_assert_eq(claim_clips(&again, "adc") > 0, over, "%s: %+.2f dB", signals[s], headroom);
            claim_stop(&again);
        }
        claim_close(&c);
    }
    free(take);
}

/* The lamp of a stage: 12 dB and more, 6 to 12, less, over; each edge to a tenth. */
Test(claims, the_lamp_is_green_where_there_is_room)
{
    static const struct {
        double room_db;
        enum gs_headroom above, below;
    } edges[] = { { 12, GS_HEADROOM_GOOD, GS_HEADROOM_SMALL },
                  { 6, GS_HEADROOM_SMALL, GS_HEADROOM_LOW },
                  { 0, GS_HEADROOM_LOW, GS_HEADROOM_OVER } };
    struct claim c = open_desk("sine", 48000);
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        for (int side = 0; side < 2; side++) {
            struct gs_rows rows;
            claim_set(&c, "src", "level_dbu", -40 + 18 - edges[i].room_db + (side ? 0.1 : -0.1));
            cr_assert(gs_rows_init(&rows, c.chain, claim_predict_all(&c), 48000, GS_VIEW_STAGES, NULL));
            cr_assert_eq(rows.row[2].headroom, side ? edges[i].below : edges[i].above, "%g dB %+d",
                         edges[i].room_db, side);
            gs_rows_finish(&rows);
        }
    }
    claim_close(&c);
}

static const char cascade[] =
    "{'gainstage':1,'alignment':{'dbu_at_0dbfs':18,'nominal_dbfs':-18},'stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'sine','level_dbu':-40},"
    "{'id':'pre','kind':'preamp','gain_db':44,'max_output_dbu':24,'ein_dbu':-128,'output_noise_dbu':-95},"
    "{'id':'amp','kind':'preamp','gain_db':0,'max_output_dbu':27,'output_noise_dbu':-85},"
    "{'id':'att','kind':'gain','gain_db':0},{'id':'adc','kind':'adc','dynamic_range_db':105},"
    "{'id':'out','kind':'master'}]}";

/* The rule of the optimised method: from first to last each gain lifts the peak to its own ceiling, rounded down to
 * a step of 1 dB; an attenuator meets the next input. Then all clip within a step, and the dynamic range is not
 * smaller than with unity gain behind the first stage. */
Test(claims, the_output_of_one_stage_is_set_for_the_input_of_the_next)
{
    static const char *const knobs[] = { "pre", "amp", "att" }, *const next[] = { "pre", "amp", "adc" };
    struct claim c = claim_open(cascade, 48000);
    double unity = claim_predict_all(&c)->dynamic_range_db, loud = 24 - 44;
    claim_set(&c, "src", "level_dbu", loud);
    for (int i = 0; i < 3; i++) {
        double gain = claim_get(&c, knobs[i], "gain_db");
        const struct gs_predicted *p = claim_predict(&c, next[i]);
        claim_set(&c, knobs[i], "gain_db", floor(gain + p->headroom_db + 1e-9));
    }
    const struct gs_prediction *whole = claim_predict_all(&c);
    cr_assert_leq(whole->ceiling_spread_db, 1.0 + 0.01);
    cr_assert_geq(whole->dynamic_range_db, unity + 3, "%.1f dB, unity %.1f", whole->dynamic_range_db, unity);
    near(claim_get(&c, "amp", "gain_db"), 3, 0);
    near(claim_get(&c, "att", "gain_db"), -9, 0);
    claim_close(&c);
}

/* ---- every piece of gear as its sheet says ---- */

static double value_of(const struct gs_model_part *part, const char *key)
{
    for (size_t i = 0; part && i < part->n_values; i++) {
        if (strcmp(part->kind->params[part->values[i].index].key, key) == 0) {
            return part->values[i].value;
        }
    }
    return NAN;
}

/* What A-weighted figures mean 2.05 dB less than unweighted ones of white noise: 20000 / 12467. */
static double as_a(const struct gs_model_part *part, const char *key, double db)
{
    double z = value_of(part, key);
    return z > 0.5 ? db - 10 * log10(20000.0 / 12467.0) : db;
}

static unsigned check_adc(const struct gs_model *model, const struct gs_model_part *part)
{
    char text[600];
    snprintf(text, sizeof text,
             "{'gainstage':1,'stages':[{'id':'s','kind':'source','domain':'line','signal':'sine'},"
             "{'id':'x','kind':'adc','model':'%s'},{'id':'m','kind':'master'}]}",
             model->name);
    struct claim c = claim_open(text, 48000);
    const struct gs_predicted *p = claim_predict(&c, "x");
    double full = value_of(part, "full_scale_dbu"), range = value_of(part, "dynamic_range_db");
    near(p->ceiling_db, 0, 0.001);
    if (!isnan(full)) {
        near(p->level_db, p->in_level_db - full, 0.001);
    }
    if (!isnan(range) && isnan(value_of(part, "bits"))) {
        near(p->noise_a_db, as_a(part, "dynamic_range_weighting", -range), 0.01);
    }
    claim_close(&c);
    return !isnan(full) + !isnan(range);
}

/* At the highest gain, with its 150 ohm, and all else left out that would hide the figure. */
static unsigned check_preamp(const struct gs_model *model, const struct gs_model_part *part)
{
    char text[700];
    double ein = value_of(part, "ein_dbu"), out = value_of(part, "max_output_dbu");
    double most = value_of(part, "gain_max_db"), in = value_of(part, "max_input_dbu");
    double gain = isnan(most) ? 60 : most;
    snprintf(text, sizeof text,
             "{'gainstage':1,'stages':[{'id':'s','kind':'source','domain':'line','signal':'sine',"
             "'level_dbu':-90,'source_impedance_ohm':150},"
             "{'id':'x','kind':'preamp','model':'%s','gain_db':%g},"
             "{'id':'m','kind':'master'}]}",
             model->name, gain);
    struct claim c = claim_open(text, 48000);
    claim_set(&c, "x", "output_noise_dbu", NAN);
    claim_set(&c, "x", "input_impedance_ohm", NAN);
    const struct gs_predicted *p = claim_predict(&c, "x");
    near(p->gain_db, gain, 0.001);
    if (!isnan(ein)) {
        near(p->noise_a_db - gain, as_a(part, "ein_weighting", ein), 0.02);
    }
    if (!isnan(out) || !isnan(in)) {
        near(p->ceiling_db, fmin(isnan(out) ? INFINITY : out, isnan(in) ? INFINITY : in + gain), 0.3);
    }
    claim_close(&c);
    return !isnan(ein) + !isnan(out) + !isnan(in);
}

static unsigned check_microphone(const struct gs_model *model, const struct gs_model_part *part)
{
    char text[500];
    snprintf(
        text, sizeof text,
        "{'gainstage':1,'stages':[{'id':'s','kind':'source','domain':'acoustic','signal':'sine','spl_db':94},"
        "{'id':'x','kind':'microphone','model':'%s'},{'id':'m','kind':'master'}]}",
        model->name);
    struct claim c = claim_open(text, 48000);
    const struct gs_predicted *p = claim_predict(&c, "x");
    double per_pascal = 20 * log10(value_of(part, "sensitivity_mv_pa") * 1e-3 / GS_V_RMS_AT_0_DBU);
    double volt_of_spl = per_pascal - 20 * log10(1 / 20e-6);
    double self = value_of(part, "self_noise_dba"), most = value_of(part, "max_spl_db");
    near(p->level_db, 94 + volt_of_spl, 0.01);
    if (!isnan(self)) {
        near(p->noise_a_db, self + volt_of_spl, 0.02);
    }
    if (!isnan(most)) {
        near(p->source_ceiling_db, most, 1.0); /* 0.5 or 1 % THD on the sheet, 1 % in the diagram */
    }
    claim_close(&c);
    return 1 + !isnan(self) + !isnan(most);
}

/* Every box is drawn from its data sheet: level, noise and ceiling of the prediction are the sheet's figures. */
Test(claims, every_piece_of_gear_stands_as_its_sheet_says)
{
    static unsigned (*const check[])(const struct gs_model *,
                                     const struct gs_model_part *) = { check_adc, check_preamp,
                                                                       check_microphone };
    static const char *const kinds[] = { "adc", "preamp", "microphone" };
    char folder[4096];
    struct gs_model_names names;
    unsigned figures = 0;
    setenv("GAINSTAGE_MODELS", test_source_path(folder, sizeof folder, "chains/models"), 1);
    cr_assert_eq(gs_model_names_list(NULL, &names), GS_OK);
    for (size_t i = 0; i < names.n; i++) {
        struct gs_model *model = NULL;
        char *path = gs_model_find(names.list[i], NULL);
        cr_assert_eq(gs_model_load(path, &model, NULL), GS_OK);
        for (size_t k = 0; k < 3; k++) {
            const struct gs_model_part *part = gs_model_part(model, gs_stage_kind(kinds[k]));
            figures += part ? check[k](model, part) : 0;
        }
        gs_model_destroy(model);
        free(path);
    }
    gs_model_names_finish(&names);
    cr_assert_geq(figures, 40, "only %u figures were compared", figures);
}
