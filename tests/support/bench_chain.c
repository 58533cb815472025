/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See bench_chain.h. */
#include "bench_chain.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

struct gs_chain *bench_parse(const char *text)
{
    char *json = strdup(text);
    for (char *c = json; *c; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = NULL;
    enum gs_status status = gs_chain_parse(json, strlen(json), "test", &chain, &errors);
    cr_assert_eq(status, GS_OK, "%s: %s", errors.count ? errors.list[0].where : "",
                 errors.count ? errors.list[0].text : "");
    gs_errors_finish(&errors);
    free(json);
    return chain;
}

struct bench bench_open(const char *text, double rate_hz)
{
    return bench_engine(bench_parse(text), rate_hz);
}

struct bench bench_engine(struct gs_chain *chain, double rate_hz)
{
    struct gs_engine_setup setup = { .out_ceiling_db = -1, .fade_in_ms = 50, .safety = false };
    struct bench bench = { chain, gs_engine_create(&setup) };
    struct gs_errors errors = { 0 };
    gs_engine_set_rate(bench.engine, rate_hz);
    cr_assert_eq(gs_engine_load(bench.engine, bench.chain, &errors), GS_OK, "%s",
                 errors.count ? errors.list[0].text : "");
    gs_errors_finish(&errors);
    gs_engine_unpark(bench.engine);
    return bench;
}

void bench_close(struct bench *bench)
{
    gs_engine_park(bench->engine);
    gs_engine_destroy(bench->engine);
    gs_chain_destroy(bench->chain);
}

void bench_run(struct bench *bench, const float *in, float *left, float *right, unsigned frames,
               unsigned block)
{
    const float *externals[8];
    for (unsigned at = 0; at < frames;) {
        unsigned n = frames - at < block ? frames - at : block;
        float *out[2] = { left ? left + at : NULL, right ? right + at : NULL };
        for (unsigned i = 0; i < 8; i++) {
            externals[i] = in ? in + at : NULL;
        }
        gs_engine_process(bench->engine, externals, 8, out, 2, n);
        gs_engine_poll(bench->engine);
        at += n;
    }
}

void bench_set(struct bench *bench, const char *stage, const char *key, double value)
{
    int s = gs_chain_find(bench->chain, stage);
    cr_assert_geq(s, 0);
    int p = gs_stage_param_index(bench->chain->stages[s].kind, key);
    cr_assert_geq(p, 0, "%s has no %s", stage, key);
    gs_engine_set(bench->engine, gs_chain_slot(bench->chain, (size_t)s, (size_t)p), value);
    gs_engine_publish(bench->engine);
}

double bench_reading(struct bench *bench, const char *stage, const char *reading)
{
    int s = gs_chain_find(bench->chain, stage), r = gs_reading_find(NULL, reading);
    cr_assert_geq(s, 0);
    cr_assert_geq(r, 0, "no reading %s", reading);
    const struct gs_plan_wire *wire = &gs_engine_plan(bench->engine)->wires[s];
    return gs_readout_loudest(gs_engine_readout(bench->engine), wire->first_lane, wire->channels, r);
}
