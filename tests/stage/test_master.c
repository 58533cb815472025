/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The master's limiter against an interpolation of its own, its word length against the textbook's noise
 * (q^2/12 and q^2/4, S. Lipshitz, R. Wannamaker and J. Vanderkooy, J. AES 40, 1992), and levels() against
 * both. */
#include "../support/stage_rig.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LIST(...) ((const struct rig_value[]){ __VA_ARGS__, { NULL, 0 } })

enum {
    N = 48000,
    REACH = 64,
    FINE = 16
};

static const double rates[] = { 44100, 48000, 96000 };

static double bessel(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; k < 60; k++) {
        term *= x * x / (4.0 * k * k);
        sum += term;
    }
    return sum;
}

/* Largest value of the signal between its samples: sinc under a Kaiser window (beta 8) over 128 samples, 16
 * points a sample, looked for wherever a sample is loud enough to have it near. */
static double true_peak(const float *x, unsigned frames, double ignore)
{
    static double tap[FINE][2 * REACH];
    double most = 0;
    for (int p = 0; p < FINE; p++) {
        for (int k = 0; k < 2 * REACH; k++) {
            double d = (double)p / FINE - (k - REACH + 1);
            double sinc = d == 0 ? 1 : sin(M_PI * d) / (M_PI * d);
            tap[p][k] = sinc * bessel(8 * sqrt(fmax(0, 1 - d * d / REACH / REACH))) / bessel(8);
        }
    }
    for (unsigned n = REACH; n + REACH + 1 < frames; n++) {
        if (fabs((double)x[n]) < ignore && fabs((double)x[n + 1]) < ignore) {
            continue;
        }
        for (int p = 0; p < FINE; p++) {
            double y = 0;
            for (int k = 0; k < 2 * REACH; k++) {
                y += tap[p][k] * (double)x[(int)n - REACH + 1 + k];
            }
            most = fmax(most, fabs(y));
        }
    }
    return most;
}

static uint32_t seed = 1;
static double uniform(void)
{
    seed = seed * 69069u + 1; /* Marsaglia's generator */
    return seed / 2147483648.0 - 1;
}

/* Each as loud as 12 dB above the ceiling at least. */
static float hard_signal(const char *name, unsigned n, double rate)
{
    double t = n / rate, f = 0;
    if (strcmp(name, "noise") == 0) {
        return (float)(8 * uniform());
    }
    if (strcmp(name, "square") == 0) {
        return n / 37 % 2 ? 4.0f : -4.0f;
    }
    if (strcmp(name, "clicks") == 0) {
        return n % 1009 == 0 ? 30.0f : n % 1013 == 0 ? -20.0f : 0.1f;
    }
    if (strcmp(name, "bursts") == 0) { /* 5 ms of every 50, from nothing */
        return fmod(t, 0.05) < 0.005 ? (float)(10 * sin(2 * M_PI * 5000 * t)) : 0.0f;
    }
    if (strcmp(name, "alternating") == 0) { /* a sine at a quarter of the rate, 3 dB above its samples */
        return n & 2 ? -4.0f : 4.0f;
    }
    f = strcmp(name, "low") == 0 ? 40 : strcmp(name, "high") == 0 ? 17000 : 997;
    return (float)(8 * sin(2 * M_PI * f * t) * (1 + 0.5 * sin(2 * M_PI * 3 * t)));
}

struct hard {
    char name[16];
    double lookahead, release;
};

ParameterizedTestParameters(master, limiter_holds_the_ceiling)
{
    static struct hard rows[] = {
        { "noise", 2, 100 }, { "noise", 1.5, 10 }, { "square", 2, 100 },  { "clicks", 2, 100 },
        { "clicks", 5, 10 }, { "bursts", 2, 100 }, { "bursts", 1.5, 10 }, { "alternating", 2, 100 },
        { "tone", 2, 100 },  { "low", 2, 100 },    { "low", 1.5, 10 },    { "high", 2, 100 },
    };
    return cr_make_param_array(struct hard, rows, sizeof rows / sizeof *rows);
}

