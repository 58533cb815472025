/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The preamplifier against physics: describing functions of its static curve, thermal noise, the laws of
 * harmonics, Butterworth filters. All expected values are computed here. */
#include "../support/stage_rig.h"

#include <complex.h>
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <string.h>

#define LIST(...) ((const struct rig_value[]){ __VA_ARGS__, { NULL, 0 } })

static const double rates[] = { 44100, 48000, 96000 };

static double dbu_peak(double dbu)
{
    return 0.77459666924148338 * sqrt(2) * pow(10, dbu / 20);
}

/* Amplitude of one harmonic of the static curve for a sine, by the definition of the describing function. */
static double described(const struct rig *rig, double peak, int harmonic)
{
    enum {
        N = 4096
    };
    double complex sum = 0;
    for (int i = 0; i < N; i++) {
        double t = 2 * M_PI * i / N;
        sum += rig->kind->curve(rig->param, &rig->setup, peak * sin(t)) * cexp(-I * harmonic * t);
    }
    return 2 * cabs(sum) / N;
}

/* Frequency nearest to f with whole cycles in 0.1 s, so that measuring windows fit every harmonic. */
static double whole(double f)
{
    return round(f / 10) * 10;
}

struct drive {
    double rate, f, over_db, knee;
    unsigned channels;
};

ParameterizedTestParameters(preamp, fundamental_over_the_rail)
{
    static struct drive rows[3 * 3 * 3 * 2];
    static const double f[] = { 1000, 4000, 6000 }, over[] = { 3, 6, 12 };
    for (int i = 0; i < 54; i++) {
        rows[i] = (struct drive){ rates[i % 3], f[i / 3 % 3], over[i / 9 % 3], i / 27 ? 0.7 : 1, 1 };
    }
    return cr_make_param_array(struct drive, rows, 54);
}

/* The knee's own curve is tested in dsp/test_knee.c: here the samples against it, whatever the frequency. */
ParameterizedTest(struct drive *d, preamp, fundamental_over_the_rail)
{
    struct rig rig;
    double f = whole(d->f), peak = dbu_peak(20 + d->over_db - 40);
    unsigned skip = (unsigned)(0.1 * d->rate), frames = 3 * skip;
    rig_open(&rig, "preamp", d->rate, GS_ANALOG, 1,
             LIST({ "gain_db", 40 }, { "max_output_dbu", 20 }, { "knee", d->knee }));
    rig_run_sine(&rig, peak, f, frames);
    double got = 20 * log10(rig_amplitude(rig.out[GS_REAL][0] + skip, frames - skip, f, d->rate));
    double want = 20 * log10(described(&rig, peak, 1));
    cr_assert_float_eq(got, want, 0.02, "%g Hz at %g: +%g dB, knee %g: %g, not %g", f, d->rate, d->over_db,
                       d->knee, got, want);
    cr_assert_eq(rig_levels(&rig, peak, f).latency, 36);
    rig_close(&rig);
}

/* Power that is neither constant nor a harmonic below half the rate, over the fundamental: aliases. */
static double aliases_db(const float *x, unsigned frames, double f, double rate)
{
    double total = 0, mean = 0, harmonic = 0, first = rig_amplitude(x, frames, f, rate);
    for (unsigned i = 0; i < frames; i++) {
        total += (double)x[i] * (double)x[i] / frames;
        mean += (double)x[i] / frames;
    }
    for (int h = 1; h * f < rate / 2; h++) {
        double a = rig_amplitude(x, frames, h * f, rate);
        harmonic += a * a / 2;
    }
    return 10 * log10(fmax(total - mean * mean - harmonic, 1e-30) / (first * first / 2));
}

/* 4 kHz 6 dB over: prototype at 48 kHz -57.5 hard, -78.4 with knee 0.7; stated limits -55 and -75. The tone
 * lies a little beside 4 kHz, where aliases would hide under harmonics. */
