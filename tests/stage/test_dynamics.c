/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compressor and gate: the static curve of Giannoulis, Massberg and Reiss (J. AES 60, 2012, equation 4), steady
 * tones against it, the two time constants, both channels and both paths alike. */
#include "../support/stage_rig.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LIST(...) ((const struct rig_value[]){ __VA_ARGS__, { NULL, 0 } })

static const double rates[] = { 44100, 48000, 96000 };

/* Level out for level in, as the paper writes it. */
static double paper_curve(double x, double threshold, double ratio, double knee)
{
    if (2 * (x - threshold) < -knee) {
        return x;
    }
    if (2 * fabs(x - threshold) <= knee && knee > 0) {
        return x + (1 / ratio - 1) * pow(x - threshold + knee / 2, 2) / (2 * knee);
    }
    return threshold + (x - threshold) / ratio;
}

static double settled_db(struct rig *rig, double peak_db, double f)
{
    double rate = rig->setup.rate_hz;
    unsigned settle = (unsigned)(1.0 * rate), frames = settle + (unsigned)(0.5 * rate);
    rig_run_sine(rig, pow(10, peak_db / 20), f, frames);
    return 20 * log10(rig_amplitude(rig->out[GS_REAL][0] + settle, frames - settle, f, rate));
}

struct curve {
    double threshold, ratio, knee;
};

ParameterizedTestParameters(compressor, follows_the_curve)
{
    static struct curve rows[] = {
        { -20, 2, 6 }, { -30, 4, 0 }, { -24, 8, 12 }, { -40, 100, 3 }, { -10, 1, 6 }
    };
    return cr_make_param_array(struct curve, rows, sizeof rows / sizeof *rows);
}

ParameterizedTest(struct curve *c, compressor, follows_the_curve)
{
    static const double levels_db[] = { -45, -32, -24, -18.5, -12, -3, 6 }, tones[] = { 200, 997, 5003 };
    for (size_t l = 0; l < sizeof levels_db / sizeof *levels_db; l++) {
        for (size_t t = 0; t < 9; t++) {
            double f = tones[t % 3], in = levels_db[l],
                   want = paper_curve(in, c->threshold, c->ratio, c->knee);
            struct rig rig;
            rig_open(&rig, "compressor", rates[t / 3], GS_DIGITAL, 1,
                     LIST({ "threshold_db", c->threshold }, { "ratio", c->ratio }, { "knee_db", c->knee }));
            double got = settled_db(&rig, in, f);
            cr_assert_float_eq(got, want, 0.1, "%g dB, %g Hz: %g, not %g dB", in, f, got, want);
            double said = in + 20 * log10(rig_levels(&rig, pow(10, in / 20), f).gain);
            cr_assert_float_eq(got, said, 0.02, "%g dB, %g Hz: %g, predicted %g dB", in, f, got, said);
            rig_close(&rig);
        }
    }
}

/* Where the ripple of the detector is no longer small the prediction follows it. */
Test(compressor, prediction_knows_the_ripple)
{
    for (double f = 30; f < 200; f *= 1.5) {
        struct rig rig;
        rig_open(&rig, "compressor", 48000, GS_DIGITAL, 1, LIST({ "threshold_db", -30 }, { "ratio", 4 }));
        double said = -6 + 20 * log10(rig_levels(&rig, pow(10, -6 / 20.0), f).gain),
               got = settled_db(&rig, -6, f);
        cr_assert_float_eq(got, said, 0.15, "%g Hz: %g, predicted %g dB", f, got, said);
        rig_close(&rig);
    }
}

/* White noise with a normal distribution, sum of twelve uniform numbers less six (Marsaglia's 69069 LCG). */
Test(compressor, noise_is_predicted_within_half_a_decibel)
{
    enum {
        N = 48000 * 4
    };
    static float x[N];
    uint32_t seed = 1;
    for (unsigned n = 0; n < N; n++) {
        double sum = -6;
        for (int i = 0; i < 12; i++) {
            seed = seed * 69069u + 1;
            sum += seed / 4294967296.0;
        }
        x[n] = (float)(0.1 * sum);
    }
    struct rig rig;
    rig_open(&rig, "compressor", 48000, GS_DIGITAL, 1, LIST({ "threshold_db", -30 }, { "ratio", 3 }));
    rig_run(&rig, x, NULL, N);
    double in = 0, out = 0;
    for (unsigned n = N / 4; n < N; n++) {
        in += x[n] * x[n];
        out += rig.out[GS_REAL][0][n] * rig.out[GS_REAL][0][n];
    }
    struct gs_probe probe = { 1000, 0.6, 0.1, 0, false };
    struct gs_levels said = gs_levels_default();
    rig.kind->levels(rig.param, &rig.setup, &probe, &said);
    cr_assert_float_eq(10 * log10(out / in), 20 * log10(said.gain), 0.5, "%g, predicted %g",
                       10 * log10(out / in), 20 * log10(said.gain));
    rig_close(&rig);
}

