/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The microphone against physics and published examples: sensitivity, loading, thermal and self-noise (RaneNote
 * 148), distance, room, maximum level. */
#include "../support/stage_rig.h"

#include <complex.h>
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define LIST(...) ((const struct rig_value[]){ __VA_ARGS__, { NULL, 0 } })

static const double rates[] = { 44100, 48000, 96000 };

static void open_loaded(struct rig *rig, double rate, double load, const struct rig_value *values)
{
    rig_open(rig, "microphone", rate, GS_ACOUSTIC, 1, values);
    rig->setup.load_impedance_ohm = load;
    memset(rig->state, 0, rig->kind->size(&rig->setup));
    rig->kind->init(rig->state, &rig->setup);
}

/* Noise of silence over 20 Hz..20 kHz in dBu, measured and stated. */
static void noise_dbu(struct rig *rig, double *measured, double *stated)
{
    static float zero[RIG_FRAMES_MAX];
    double power = 0, rate = rig->setup.rate_hz;
    unsigned frames = (unsigned)(4 * rate) & ~31u;
    rig_run(rig, zero, NULL, frames);
    for (unsigned i = 0; i < frames; i++) {
        power += (double)rig->out[GS_REAL][0][i] * (double)rig->out[GS_REAL][0][i] / frames;
    }
    *measured = 10 * log10(power * 20000 / (rate / 2) / 0.6);
    *stated = 10 * log10(rig_levels(rig, 0, 1000).noise_out * 20000 / 0.6);
}

/* 1 Pa RMS at 1.85 mV/Pa is 20 log(1.85e-3 / sqrt 0.6) dBu; loading 310 ohm into 1.2 k costs 2 dB, into 3 k 0.85. */
Test(microphone, sensitivity_and_loading)
{
    static const double loads[][2] = { { INFINITY, 0 }, { 1200, -2.00 }, { 3000, -0.854 } };
    for (int i = 0; i < 9; i++) {
        struct rig rig;
        double rate = rates[i / 3];
        open_loaded(&rig, rate, loads[i % 3][0],
                    LIST({ "sensitivity_mv_pa", 1.85 }, { "source_impedance_ohm", 310 }));
        unsigned frames = (unsigned)rate / 2;
        rig_run_sine(&rig, M_SQRT2, 1000, frames);
        double got = 20 * log10(rig_amplitude(rig.out[GS_REAL][0], frames, 1000, rate) / sqrt(1.2));
        double want = 20 * log10(1.85e-3 / sqrt(0.6)) + loads[i % 3][1];
        cr_assert_float_eq(got, want, 0.01);
        cr_assert_float_eq(20 * log10(rig_levels(&rig, 1, 1000).gain * M_SQRT2 / sqrt(1.2)), want, 0.01);
        rig_close(&rig);
    }
}

/* Thermal: 150 ohm -130.92, 200 -129.67, 310 -127.77 dBu; a load lies beside the source. */
Test(microphone, thermal_noise)
{
    static const double rows[][3] = { { 150, INFINITY, -130.92 },
                                      { 200, INFINITY, -129.67 },
                                      { 310, INFINITY, -127.77 },
                                      { 300, 300, -130.92 } };
    for (int i = 0; i < 12; i++) {
        struct rig rig;
        double measured, stated;
        open_loaded(&rig, rates[i / 4], rows[i % 4][1], LIST({ "source_impedance_ohm", rows[i % 4][0] }));
        noise_dbu(&rig, &measured, &stated);
        cr_assert_float_eq(stated, rows[i % 4][2], 0.01);
        cr_assert_float_eq(measured, rows[i % 4][2], 0.1);
        rig_close(&rig);
    }
}

/* RaneNote 148: 20 mV/Pa and 14 dBA make -112 dBu; to the tenth -111.8 dBu A-weighted, 2.05 dB more unweighted.
 * Self-noise contains the thermal noise of the capsule's own impedance. */
Test(microphone, self_noise)
{
    for (int i = 0; i < 3; i++) {
        struct rig rig;
        double measured, stated, a_minus_z = 10 * log10(12467 / 20000.0);
        open_loaded(
            &rig, rates[i], INFINITY,
            LIST({ "sensitivity_mv_pa", 20 }, { "self_noise_dba", 14 }, { "source_impedance_ohm", 200 }));
        noise_dbu(&rig, &measured, &stated);
        cr_assert_float_eq(stated + a_minus_z, -111.76, 0.05);
        cr_assert_float_eq(measured, stated, 0.1);
        rig_close(&rig);
    }
}