Test(preamp, aliases)
{
    static const double limits[][2] = { { 1, -55 }, { 0.7, -75 } };
    for (int i = 0; i < 6; i++) {
        struct rig rig;
        double rate = rates[i % 3], knee = limits[i / 3][0], f = 4010, peak = dbu_peak(26);
        unsigned skip = (unsigned)(0.1 * rate), frames = skip + (unsigned)rate;
        rig_open(&rig, "preamp", rate, GS_ANALOG, 1, LIST({ "max_output_dbu", 20 }, { "knee", knee }));
        rig_run_sine(&rig, peak, f, frames);
        double got = aliases_db(rig.out[GS_REAL][0] + skip, frames - skip, f, rate);
        cr_log_info("knee %g at %g: aliases %.1f dB", knee, rate, got);
        cr_assert_lt(got, limits[i / 3][1], "knee %g at %g: %g dB", knee, rate, got);
        rig_close(&rig);
    }
}

/* The article's claim 10: 3 and 6 dB over a hard edge are 13.4 % and 23.2 % THD, -1.73 and -4.29 dB. */
Test(preamp, three_and_six_decibels_over_a_hard_edge)
{
    static const double expected[][3] = { { 3, -1.73, 13.4 }, { 6, -4.29, 23.2 } };
    for (int i = 0; i < 2; i++) {
        struct rig rig;
        double peak = dbu_peak(20 + expected[i][0]), power = 0;
        unsigned skip = 9600, frames = 19200;
        rig_open(&rig, "preamp", 96000, GS_ANALOG, 1, LIST({ "max_output_dbu", 20 }));
        rig_run_sine(&rig, peak, 1000, frames);
        double h1 = rig_amplitude(rig.out[GS_REAL][0] + skip, frames - skip, 1000, 96000);
        for (int h = 2; h <= 40; h++) {
            double a = rig_amplitude(rig.out[GS_REAL][0] + skip, frames - skip, 1000 * h, 96000);
            power += a * a;
        }
        cr_assert_float_eq(20 * log10(h1 / peak), expected[i][1], 0.02);
        cr_assert_float_eq(100 * sqrt(power) / h1, expected[i][2], 0.3);
        rig_close(&rig);
    }
}

/* Live: no latency, a hard edge is an edge in every sample. */
Test(preamp, live_is_never_late_and_never_over)
{
    struct rig rig;
    double peak = dbu_peak(30);
    rig_open(&rig, "preamp", 48000, GS_ANALOG, 2,
             LIST({ "max_output_dbu", 20 }, { "max_input_dbu", 26 }, { "quality", 1 }));
    rig_run_sine(&rig, peak, 1000, 4800);
    cr_assert_eq(rig_levels(&rig, peak, 1000).latency, 0);
    for (int i = 0; i < 4800; i++) {
        double x = peak * sin(2 * M_PI * i / 48.0), edge = dbu_peak(20);
        double want = fmin(fmax(x, -edge), edge);
        cr_assert_float_eq(rig.out[GS_REAL][1][i], want, 2e-6 * edge);
        cr_assert_leq(fabsf(rig.out[GS_REAL][1][i]), (float)edge);
        cr_assert_eq(rig.clip[0][i], fabs(x) > edge, "frame %d", i);
    }
    rig_close(&rig);
}

/* The input clips before the gain: turning the gain down does not help. Both edges at once are one latency. */
Test(preamp, input_clips_whatever_the_gain)
{
    for (int i = 0; i < 9; i++) {
        struct rig rig;
        double f = whole(i / 3 == 0   ? 1000
                         : i / 3 == 1 ? 4000
                                      : 6000),
               peak = dbu_peak(16), rate = rates[i % 3];
        unsigned skip = (unsigned)(0.1 * rate), frames = 3 * skip;
        rig_open(&rig, "preamp", rate, GS_ANALOG, 1,
                 LIST({ "gain_db", 10 }, { "max_input_dbu", 10 }, { "max_output_dbu", 30 }));
        rig_run_sine(&rig, peak, f, frames);
        double got = 20 * log10(rig_amplitude(rig.out[GS_REAL][0] + skip, frames - skip, f, rate));
        double want = 20 * log10(described(&rig, peak, 1));
        cr_assert_float_eq(got, want, 0.02, "%g Hz at %g: %g, not %g", f, rate, got, want);
        struct gs_levels levels = rig_levels(&rig, peak, f);
        cr_assert_float_eq(levels.ceiling_in, dbu_peak(10), 1e-9);
        cr_assert_eq(levels.latency, 36);
        rig_close(&rig);
    }
}

