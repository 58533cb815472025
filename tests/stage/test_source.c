/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sources: levels by AES17 in every domain, a tone that is exact and never breaks, a loop that goes on where the
 * frame counter is, live audio that passes to the bit. */
#include "../support/stage_rig.h"

#include "dsp/oscillator.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define LIST(...) ((const struct rig_value[]){ __VA_ARGS__, { NULL, 0 } })

enum {
    JACK,
    SINE,
    PINK,
    WHITE,
    TAKE
};
enum {
    N = 48000
};

static float in[N], other[N];

static const struct {
    const char *key;
    double nominal; /* of the rig's alignment: 0 dBFS = +18 dBu, nominal -18 dBFS */
    double peak;    /* of a sine at 0 dB: sqrt 2 times 20 uPa, sqrt 0.6 V; 1 */
} domains[] = { { "spl_db", 93.9794, 20e-6 * M_SQRT2 },
                { "level_dbu", 0, 1.0954451150103321 },
                { "level_dbfs", -18, 1 } };

static double rms(const float *x)
{
    double sum = 0;
    for (int i = 0; i < N; i++) {
        sum += (double)x[i] * (double)x[i];
    }
    return sqrt(sum / N);
}

static void open_source(struct rig *rig, int domain, int signal, double level, unsigned channels)
{
    rig_open(rig, "source", 48000, GS_DIGITAL, 1,
             LIST({ "domain", domain }, { "signal", signal }, { domains[domain].key, level },
                  { "channels", channels }));
}

Test(source, sine_level)
{
    for (int d = 0; d < 3; d++) {
        for (int given = 0; given < 2; given++) {
            struct rig rig;
            double level = given ? domains[d].nominal - 7 : NAN;
            open_source(&rig, d, SINE, level, 2);
            rig_run(&rig, in, in, N);
            double want = domains[d].peak * pow(10, (given ? level : domains[d].nominal) / 20);
            struct gs_levels levels = rig_levels(&rig, 0, 1000);
            for (int c = 0; c < 2; c++) {
                cr_assert_float_eq(rig_amplitude(rig.out[GS_REAL][c], N, 1000, 48000) / want, 1, 1e-5);
                cr_assert_arr_eq(rig.out[GS_REAL][c], rig.out[GS_IDEAL][c], N * sizeof(float));
            }
            cr_assert_float_eq(levels.source_peak / want, 1, 1e-5);
            cr_assert_float_eq(levels.source_rms / want, M_SQRT1_2, 1e-5);
            rig_close(&rig);
        }
    }
}

/* Noise and files are set by the RMS of the whole loop: a reading by AES17 then is the level. */
Test(source, loop_level)
{
    for (int d = 0; d < 3; d++) {
        for (int signal = PINK; signal <= TAKE; signal++) {
            struct rig rig;
            double level = domains[d].nominal + 3, power = 0;
            open_source(&rig, d, signal, level, 2);
            const struct gs_take *take = rig.setup.take;
            for (uint64_t left = take->frames; left > 0;) {
                unsigned n = left < N ? (unsigned)left : N;
                rig_run(&rig, in, in, n);
                for (unsigned i = 0; i < n; i++) {
                    power += pow(rig.out[GS_REAL][0][i], 2) + pow(rig.out[GS_REAL][1][i], 2);
                }
                left -= n;
            }
            double db = 10 * log10(power / 2 / (double)take->frames) - 20 * log10(domains[d].peak / M_SQRT2);
            cr_assert_float_eq(db, level, 0.001);
            struct gs_levels levels = rig_levels(&rig, 0, 1000);
            cr_assert_float_eq(20 * log10(levels.source_rms / domains[d].peak * M_SQRT2), level, 1e-3);
            cr_assert_float_eq(levels.source_peak / levels.source_rms, take->peak / take->rms, 1e-6);
            rig_close(&rig);
        }
    }
}

/* Without a level a file is as recorded: nominal full scale becomes nominal in the domain. */
Test(source, file_as_recorded)
{
    for (int d = 0; d < 3; d++) {
        struct rig rig;
        open_source(&rig, d, TAKE, NAN, 1);
        rig_run(&rig, in, in, N);
        double factor = domains[d].peak * pow(10, (domains[d].nominal + 18) / 20);
        for (int i = 0; i < N; i++) {
            cr_assert_float_eq(rig.out[GS_REAL][0][i], rig.setup.take->ch[0][i] * factor, 1e-6 * factor);
        }
        rig_close(&rig);
    }
}

Test(source, live_audio)
{
    for (int i = 0; i < N; i++) {
        in[i] = (float)sin(0.1 * i * i);
        other[i] = (float)cos(0.1 * i);
    }
    for (int d = 0; d < 3; d++) {
        struct rig rig;
        open_source(&rig, d, JACK, domains[d].nominal + 6, 2);
        rig_run(&rig, in, other, N);
        double factor = domains[d].peak * pow(10, (domains[d].nominal + 6 + 18) / 20);
        cr_assert_float_eq(rms(rig.out[GS_REAL][0]) / rms(in) / factor, 1, 1e-5);
        cr_assert_float_eq(rms(rig.out[GS_REAL][1]) / rms(other) / factor, 1, 1e-5);
        rig_close(&rig);
    }
    struct rig rig;
    open_source(&rig, GS_DIGITAL, JACK, NAN, 2);
    rig_run(&rig, in, other, N);
    cr_assert_arr_eq(rig.out[GS_REAL][0], in, sizeof in, "a digital input passes to the bit");
    cr_assert_arr_eq(rig.out[GS_IDEAL][1], other, sizeof other);
    rig_close(&rig);
}