/* Never more than 0.1 dB above -1 dBTP, and the reduction is the ideal path's too. */
ParameterizedTest(struct hard *h, master, limiter_holds_the_ceiling)
{
    static float x[N];
    for (size_t r = 0; r < 3; r++) {
        struct rig rig;
        double ceiling = pow(10, -1 / 20.0);
        rig_open(&rig, "master", rates[r], GS_DIGITAL, 2,
                 LIST({ "limiter", 1 }, { "ceiling_dbtp", -1 }, { "lookahead_ms", h->lookahead },
                      { "release_ms", h->release }));
        for (unsigned n = 0; n < N; n++) {
            x[n] = hard_signal(h->name, n, rates[r]);
        }
        rig_run(&rig, x, NULL, N);
        double db = 20 * log10(true_peak(rig.out[GS_REAL][1], N, 0.3) / ceiling);
        cr_log_info("%s at %g: %+.3f dB", h->name, rates[r], db);
        cr_expect_lt(db, 0.1, "%s at %g: %g dB above the ceiling", h->name, rates[r], db);
        for (unsigned n = 0; n < N; n++) {
            cr_assert_leq(fabsf(rig.out[GS_REAL][0][n]), (float)ceiling);
            cr_assert_eq(rig.out[GS_REAL][0][n], rig.out[GS_IDEAL][0][n]);
            cr_assert_eq(rig.clip[0][n], 0u);
        }
        rig_close(&rig);
    }
}

/* A steady tone comes out at the ceiling, as levels() says, on both paths; low tones with their ripple. */
Test(master, limited_tones_are_predicted)
{
    static const double tones[] = { 50, 100, 200, 997, 5003, 12011 };
    for (size_t i = 0; i < 18; i++) {
        struct rig rig;
        double rate = rates[i / 6], f = tones[i % 6], peak = 4;
        rig_open(&rig, "master", rate, GS_DIGITAL, 1, LIST({ "limiter", 1 }, { "ceiling_dbtp", -1 }));
        struct gs_levels levels = rig_levels(&rig, peak, f);
        unsigned from = (unsigned)rate, frames = (unsigned)(1.5 * rate);
        rig_run_sine(&rig, peak, f, frames);
        double got = rig_amplitude(rig.out[GS_REAL][0] + from, frames - from, f, rate);
        double off = 20 * log10(got / (peak * levels.gain));
        cr_expect_float_eq(off, 0, f < 150 ? 0.2 : 0.15, "%g Hz at %g: %g dB off", f, rate, off);
        if (f > 150) {
            cr_expect_float_eq(20 * log10(got), -1, 0.15, "%g Hz: %g dB", f, 20 * log10(got));
            cr_expect_float_eq((double)rig.kind->reduction_db(rig.state), -1 - 20 * log10(peak), 0.2);
        }
        cr_assert(levels.soft);
        rig_close(&rig);
    }
}

Test(master, limited_noise_is_predicted_within_a_decibel)
{
    static float x[3 * N];
    struct rig rig;
    rig_open(&rig, "master", 48000, GS_DIGITAL, 1, LIST({ "limiter", 1 }));
    for (unsigned n = 0; n < N * 3; n++) {
        double sum = 0;
        for (int i = 0; i < 12; i++) {
            sum += uniform() / 2;
        }
        x[n] = (float)sum; /* RMS 0 dB, mathematically */
    }
    rig_run(&rig, x, NULL, N * 3);
    double in = 0, out = 0;
    for (unsigned n = N; n < N * 3; n++) {
        in += x[n] * x[n];
        out += rig.out[GS_REAL][0][n] * rig.out[GS_REAL][0][n];
    }
    struct gs_probe probe = { 1000, 5, 1, 0, false };
    struct gs_levels said = gs_levels_default();
    rig.kind->levels(rig.param, &rig.setup, &probe, &said);
    double off = 10 * log10(out / in) - 20 * log10(said.gain);
    cr_assert_float_eq(off, 0, 1, "%g, predicted %g", 10 * log10(out / in), 20 * log10(said.gain));
    rig_close(&rig);
}

/* Below the ceiling the limiter is a delay, to the bit. */
Test(master, limiter_with_nothing_to_do)
{
    struct rig rig;
    rig_open(&rig, "master", 48000, GS_DIGITAL, 2, LIST({ "limiter", 1 }, { "lookahead_ms", 3 }));
    unsigned latency = rig_levels(&rig, 0.98, 997).latency;
    cr_assert_eq(latency, 144u);
    rig_run_sine(&rig, 0.98, 997, 9600);
    for (unsigned n = 0; n < 9600; n++) {
        float want = n < latency ? 0.0f : (float)(0.98 * sin(2 * M_PI * 997 * (n - latency) / 48000));
        cr_assert_eq(rig.out[GS_REAL][0][n], want);
        cr_assert_eq(rig.out[GS_IDEAL][1][n], want);
    }
    cr_assert_eq(rig.kind->reduction_db(rig.state), 0.0f);
    cr_assert_eq(rig_levels(&rig, 0.98, 997).gain, 1.0);
    rig_close(&rig);
}

