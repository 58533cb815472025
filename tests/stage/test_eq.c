/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The equaliser against the formulas of the Audio EQ Cookbook (R. Bristow-Johnson, W3C Note 2021), written
 * down here a second time as the cookbook has them. */
#include "../support/stage_rig.h"

#include <complex.h>
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>

#define LIST(...) ((const struct rig_value[]){ __VA_ARGS__, { NULL, 0 } })

/* H(z) of the cookbook's `type` at f: 'h'igh-pass, 'l'ow-pass, 'p'eaking, low 's'helf, high s'H'elf. */
static double complex cookbook(char type, double rate, double f0, double q, double db, double f)
{
    double w0 = 2 * M_PI * f0 / rate, A = pow(10, db / 40), c = cos(w0), al = sin(w0) / (2 * q),
           s = 2 * sqrt(A) * al;
    double b[3], a[3];
    switch (type) {
    case 'l':
        b[0] = (1 - c) / 2, b[1] = 1 - c, b[2] = (1 - c) / 2;
        a[0] = 1 + al, a[1] = -2 * c, a[2] = 1 - al;
        break;
    case 'h':
        b[0] = (1 + c) / 2, b[1] = -(1 + c), b[2] = (1 + c) / 2;
        a[0] = 1 + al, a[1] = -2 * c, a[2] = 1 - al;
        break;
    case 'p':
        b[0] = 1 + al * A, b[1] = -2 * c, b[2] = 1 - al * A;
        a[0] = 1 + al / A, a[1] = -2 * c, a[2] = 1 - al / A;
        break;
    case 's':
        b[0] = A * ((A + 1) - (A - 1) * c + s), b[1] = 2 * A * ((A - 1) - (A + 1) * c);
        b[2] = A * ((A + 1) - (A - 1) * c - s);
        a[0] = (A + 1) + (A - 1) * c + s, a[1] = -2 * ((A - 1) + (A + 1) * c),
        a[2] = (A + 1) + (A - 1) * c - s;
        break;
    default:
        b[0] = A * ((A + 1) + (A - 1) * c + s), b[1] = -2 * A * ((A - 1) + (A + 1) * c);
        b[2] = A * ((A + 1) + (A - 1) * c - s);
        a[0] = (A + 1) - (A - 1) * c + s, a[1] = 2 * ((A - 1) - (A + 1) * c),
        a[2] = (A + 1) - (A - 1) * c - s;
        break;
    }
    double complex z = cexp(-2 * M_PI * f / rate * I);
    return (b[0] + b[1] * z + b[2] * z * z) / (a[0] + a[1] * z + a[2] * z * z);
}

struct band {
    char type, row[16], hz[16], q[16];
    double value, f0, quality;
};

ParameterizedTestParameters(eq, band)
{
    static struct band rows[] = {
        { 'h', "highpass", "highpass_hz", "highpass_q", 1, 80, M_SQRT1_2 },
        { 'h', "highpass", "highpass_hz", "highpass_q", 1, 400, 2 },
        { 's', "low_shelf_db", "low_shelf_hz", "low_shelf_q", 9, 100, M_SQRT1_2 },
        { 's', "low_shelf_db", "low_shelf_hz", "low_shelf_q", -24, 300, 0.5 },
        { 'p', "peak1_db", "peak1_hz", "peak1_q", 12, 60, 0.7 },
        { 'p', "peak2_db", "peak2_hz", "peak2_q", -15, 1000, 8 },
        { 'p', "peak3_db", "peak3_hz", "peak3_q", 24, 12000, 1 },
        { 'H', "high_shelf_db", "high_shelf_hz", "high_shelf_q", 6, 8000, M_SQRT1_2 },
        { 'H', "high_shelf_db", "high_shelf_hz", "high_shelf_q", -18, 2000, 1 },
        { 'l', "lowpass", "lowpass_hz", "lowpass_q", 1, 12000, M_SQRT1_2 },
        { 'l', "lowpass", "lowpass_hz", "lowpass_q", 1, 3000, 4 },
    };
    return cr_make_param_array(struct band, rows, sizeof rows / sizeof *rows);
}

static const double rates[] = { 44100, 48000, 96000 };
static const double tones[] = { 50, 97, 200, 997, 3150, 8000, 15000, 19500 };

/* Formula = response() = what comes out of it, on both paths alike. */
ParameterizedTest(struct band *b, eq, band)
{
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        for (size_t t = 0; t < sizeof tones / sizeof *tones; t++) {
            double f = tones[t], rate = rates[r];
            struct rig rig;
            rig_open(&rig, "eq", rate, GS_DIGITAL, 2,
                     LIST({ b->row, b->value }, { b->hz, b->f0 }, { b->q, b->quality }));
            double complex want = cookbook(b->type, rate, b->f0, b->quality, b->value, f);
            double db = 20 * log10(cabs(want));
            cr_assert_float_eq(20 * log10(rig.kind->response(rig.param, &rig.setup, f)), db, 1e-6);
            double turn = remainder(rig.kind->phase(rig.param, &rig.setup, f) - carg(want), 2 * M_PI);
            cr_assert_float_eq(turn, 0, 1e-6);
            cr_assert_float_eq(rig_levels(&rig, 0.1, f).gain, 1, 1e-12);
            unsigned settle = (unsigned)(rate * 0.4), frames = settle + (unsigned)(rate * 0.2);
            rig_run_sine(&rig, 0.1, f, frames);
            double got = rig_amplitude(rig.out[GS_REAL][1] + settle, frames - settle, f, rate) / 0.1;
            if (db > -80) {
                cr_assert_float_eq(20 * log10(got), db, 0.002, "%s %g Hz at %g: %g, not %g dB", b->row, f,
                                   rate, 20 * log10(got), db);
            }
            for (unsigned n = 0; n < frames; n++) {
                cr_assert_eq(rig.out[GS_REAL][0][n], rig.out[GS_IDEAL][0][n]);
            }
            rig_close(&rig);
        }
    }
}