/* The pad is in front of the input clip: 20 dB of it let 20 dB more in. */
Test(preamp, pad_saves_the_input)
{
    for (int pad = 0; pad <= 20; pad += 20) {
        struct rig rig;
        unsigned clips = 0;
        rig_open(&rig, "preamp", 48000, GS_ANALOG, 1, LIST({ "max_input_dbu", 0 }, { "pad_db", pad }));
        rig_run_sine(&rig, dbu_peak(19), 1000, 4800);
        for (int i = 0; i < 4800; i++) {
            clips += rig.clip[0][i];
        }
        cr_assert(pad ? clips == 0 : clips > 1000);
        cr_assert_float_eq(rig_levels(&rig, 1, 1000).ceiling_in, dbu_peak(pad), 1e-9);
        rig_close(&rig);
    }
}

/* Clip flags lie where the clipped wave lies, 36 frames late. */
Test(preamp, flags_are_as_late_as_the_signal)
{
    struct rig rig;
    float x[512] = { 0 };
    rig_open(&rig, "preamp", 48000, GS_ANALOG, 1, LIST({ "max_output_dbu", 0 }));
    x[100] = x[131] = (float)dbu_peak(3);
    rig_run(&rig, x, NULL, 512);
    for (int i = 0; i < 512; i++) {
        cr_assert_eq(rig.clip[0][i], i == 136 || i == 167, "frame %d", i);
    }
    rig_close(&rig);
}

/* H2/H1 = d2 A/Aref, H3/H1 = d3 (A/Aref)^2; the constant that x^2 makes does not come out. */
Test(preamp, harmonics_follow_their_laws)
{
    for (int i = 0; i < 9; i++) {
        struct rig rig;
        double rate = rates[i % 3], level = -12 + 8 * (i / 3), peak = dbu_peak(level);
        unsigned skip = (unsigned)(0.5 * rate), frames = skip + skip / 5;
        rig_open(&rig, "preamp", rate, GS_ANALOG, 1,
                 LIST({ "d2_percent", 0.5 }, { "d3_percent", 0.2 }, { "distortion_dbu", 4 }));
        rig_run_sine(&rig, peak, 1000, frames);
        const float *x = rig.out[GS_REAL][0] + skip;
        double h[4], mean = 0;
        for (int n = 1; n <= 3; n++) {
            h[n] = rig_amplitude(x, frames - skip, 1000 * n, rate);
        }
        for (unsigned n = 0; n < frames - skip; n++) {
            mean += x[n] / (double)(frames - skip);
        }
        cr_assert_float_eq(20 * log10(h[2] / h[1]), 20 * log10(0.005) + level - 4, 0.1);
        cr_assert_float_eq(20 * log10(h[3] / h[1]), 20 * log10(0.002) + 2 * (level - 4), 0.1);
        cr_assert_float_eq(20 * log10(h[1] / described(&rig, peak, 1)), 0, 0.005);
        cr_assert_lt(fabs(mean), 1e-4 * peak);
        rig_close(&rig);
    }
}

/* Total power of silence through the stage, and of its spectral density over 20 kHz, in dBu. */
static double silent_noise_dbu(struct rig *rig)
{
    static float zero[RIG_FRAMES_MAX];
    double power = 0, rate = rig->setup.rate_hz;
    unsigned frames = (unsigned)(4 * rate) & ~31u;
    rig_run(rig, zero, NULL, frames);
    for (unsigned i = 0; i < frames; i++) {
        power += (double)rig->out[GS_REAL][0][i] * (double)rig->out[GS_REAL][0][i] / frames;
        cr_assert_eq(rig->out[GS_IDEAL][0][i], 0);
    }
    return 10 * log10(power * 20000 / (rate / 2) / 0.6);
}