Test(compressor, below_the_knee_transparent_to_the_bit)
{
    struct rig rig;
    rig_open(&rig, "compressor", 48000, GS_DIGITAL, 2, NULL); /* threshold -20, knee 6: begins at -23 */
    rig_run_sine(&rig, pow(10, -23.01 / 20), 997, 4800);
    for (unsigned n = 0; n < 4800; n++) {
        cr_assert_eq(rig.out[GS_REAL][0][n], (float)(pow(10, -23.01 / 20) * sin(2 * M_PI * 997 * n / 48000)));
    }
    cr_assert_eq(rig.kind->reduction_db(rig.state), 0.0f);
    rig_close(&rig);
}

/* The reduction comes from the louder channel and moves both, and from the real path and moves both. */
Test(compressor, one_reduction_for_all)
{
    enum {
        N = 9600
    };
    static float loud[N], soft[N];
    for (unsigned n = 0; n < N; n++) {
        loud[n] = (float)sin(2 * M_PI * 997 * n / 48000.0);
        soft[n] = 0.001f * loud[n];
    }
    struct rig rig;
    rig_open(&rig, "compressor", 48000, GS_DIGITAL, 2, LIST({ "makeup_db", 6 }));
    rig_run(&rig, soft, loud, N);
    for (unsigned n = 0; n < N; n++) {
        cr_assert_float_eq(rig.out[GS_REAL][0][n], 0.001 * rig.out[GS_REAL][1][n], 1e-9);
        cr_assert_eq(rig.out[GS_REAL][0][n], rig.out[GS_IDEAL][0][n]);
    }
    float reduction = rig.kind->reduction_db(rig.state);
    cr_assert_float_eq(reduction, -10.0, 0.1, "%g", (double)reduction); /* 20 dB over at 2:1 */
    rig_close(&rig);
}

/* After one time constant 63.2 % of the way: a jump of a constant level, in the detector's decibels. */
Test(compressor, times)
{
    for (size_t r = 0; r < 3; r++) {
        struct rig rig;
        rig_open(&rig, "compressor", rates[r], GS_DIGITAL, 1,
                 LIST({ "threshold_db", -40 }, { "ratio", 2 }, { "attack_ms", 20 }, { "release_ms", 400 }));
        static float one[96000 * 3], none[96000 * 3];
        unsigned attack = (unsigned)(rates[r] * 0.020), release = (unsigned)(rates[r] * 0.400);
        for (unsigned n = 0; n < 96000 * 3; n++) {
            one[n] = 1.0f;
            none[n] = 1e-4f;
        }
        rig_run(&rig, one, NULL, (unsigned)rates[r]);
        double down = 20 * log10((double)rig.out[GS_REAL][0][attack - 1]);
        cr_assert_float_eq(down, -20 * (1 - exp(-1)), 0.02, "attack %g", down);
        rig_run(&rig, none, NULL, (unsigned)rates[r]);
        /* the attack's pole lags behind the release by its own 20 ms */
        double a = 0.020, b = 0.400, t = 0.400;
        double left = -20 * (b * exp(-t / b) - a * exp(-t / a)) / (b - a);
        double up = 20 * log10((double)rig.out[GS_REAL][0][release - 1] / 1e-4);
        cr_assert_float_eq(up, left, 0.05, "release %g, not %g", up, left);
        rig_close(&rig);
    }
}