/* Half the distance is 6.02 dB more voice and the same room. */
Test(microphone, distance_moves_the_voice_not_the_room)
{
    double voice[2], room[2], stated;
    for (int near = 0; near < 2; near++) {
        struct rig rig;
        const struct rig_value *values =
            LIST({ "sensitivity_mv_pa", 10 }, { "room_noise_dba", 30 }, { "distance_m", near ? 0.25 : 0.5 });
        open_loaded(&rig, 48000, INFINITY, values);
        noise_dbu(&rig, &room[near], &stated);
        cr_assert_float_eq(room[near], stated, 0.1);
        rig_run_sine(&rig, 1, 1000, 48000);
        voice[near] = rig_amplitude(rig.out[GS_IDEAL][0], 48000, 1000, 48000);
        rig_close(&rig);
    }
    cr_assert_float_eq(20 * log10(voice[1] / voice[0]), 6.0206, 0.001);
    cr_assert_float_eq(voice[0], 0.02, 1e-6, "10 mV/Pa at half a metre");
    cr_assert_float_eq(room[0], room[1], 0.1);
    /* 30 dBA are 30 + 2.05 dB SPL over 20 kHz; 10 mV/Pa */
    double want = 20 * log10(20e-6 * pow(10, 1.5) * 0.01 / sqrt(0.6)) + 10 * log10(20000 / 12467.0);
    cr_assert_float_eq(stated, want, 0.001);
}

static double thd(const float *x, unsigned frames, double f, double rate)
{
    double power = 0, first = rig_amplitude(x, frames, f, rate);
    for (int h = 2; h * f < rate / 2 && h < 20; h++) {
        power += pow(rig_amplitude(x, frames, h * f, rate), 2);
    }
    return sqrt(power) / first;
}

/* At its maximum level the microphone has the distortion that the sheet states it for, wherever its knee is, and
 * whatever loads it. */
Test(microphone, maximum_level)
{
    for (int i = 0; i < 12; i++) {
        struct rig rig;
        double rate = rates[i % 3], percent = i < 6 ? 0.5 : 1, knee = i % 6 < 3 ? 0.7 : 0.5;
        open_loaded(&rig, rate, i % 2 ? 1000 : INFINITY,
                    LIST({ "max_spl_db", 128 }, { "max_spl_thd_percent", percent }, { "knee", knee },
                         { "source_impedance_ohm", 200 }, { "sensitivity_mv_pa", 18 }));
        unsigned skip = (unsigned)(0.1 * rate), frames = 3 * skip;
        rig_run_sine(&rig, 20e-6 * M_SQRT2 * pow(10, 128 / 20.0), 1000, frames);
        double got = 100 * thd(rig.out[GS_REAL][0] + skip, frames - skip, 1000, rate);
        cr_assert_float_eq(got / percent, 1, 0.03, "%g %%, knee %g: %g", percent, knee, got);
        rig_close(&rig);
    }
}

/* KMR 81 i: 18 mV/Pa, 128 dB SPL, "maximum output +1.3 dBu" - the sheet's own figures agree. */
Test(microphone, ceiling_is_the_maximum_output)
{
    struct rig rig;
    open_loaded(&rig, 48000, INFINITY, LIST({ "sensitivity_mv_pa", 18 }, { "max_spl_db", 128 }));
    cr_assert_float_eq(20 * log10(rig_levels(&rig, 1, 1000).ceiling / sqrt(1.2)), 1.3, 0.1);
    rig_close(&rig);
}

/* The static curve predicts the fundamental above the maximum. */
Test(microphone, fundamental_follows_the_curve)
{
    enum {
        POINTS = 4096
    };
    for (int i = 0; i < 9; i++) {
        struct rig rig;
        double rate = rates[i % 3], f = 2000 * (i / 3 + 1), peak = 56; /* 12 dB over at half a metre */
        open_loaded(&rig, rate, INFINITY, LIST({ "max_spl_db", 120 }, { "distance_m", 0.5 }));
        unsigned skip = (unsigned)(0.1 * rate), frames = 3 * skip;
        rig_run_sine(&rig, peak, f, frames);
        double complex sum = 0;
        for (int n = 0; n < POINTS; n++) {
            double t = 2 * M_PI * n / POINTS;
            sum += rig.kind->curve(rig.param, &rig.setup, peak * sin(t)) * cexp(-I * t);
        }
        double got = rig_amplitude(rig.out[GS_REAL][0] + skip, frames - skip, f, rate);
        cr_assert_float_eq(20 * log10(got / (2 * cabs(sum) / POINTS)), 0, 0.02);
        rig_close(&rig);
    }
}

Test(microphone, impossible_sheets)
{
    static const struct {
        struct rig_value a, b;
        const char *key;
    } rows[] = {
        { { "max_spl_db", 90 }, { "knee", 1 }, "max_spl_db" },
        { { "self_noise_dba", 0 }, { "source_impedance_ohm", 5000 }, "self_noise_dba" },
        { { "self_noise_dba", 14 }, { "source_impedance_ohm", 200 }, NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        const char *key = "";
        char text[512];
        rig_open(&rig, "microphone", 48000, GS_ACOUSTIC, 1, LIST(rows[i].a, rows[i].b));
        bool good = rig.kind->validate(rig.param, &rig.setup.alignment, &key, text, sizeof text);
        cr_assert(good ? rows[i].key == NULL : strcmp(key, rows[i].key) == 0, "row %zu", i);
        rig_close(&rig);
    }
}