/* EIN and output noise add in power; the figure with 150 ohm contains the resistor (-130.92 dBu), which is
 * taken off where the source brings its own. A - Z is 10 log(12467 / 20000). */
Test(preamp, two_noise_sources)
{
    static const struct {
        double ein, weighting, out, gain, pad, ohm;
    } rows[] = { { -127, 1, NAN, 60, 0, 0 },   { -127, 0, NAN, 60, 0, 0 },  { -127, 1, NAN, 60, 0, 150 },
                 { -127, 1, -95, 60, 0, 0 },   { -127, 1, -95, 20, 0, 10 }, { -127, 1, -95, 0, 0, 150 },
                 { -120, 1, NAN, 40, 20, 0 },  { NAN, 1, -100, 70, 0, 0 },  { -130.9, 1, NAN, 60, 0, 0 },
                 { -128, 0, -90, 30, 10, 200 } };
    double resistor = 4 * 1.380649e-23 * 293.15 * 150 * 20000;
    cr_assert_float_eq(10 * log10(resistor / 0.6), -130.92, 0.005);
    for (size_t i = 0; i < 3 * sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        size_t r = i / 3;
        double a = 20000 / 12467.0, g = pow(10, rows[r].gain / 10);
        double ein = isnan(rows[r].ein) ? 0 : 0.6 * pow(10, rows[r].ein / 10) * (rows[r].weighting ? 1 : a);
        double out = isnan(rows[r].out) ? 0 : 0.6 * pow(10, rows[r].out / 10) * a;
        double want = 10 * log10(((ein - (rows[r].ohm > 0 ? resistor : 0)) * g + out) / 0.6);
        rig_open(&rig, "preamp", rates[i % 3], GS_ANALOG, 1,
                 LIST({ "ein_dbu", rows[r].ein }, { "ein_weighting", rows[r].weighting },
                      { "output_noise_dbu", rows[r].out }, { "gain_db", rows[r].gain },
                      { "pad_db", rows[r].pad }));
        rig.setup.source_impedance_ohm = rows[r].ohm;
        memset(rig.state, 0, rig.kind->size(&rig.setup));
        rig.kind->init(rig.state, &rig.setup);
        double got = silent_noise_dbu(&rig);
        struct gs_levels levels = rig_levels(&rig, 1, 1000);
        double said = levels.noise_in * levels.gain * levels.gain + levels.noise_out;
        cr_assert_float_eq(got, want, 0.1, "row %zu: %g, not %g dBu", r, got, want);
        cr_assert_float_eq(10 * log10(said * 20000 / 0.6), want, 0.001, "row %zu", r);
        rig_close(&rig);
    }
}

/* Butterworth: |H|^2 = 1 / (1 + (f0/f)^(2n)), at frequencies where the bilinear transform does not show. */
Test(preamp, high_pass)
{
    static const double f0[] = { 40, 80, 320 };
    for (int i = 0; i < 27; i++) {
        struct rig rig;
        double rate = rates[i % 3], slope = 6 * (i / 3 % 3 + 1), corner = f0[i / 9];
        rig_open(&rig, "preamp", rate, GS_ANALOG, 2,
                 LIST({ "highpass", 1 }, { "highpass_hz", corner }, { "highpass_slope", slope },
                      { "max_output_dbu", 30 }));
        for (double f = 20; f < 1000; f *= 2) {
            double w = tan(M_PI * corner / rate) / tan(M_PI * f / rate);
            double want = 1 / sqrt(1 + pow(w, slope / 3));
            cr_assert_float_eq(rig.kind->response(rig.param, &rig.setup, f), want, 1e-9);
        }
        unsigned skip = (unsigned)(0.4 * rate), frames = (unsigned)(0.5 * rate);
        rig_run_sine(&rig, 1, 100, frames);
        double got = rig_amplitude(rig.out[GS_REAL][1] + skip, frames - skip, 100, rate);
        cr_assert_float_eq(20 * log10(got / rig.kind->response(rig.param, &rig.setup, 100)), 0, 0.01);
        rig_close(&rig);
    }
}

