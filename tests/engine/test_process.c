/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What runs in the audio thread: independent of the period, click-free when values change, chains swapped
 * without a gap, gains heard by every later stage and no earlier one. */
#include "../support/bench_chain.h"
#include "dsp/fft.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE 48000

static const char strip[] =
    "{'gainstage':1,'stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'sine','frequency_hz':1000,'level_dbu':-40},"
    "{'id':'pre','kind':'preamp','gain_db':40,'max_output_dbu':20},"
    "{'id':'ad','kind':'adc'},{'id':'trim','kind':'gain','gain_db':-3},"
    "{'id':'fd','kind':'fader','gain_db':-6},{'id':'out','kind':'master'}]}";

/* Two sources that clip, noise, a stereo bus: all that a period could cut wrongly. */
static const char busy[] =
    "{'gainstage':1,'stages':["
    "{'id':'a','kind':'source','domain':'line','signal':'pink','level_dbu':-10},"
    "{'id':'pa','kind':'preamp','gain_db':30,'max_output_dbu':15},{'id':'aa','kind':'adc'},"
    "{'id':'b','kind':'source','domain':'digital','signal':'jack'},"
    "{'id':'fb','kind':'fader','gain_db':-3,'pan':0.3},"
    "{'id':'mix','kind':'bus','from':[{'stage':'aa','gain_db':-6,'pan':-0.5},'fb']},"
    "{'id':'out','kind':'master','gain_db':6}]}";

static void fill_noise(float *x, unsigned n)
{
    uint32_t state = 12345;
    for (unsigned i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)((int32_t)state) * (0.5f / 2147483648.0f);
    }
}

Test(process, output_and_readings_do_not_depend_on_the_block_size)
{
    static const unsigned blocks[] = { 1, 7, 64, 1000, 1024, 4096 };
    enum {
        N = 20000
    };
    static float in[N], first[2][N], other[2][N];
    double first_rms = 0, first_clips = 0;
    fill_noise(in, N);
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        struct bench bench = bench_open(busy, RATE);
        float(*out)[N] = b ? other : first;
        bench_run(&bench, in, out[0], out[1], N, blocks[b]);
        gs_engine_flush(bench.engine);
        gs_engine_poll(bench.engine);
        double rms = bench_reading(&bench, "out", "rms_total");
        double clips = (double)gs_readout_clips(gs_engine_readout(bench.engine),
                                                gs_engine_plan(bench.engine)->wires[1].first_lane);
        if (!b) {
            first_rms = rms;
            first_clips = clips;
            cr_assert_gt(clips, 0, "the preamp of this chain is meant to clip");
        } else {
            cr_assert_eq(memcmp(first, other, sizeof first), 0, "block size %u", blocks[b]);
            cr_assert_eq(clips, first_clips);
            cr_assert_eq(rms, first_rms);
        }
        bench_close(&bench);
    }
}

/* Modified Bessel function of order 0, for the Kaiser window. */
static double bessel0(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; k < 80; k++) {
        term *= x / (2 * k) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

/* Energy further than 500 Hz from 1 kHz, relative to the tone, in dB, through a window whose side lobes lie
 * below -200 dB. */
static double splatter_db(const float *x, size_t n)
{
    double complex *work = malloc(3 * n * sizeof *work);
    for (size_t i = 0; i < n; i++) {
        double t = 2.0 * (double)i / (double)(n - 1) - 1.0;
        work[i] = x[i] * bessel0(24 * sqrt(1 - t * t)) / bessel0(24);
    }
    gs_fft_twiddle(work + n, n, -1);
    gs_fft(work, work + 2 * n, work + n, n);
    double tone = 0, far = 0;
    for (size_t k = 0; k < n / 2; k++) {
        double hz = (double)k * RATE / (double)n, power = pow(cabs(work[2 * n + k]), 2);
        *(fabs(hz - 1000) > 500 ? &far : &tone) += power;
    }
    free(work);
    return 10 * log10(far / tone);
}

static const struct {
    const char *stage, *key;
    double value;
} steps[] = {
    { "pre", "gain_db", 34 }, { "fd", "gain_db", 0 }, { "trim", "gain_db", -9 }, { "out", "gain_db", -6 }
};

/* The steady tone itself leaves the float32 floor, near -150 dB; the promise is -95 dB. */
Test(process, a_step_of_6_db_does_not_click)
{
    enum {
        N = RATE,
        HALF = N / 2
    };
    static float out[N];
    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
        struct bench bench = bench_open(strip, RATE);
        bench_run(&bench, NULL, out, NULL, RATE / 10, 64);
        bench_run(&bench, NULL, out, NULL, HALF, 64);
        bench_set(&bench, steps[s].stage, steps[s].key, steps[s].value);
        bench_run(&bench, NULL, out + HALF, NULL, N - HALF, 64);
        double splatter = splatter_db(out, N);
        cr_assert_lt(splatter, -95.0, "%s %s: %.1f dB beyond 500 Hz", steps[s].stage, steps[s].key, splatter);
        bench_close(&bench);
    }
}

