/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * adc, dac, wordlength and noise: alignment, noise figures with their weighting, the error of word lengths
 * (q^2/12, /6, /4), clamps, and waves that are over between the samples. */
#include "../support/stage_rig.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define LIST(...) ((const struct rig_value[]){ __VA_ARGS__, { NULL, 0 } })

static const double rates[] = { 44100, 48000, 96000 };
#define VOLT_AT_18_DBU (0.77459666924148338 * M_SQRT2 * 7.943282347242815) /* 10^(18/20) */

static enum gs_domain domain_in(const char *kind)
{
    return strcmp(kind, "adc") == 0 ? GS_ANALOG : GS_DIGITAL;
}

/* EBU R 68: 0 dBFS is +18 dBu; SMPTE RP 155: +24 dBu. */
Test(converters, alignment)
{
    for (int i = 0; i < 4; i++) {
        struct rig rig;
        double dbu = i / 2 ? 24 : NAN, volt = VOLT_AT_18_DBU * (i / 2 ? pow(10, 0.3) : 1);
        const char *kind = i % 2 ? "dac" : "adc";
        rig_open(&rig, kind, 48000, domain_in(kind), 2, LIST({ "full_scale_dbu", dbu }));
        double gain = i % 2 ? volt : 1 / volt, peak = i % 2 ? 0.1 : 0.1 * volt;
        rig_run_sine(&rig, peak, 1000, 48000);
        for (int path = 0; path < GS_PATHS; path++) {
            double got = rig_amplitude(rig.out[path][1], 48000, 1000, 48000);
            cr_assert_float_eq(got / peak / gain, 1, 1e-5, "%s", kind);
        }
        cr_assert_float_eq(rig_levels(&rig, peak, 1000).gain / gain, 1, 1e-9);
        rig_close(&rig);
    }
}

/* Power of the error against the ideal path, as dBFS by AES17 over 20 kHz. */
static double error_db(struct rig *rig, double peak, double full_scale)
{
    double power = 0, rate = rig->setup.rate_hz;
    unsigned frames = (unsigned)(4 * rate) & ~31u;
    rig_run_sine(rig, peak, 997, frames);
    for (unsigned i = 0; i < frames; i++) {
        double e = (double)rig->out[GS_REAL][0][i] - (double)rig->out[GS_IDEAL][0][i];
        power += e * e / frames;
    }
    return 10 * log10(2 * power * 20000 / (rate / 2)) - 20 * log10(full_scale);
}

struct words {
    const char *kind;
    double bits, dither, expected; /* over half the sample rate */
};

/* 16 bit: -98.1, -95.1, -93.3; 24 bit TPDF -141.5 dBFS; 20 kHz of half the rate of that. levels() agrees. */
Test(converters, word_length)
{
    static const struct words rows[] = {
        { "adc", 16, 0, -98.09 },         { "adc", 16, 1, -95.08 },       { "adc", 16, 2, -93.32 },
        { "dac", 16, 2, -93.32 },         { "dac", 20, 1, -119.16 },      { "wordlength", 16, 2, -93.32 },
        { "wordlength", 24, 2, -141.48 }, { "wordlength", 8, 2, -45.15 }, { "adc", 24, 2, -141.48 },
    };
    for (size_t i = 0; i < 3 * sizeof rows / sizeof *rows; i++) {
        const struct words *row = &rows[i / 3];
        struct rig rig;
        double rate = rates[i % 3];
        rig_open(&rig, row->kind, rate, domain_in(row->kind), 1,
                 LIST({ "bits", row->bits }, { "dither", row->dither }));
        double volt_in = domain_in(row->kind) == GS_ANALOG ? VOLT_AT_18_DBU : 1;
        double volt_out = strcmp(row->kind, "dac") == 0 ? VOLT_AT_18_DBU : 1;
        double want = row->expected + 10 * log10(20000 / (rate / 2));
        double got = error_db(&rig, 0.5 * volt_in, volt_out);
        double density = rig_levels(&rig, 0.5 * volt_in, 997).noise_out;
        double stated = 10 * log10(2 * density * 20000) - 20 * log10(volt_out);
        cr_assert_float_eq(got, want, 0.1, "%s %g bits: %g, not %g", row->kind, row->bits, got, want);
        cr_assert_float_eq(stated, want, 0.01, "%s %g bits: stated %g", row->kind, row->bits, stated);
        rig_close(&rig);
    }
}

/* Dynamic range: A-weighted the noise is 2.05 dB more over 20 kHz; in the signal's presence as in silence. */
Test(converters, dynamic_range)
{
    for (int i = 0; i < 12; i++) {
        struct rig rig;
        double rate = rates[i % 3], range = i < 6 ? 111 : 96;
        bool dac = i % 6 >= 3, z = i % 2;
        rig_open(&rig, dac ? "dac" : "adc", rate, dac ? GS_DIGITAL : GS_ANALOG, 1,
                 LIST({ "dynamic_range_db", range }, { "dynamic_range_weighting", z }));
        double want = -range + (z ? 0 : 10 * log10(20000 / 12467.0));
        double got = error_db(&rig, dac ? 0.5 : 0.5 * VOLT_AT_18_DBU, dac ? VOLT_AT_18_DBU : 1);
        cr_assert_float_eq(got, want, 0.1, "%s %g: %g, not %g", rig.kind->key, range, got, want);
        rig_close(&rig);
    }
}

