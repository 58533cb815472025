/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The saturator: the harmonics it states, how they move with the level (a square law 1 dB per dB, a cubic one
 * 2 dB per dB), its ceiling, and its curve against what a tone does in it. */
#include "../support/stage_rig.h"

#include <criterion/criterion.h>
#include <math.h>

#define LIST(...) ((const struct rig_value[]){ __VA_ARGS__, { NULL, 0 } })

enum {
    N = 96000
};

static const double rates[] = { 44100, 48000, 96000 };

static double harmonic_db(const struct rig *rig, double f, int n)
{
    double rate = rig->setup.rate_hz;
    unsigned from = (unsigned)(rate / 2), frames = (unsigned)(rate / 2);
    const float *x = rig->out[GS_REAL][0] + from;
    return 20 * log10(rig_amplitude(x, frames, n * f, rate) / rig_amplitude(x, frames, f, rate));
}

Test(saturator, harmonics_as_stated)
{
    for (size_t r = 0; r < 3; r++) {
        for (double below = 0; below <= 12; below += 6) {
            for (int live = 0; live < 2; live++) {
                struct rig rig;
                rig_open(&rig, "saturator", rates[r], GS_DIGITAL, 1,
                         LIST({ "d2_percent", 0.4 }, { "d3_percent", 0.3 }, { "quality", live }));
                rig_run_sine(&rig, pow(10, (-18 - below) / 20), 1000, (unsigned)rates[r]);
                cr_assert_float_eq(harmonic_db(&rig, 1000, 2), 20 * log10(0.004) - below, 0.1);
                cr_assert_float_eq(harmonic_db(&rig, 1000, 3), 20 * log10(0.003) - 2 * below, 0.1);
                rig_close(&rig);
            }
        }
    }
}

/* The sweet spot moves with the drive, and linked the level stays. */
Test(saturator, drive_moves_the_colour_and_not_the_level)
{
    struct rig rig;
    rig_open(&rig, "saturator", 48000, GS_DIGITAL, 1, LIST({ "drive_db", 12 }, { "nominal_dbfs", -20 }));
    double peak = pow(10, -32 / 20.0);
    rig_run_sine(&rig, peak, 1000, 48000);
    cr_assert_float_eq(harmonic_db(&rig, 1000, 2), 20 * log10(0.004), 0.1);
    double got = rig_amplitude(rig.out[GS_REAL][0] + 24000, 24000, 1000, 48000);
    /* the cubic's own part in the fundamental: 3/4 c3 A^2 = -3 d3 */
    cr_assert_float_eq(got / peak, 1 - 3 * 0.003, 0.0005);
    cr_assert_float_eq(rig_levels(&rig, peak, 1000).gain, 1, 1e-12);
    rig_close(&rig);

    rig_open(&rig, "saturator", 48000, GS_DIGITAL, 1,
             LIST({ "drive_db", 12 }, { "link", 0 }, { "output_db", -3 }, { "d2_percent", 0 },
                  { "d3_percent", 0 }));
    rig_run_sine(&rig, peak, 1000, 48000);
    got = rig_amplitude(rig.out[GS_REAL][0] + 24000, 24000, 1000, 48000);
    cr_assert_float_eq(20 * log10(got / peak), 9, 0.001);
    cr_assert_float_eq(20 * log10(rig_levels(&rig, peak, 1000).gain), 9, 1e-9);
    rig_close(&rig);
}

/* Fundamental of the curve for a sine, by a sum over one period. */
static double fundamental(const struct rig *rig, double peak)
{
    double sum = 0;
    for (int i = 0; i < 4096; i++) {
        double s = sin(2 * M_PI * (i + 0.5) / 4096);
        sum += rig->kind->curve(rig->param, &rig->setup, peak * s) * s / 2048;
    }
    return sum;
}

Test(saturator, tone_meets_the_curve)
{
    for (size_t r = 0; r < 3; r++) {
        for (double db = -24; db <= 6; db += 6) {
            struct rig rig;
            rig_open(&rig, "saturator", rates[r], GS_DIGITAL, 1, LIST({ "drive_db", 3 }));
            double peak = pow(10, db / 20);
            rig_run_sine(&rig, peak, 1000, N < rates[r] ? N : (unsigned)rates[r]);
            unsigned half = (unsigned)(rates[r] / 2);
            double got = rig_amplitude(rig.out[GS_REAL][0] + half, half, 1000, rates[r]);
            double off = 20 * log10(got / fundamental(&rig, peak));
            cr_assert_float_eq(off, 0, 0.02, "%g dB at %g: %g dB off", db, rates[r], off);
            rig_close(&rig);
        }
    }
}

Test(saturator, clean_is_a_delay_to_the_bit)
{
    struct rig rig;
    rig_open(&rig, "saturator", 48000, GS_DIGITAL, 2, LIST({ "d2_percent", 0 }, { "d3_percent", 0 }));
    double peak = 0.49 * pow(10, -6 / 20.0); /* knee at 0.5 of the ceiling */
    unsigned latency = rig_levels(&rig, peak, 997).latency;
    rig_run_sine(&rig, peak, 997, 4800);
    for (unsigned n = latency; n < 4800; n++) {
        float want = (float)(peak * sin(2 * M_PI * 997 * (n - latency) / 48000));
        cr_assert_eq(rig.out[GS_REAL][1][n], want);
        cr_assert_eq(rig.out[GS_IDEAL][0][n], want);
        cr_assert_eq(rig.clip[0][n], 0u);
    }
    rig_close(&rig);
}

Test(saturator, ceiling_holds_and_is_marked)
{
    struct rig rig;
    rig_open(&rig, "saturator", 48000, GS_DIGITAL, 1,
             LIST({ "quality", 1 }, { "knee", 1 }, { "d2_percent", 0 }));
    cr_assert_eq(rig_levels(&rig, 1, 997).latency, 0u);
    rig_run_sine(&rig, 1, 997, 4800);
    float ceiling = (float)pow(10, -6 / 20.0);
    unsigned marks = 0;
    for (unsigned n = 0; n < 4800; n++) {
        cr_assert_leq(fabsf(rig.out[GS_REAL][0][n]), ceiling);
        cr_assert_eq(rig.clip[0][n], fabsf(rig.out[GS_IDEAL][0][n]) > ceiling);
        marks += rig.clip[0][n];
    }
    cr_assert_gt(marks, 2000u);
    rig_close(&rig);
}

Test(saturator, moving_does_not_depend_on_the_cut)
{
    static const unsigned pieces[] = { 1, 7, 32 };
    struct rig rig[3];
    for (int i = 0; i < 3; i++) {
        rig_open(&rig[i], "saturator", 44100, GS_DIGITAL, 1, NULL);
        rig[i].piece = pieces[i];
        rig_set(&rig[i], "drive_db", 9);
        rig_set(&rig[i], "link", 0);
        rig_set(&rig[i], "ceiling_dbfs", -12);
        rig_run_sine(&rig[i], 0.5, 997, 10000);
    }
    for (int i = 1; i < 3; i++) {
        for (unsigned n = 0; n < 10000; n++) {
            cr_assert_eq(rig[i].out[GS_REAL][0][n], rig[0].out[GS_REAL][0][n], "piece %u, frame %u",
                         pieces[i], n);
        }
    }
    for (int i = 0; i < 3; i++) {
        rig_close(&rig[i]);
    }
}
