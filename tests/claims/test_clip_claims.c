/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What teachers say about clipping: too much gain distorts, digital overs sound harsh and cannot be mended behind,
 * float forgives between plugins and fixed point does not, one over is enough to be told, and a record level between
 * -12 and -6 dBFS is found by arithmetic. An adviser that does this arithmetic by itself does not exist yet; the
 * event log of a session neither, so the counter and the time of the first over stand for it. */
#include "../support/claim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RATE 48000.0

static const char tone[] =
    "{'gainstage':1,'alignment':{'dbu_at_0dbfs':24,'nominal_dbfs':-20},'stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'sine','level_dbu':-20},"
    "{'id':'pre','kind':'preamp','gain_db':40,'max_output_dbu':20},{'id':'adc','kind':'adc'},"
    "{'id':'fd','kind':'fader','pan_law':'balance'},{'id':'out','kind':'master'}]}";

/* Left channel of what the chain gives, `frames` long, after `skip` more. Owner: the caller. */
static float *listen(struct claim *c, unsigned skip, unsigned frames)
{
    float *left = calloc(skip + frames, sizeof *left), *rest = calloc(frames, sizeof *rest);
    struct bench bench = bench_engine(c->chain, c->rate_hz);
    bench_run(&bench, NULL, left, NULL, skip + frames, 1024);
    claim_stop(&bench);
    for (unsigned i = 0; i < frames; i++) {
        rest[i] = left[skip + i];
    }
    free(left);
    return rest;
}

/* Amplitude of a frequency that has whole periods in x. */
static double amplitude(const float *x, unsigned frames, double hz, double rate)
{
    double re = 0, im = 0;
    for (unsigned i = 0; i < frames; i++) {
        re += x[i] * cos(2 * M_PI * hz * i / rate);
        im += x[i] * sin(2 * M_PI * hz * i / rate);
    }
    return 2 * hypot(re, im) / frames;
}

/* Fourier series of a sine of amplitude A cut at 1: with a = asin(1/A), b1 = (2/pi)(A a + sqrt(1 - 1/A^2)), mean
 * square (2/pi)(A^2 (a/2 - sin(2a)/4) + (pi/2 - a)). */
static double cut_fundamental(double a)
{
    return 2 / M_PI * (a * asin(1 / a) + sqrt(1 - 1 / (a * a)));
}

static double cut_thd(double a)
{
    double t = asin(1 / a), square = 2 / M_PI * (a * a * (t / 2 - sin(2 * t) / 4) + (M_PI / 2 - t));
    double first = cut_fundamental(a);
    return sqrt(2 * square / (first * first) - 1);
}

/* 3 and 6 dB over a hard edge: 13.4 and 23.2 % THD, the fundamental 1.73 and 4.29 dB too low. */
Test(claims, too_much_gain_distorts)
{
    static const double published[][3] = { { 3, 13.4, -1.73 }, { 6, 23.2, -4.29 } };
    EACH_RATE(rate)
    {
        struct claim c = claim_open(tone, rate);
        for (int i = 0; i < 2; i++) {
            double over = pow(10, published[i][0] / 20), loss = 20 * log10(cut_fundamental(over) / over);
            near(100 * cut_thd(over), published[i][1], 0.3);
            near(loss, published[i][2], 0.01);
            claim_set(&c, "src", "level_dbu", -20 + published[i][0]);
            const struct gs_predicted *p = claim_predict(&c, "pre");
            near(p->thd, cut_thd(over), 0.003);
            near(p->level_db, 20 + published[i][0] + loss, 0.02);
            cr_assert(p->flags & GS_PREDICT_CURVED);
            float *x = listen(&c, (unsigned)rate / 10, (unsigned)rate / 10);
            double h1 = amplitude(x, (unsigned)rate / 10, 1000, rate);
            near(20 * log10(h1), 20 + published[i][0] + loss - 24, 0.02);
            free(x);
        }
        claim_close(&c);
    }
}

/* Power beside the harmonics below 20 kHz over the fundamental, of a tone of 5 kHz: 100 ms, lines 10 Hz apart. */
static double aliases_db(const float *x)
{
    double beside = 0, first = amplitude(x, 4800, 5000, RATE);
    for (int hz = 1000; hz < 20000; hz += 1000) {
        double a = amplitude(x, 4800, hz, RATE);
        beside += hz % 5000 ? a * a : 0;
    }
    return 10 * log10(beside / (first * first));
}