/* A clamp is at -1 and at one step below 1, and floating point clamps only in a converter. */
Test(converters, clamp)
{
    static const struct {
        const char *kind;
        double bits;
    } rows[] = { { "adc", NAN }, { "adc", 16 }, { "dac", NAN }, { "wordlength", 16 } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        double in = domain_in(rows[i].kind) == GS_ANALOG ? VOLT_AT_18_DBU : 1;
        double out = strcmp(rows[i].kind, "dac") == 0 ? VOLT_AT_18_DBU : 1, high = 0, low = 0;
        rig_open(&rig, rows[i].kind, 48000, domain_in(rows[i].kind), 1,
                 LIST({ "bits", rows[i].bits }, { "dither", 0 }));
        rig_run_sine(&rig, 2 * in, 1000, 4800);
        for (int n = 0; n < 4800; n++) {
            high = fmax(high, rig.out[GS_REAL][0][n]);
            low = fmin(low, rig.out[GS_REAL][0][n]);
            double want = 2 * sin(2 * M_PI * n / 48.0);
            cr_assert(fabs(fabs(want) - 1) < 1e-3 || rig.clip[0][n] == (fabs(want) > 1), "%s", rows[i].kind);
        }
        cr_assert_float_eq(high / out, isnan(rows[i].bits) ? 1 : 1 - pow(2, -15), 1e-6, "%s", rows[i].kind);
        cr_assert_float_eq(low / out, -1, 1e-6, "%s", rows[i].kind);
        rig_close(&rig);
    }
}

/* fs/4 at 45 degrees, samples at full scale: the wave is 3.01 dB higher. Where the analogue stage has 1 dB, it
 * clips though no sample is over; with 3.1 dB, or when nothing is said, it does not. */
Test(converters, overs_between_samples)
{
    static const double headroom[] = { 1, 3.1, NAN };
    for (int i = 0; i < 3; i++) {
        struct rig rig;
        static float x[4800];
        unsigned marks = 0, wrong = 0;
        for (int n = 0; n < 4800; n++) {
            x[n] = n % 4 < 2 ? 1 : -1;
        }
        rig_open(&rig, "dac", 48000, GS_DIGITAL, 1, LIST({ "overs_headroom_db", headroom[i] }));
        rig_run(&rig, x, NULL, 4800);
        for (int n = 200; n < 4800; n++) { /* behind the start, where the wave swings up */
            marks += rig.clip[0][n];
            wrong += fabsf(rig.out[GS_REAL][0][n] - rig.out[GS_IDEAL][0][n]) > 1e-3f;
        }
        cr_assert(headroom[i] == 1 ? marks > 1000 && wrong > 1000 : marks == 0 && wrong == 0, "%g dB: %u, %u",
                  headroom[i], marks, wrong);
        cr_assert_eq(rig_levels(&rig, 1, 1000).latency, isnan(headroom[i]) ? 0 : 36);
        rig_close(&rig);
    }
}

/* +6 dBFS through float and -6 dB behind it is whole again; fixed point has lost it. */
Test(converters, fixed_point_loses_what_float_keeps)
{
    struct rig rig;
    double error = 0;
    rig_open(&rig, "wordlength", 48000, GS_DIGITAL, 1, NULL);
    rig_run_sine(&rig, 2, 1000, 48000);
    for (int i = 0; i < 48000; i++) {
        double e = (double)rig.out[GS_REAL][0][i] - (double)rig.out[GS_IDEAL][0][i];
        error += e * e / 48000;
    }
    cr_assert_gt(10 * log10(error / 2), -40);
    rig_close(&rig);
}

/* In every domain the level is the level; channels do not share their noise. */
Test(converters, noise_stage)
{
    static const double reference[] = { 20e-6, 0.77459666924148338, M_SQRT1_2 };
    static float zero[192000];
    for (int i = 0; i < 6; i++) {
        struct rig rig;
        double power[2] = { 0 }, cross = 0, level = i % 3 == 0 ? 40 : -70;
        rig_open(&rig, "noise", 48000, (enum gs_domain)(i % 3), 2,
                 LIST({ "level_db", level }, { "level_weighting", i / 3 }));
        rig_run(&rig, zero, NULL, 192000);
        for (int n = 0; n < 192000; n++) {
            double l = rig.out[GS_REAL][0][n], r = rig.out[GS_REAL][1][n];
            power[0] += l * l / 192000;
            power[1] += r * r / 192000;
            cross += l * r / 192000;
        }
        for (int c = 0; c < 2; c++) {
            double db = 10 * log10(power[c] * 20000 / 24000) - 20 * log10(reference[i % 3]);
            cr_assert_float_eq(db, level + (i / 3 ? 0 : 10 * log10(20000 / 12467.0)), 0.1);
        }
        cr_assert_lt(fabs(cross) / sqrt(power[0] * power[1]), 0.02);
        rig_close(&rig);
    }
}