/* What the input clip does wrong goes through the high-pass like the signal: the curve and the filter in a row. */
Test(preamp, input_clip_is_filtered)
{
    struct rig rig;
    double peak = dbu_peak(6), rate = 48000;
    rig_open(
        &rig, "preamp", rate, GS_ANALOG, 1,
        LIST({ "highpass", 1 }, { "highpass_hz", 1000 }, { "highpass_slope", 18 }, { "max_input_dbu", 0 }));
    rig_run_sine(&rig, peak, 500, 48000);
    for (int h = 1; h <= 7; h += 2) {
        double want = described(&rig, peak, h) * rig.kind->response(rig.param, &rig.setup, 500.0 * h);
        double got = rig_amplitude(rig.out[GS_REAL][0] + 24000, 24000, 500.0 * h, rate);
        cr_assert_float_eq(20 * log10(got / want), 0, 0.02, "harmonic %d", h);
    }
    rig_close(&rig);
}

Test(preamp, impossible_sheets)
{
    static const struct {
        struct rig_value value, other;
        const char *key;
    } rows[] = {
        { { "ein_dbu", -131 }, { "ein_weighting", 1 }, "ein_dbu" },
        { { "ein_dbu", -130.9 }, { "ein_weighting", 1 }, NULL },
        { { "ein_dbu", -133.1 }, { "ein_weighting", 0 }, "ein_dbu" },
        { { "ein_dbu", -132.9 }, { "ein_weighting", 0 }, NULL },
        { { "max_output_dbu", -1 }, { "gain_db", 0 }, "max_output_dbu" },
        { { "max_output_dbu", 0 }, { "gain_db", 0 }, NULL },
        { { "gain_db", 42 }, { "gain_step_db", 5 }, "gain_db" },
        { { "gain_db", 45 }, { "gain_step_db", 5 }, NULL },
        { { "gain_db", 33.9 }, { "gain_min_db", 34 }, "gain_db" },
        { { "gain_db", 34 }, { "gain_min_db", 34 }, NULL },
        { { "gain_db", 60.1 }, { "gain_max_db", 60 }, "gain_db" },
        { { "gain_min_db", 50 }, { "gain_max_db", 40 }, "gain_max_db" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        const char *key = NULL;
        char text[64] = "";
        rig_open(&rig, "preamp", 48000, GS_ANALOG, 1, LIST(rows[i].value, rows[i].other));
        bool good = rig.kind->validate(rig.param, &rig.setup.alignment, &key, text, sizeof text);
        cr_assert_eq(good, rows[i].key == NULL, "row %zu", i);
        cr_assert(good || (strcmp(key, rows[i].key) == 0 && strlen(text) > 20));
        rig_close(&rig);
    }
}

Test(preamp, stepped_knob)
{
    struct rig rig;
    rig_open(&rig, "preamp", 48000, GS_ANALOG, 1, LIST({ "gain_step_db", 10 }));
    cr_assert_eq(rig.kind->snap(rig.param, 0, 44), 40);
    cr_assert_eq(rig.kind->snap(rig.param, 0, 75), 70, "the last position inside the range");
    cr_assert_eq(rig.kind->snap(rig.param, 1, 44), 44);
    rig_close(&rig);
    rig_open(&rig, "preamp", 48000, GS_ANALOG, 1,
             LIST({ "gain_min_db", 12 }, { "gain_max_db", 65 }, { "gain_step_db", 5 }));
    cr_assert_eq(rig.kind->snap(rig.param, 0, 0), 12);
    cr_assert_eq(rig.kind->snap(rig.param, 0, 19), 17, "steps count from the left end");
    cr_assert_eq(rig.kind->snap(rig.param, 0, 75), 62, "the last position before the right end");
    rig_close(&rig);
    rig_open(&rig, "preamp", 48000, GS_ANALOG, 1, LIST({ "gain_min_db", 34 }, { "gain_max_db", 65 }));
    cr_assert_eq(rig.kind->snap(rig.param, 0, 10), 34);
    cr_assert_eq(rig.kind->snap(rig.param, 0, 40.3), 40.3);
    cr_assert_eq(rig.kind->snap(rig.param, 0, 70), 65);
    rig_close(&rig);
}