/* 5 kHz 12 dB over full scale. Of the harmonics that a converter folds back at 48 kHz the 5th comes to 23 kHz, the
 * 7th to 13, the 9th to 3, the 11th to 7, the 13th to 17 kHz. Square-like sines have harmonics of about 1/n: with
 * those four sqrt(1/7^2 + 1/9^2 + 1/11^2 + 1/13^2) = -12.8 dB; the round top of 12 dB makes them weaker. Analogue
 * equipment keeps what is above 20 kHz to itself. */
Test(claims, digital_clipping_is_harsher_than_analogue)
{
    struct claim c = claim_open(tone, RATE);
    claim_set(&c, "src", "frequency_hz", 5000);
    claim_set(&c, "src", "level_dbu", 32 - 40);
    double over = pow(10, 12 / 20.0), folded = 0, first = cut_fundamental(over);
    for (int n = 7; n <= 199; n += 2) { /* harmonic n of a clipped sine by its Fourier integral */
        double t = asin(1 / over), hz = fabs(remainder(5000.0 * n, RATE));
        double b = 2 / M_PI *
                   (over * (sin((n - 1) * t) / (n - 1) - sin((n + 1) * t) / (n + 1)) + 2 * cos(n * t) / n);
        folded += hz < 20000 && 5000 * n > 20000 && fmod(hz, 5000) > 1 ? b * b : 0;
    }
    double expected = 10 * log10(folded / (first * first));
    near(expected, -21, 2);
    float *analogue = listen(&c, 4800, 4800);
    cr_assert_lt(aliases_db(analogue), -45, "analogue: %.1f dB", aliases_db(analogue));
    free(analogue);
    claim_set(&c, "pre", "max_output_dbu", NAN);
    claim_set(&c, "adc", "full_scale_dbu", 20);
    float *digital = listen(&c, 4800, 4800);
    near(aliases_db(digital), expected, 1.5); /* harmonics that fold onto each other add by their phase */
    free(digital);
    claim_close(&c);
}

/* Turned down behind, a clipped tone is a quiet clipped tone. */
Test(claims, what_has_clipped_cannot_be_mended_behind)
{
    double sinad[2], level[2];
    for (int i = 0; i < 2; i++) {
        struct claim c = claim_open(tone, RATE);
        claim_set(&c, "adc", "full_scale_dbu", 16);
        claim_set(&c, "fd", "gain_db", i ? -20 : 0);
        struct bench bench = claim_play(&c, NULL, 0.2, 0.5);
        sinad[i] = bench_reading(&bench, "out", "sinad_total");
        level[i] = bench_reading(&bench, "out", "rms_total");
        cr_assert_gt(claim_clips(&bench, "adc"), 0);
        cr_assert_eq(claim_clips(&bench, "out"), 0, "no red light at the end");
        claim_stop(&bench);
        claim_close(&c);
    }
    near(level[1], level[0] - 20, 0.02);
    near(sinad[1], sinad[0], 0.1);
}

static const char bell[] =
    "{'gainstage':1,'stages':["
    "{'id':'src','kind':'source','domain':'digital','signal':'sine','level_dbfs':-6},"
    "{'id':'up','kind':'gain','gain_db':9},{'id':'bus','kind':'bus','bits':%s,'dither':'tpdf'},"
    "{'id':'down','kind':'gain','gain_db':-9},{'id':'out','kind':'master'}]}";

/* 9 dB up and 9 dB down again: 3 dB over full scale in between. Float carries it, a bus of 24 bits cuts it. */
Test(claims, float_carries_over_full_scale_and_fixed_point_does_not)
{
    static const char *const bits[] = { "'float'", "24" };
    for (int i = 0; i < 2; i++) {
        char text[600];
        snprintf(text, sizeof text, bell, bits[i]);
        struct claim c = claim_open(text, RATE);
        struct bench bench = claim_play(&c, NULL, 0.2, 0.5);
        double residual =
            bench_reading(&bench, "out", "error_total") - bench_reading(&bench, "out", "ideal_rms_total");
        if (i) {
            cr_assert_gt(residual, -40);
            cr_assert_gt(claim_clips(&bench, "bus"), 0);
        } else {
            cr_assert_lt(residual, -120);
            cr_assert_eq(claim_clips(&bench, "bus"), 0);
            cr_assert_gt(bench_reading(&bench, "bus", "peak"), 2.9, "float goes above 0 dBFS");
        }
        claim_stop(&bench);
        claim_close(&c);
    }
}