Test(compressor, comes_back_after_what_is_no_level)
{
    struct rig rig;
    const float bad[4] = { INFINITY, NAN, 3e38f, -INFINITY };
    rig_open(&rig, "compressor", 48000, GS_DIGITAL, 1, NULL);
    rig_run(&rig, bad, NULL, 4);
    rig_run_sine(&rig, 0.01, 997, 96000);
    cr_assert_float_eq(rig_amplitude(rig.out[GS_REAL][0] + 91200, 4800, 997, 48000), 0.01, 1e-5);
    rig_close(&rig);
}

static void cuts(const char *kind, const struct rig_value *values, const char *key, double to)
{
    static const unsigned pieces[] = { 1, 7, 32 };
    struct rig rig[3];
    for (int i = 0; i < 3; i++) {
        rig_open(&rig[i], kind, 44100, GS_DIGITAL, 1, values);
        rig[i].piece = pieces[i];
        rig_set(&rig[i], key, to);
        rig_run_sine(&rig[i], 0.5, 97, 10000);
        rig_set(&rig[i], "attack_ms", 3);
    }
    for (int i = 0; i < 3; i++) {
        float *first = malloc(10000 * sizeof *first);
        memcpy(first, rig[i].out[GS_REAL][0], 10000 * sizeof *first);
        rig_run_sine(&rig[i], 0.0001, 97, 20000);
        for (unsigned n = 0; i > 0 && n < 20000; n++) {
            cr_assert_eq(rig[i].out[GS_REAL][0][n], rig[0].out[GS_REAL][0][n], "piece %u, frame %u",
                         pieces[i], n);
        }
        free(first);
    }
    for (int i = 0; i < 3; i++) {
        rig_close(&rig[i]);
    }
}

Test(dynamics, moving_does_not_depend_on_the_cut)
{
    cuts("compressor", LIST({ "threshold_db", -40 }), "ratio", 8);
    cuts("gate", LIST({ "threshold_db", -40 }), "range_db", -60);
}

/* ---- gate ---- */

Test(gate, opens_holds_and_shuts)
{
    for (size_t r = 0; r < 3; r++) {
        double rate = rates[r];
        struct rig rig;
        rig_open(&rig, "gate", rate, GS_DIGITAL, 2,
                 LIST({ "threshold_db", -30 }, { "range_db", -20 }, { "hold_ms", 100 }, { "release_ms", 50 },
                      { "attack_ms", 1 }));
        cr_assert_float_eq(settled_db(&rig, -30.1, 997), -50.1, 0.001);
        cr_assert_float_eq(settled_db(&rig, -29.9, 997), -29.9, 0.001);
        cr_assert_float_eq(settled_db(&rig, -35.5, 997), -35.5, 0.001, "hysteresis holds it open");
        static float soft[96000];
        for (unsigned n = 0; n < 96000; n++) {
            soft[n] = 0.01f; /* -40 */
        }
        rig_run(&rig, soft, NULL, (unsigned)rate);
        unsigned hold = (unsigned)(0.100 * rate), late = hold + (unsigned)(0.050 * rate);
        cr_assert_eq(rig.out[GS_REAL][0][hold - (unsigned)(rate / 997)], soft[0]);
        cr_assert_lt(rig.out[GS_REAL][1][hold + (unsigned)(0.001 * rate)], soft[0]);
        /* 63 % of the way from 1 to 0.1 */
        cr_assert_float_eq(rig.out[GS_IDEAL][0][late] / soft[0], 0.1 + 0.9 * exp(-1), 0.01);
        cr_assert_float_eq(rig.out[GS_REAL][0][(unsigned)rate - 1] / soft[0], 0.1, 1e-6);
        cr_assert_float_eq((double)rig.kind->reduction_db(rig.state), -20, 1e-4);
        rig_close(&rig);
    }
}

Test(gate, open_is_transparent_and_predicted)
{
    struct rig rig;
    rig_open(&rig, "gate", 48000, GS_DIGITAL, 1, LIST({ "threshold_db", -40 }, { "range_db", -INFINITY }));
    rig_run_sine(&rig, 0.1, 997, 9600);
    for (unsigned n = 4800; n < 9600; n++) {
        cr_assert_eq(rig.out[GS_REAL][0][n], (float)(0.1 * sin(2 * M_PI * 997 * n / 48000)));
    }
    cr_assert_eq(rig_levels(&rig, 0.1, 997).gain, 1.0);
    cr_assert_eq(rig_levels(&rig, 0.0099, 997).gain, 0.0);
    rig_close(&rig);
}