Test(process, a_gain_moves_every_later_wire_and_none_before_it)
{
    static const char *const ids[] = { "src", "pre", "ad", "trim", "fd", "out" };
    struct bench bench = bench_open(strip, RATE);
    double before[6];
    bench_run(&bench, NULL, NULL, NULL, RATE, 128);
    for (int i = 0; i < 6; i++) {
        before[i] = bench_reading(&bench, ids[i], "rms");
    }
    bench_set(&bench, "ad", "full_scale_dbu", 18); /* the value it has: nothing may move */
    bench_set(&bench, "pre", "gain_db", 30);
    bench_run(&bench, NULL, NULL, NULL, RATE, 128);
    for (int i = 0; i < 6; i++) {
        double moved = bench_reading(&bench, ids[i], "rms") - before[i];
        cr_assert_float_eq(moved, i >= 1 ? -10.0 : 0.0, 0.01, "%s moved by %g dB", ids[i], moved);
    }
    bench_close(&bench);
}

static void write_gain(struct bench *bench, const char *stage, double db)
{
    int s = gs_chain_find(bench->chain, stage);
    int p = gs_stage_param_index(bench->chain->stages[s].kind, "gain_db");
    gs_engine_set(bench->engine, gs_chain_slot(bench->chain, (size_t)s, (size_t)p), db);
}

Test(process, writes_are_heard_at_their_publication_and_all_together)
{
    enum {
        N = 4800
    };
    static float unpublished[N], still[N], once[N], apart[N];
    struct bench a = bench_open(strip, RATE), b = bench_open(strip, RATE), c = bench_open(strip, RATE);
    write_gain(&a, "pre", 46);
    write_gain(&a, "trim", -9);
    bench_run(&a, NULL, unpublished, NULL, N, 64);
    bench_run(&b, NULL, still, NULL, N, 64);
    bench_run(&c, NULL, still, NULL, N, 64);
    cr_assert_eq(memcmp(unpublished, still, sizeof still), 0, "heard before it was published");
    gs_engine_publish(a.engine);
    bench_run(&a, NULL, once, NULL, N, 64);
    bench_set(&b, "pre", "gain_db", 46);
    bench_set(&b, "trim", "gain_db", -9); /* between two blocks: still one moment */
    bench_run(&b, NULL, apart, NULL, N, 64);
    cr_assert_eq(memcmp(once, apart, sizeof once), 0);
    bench_set(&c, "pre", "gain_db", 46);
    bench_run(&c, NULL, apart, NULL, 64, 64);
    bench_set(&c, "trim", "gain_db", -9);
    bench_run(&c, NULL, apart + 64, NULL, N - 64, 64);
    cr_assert_neq(memcmp(once, apart, sizeof once), 0,
                  "a block apart must differ, or this test shows nothing");
    bench_close(&a);
    bench_close(&b);
    bench_close(&c);
}

/* Reloading the same chain: the tone goes on, and the largest step between samples stays that of the tone. */
Test(process, a_reload_is_a_crossfade_without_a_gap)
{
    enum {
        N = RATE
    };
    static float out[N];
    struct bench bench = bench_open(strip, RATE);
    bench_run(&bench, NULL, out, NULL, N / 2, 64);
    struct gs_errors errors = { 0 };
    cr_assert_eq(gs_engine_load(bench.engine, bench.chain, &errors), GS_OK);
    bench_run(&bench, NULL, out + N / 2, NULL, N / 2, 64);
    float peak = 0, step = 0;
    for (int i = 1; i < N; i++) {
        peak = fmaxf(peak, fabsf(out[i]));
        step = fmaxf(step, fabsf(out[i] - out[i - 1]));
    }
    cr_assert_leq(step, peak * 2 * M_PI * 1000 / RATE * 1.05, "a click at the change of chains");
    cr_assert_not(gs_engine_get_status(bench.engine).swapping, "the old chain must have come back");
    bench_close(&bench);
}

Test(process, many_loads_in_one_moment_leave_the_last_one)
{
    struct bench bench = bench_open(strip, RATE);
    struct gs_errors errors = { 0 };
    for (int i = 0; i < 20; i++) {
        bench.chain->value[gs_chain_slot(bench.chain, 1, 0)] =
            i; /* first parameter of the preamp: its gain */
        cr_assert_eq(gs_engine_load(bench.engine, bench.chain, &errors), GS_OK);
        if (i % 3 == 0) {
            bench_run(&bench, NULL, NULL, NULL, 64, 64);
        }
    }
    bench_run(&bench, NULL, NULL, NULL, RATE, 64);
    cr_assert_not(gs_engine_get_status(bench.engine).swapping);
    cr_assert_float_eq(bench_reading(&bench, "pre", "rms"), -40 + 19, 0.01);
    bench_close(&bench);
}