/* After a click the limiter comes back to nothing at all, and what is no number does not stay. */
Test(master, limiter_comes_back)
{
    struct rig rig;
    const float bad[5] = { 100, NAN, -INFINITY, 3e38f, 1 };
    rig_open(&rig, "master", 48000, GS_DIGITAL, 1, LIST({ "limiter", 1 }, { "release_ms", 20 }));
    rig_run(&rig, bad, NULL, 5);
    rig_run_sine(&rig, 0.5, 997, 48000);
    for (unsigned n = 0; n < 48000; n++) {
        cr_assert(isfinite(rig.out[GS_REAL][0][n]));
    }
    unsigned latency = rig_levels(&rig, 0.5, 997).latency;
    for (unsigned n = 47000; n < 48000; n++) {
        cr_assert_eq(rig.out[GS_REAL][0][n], (float)(0.5 * sin(2 * M_PI * 997 * (n - latency) / 48000)));
    }
    rig_close(&rig);
}

Test(master, moving_does_not_depend_on_the_cut)
{
    static const unsigned pieces[] = { 1, 7, 32 };
    static float x[N];
    struct rig rig[3];
    for (unsigned n = 0; n < N; n++) {
        x[n] = (float)(uniform() * (n % 8000 < 4000 ? 3 : 0.05));
    }
    for (int i = 0; i < 3; i++) {
        rig_open(&rig[i], "master", 44100, GS_DIGITAL, 1, LIST({ "limiter", 1 }, { "bits", 16 }));
        rig[i].piece = pieces[i];
        rig_run(&rig[i], x, NULL, 5);
        rig_set(&rig[i], "ceiling_dbtp", -12);
        rig_set(&rig[i], "release_ms", 20);
        rig_run(&rig[i], x, NULL, N);
    }
    for (int i = 1; i < 3; i++) {
        for (unsigned n = 0; n < N; n++) {
            cr_assert_eq(rig[i].out[GS_REAL][0][n], rig[0].out[GS_REAL][0][n], "piece %u, frame %u",
                         pieces[i], n);
        }
    }
    for (int i = 0; i < 3; i++) {
        rig_close(&rig[i]);
    }
}

/* Words of 16 bits: -98.1 dBFS of error without dither, -93.3 with TPDF (AES17: 3.01 above 10 log10 of the
 * mean square), over half the rate; the first index of `bits` is 16. */
Test(master, word_length)
{
    static const struct {
        double dither, parts;
    } rows[] = { { 0, 12 }, { 1, 6 }, { 2, 4 } };
    for (size_t i = 0; i < 3; i++) {
        struct rig rig;
        rig_open(&rig, "master", 48000, GS_DIGITAL, 2, LIST({ "bits", 16 }, { "dither", rows[i].dither }));
        double q = 2.0 / 65536, power = 0, want = q * q / rows[i].parts;
        static float x[N];
        for (unsigned n = 0; n < N; n++) {
            x[n] = (float)(0.7 * uniform());
        }
        rig_run(&rig, x, NULL, N);
        for (unsigned n = 0; n < N; n++) {
            double e = (double)rig.out[GS_REAL][0][n] - (double)rig.out[GS_IDEAL][0][n];
            double word = (double)rig.out[GS_REAL][0][n] * 32768;
            cr_assert_eq(word, rint(word));
            power += e * e / N;
        }
        cr_assert_float_eq(10 * log10(power / want), 0, 0.1, "dither %g: %g dB", rows[i].dither,
                           10 * log10(power / want));
        double density = rig_levels(&rig, 0.7, 997).noise_out;
        cr_assert_float_eq(density * 24000, want, 1e-3 * want);
        rig_close(&rig);
    }
}

Test(master, an_analog_chain_has_no_words)
{
    struct rig rig;
    rig_open(&rig, "master", 48000, GS_ANALOG, 1,
             LIST({ "bits", 16 }, { "limiter", 1 }, { "ceiling_dbtp", -6 }));
    struct gs_levels levels = rig_levels(&rig, 1, 997);
    cr_assert_eq(levels.noise_out, 0.0);
    cr_assert_not_null(levels.remark);
    rig_run_sine(&rig, 40, 997, 48000);
    double got = rig_amplitude(rig.out[GS_REAL][0] + 24000, 24000, 997, 48000);
    cr_assert_float_eq(20 * log10(got / (GS_V_RMS_AT_0_DBU * GS_FRAC_SQRT2)), 18 - 6, 0.15);
    rig_close(&rig);
}
