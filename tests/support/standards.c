/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals of the standards: see standards.h. */
#include "standards.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LATE_S 0.01 /* a look sees the bin before */
#define DB(x)  (20 * log10(x))

static double tone(const struct standard *s, unsigned channel, double t)
{
    (void)channel;
    return t < s->on_s ? s->amplitude * sin(2 * M_PI * fmod(s->hz * t, 1)) : 0;
}

/* So slowly faded that the fade has no peak of its own. */
static double faded_tone(const struct standard *s, unsigned channel, double t)
{
    double fade = fmin(1, fmin(t, s->on_s - t) / 0.02);
    return fade > 0 ? fade * tone(s, channel, t) : 0;
}

static double two_tones(const struct standard *s, unsigned channel, double t)
{
    /* 60 dB apart: correlation does not depend on level. */
    return (channel ? 0.001 : 1) * s->amplitude *
           sin(2 * M_PI * fmod(s->hz * t, 1) + (channel ? s->phase : 0));
}

static struct standard *add(struct standard *list, size_t *n, const struct standard *from)
{
    list[*n] = *from;
    return &list[(*n)++];
}

static void look(struct standard *s, double at_s, const char *reading, double low, double high)
{
    s->look[s->n_looks++] = (struct standard_look){ at_s, reading, low, high };
}

static const struct burst {
    const char *reading;
    double ms, hz, expected_db, tolerance_db;
} bursts[] = {
    /* Type I: IEC 60268-10; nominal values as reproduced in the literature, tolerances not verified. */
    { "ppm1_max", 10, 5000, -1, 0.5 },
    { "ppm1_max", 5, 5000, -2, 1 },
    { "ppm1_max", 3, 5000, -4, 1 },
    { "ppm1_max", 0.4, 5000, -15, 4 },
    /* Types IIa and IIb: EBU Tech 3205-E table 2. */
    { "ppm2_max", 100, 5000, 0, 0.5 },
    { "ppm2_max", 10, 5000, -2, 0.5 },
    { "ppm2_max", 5, 5000, -4, 0.75 },
    { "ppm2_max", 1.5, 5000, -9, 1 },
    { "ppm2_max", 0.5, 10000, -17, 2 },
};

/* Each is an isolated burst, and is shown on both scales of its type too: by the alignment of +18 dBu. */
static void add_bursts(struct standard *list, size_t *n)
{
    for (size_t i = 0; i < sizeof bursts / sizeof *bursts; i++) {
        const struct burst *b = &bursts[i];
        struct standard *s =
            add(list, n,
                &(struct standard){
                    .seconds = 0.7, .sample = tone, .hz = b->hz, .amplitude = 0.5, .on_s = b->ms / 1000 });
        snprintf(s->name, sizeof s->name, "%s, burst of %g ms", b->reading, b->ms);
        double expected = DB(0.5) + b->expected_db, t = b->tolerance_db;
        look(s, 0.6, b->reading, expected - t, expected + t);
        if (b->reading[3] == '1') {
            look(s, 0.6, "ppm_din_max", expected + 18 - 6 - t, expected + 18 - 6 + t);
        } else {
            look(s, 0.6, "ppm_ebu_max", expected + 18 - t, expected + 18 + t);
            look(s, 0.6, "ppm_bbc_max", 4 + (expected + 18 - t) / 4, 4 + (expected + 18 + t) / 4);
        }
    }
}

/* Return: `db` in `seconds` +- 0.3 s, after a steady tone of 1.5 s that reads its level. */
static void add_return(struct standard *list, size_t *n, const char *reading, double db, double seconds)
{
    struct standard *s =
        add(list, n,
            &(struct standard){
                .seconds = 1.5 + seconds + 0.5, .sample = tone, .hz = 1000, .amplitude = 0.5, .on_s = 1.5 });
    snprintf(s->name, sizeof s->name, "%s, return", reading);
    look(s, 1.4, reading, DB(0.5) - 0.3, DB(0.5) + 0.3);
    look(s, 1.5 + seconds - 0.3, reading, DB(0.5) - db, DB(0.5));
    look(s, 1.5 + seconds + 0.3 + LATE_S, reading, -INFINITY, DB(0.5) - db);
}

