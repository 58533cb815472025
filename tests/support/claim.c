/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See claim.h. */
#include "claim.h"

#include "paths.h"

#include <math.h>
#include <stdio.h>

const double claim_rates[3] = { 44100, 48000, 96000 };

static struct claim claim_about(struct gs_chain *chain, double rate_hz)
{
    struct claim claim = { .chain = chain, .rate_hz = rate_hz };
    cr_assert_eq(gs_plan_compile(chain, rate_hz, NULL, &claim.plan, NULL), GS_OK);
    claim.predictor = gs_predictor_create(chain, claim.plan->takes, rate_hz);
    cr_assert_not_null(claim.predictor);
    return claim;
}

struct claim claim_open(const char *text, double rate_hz)
{
    return claim_about(bench_parse(text), rate_hz);
}

struct claim claim_open_shipped(const char *name, double rate_hz)
{
    char relative[128], path[4096];
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = NULL;
    snprintf(relative, sizeof relative, "chains/%s.json", name);
    test_source_path(path, sizeof path, relative);
    cr_assert_eq(gs_chain_load(path, &chain, &errors), GS_OK, "%s: %s", path,
                 errors.count ? errors.list[0].text : "");
    gs_errors_finish(&errors);
    return claim_about(chain, rate_hz);
}

void claim_close(struct claim *claim)
{
    gs_predictor_destroy(claim->predictor);
    gs_plan_destroy(claim->plan);
    gs_chain_destroy(claim->chain);
}

static double *slot(const struct claim *claim, const char *stage, const char *key)
{
    int s = gs_chain_find(claim->chain, stage);
    cr_assert_geq(s, 0, "no stage %s", stage);
    int p = gs_stage_param_index(claim->chain->stages[s].kind, key);
    cr_assert_geq(p, 0, "%s has no %s", stage, key);
    return &claim->chain->value[gs_chain_slot(claim->chain, (size_t)s, (size_t)p)];
}

double claim_get(const struct claim *claim, const char *stage, const char *key)
{
    return *slot(claim, stage, key);
}

void claim_set(struct claim *claim, const char *stage, const char *key, double value)
{
    *slot(claim, stage, key) = value;
}

const struct gs_prediction *claim_predict_all(struct claim *claim)
{
    return gs_predictor_run(claim->predictor, NULL);
}

const struct gs_predicted *claim_predict(struct claim *claim, const char *stage)
{
    int s = gs_chain_find(claim->chain, stage);
    cr_assert_geq(s, 0, "no stage %s", stage);
    return &claim_predict_all(claim)->stage[s];
}

static unsigned frames_of(const struct bench *bench, double seconds)
{
    return (unsigned)lround(seconds * gs_engine_rate(bench->engine));
}

void claim_run(struct bench *bench, const float *in, double seconds)
{
    bench_run(bench, in, NULL, NULL, frames_of(bench, seconds), 1024);
    gs_engine_flush(bench->engine);
    gs_engine_poll(bench->engine);
}

struct bench claim_play(const struct claim *claim, const float *in, double settle_s, double seconds)
{
    struct bench bench = bench_engine(claim->chain, claim->rate_hz);
    claim_run(&bench, in, settle_s);
    gs_readout_reset(gs_engine_readout(bench.engine), SIZE_MAX);
    claim_run(&bench, in ? in + frames_of(&bench, settle_s) : NULL, seconds);
    return bench;
}

void claim_stop(struct bench *bench)
{
    gs_engine_park(bench->engine);
    gs_engine_destroy(bench->engine);
}

uint64_t claim_clips(struct bench *bench, const char *stage)
{
    int s = gs_chain_find(bench->chain, stage);
    cr_assert_geq(s, 0, "no stage %s", stage);
    const struct gs_plan_wire *wire = &gs_engine_plan(bench->engine)->wires[s];
    uint64_t clips = 0;
    for (unsigned c = 0; c < wire->channels; c++) {
        clips += gs_readout_clips(gs_engine_readout(bench->engine), wire->first_lane + c);
    }
    return clips;
}
