/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tone bursts, rise, overshoot and return of needles, true peak and correlation through a running engine, at 44.1, 48
 * and 96 kHz and at periods of 16, 64 and 1000 frames. */
#include "../support/bench_chain.h"
#include "../support/standards.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

static const char through[] = "{'gainstage':1,'name':'through','stages':["
                              "{'id':'in','kind':'source','domain':'digital','signal':'jack','channels':2},"
                              "{'id':'out','kind':'master'}]}";

static void run(struct bench *bench, const float *left, const float *right, size_t frames, unsigned period)
{
    for (size_t at = 0; at < frames;) {
        unsigned n = frames - at < period ? (unsigned)(frames - at) : period;
        gs_engine_process(bench->engine, (const float *const[]){ left + at, right + at }, 2,
                          (float *const[]){ NULL, NULL }, 2, n);
        gs_engine_poll(bench->engine);
        at += n;
    }
}

static void check_one(const struct standard *s, double rate_hz, unsigned period)
{
    size_t frames, at = 0;
    float *x = standard_sound(s, rate_hz, &frames);
    struct bench bench = bench_open(through, rate_hz);
    const struct gs_plan_wire *wire = &gs_engine_plan(bench.engine)->wires[0];
    for (size_t i = 0; i < s->n_looks; i++) {
        const struct standard_look *look = &s->look[i];
        size_t end = (size_t)lround(look->at_s * rate_hz);
        run(&bench, x + at, x + frames + at, end - at, period);
        at = end;
        double found = gs_readout_value(gs_engine_readout(bench.engine), wire->first_lane,
                                        gs_reading_find(NULL, look->reading));
        cr_expect(found >= look->low && found <= look->high,
                  "%s at %g Hz, period %u: %s at %.3f s is %.3f, expected %.3f to %.3f", s->name, rate_hz,
                  period, look->reading, look->at_s, found, look->low, look->high);
    }
    bench_close(&bench);
    free(x);
}

static void check_all(double rate_hz)
{
    static const unsigned periods[] = { 16, 64, 1000 };
    static struct standard list[STANDARDS_MAX];
    size_t n = standards(list);
    cr_assert_gt(n, 30);
    for (size_t i = 0; i < n; i++) {
        for (size_t p = 0; p < 3; p++) {
            check_one(&list[i], rate_hz, periods[p]);
        }
    }
}

Test(standards_live, at_44_1_khz)
{
    check_all(44100);
}

Test(standards_live, at_48_khz)
{
    check_all(48000);
}

Test(standards_live, at_96_khz)
{
    check_all(96000);
}