Test(process, a_bad_chain_leaves_the_old_one_playing)
{
    enum {
        N = 9600
    };
    static float whole[N], broken[N];
    struct bench bench = bench_open(strip, RATE), other = bench_open(strip, RATE);
    struct gs_chain *bad =
        bench_parse("{'gainstage':1,'stages':[{'id':'s','kind':'source','signal':'sine','domain':'digital'},"
                    "{'id':'out','kind':'master'}]}");
    /* A sound file that vanishes between check and load. */
    int signal = gs_stage_param_index(bad->stages[0].kind, "signal");
    bad->value[gs_chain_slot(bad, 0, (size_t)signal)] =
        gs_param_choice(gs_stage_param(bad->stages[0].kind, (size_t)signal), "file");
    struct gs_errors errors = { 0 };
    bench_run(&bench, NULL, whole, NULL, N, 64);
    bench_run(&other, NULL, broken, NULL, N / 2, 64);
    cr_assert_neq(gs_engine_load(other.engine, bad, &errors), GS_OK);
    cr_assert_eq(errors.count, 1u);
    bench_run(&other, NULL, broken + N / 2, NULL, N / 2, 64);
    cr_assert_eq(memcmp(whole, broken, sizeof whole), 0);
    gs_errors_finish(&errors);
    gs_chain_destroy(bad);
    bench_close(&other);
    bench_close(&bench);
}

Test(process, listen_chooses_wire_and_path)
{
    enum {
        N = 9600
    };
    static float out[N];
    struct bench bench = bench_open(strip, RATE);
    for (unsigned stage = 0; stage < bench.chain->n_stages; stage++) {
        gs_engine_listen(bench.engine, stage, GS_REAL);
        gs_engine_publish(bench.engine);
        bench_run(&bench, NULL, out, NULL, N, 64);
        float peak = 0;
        for (int i = N / 2; i < N; i++) {
            peak = fmaxf(peak, fabsf(out[i]));
        }
        enum gs_domain domain = bench.chain->stages[stage].domain_out;
        double level = bench_reading(&bench, bench.chain->stages[stage].id, "rms");
        double expected =
            level - gs_nominal_db(domain, &bench.chain->alignment) + bench.chain->alignment.nominal_dbfs;
        cr_assert_float_eq(20 * log10(peak), expected, 0.02, "%s", bench.chain->stages[stage].id);
    }
    float plain = out[N - 1];
    gs_engine_listen_gain(bench.engine, 2.0);
    gs_engine_publish(bench.engine);
    static float doubled[N];
    bench_run(&bench, NULL, doubled, NULL, N, 64); /* whole periods of the tone later */
    cr_assert_float_eq(doubled[N - 1], 2.0f * plain, 1e-6f);
    for (int i = 1; i < 480; i++) { /* over 10 ms, without a step */
        cr_assert_lt(fabsf(doubled[i] - doubled[i - 1]), 0.2f * fabsf(doubled[N - 1]) + 0.05f);
    }
    gs_engine_listen(bench.engine, 5, GS_ERROR);
    gs_engine_publish(bench.engine);
    bench_run(&bench, NULL, out, NULL, N, 64);
    cr_assert_lt(fabsf(out[N - 1]), 1e-6f, "nothing is wrong in this chain, so the error is silent");
    bench_close(&bench);
}

/* The gain of each frame is what comes out over what came out at a gain of 1, whole periods before. */
Test(process, gains_that_follow_each_other_within_a_fade_make_no_step)
{
    enum {
        PERIOD = 48, /* frames of 1 kHz */
        FADE = RATE / 100
    };
    static const double gain[] = { 4, 1, 3 };
    float plain[PERIOD], out[PERIOD], before = 1.0f;
    struct bench bench = bench_open("{'gainstage':1,'stages':[{'id':'s','kind':'source','domain':'digital',"
                                    "'signal':'sine','frequency_hz':1000,'level_dbfs':-20},"
                                    "{'id':'out','kind':'master'}]}",
                                    RATE);
    bench_run(&bench, NULL, NULL, NULL, 9600, PERIOD);
    bench_run(&bench, NULL, plain, NULL, PERIOD, PERIOD);
    for (int at = 0; at < 3 * FADE; at += PERIOD) {
        if (at % (2 * PERIOD) == 0 && at < 2 * FADE) {
            gs_engine_listen_gain(bench.engine, gain[at / (2 * PERIOD) % 3]);
            gs_engine_publish(bench.engine);
        }
        bench_run(&bench, NULL, out, NULL, PERIOD, PERIOD);
        for (int i = 0; i < PERIOD; i++) {
            float now = fabsf(plain[i]) > 0.01f ? out[i] / plain[i] : before;
            cr_assert_lt(fabsf(now - before), 10.0f * 3 / FADE, "frame %d: %g after %g", at + i, (double)now,
                         (double)before);
            before = now;
        }
    }
    bench_close(&bench);
}

