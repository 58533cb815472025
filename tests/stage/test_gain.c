/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * gain, fader, bus and master: a number times a number, cut at the ceiling and marked there, and levels()
 * that says so beforehand. */
#include "dsp/pan.h"
#include "../support/stage_rig.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>

#define LIST(...) ((const struct rig_value[]){ __VA_ARGS__, { NULL, 0 } })

struct row {
    char kind[8], key[16], ceiling[16];
    enum gs_domain domain;
    double ceiling_db;   /* in the row's own terms */
    double ceiling_peak; /* the same as a number on the wire */
};

#define V_AT_18_DBU (0.77459666924148338 * 1.41421356237309505 * 7.943282347242815) /* 10^(18/20) */
ParameterizedTestParameters(levels, ceiling)
{
    static struct row rows[] = {
        { "gain", "gain_db", "ceiling_db", GS_DIGITAL, -6.020599913279624, 0.5 },
        { "gain", "gain_db", "ceiling_db", GS_ANALOG, 18, V_AT_18_DBU },
        { "gain", "gain_db", "ceiling_db", GS_ACOUSTIC, 93.97940008672037, 1.41421356237309505 },
        { "fader", "gain_db", "ceiling_db", GS_DIGITAL, -6.020599913279624, 0.5 },
        { "fader", "gain_db", "ceiling_db", GS_ANALOG, 18, V_AT_18_DBU },
        { "bus", "gain_db", "ceiling_db", GS_DIGITAL, -6.020599913279624, 0.5 },
        { "bus", "gain_db", "ceiling_db", GS_ANALOG, 18, V_AT_18_DBU },
        { "master", "gain_db", "ceiling_dbtp", GS_DIGITAL, -6.020599913279624, 0.5 },
        { "master", "gain_db", "ceiling_dbtp", GS_ANALOG, 0, V_AT_18_DBU },
    };
    return cr_make_param_array(struct row, rows, sizeof rows / sizeof *rows);
}

/* 6 dB of gain and a tone 3 dB under the ceiling before it: what comes out is the clipped tone, exactly. */
ParameterizedTest(struct row *row, levels, ceiling)
{
    struct rig rig;
    rig_open(&rig, row->kind, 48000, row->domain, 2,
             LIST({ row->ceiling, row->ceiling_db }, { row->key, 6.0 }));
    double peak = row->ceiling_peak * pow(10.0, -3.0 / 20.0), gain = pow(10.0, 6.0 / 20.0);
    rig_run_sine(&rig, peak, 997, 4800);
    unsigned clipped = 0;
    for (unsigned n = 0; n < 4800; n++) {
        double want = gain * (float)(peak * sin(2.0 * M_PI * 997 * n / 48000.0));
        cr_assert_float_eq(rig.out[GS_IDEAL][0][n], want, 1e-6 * row->ceiling_peak);
        double cut = fmax(-row->ceiling_peak, fmin(row->ceiling_peak, want));
        cr_assert_float_eq(rig.out[GS_REAL][1][n], cut, 1e-6 * row->ceiling_peak);
        cr_assert_eq(rig.clip[0][n], fabs(rig.out[GS_IDEAL][0][n]) > (float)row->ceiling_peak);
        clipped += rig.clip[1][n];
    }
    cr_assert_gt(clipped, 2000u);
    struct gs_levels levels = rig_levels(&rig, peak, 997);
    cr_assert_float_eq(20.0 * log10(levels.gain), 6.0, 1e-9);
    cr_assert_float_eq(levels.ceiling, row->ceiling_peak, 1e-9 * row->ceiling_peak);
    cr_assert(isinf(levels.ceiling_in));
    cr_assert_eq(levels.noise_in + levels.noise_out, 0.0);
    rig_close(&rig);
}

Test(levels, at_the_ceiling_is_not_above_it)
{
    struct rig rig;
    const float edge[4] = { 1.0f, -1.0f, nextafterf(1.0f, 2.0f), -1.5f };
    rig_open(&rig, "master", 48000, GS_DIGITAL, 1, NULL);
    rig_run(&rig, edge, NULL, 4);
    cr_assert(!rig.clip[0][0] && !rig.clip[0][1] && rig.clip[0][2] && rig.clip[0][3]);
    cr_assert_eq(rig.out[GS_REAL][0][3], -1.0f);
    rig_close(&rig);
}

Test(levels, float_has_no_ceiling)
{
    static const char *const kinds[] = { "gain", "fader", "bus" };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct rig rig;
        rig_open(&rig, kinds[i], 48000, GS_DIGITAL, 2, LIST({ "gain_db", 10.0 }));
        rig_run_sine(&rig, 100.0, 997, 480);
        for (unsigned n = 0; n < 480; n++) {
            cr_assert_eq(rig.out[GS_REAL][0][n], rig.out[GS_IDEAL][0][n]);
            cr_assert_eq(rig.clip[0][n], 0u);
        }
        cr_assert(isinf(rig_levels(&rig, 100.0, 997).ceiling));
        rig_close(&rig);
    }
}

Test(levels, polarity_turns_and_says_so)
{
    struct rig rig;
    const float x[2] = { 0.25f, -0.5f };
    rig_open(&rig, "gain", 48000, GS_ANALOG, 1, LIST({ "polarity", 1 }));
    rig_run(&rig, x, NULL, 2);
    cr_assert(rig.out[GS_REAL][0][0] == -0.25f && rig.out[GS_IDEAL][0][1] == 0.5f);
    cr_assert_eq(rig_levels(&rig, 1.0, 997).gain, -1.0);
    rig_close(&rig);
}