/* IEC 60268-17: 99 % after 300 ms +- 10 %, overshoot 1 to 1.5 %, return in the same time. */
static void add_vu(struct standard *list, size_t *n)
{
    const double level = DB(0.25), near_full = DB(0.99), one_percent = DB(0.01);
    struct standard *s = add(
        list, n,
        &(struct standard){
            .name = "VU, step", .seconds = 2.6, .sample = tone, .hz = 1000, .amplitude = 0.25, .on_s = 2 });
    look(s, 0.27, "vu", -INFINITY, level + near_full);
    look(s, 0.33 + LATE_S, "vu", level + near_full, level + DB(1.015));
    look(s, 1.8, "vu", level - 0.02, level + 0.02);
    look(s, 1.8, "vu_max", level + DB(1.01), level + DB(1.015));
    look(s, 2.27 - LATE_S, "vu", level + one_percent, level);
    look(s, 2.33 + LATE_S, "vu", -INFINITY, level + one_percent);
}

/* Tones that drift through all phases against the samples, within 0.1 dB up to 20 kHz at every rate. */
static void add_true_peaks(struct standard *list, size_t *n)
{
    static const double hz[] = { 50.3, 997, 6007, 9973, 11999, 14009, 16001, 18013, 19001, 19997 };
    for (size_t i = 0; i < sizeof hz / sizeof *hz; i++) {
        struct standard *s =
            add(list, n,
                &(struct standard){
                    .seconds = 1, .sample = faded_tone, .hz = hz[i], .amplitude = 0.9, .on_s = 0.95 });
        snprintf(s->name, sizeof s->name, "true peak of %g Hz", hz[i]);
        look(s, 1, "true_peak", DB(0.9) - 0.1, DB(0.9) + 0.1);
    }
}

/* The correlation of two sines is the cosine of the angle between them. */
static void add_correlations(struct standard *list, size_t *n)
{
    for (int degrees = 0; degrees <= 180; degrees += 15) {
        struct standard *s = add(list, n,
                                 &(struct standard){ .seconds = 1.2,
                                                     .sample = two_tones,
                                                     .hz = 1000,
                                                     .amplitude = 0.5,
                                                     .phase = degrees * M_PI / 180 });
        double expected = cos(s->phase);
        snprintf(s->name, sizeof s->name, "correlation at %d degrees", degrees);
        look(s, 1, "correlation", expected - 0.005, expected + 0.005);
        look(s, 1, "correlation_mean", expected - 0.02, expected + 0.02);
        look(s, 1, "balance", 59.9, 60.1);
    }
}

/* IEC 60268-18: the very first samples show. */
static double step(const struct standard *s, unsigned channel, double t)
{
    (void)channel;
    return t >= 0.5 ? s->amplitude : 0;
}

static void add_digital_peak(struct standard *list, size_t *n)
{
    struct standard *s = add(
        list, n,
        &(struct standard){ .name = "digital peak, a step", .seconds = 1, .sample = step, .amplitude = 0.5 });
    look(s, 0.45, "dpm_max", -INFINITY, -140);
    look(s, 0.55, "dpm_max", DB(0.5) - 0.001, DB(0.5) + 0.001);
    look(s, 0.55, "peak", DB(0.5) - 0.001, DB(0.5) + 0.001);
    look(s, 0.55, "dpm", DB(0.5) - 0.1, DB(0.5) + 0.1);
}

size_t standards(struct standard list[STANDARDS_MAX])
{
    size_t n = 0;
    add_bursts(list, &n);
    add_return(list, &n, "ppm1", 20, 1.7);
    add_return(list, &n, "ppm2", 24, 2.8);
    add_return(list, &n, "dpm", 20, 1.7);
    add_vu(list, &n);
    add_digital_peak(list, &n);
    add_true_peaks(list, &n);
    add_correlations(list, &n);
    return n;
}

float *standard_sound(const struct standard *s, double rate_hz, size_t *frames)
{
    *frames = (size_t)lround(s->seconds * rate_hz);
    float *x = malloc(2 * *frames * sizeof *x);
    for (size_t i = 0; i < 2 * *frames; i++) {
        x[i] = (float)s->sample(s, i >= *frames, (double)(i % *frames) / rate_hz);
    }
    return x;
}