Test(process, mute_and_bypass)
{
    struct bench bench = bench_open(strip, RATE);
    bench_set(&bench, "trim", "bypass", 1);
    bench_run(&bench, NULL, NULL, NULL, RATE, 64);
    cr_assert_float_eq(bench_reading(&bench, "trim", "rms"), bench_reading(&bench, "ad", "rms"), 1e-9);
    bench_set(&bench, "trim", "mute", 1);
    bench_run(&bench, NULL, NULL, NULL, RATE, 64);
    cr_assert_lt(bench_reading(&bench, "trim", "rms"), -200);
    cr_assert_gt(bench_reading(&bench, "ad", "rms"), -30, "the stage before plays on");
    bench_close(&bench);
}

/* The same tone through two strips of different latency adds up to +6.02 dB, not to a comb. */
Test(process, sends_wait_for_their_latest_sibling)
{
    struct bench bench =
        bench_open("{'gainstage':1,'stages':[{'id':'s','kind':'source','domain':'line','signal':'sine','"
                   "frequency_hz':5000,'level_dbu':-20},"
                   "{'id':'p','kind':'preamp','gain_db':0,'max_output_dbu':24},{'id':'a','kind':'adc'},"
                   "{'id':'b','kind':'adc','from':'s'},{'id':'mix','kind':'bus','from':['a','b']},{'id':'out'"
                   ",'kind':'master'}]}",
                   RATE);
    bench_run(&bench, NULL, NULL, NULL, RATE, 64);
    cr_assert_float_eq(bench_reading(&bench, "mix", "rms") - bench_reading(&bench, "a", "rms"), 20 * log10(2),
                       0.01);
    bench_close(&bench);
}

/* A fader makes stereo of mono; taken out, it passes the mono signal to both sides. */
Test(process, a_bypassed_fader_passes_mono_to_both_sides)
{
    enum {
        N = RATE / 4
    };
    static float out[2][N];
    struct bench bench = bench_open(strip, RATE);
    bench_set(&bench, "fd", "pan", -1);
    bench_set(&bench, "fd", "bypass", 1);
    bench_run(&bench, NULL, NULL, NULL, RATE / 4, 64);
    bench_run(&bench, NULL, out[0], out[1], N, 64);
    double energy = 0;
    for (unsigned i = 0; i < N; i++) {
        cr_assert_eq(out[0][i], out[1][i]);
        energy += out[1][i] * out[1][i];
    }
    /* -40 dBu + 40 dB at the A/D is -18 dBFS, -3 dB in the trim: -21 dBFS, the fader's -6 dB left out */
    cr_assert_float_eq(10 * log10(2 * energy / N), -21, 0.01);
    bench_close(&bench);
}

/* A tone 20 dB above the threshold at 4:1 is turned down by 15 dB; the meter says so behind the compressor alone, the
 * same at every period, and not while the stage is bypassed. */
Test(process, gain_reduction_is_metered_where_it_happens)
{
    static const char squeezed[] =
        "{'gainstage':1,'name':'squeezed','stages':["
        "{'id':'src','kind':'source','domain':'digital','signal':'sine','level_dbfs':-10,'frequency_hz':1000}"
        ","
        "{'id':'comp','kind':'compressor','threshold_db':-30,'ratio':4,'knee_db':0,'attack_ms':1,"
        "'release_ms':500},{'id':'out','kind':'master'}]}";
    static const unsigned blocks[] = { 16, 64, 1000 };
    double first = 0;
    for (int b = 0; b < 3; b++) {
        struct bench bench = bench_open(squeezed, 48000);
        bench_run(&bench, NULL, NULL, NULL, 48000, blocks[b]);
        double now = bench_reading(&bench, "comp", "gain_reduction");
        cr_assert_float_eq(now, 15, 0.3, "%g dB", now);
        first = b ? first : now;
        cr_assert_eq(now, first, "block size %u", blocks[b]);
        cr_assert_eq(bench_reading(&bench, "src", "gain_reduction_max"), 0.0);
        cr_assert_eq(bench_reading(&bench, "out", "gain_reduction_max"), 0.0);
        bench_set(&bench, "comp", "bypass", 1);
        bench_run(&bench, NULL, NULL, NULL, 48000, blocks[b]);
        cr_assert_eq(bench_reading(&bench, "comp", "gain_reduction"), 0.0);
        cr_assert_geq(bench_reading(&bench, "comp", "gain_reduction_max"), now);
        bench_close(&bench);
    }
}
