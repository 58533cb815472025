/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What teachers say about dynamics: "gain controls the dynamic range" is half true. Linear gain leaves the distance
 * from quiet to loud as it is and moves it inside the window between noise and ceiling; at the window's edges it is
 * cut. The programme is noise in steps, quiet and loud, as live audio. */
#include "../support/claim.h"

#include <math.h>
#include <stdlib.h>

#define RATE 48000
#define STEP (RATE / 10 * 3) /* 0.3 s */

static const char desk[] = "{'gainstage':1,'alignment':{'dbu_at_0dbfs':18,'nominal_dbfs':-18},'stages':["
                           "{'id':'src','kind':'source','domain':'line','signal':'jack','level_dbu':-40},"
                           "{'id':'pre','kind':'preamp','gain_db':20,'max_output_dbu':18},"
                           "{'id':'adc','kind':'adc','dynamic_range_db':90,'dynamic_range_weighting':'Z'},"
                           "{'id':'out','kind':'master'}]}";

/* Steps of `step` frames between -70 and -40 dBFS in turns of five, 30 dB apart. Owner: the caller. */
static float *programme(unsigned frames, unsigned step, double quiet_db, double loud_db)
{
    float *x = calloc(frames, sizeof *x);
    unsigned seed = 7;
    for (unsigned i = 0; i < frames; i++) {
        double at = (i / step) % 5 / 4.0;
        seed = seed * 1664525u + 1013904223u;
        x[i] = (float)(((double)seed / 4294967296.0 - 0.5) * sqrt(6) *
                       pow(10, (quiet_db + at * (loud_db - quiet_db)) / 20));
    }
    return x;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* From the 5th to the 95th percentile of RMS over 50 ms, dB. */
static double spread(const float *x, unsigned frames)
{
    enum {
        BLOCK = RATE / 20
    };
    static double level[1000];
    unsigned n = frames / BLOCK;
    for (unsigned b = 0; b < n; b++) {
        double sum = 0;
        for (unsigned i = 0; i < BLOCK; i++) {
            sum += (double)x[b * BLOCK + i] * (double)x[b * BLOCK + i];
        }
        level[b] = 10 * log10(sum / BLOCK + 1e-30);
    }
    qsort(level, n, sizeof *level, ascending);
    return level[n * 95 / 100] - level[n * 5 / 100];
}

/* Of what leaves when the programme runs from -60 to -30 dBFS at the live input. */
static double spread_at(double gain_db)
{
    unsigned frames = 10 * STEP;
    float *in = programme(frames, STEP, -60, -30), *out = calloc(frames, sizeof *out);
    struct claim c = claim_open(desk, RATE);
    claim_set(&c, "pre", "gain_db", gain_db);
    struct bench bench = bench_engine(c.chain, RATE);
    bench_run(&bench, in, out, NULL, frames, 1024);
    double db = spread(out + RATE / 20, frames - RATE / 20); /* after the fade-in */
    claim_stop(&bench);
    claim_close(&c);
    free(in);
    free(out);
    return db;
}

/* The input's nominal -18 dBFS is taken for -40 dBu, so its -30 .. -60 dBFS are -52 .. -82 dBu; behind the preamp,
 * seen by a converter of 18 dBu with its noise at -90 dBFS. 45 +- 10 dB of gain: quiet at -65 .. -45 dBFS, loud at
 * -35 .. -15, its peaks 4.8 dB (uniform noise) higher: inside. With 5 dB the quiet parts lie 5 dB beneath the noise,
 * with 75 dB the loud ones 2 dB and more over the ceiling. */
Test(claims, gain_moves_the_dynamics_and_only_the_edges_of_the_window_cut_them)
{
    double middle = spread_at(45);
    near(middle, 30, 0.6); /* percentiles fall inside of steps of chance */
    near(spread_at(35), middle, 0.1);
    near(spread_at(55), middle, 0.1);
    /* -95 dBFS beneath -90: power sum; the loud parts 29.9 dB above that noise or so */
    double floor_db = 10 * log10(pow(10, -9.5) + pow(10, -9.0));
    near(spread_at(5), -65 - floor_db, 0.6);
    cr_assert_lt(spread_at(75), middle - 3);
}

/* The same in the words of loudness: the range of EBU Tech 3342 over 24 s. Behind the preamp, as what comes before
 * lies beneath the meter's absolute gate of -70 LUFS. */
static double range_of(double gain_db, const char *stage)
{
    unsigned frames = 24 * RATE;
    float *in = programme(frames, frames / 10, -45, -25);
    struct claim c = claim_open(desk, RATE);
    claim_set(&c, "pre", "gain_db", gain_db);
    struct bench bench = claim_play(&c, in, 0, 24);
    double range = bench_reading(&bench, stage, "loudness_range");
    claim_stop(&bench);
    claim_close(&c);
    free(in);
    return range;
}

Test(claims, natural_dynamics_are_preserved_where_there_is_room)
{
    double staged = range_of(50, "pre");
    cr_assert_gt(staged, 10);
    near(range_of(50, "out"), staged, 0.2);
    cr_assert_lt(range_of(75, "out"), staged - 2, "the loud parts are cut");
}