Test(eq, bands_multiply)
{
    struct rig rig;
    rig_open(&rig, "eq", 48000, GS_DIGITAL, 1,
             LIST({ "highpass", 1 }, { "peak2_db", 6 }, { "high_shelf_db", -4 }, { "gain_db", -3 }));
    double want = cabs(cookbook('h', 48000, 80, M_SQRT1_2, 0, 1500) * cookbook('p', 48000, 1000, 1, 6, 1500) *
                       cookbook('H', 48000, 8000, M_SQRT1_2, -4, 1500));
    cr_assert_float_eq(rig.kind->response(rig.param, &rig.setup, 1500), want, 1e-9);
    rig_run_sine(&rig, 0.5, 1500, 24000);
    double got = rig_amplitude(rig.out[GS_REAL][0] + 9600, 14400, 1500, 48000);
    cr_assert_float_eq(20 * log10(got / 0.5 / want), -3, 0.002);
    rig_close(&rig);
}

Test(eq, flat_is_transparent_to_the_bit)
{
    struct rig rig;
    rig_open(&rig, "eq", 48000, GS_DIGITAL, 1, NULL);
    rig_run_sine(&rig, 0.7, 997, 4800);
    for (unsigned n = 0; n < 4800; n++) {
        cr_assert_eq(rig.out[GS_REAL][0][n], (float)(0.7 * sin(2 * M_PI * 997 * n / 48000)));
    }
    rig_close(&rig);
}

/* Knobs and switches in motion: every cut of a cell gives the same samples. */
Test(eq, moving_does_not_depend_on_the_cut)
{
    static const unsigned pieces[] = { 1, 7, 32 };
    struct rig rig[3];
    for (int i = 0; i < 3; i++) {
        rig_open(&rig[i], "eq", 44100, GS_DIGITAL, 1, LIST({ "peak1_db", 6 }));
        rig[i].piece = pieces[i];
        rig_set(&rig[i], "peak1_hz", 2000);
        rig_set(&rig[i], "peak1_db", 0);
        rig_set(&rig[i], "peak2_db", -12);
        rig_set(&rig[i], "highpass", 1);
        rig_run_sine(&rig[i], 0.5, 997, 30000);
    }
    for (int i = 1; i < 3; i++) {
        for (unsigned n = 0; n < 30000; n++) {
            cr_assert_eq(rig[i].out[GS_REAL][0][n], rig[0].out[GS_REAL][0][n], "piece %u, frame %u",
                         pieces[i], n);
        }
    }
    for (int i = 0; i < 3; i++) {
        rig_close(&rig[i]);
    }
}

/* A bell turned by 6 dB under a tone at its centre: like a fader's turn, beyond 500 Hz from the tone less
 * than -95 dB of it is left (the whole run is one window: Blackman-Harris, side lobes below -92 dB at worst,
 * at 500 Hz far below -110). */
Test(eq, a_turn_does_not_click)
{
    enum {
        N = 32768
    };
    struct rig rig;
    rig_open(&rig, "eq", 48000, GS_DIGITAL, 1, NULL);
    static float x[N];
    for (unsigned n = 0; n < N; n++) {
        x[n] = (float)(0.25 * sin(2 * M_PI * 1000 * n / 48000.0));
    }
    rig_run(&rig, x, NULL, N / 4);
    static double y[N];
    rig_set(&rig, "peak2_db", 6);
    rig_run(&rig, x, NULL, N); /* 1000 Hz: 48 frames a cycle, but N / 4 is none of them */
    for (unsigned n = 0; n < N; n++) {
        double w = 2 * M_PI * n / N;
        y[n] = rig.out[GS_REAL][0][n] *
               (0.35875 - 0.48829 * cos(w) + 0.14128 * cos(2 * w) - 0.01168 * cos(3 * w));
    }
    double tone = 0, worst = 0;
    for (double f = 900; f <= 6000; f += f < 1100 ? 1 : 37) {
        double complex sum = 0;
        for (unsigned n = 0; n < N; n++) {
            sum += y[n] * cexp(-2 * M_PI * f * n / 48000 * I);
        }
        tone = fmax(tone, cabs(sum));
        worst = f > 1500 ? fmax(worst, cabs(sum)) : worst;
    }
    cr_assert_lt(20 * log10(worst / tone), -95, "%g dB", 20 * log10(worst / tone));
    rig_close(&rig);
}

Test(eq, forgets_what_is_no_number)
{
    struct rig rig;
    const float bad[3] = { NAN, INFINITY, -3e38f };
    rig_open(&rig, "eq", 48000, GS_DIGITAL, 1, LIST({ "low_shelf_db", 12 }));
    rig_run(&rig, bad, NULL, 3);
    rig_run_sine(&rig, 0.1, 997, 9600);
    for (unsigned n = 0; n < 9600; n++) {
        cr_assert(isfinite(rig.out[GS_REAL][0][n]));
    }
    rig_close(&rig);
}