static const char live[] =
    "{'gainstage':1,'alignment':{'dbu_at_0dbfs':18,'nominal_dbfs':-18},'stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'jack','level_dbu':-40},"
    "{'id':'pre','kind':'preamp','gain_db':40},{'id':'adc','kind':'adc'},{'id':'out','kind':'master'}]}";

/* One sample over: the counter says one, and when. */
Test(claims, one_over_lights_the_lamp)
{
    struct claim c = claim_open(live, RATE);
    float *in = calloc(48000, sizeof *in);
    for (int i = 0; i < 48000; i++) {
        in[i] = 0.5f * sinf((float)(2 * M_PI * 1000 * i / RATE));
    }
    in[30000] = 1.01f;
    struct bench bench = claim_play(&c, in, 0, 1);
    cr_assert_eq(claim_clips(&bench, "adc"), 1);
    const struct gs_plan_wire *wire = &gs_engine_plan(bench.engine)->wires[2];
    cr_assert_eq(gs_readout_first_clip(gs_engine_readout(bench.engine), wire->first_lane), 30000);
    cr_assert_eq(claim_clips(&bench, "pre"), 0, "and only where it happened");
    claim_stop(&bench);
    free(in);
    claim_close(&c);
}

enum take {
    SPEECH, /* bursts of noise with pauses */
    KICK,   /* strokes that die away */
    PAD,    /* steady tones */
    TAKES
};

static void play_take(enum take take, float *x, unsigned frames, double peak)
{
    double highest = 0;
    unsigned seed = 1;
    for (unsigned i = 0; i < frames; i++) {
        double t = i / RATE, phase = fmod(t, 0.5);
        seed = seed * 1664525u + 1013904223u;
        double noise = (double)seed / 4294967296.0 - 0.5;
        double y = take == SPEECH ? noise * (phase < 0.3 ? sin(M_PI * phase / 0.3) : 0)
                   : take == KICK
                       ? exp(-phase * 20) * sin(2 * M_PI * 55 * phase)
                       : sin(2 * M_PI * 220 * t) + sin(2 * M_PI * 277 * t) + sin(2 * M_PI * 330 * t);
        x[i] = (float)y;
        highest = fmax(highest, fabs(y));
    }
    for (unsigned i = 0; i < frames; i++) {
        x[i] = (float)(x[i] * peak / highest);
    }
}

/* Whatever was recorded and however hot: the path without faults knows the peak that would have been, so one turn
 * of the knob, rounded down to its step, brings it between -12 and -6 dBFS. */
Test(claims, peaks_between_minus_12_and_minus_6_after_one_turn)
{
    static const double gains[] = { 15, 40, 55 }; /* far too cold, right, far too hot: 15 dB over */
    float *x = calloc(96000, sizeof *x);
    for (enum take take = 0; take < TAKES; take++) {
        play_take(take, x, 96000, 1);
        for (int i = 0; i < 3; i++) {
            struct claim c = claim_open(live, RATE);
            claim_set(&c, "pre", "gain_db", gains[i]);
            struct bench before = claim_play(&c, x, 0, 2);
            double peak = bench_reading(&before, "adc", "ideal_peak");
            near(peak, gains[i] - 40, 0.02);
            cr_assert_eq(claim_clips(&before, "adc") > 0, peak > 0);
            claim_stop(&before);
            claim_set(&c, "pre", "gain_db", floor(gains[i] - 9 - peak));
            struct bench after = claim_play(&c, x, 0, 2);
            double now = bench_reading(&after, "adc", "peak");
            cr_assert(now >= -12 && now <= -6, "take %d: %.2f dBFS", (int)take, now);
            cr_assert_eq(claim_clips(&after, "adc"), 0);
            claim_stop(&after);
            claim_close(&c);
        }
    }
    free(x);
}