/* Against libm, every frame, whatever the phase. */
Test(source, sine_is_exact)
{
    double worst = 0;
    for (double cycles = 1e-5; cycles < 0.5; cycles *= 1.37) {
        uint64_t step = gs_oscillator_step(cycles);
        for (uint64_t i = 0; i < 5000; i++) {
            double turns = (double)(i * step) * 0x1p-64;
            worst = fmax(worst, fabs(gs_oscillator_sine(i * step) - sin(2 * M_PI * turns)));
        }
    }
    cr_assert_lt(worst, 2e-9, "%g", worst);
}

/* A tone taken up at any frame has the phase of one that has always run, after years too. */
Test(source, phase_and_position_follow_the_frame_counter)
{
    for (int signal = SINE; signal <= TAKE; signal++) {
        struct rig whole, late;
        open_source(&whole, GS_DIGITAL, signal, -18, 1);
        open_source(&late, GS_DIGITAL, signal, -18, 1);
        rig_run(&whole, in, in, N);
        late.frame = 12345;
        rig_run(&late, in, in, N - 12345);
        cr_assert_arr_eq(whole.out[GS_REAL][0] + 12345, late.out[GS_REAL][0], (N - 12345) * sizeof(float));
        rig_close(&whole);
        rig_close(&late);
    }
    struct rig rig;
    open_source(&rig, GS_DIGITAL, SINE, 0, 1);
    rig.frame = 48000ull * 86400 * 3650; /* ten years of whole cycles */
    rig_run(&rig, in, in, N);
    for (int i = 0; i < N; i++) {
        cr_assert_float_eq(rig.out[GS_REAL][0][i], sin(2 * M_PI * i / 48.0),
                           1e-3); /* the last bit of a double, 10^13 times */
    }
    rig_close(&rig);
}

/* A new frequency goes on from the phase at hand: the wave never jumps by more than its slope allows. */
Test(source, frequency_changes_without_a_break)
{
    struct rig rig;
    open_source(&rig, GS_DIGITAL, SINE, 0, 1);
    static float x[N];
    for (unsigned at = 0; at < N; at += 320) {
        rig_set(&rig, "frequency_hz", 100 + (at * 7) % 900);
        rig_run(&rig, in, in, 320);
        memcpy(x + at, rig.out[GS_REAL][0], 320 * sizeof *x);
    }
    for (int i = 1; i < N; i++) {
        cr_assert_leq(fabsf(x[i] - x[i - 1]), 1.001 * 2 * M_PI * 1000 / 48000);
    }
    rig_close(&rig);
}

/* A line output of 100 ohm into 10 k loses 0.086 dB, 10 k into 1 M also; thermal noise of 10 k is -112.7 dBu. */
Test(source, impedance)
{
    static const double rows[][3] = { { 100, 10e3, -0.0864 },
                                      { 10e3, 1e6, -0.0864 },
                                      { 10e3, 10e3, -6.0206 } };
    for (int r = 0; r < 3; r++) {
        struct rig rig;
        rig_open(&rig, "source", 48000, GS_ANALOG, 1,
                 LIST({ "signal", SINE }, { "source_impedance_ohm", rows[r][0] }, { "noise_dbu", -90 }));
        rig.setup.load_impedance_ohm = rows[r][1];
        memset(rig.state, 0, rig.kind->size(&rig.setup));
        rig.kind->init(rig.state, &rig.setup);
        rig_run(&rig, in, in, N);
        double got = 20 * log10(rig_amplitude(rig.out[GS_REAL][0], N, 1000, 48000) / domains[1].peak);
        struct gs_levels levels = rig_levels(&rig, 0, 1000);
        double ohm = rows[r][0] * rows[r][1] / (rows[r][0] + rows[r][1]);
        double density = 4 * 1.380649e-23 * 293.15 * ohm + 0.6 * pow(10, -9) / 12467;
        cr_assert_float_eq(got, rows[r][2], 0.001);
        cr_assert_float_eq(20 * log10(levels.source_peak / domains[1].peak), rows[r][2], 0.001);
        cr_assert_float_eq(levels.noise_out / density, 1, 1e-6);
        rig_close(&rig);
    }
    struct rig rig;
    rig_open(&rig, "source", 48000, GS_ANALOG, 1, LIST({ "source_impedance_ohm", 10e3 }));
    struct gs_levels levels = rig_levels(&rig, 0, 1000);
    cr_assert_float_eq(10 * log10(levels.noise_out * 20000 / 0.6), -112.68, 0.01);
    rig_close(&rig);
}

Test(source, refuses_what_belongs_to_another_domain)
{
    static const struct {
        int domain;
        struct rig_value value;
        bool good;
    } rows[] = {
        { 0, { "level_dbu", 0 }, false },
        { 0, { "spl_db", 94 }, true },
        { 1, { "level_dbfs", 0 }, false },
        { 2, { "spl_db", 94 }, false },
        { 1, { "noise_dbu", -80 }, true },
        { 0, { "noise_dbu", -80 }, false },
        { 2, { "source_impedance_ohm", 50 }, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        const char *key = "";
        char text[512] = "";
        rig_open(&rig, "source", 48000, GS_ANALOG, 1, LIST({ "domain", rows[i].domain }, rows[i].value));
        bool good = rig.kind->validate(rig.param, &rig.setup.alignment, &key, text, sizeof text);
        cr_assert_eq(good, rows[i].good, "row %zu", i);
        cr_assert(good || strcmp(key, rows[i].value.key) == 0);
        rig_close(&rig);
    }
}
