/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The minimum requirements of EBU Tech 3341 and 3342 through a running engine, at periods of 16, 64 and 1000
 * frames, looked at once a period. Surround needs more channels than a wire has, see the test of measure. */
#include "../support/bench_chain.h"
#include "../support/ebu.h"

#include <criterion/criterion.h>

#include <math.h>

static const char through[] = "{'gainstage':1,'name':'through','stages':["
                              "{'id':'in','kind':'source','domain':'digital','signal':'jack','channels':2},"
                              "{'id':'out','kind':'master'}]}";

static void check(const struct ebu_requirement *r, double found, double expected, double rate_hz,
                  unsigned period)
{
    cr_assert(found <= expected + r->above && found >= expected - r->below,
              "%s at %g Hz, period %u: %s is %.3f, expected %.1f", ebu_name(r), rate_hz, period, r->reading,
              found, expected);
}

static void check_live(const struct ebu_requirement *r, const struct ebu_signal *s, unsigned period)
{
    struct bench bench = bench_open(through, s->rate_hz);
    struct gs_readout *readout = gs_engine_readout(bench.engine);
    unsigned lane = gs_engine_plan(bench.engine)->wires[0].first_lane;
    struct gs_reader *reader = gs_reader_create();
    int reading = gs_reading_find(NULL, r->reading);
    size_t slot = (size_t)lround(r->slot_s * s->rate_hz), i = 0;
    gs_reader_look(reader, readout);
    for (size_t at = 0; at < s->frames; at += period) {
        size_t frames = s->frames - at < period ? s->frames - at : period;
        bench_run(&bench, s->ch[0] + at, NULL, NULL, (unsigned)frames, period);
        if (r->constant_after_s > 0 && (double)at > (r->constant_after_s + 0.011) * s->rate_hz) {
            check(r, gs_readout_value(readout, lane, reading), r->expected, s->rate_hz, period);
        }
        if (slot && at + frames >= (i + 1) * slot) {
            gs_reader_look(reader, readout);
            check(r, gs_reader_value(reader, lane, reading), r->expected + (double)i++, s->rate_hz, period);
        }
    }
    gs_engine_flush(bench.engine);
    if (r->constant_after_s == 0 && !slot) {
        check(r, gs_readout_value(readout, lane, reading), r->expected, s->rate_hz, period);
    }
    gs_reader_destroy(reader);
    bench_close(&bench);
}

static void check_all(double rate_hz)
{
    static const unsigned periods[] = { 16, 64, 1000 };
    struct ebu_requirement list[EBU_REQUIREMENTS_MAX];
    size_t n = ebu_requirements(list);
    for (size_t i = 0; i < n; i++) {
        if (list[i].standard == 3341 && list[i].number == 6) {
            continue;
        }
        struct ebu_signal s = ebu_signal_for(&list[i], rate_hz);
        for (size_t p = 0; p < 3; p++) {
            check_live(&list[i], &s, periods[p]);
        }
        ebu_free(&s);
    }
}

Test(meters_live, ebu_at_44_1_khz)
{
    check_all(44100);
}

Test(meters_live, ebu_at_48_khz)
{
    check_all(48000);
}

Test(meters_live, ebu_at_96_khz)
{
    check_all(96000);
}