Test(levels, fader_at_the_bottom_is_silent)
{
    struct rig rig;
    rig_open(&rig, "fader", 48000, GS_DIGITAL, 1, LIST({ "gain_db", -INFINITY }));
    rig_run_sine(&rig, 1.0, 997, 64);
    for (unsigned n = 0; n < 64; n++) {
        cr_assert_eq(rig.out[GS_REAL][0][n], 0.0f);
    }
    cr_assert_eq(rig_levels(&rig, 1.0, 997).gain, 0.0);
    rig_close(&rig);
}

/* A mono strip comes out on two sides as the law says; levels() tells each side's level. */
Test(levels, fader_pans)
{
    for (int law = 0; law < 4; law++) {
        for (double pan = -1.0; pan <= 1.0; pan += 0.25) {
            struct rig rig;
            rig_open(&rig, "fader", 48000, GS_DIGITAL, 1,
                     LIST({ "pan", pan }, { "pan_law", law }, { "gain_db", -6.0 }));
            cr_assert_eq(rig.setup.channels_out, 2u);
            rig_run_sine(&rig, 1.0, 997, 4800);
            struct gs_levels levels = rig_levels(&rig, 1.0, 997);
            for (unsigned c = 0; c < 2; c++) {
                double got = rig_amplitude(rig.out[GS_REAL][c], 4800, 997, 48000);
                cr_assert_float_eq(got, levels.gain * levels.balance[c], 1e-6);
            }
            struct gs_pan at = gs_pan_gains((enum gs_pan_law)law, 1, (float)pan);
            cr_assert(levels.balance[0] == (double)at.left && levels.balance[1] == (double)at.right);
            rig_close(&rig);
        }
    }
}

/* While fader and pan move, any cut of a cell gives the same samples. */
Test(levels, moving_does_not_depend_on_the_cut)
{
    static const unsigned pieces[] = { 1, 7, 32 };
    struct rig rig[3];
    for (int i = 0; i < 3; i++) {
        rig_open(&rig[i], "fader", 44100, GS_DIGITAL, 1, NULL);
        rig[i].piece = pieces[i];
        rig_set(&rig[i], "pan", 0.7);
        rig_set(&rig[i], "gain_db", -12);
        rig_run_sine(&rig[i], 1.0, 997, 8000);
    }
    for (unsigned n = 0; n < 8000; n++) {
        for (int i = 1; i < 3; i++) {
            cr_assert_eq(rig[i].out[GS_REAL][0][n], rig[0].out[GS_REAL][0][n], "frame %u", n);
            cr_assert_eq(rig[i].out[GS_REAL][1][n], rig[0].out[GS_REAL][1][n], "frame %u", n);
        }
    }
    for (int i = 0; i < 3; i++) {
        rig_close(&rig[i]);
    }
}

/* Fixed point: what is above full scale is lost, and words of 16 bits make q^2/4 of noise with TPDF. */
Test(bus, fixed_point)
{
    struct rig rig;
    rig_open(&rig, "bus", 48000, GS_DIGITAL, 1, LIST({ "bits", 16 }, { "dither", 2 }));
    rig_run_sine(&rig, 0.5, 997, 48000);
    double q = 2.0 / 65536, power = 0;
    for (unsigned n = 0; n < 48000; n++) {
        double e = (double)rig.out[GS_REAL][0][n] - (double)rig.out[GS_IDEAL][0][n];
        power += e * e / 48000;
    }
    cr_assert_float_eq(10 * log10(power / (q * q / 4)), 0, 0.1);
    cr_assert_float_eq(rig_levels(&rig, 0.5, 997).noise_out * 24000, q * q / 4, 1e-6 * q * q);
    cr_assert_eq(rig_levels(&rig, 0.5, 997).ceiling, 1.0);
    rig_run_sine(&rig, 2, 997, 480);
    for (unsigned n = 0; n < 480; n++) {
        cr_assert_leq(fabsf(rig.out[GS_REAL][0][n]), 1.0f);
        cr_assert_eq(rig.clip[0][n], fabsf(rig.out[GS_IDEAL][0][n]) > 1.0f);
    }
    rig_close(&rig);
}

/* The summing amplifier's noise stands before the bus fader. */
Test(bus, noise)
{
    struct rig rig;
    static float silence[96000];
    rig_open(&rig, "bus", 48000, GS_ANALOG, 2,
             LIST({ "noise_db", -80 }, { "noise_weighting", 1 }, { "gain_db", -12 }));
    rig_run(&rig, silence, NULL, 96000);
    double power = 0, want = 0.6 * 1e-8 * pow(10, -1.2) / 20000; /* V^2/Hz: 0 dBu is 0.6 V^2, over 20 kHz */
    for (unsigned n = 0; n < 96000; n++) {
        power += pow(rig.out[GS_REAL][1][n], 2) / 96000;
        cr_assert_eq(rig.out[GS_IDEAL][1][n], 0.0f);
    }
    cr_assert_float_eq(10 * log10(power / (want * 24000)), 0, 0.1);
    struct gs_levels levels = rig_levels(&rig, 1, 997);
    cr_assert_float_eq(levels.noise_in * levels.gain * levels.gain / want, 1, 1e-9);
    rig_close(&rig);
}
