/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The monitor: calibrated listening (-20 dBFS makes 83 dB SPL: SMPTE RP 200, K-System), what a data sheet says
 * (Genelec: -6 dBu makes 100 dB SPL at 1 m), the inverse distance law, noise at the ear, maximum level. */
#include "../support/stage_rig.h"

#include <criterion/criterion.h>
#include <math.h>

#define LIST(...) ((const struct rig_value[]){ __VA_ARGS__, { NULL, 0 } })

static const double rates[] = { 44100, 48000, 96000 };

/* dB SPL of a tone of `dbu` at the ear, and the same as predicted. */
static double spl(double rate, double dbu, const struct rig_value *values, double *said)
{
    struct rig rig;
    double peak = gs_db_to_peak(GS_ANALOG, dbu), pascal = 20e-6 * M_SQRT2;
    rig_open(&rig, "monitor", rate, GS_ANALOG, 2, values);
    unsigned frames = (unsigned)rate / 2;
    rig_run_sine(&rig, peak, 1000, frames);
    double got = rig_amplitude(rig.out[GS_REAL][1] + frames / 2, frames / 2, 1000, rate);
    *said = 20 * log10(rig_levels(&rig, peak, 1000).gain * peak / pascal);
    rig_close(&rig);
    return 20 * log10(got / pascal);
}

static void expect(double dbu, const struct rig_value *values, double want)
{
    for (size_t r = 0; r < 3; r++) {
        double said, got = spl(rates[r], dbu, values, &said);
        cr_expect_float_eq(got, want, 0.001, "%g, not %g dB SPL", got, want);
        cr_expect_float_eq(said, want, 0.001, "predicted %g, not %g dB SPL", said, want);
    }
}

Test(monitor, level_at_the_ear)
{
    double doubled = 20 * log10(2);
    expect(18 - 20, NULL, 83); /* -20 dBFS where 0 dBFS is +18 dBu */
    expect(-6, LIST({ "sensitivity_db_spl", 106 }), 100);
    expect(-6, LIST({ "sensitivity_db_spl", 106 }, { "dim", 1 }), 80);
    expect(-6, LIST({ "sensitivity_db_spl", 106 }, { "trim_db", -27.5 }), 72.5);
    expect(-6, LIST({ "sensitivity_db_spl", 106 }, { "distance_m", 2 }), 100 - doubled);
    expect(-6, LIST({ "sensitivity_db_spl", 106 }, { "distance_m", 0.5 }), 100 + doubled);
    expect(-6, LIST({ "sensitivity_db_spl", 106 }, { "max_spl_db", 130 }), 100);
}

/* Loudspeaker 20 dBA at 1 m heard from 2 m, room 25 dBA: densities add, A over 12467 Hz. */
Test(monitor, noise_at_the_ear)
{
    for (size_t r = 0; r < 3; r++) {
        struct rig rig;
        static float silence[96000];
        rig_open(&rig, "monitor", rates[r], GS_ANALOG, 2,
                 LIST({ "self_noise_dba", 20 }, { "room_noise_dba", 25 }, { "distance_m", 2 },
                      { "trim_db", -60 }));
        rig_run(&rig, silence, NULL, (unsigned)rates[r]);
        double power = 0, cross = 0, ideal = 0;
        for (unsigned n = 0; n < (unsigned)rates[r]; n++) {
            power += pow(rig.out[GS_REAL][0][n], 2) / rates[r];
            cross += (double)rig.out[GS_REAL][0][n] * (double)rig.out[GS_REAL][1][n] / rates[r];
            ideal += fabsf(rig.out[GS_IDEAL][0][n]);
        }
        double want = 4e-10 * (pow(10, 2) / 4 + pow(10, 2.5)) / 12467; /* Pa^2/Hz */
        cr_assert_float_eq(10 * log10(power / (want * rates[r] / 2)), 0, 0.1);
        cr_assert_float_eq(rig_levels(&rig, 1, 1000).noise_out / want, 1, 1e-9);
        cr_assert_lt(fabs(cross / power), 0.02, "left and right make their own noise");
        cr_assert_eq(ideal, 0.0);
        rig_close(&rig);
    }
}

/* 104 dB SPL at 1 m is 1 % THD there, whatever the distance; clipping is marked; the curve says it. */
Test(monitor, maximum_level)
{
    for (double knee = 0.7; knee <= 1; knee += 0.3) {
        struct rig rig;
        rig_open(&rig, "monitor", 48000, GS_ANALOG, 1,
                 LIST({ "max_spl_db", 104 }, { "knee", knee }, { "distance_m", 3 }));
        double ceiling = 20e-6 * M_SQRT2 * pow(10, 104 / 20.0) / 3;
        cr_assert_float_eq(rig_levels(&rig, 1, 1000).ceiling / ceiling, 1, 1e-9);
        double peak = 1.5 * ceiling / rig_levels(&rig, 1, 1000).gain, h1 = 0;
        rig_run_sine(&rig, peak, 1000, 48000);
        for (int i = 0; i < 4096; i++) {
            double s = sin(2 * M_PI * (i + 0.5) / 4096);
            h1 += rig.kind->curve(rig.param, &rig.setup, peak * s) * s / 2048;
        }
        double got = rig_amplitude(rig.out[GS_REAL][0] + 24000, 24000, 1000, 48000);
        cr_assert_float_eq(20 * log10(got / h1), 0, 0.02);
        cr_assert_lt(got, 1.3 * ceiling);
        unsigned latency = rig_levels(&rig, 1, 1000).latency, wrong = 0;
        for (unsigned n = latency; n < 48000; n++) {
            wrong += rig.clip[0][n] != (fabsf(rig.out[GS_IDEAL][0][n]) > (float)ceiling);
        }
        cr_assert_lt(wrong, 20u, "%u", wrong); /* samples at the edge, rounded the other way */
        rig_close(&rig);
    }
}

Test(monitor, impossible_sheet)
{
    struct rig rig;
    char text[120] = "";
    const char *key = NULL;
    rig_open(&rig, "monitor", 48000, GS_ANALOG, 1, LIST({ "max_spl_db", 80 }));
    cr_assert(!rig.kind->validate(rig.param, &rig.setup.alignment, &key, text, sizeof text));
    cr_assert_str_eq(key, "max_spl_db");
    rig_close(&rig);
}

Test(monitor, moving_does_not_depend_on_the_cut)
{
    static const unsigned pieces[] = { 1, 7, 32 };
    struct rig rig[3];
    for (int i = 0; i < 3; i++) {
        rig_open(&rig[i], "monitor", 44100, GS_ANALOG, 1,
                 LIST({ "max_spl_db", 90 }, { "self_noise_dba", 10 }));
        rig[i].piece = pieces[i];
        rig_set(&rig[i], "dim", 1);
        rig_set(&rig[i], "distance_m", 2.5);
        rig_set(&rig[i], "trim_db", 6);
        rig_run_sine(&rig[i], 2, 997, 10000);
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
