/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sums: what a bus makes of equal and of independent signals, of ten faders turned up together, and of a
 * panned signal whose sides are added again. */
#include "../support/bench_chain.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    RATE = 48000,
    FRAMES = 2 * RATE,
    BLOCK = 1024
};

static float left[FRAMES], right[FRAMES];

enum source {
    SAME,  /* one tone */
    TONES, /* each its own, all with whole cycles in a run */
    NOISES
};

/* `n` mono sources at -40 dBFS into a bus; `send` stands beside the stage in each send, `bus` in the bus. */
static struct bench open(int n, enum source source, const char *send, const char *bus)
{
    static char text[20000];
    char *to = text;
    to += sprintf(to, "{'gainstage':1,'stages':[");
    for (int i = 0; i < n; i++) {
        to += sprintf(to, "{'id':'s%d','kind':'source','domain':'digital','signal':'%s',", i,
                      source == NOISES ? "white" : "sine");
        to += sprintf(to, "'level_dbfs':-40,'frequency_hz':%d},", source == TONES ? 1037 + 100 * i : 997);
    }
    to += sprintf(to, "{'id':'bus','kind':'bus'%s,'from':[", bus);
    for (int i = 0; i < n; i++) {
        to += sprintf(to, "%s{'stage':'s%d'%s}", i ? "," : "", i, send);
    }
    sprintf(to, "]},{'id':'master','kind':'master'}],'listen':{'stage':'bus'}}");
    return bench_open(text, RATE);
}

/* RMS of the left side in dB after `open` and a settling second; leaves both sides in left and right. */
static double sum_db(struct bench *bench)
{
    double power = 0;
    bench_run(bench, NULL, left, right, FRAMES, BLOCK);
    bench_run(bench, NULL, left, right, FRAMES, BLOCK);
    for (unsigned n = 0; n < FRAMES; n++) {
        power += (double)left[n] * (double)left[n] / FRAMES;
    }
    return 10 * log10(power * 2); /* AES17 */
}

static double level_of(int n, enum source source, const char *send, const char *bus)
{
    struct bench bench = open(n, source, send, bus);
    double db = sum_db(&bench);
    bench_close(&bench);
    return db;
}

Test(bus, equal_signals_add_amplitudes)
{
    for (int n = 1; n <= 32; n *= 2) {
        double db = level_of(n, SAME, "", "");
        cr_assert_float_eq(db, -40 + 20 * log10(n), 0.001, "%d: %g dB", n, db);
    }
}

Test(bus, independent_signals_add_powers)
{
    double one = level_of(1, NOISES, "", "");
    for (int n = 2; n <= 16; n *= 2) {
        double tones = level_of(n, TONES, "", "");
        double noises = level_of(n, NOISES, "", "");
        cr_assert_float_eq(tones, -40 + 10 * log10(n), 0.01, "%d tones: %g dB", n, tones);
        cr_assert_float_eq(noises - one, 10 * log10(n), 0.1, "%d noises: %g dB", n, noises - one);
    }
}

/* The peaks of few tones meet: two reach 6.02 dB, four nearly 12.04, while their RMS rises by 3.01 and 6.02. */
Test(bus, peaks_of_tones_meet)
{
    for (int n = 2; n <= 4; n *= 2) {
        struct bench bench = open(n, TONES, "", "");
        double peak = 0;
        sum_db(&bench);
        for (unsigned i = 0; i < FRAMES; i++) {
            peak = fmax(peak, fabs((double)left[i]));
        }
        cr_assert_float_eq(20 * log10(peak), -40 + 20 * log10(n), 0.15, "%d: %g", n, 20 * log10(peak));
        bench_close(&bench);
    }
}

/* One dB more on each of ten faders is one dB more on the bus, not ten. */
Test(bus, ten_faders_up_by_one)
{
    enum source source = TONES;
    double before = level_of(10, source, ",'gain_db':-3", ""),
           after = level_of(10, source, ",'gain_db':-2", "");
    cr_assert_float_eq(after - before, 1, 0.0001);
}

/* Left and right of a centred mono send, each and added: the law's loss, and its loss plus 6.02 dB. */
Test(bus, pan_laws_of_sends)
{
    static const struct {
        const char *law;
        double middle_db;
    } rows[] = { { "sincos", -3.0103 }, { "-4.5", -4.5154 }, { "linear", -6.0206 }, { "balance", 0 } };
    for (size_t i = 0; i < 4; i++) {
        char bus[64];
        snprintf(bus, sizeof bus, ",'pan_law':'%s'", rows[i].law);
        struct bench bench = open(1, SAME, ",'pan':0", bus);
        double side = sum_db(&bench), mono = 0;
        for (unsigned n = 0; n < FRAMES; n++) {
            cr_assert_eq(left[n], right[n]);
            mono += pow((double)left[n] + (double)right[n], 2) * 2 / FRAMES;
        }
        cr_assert_float_eq(side, -40 + rows[i].middle_db, 0.001, "%s: %g", rows[i].law, side);
        cr_assert_float_eq(10 * log10(mono), -40 + rows[i].middle_db + 6.0206, 0.001);
        bench_close(&bench);
    }
}

/* Panned away, a side is silent. */
Test(bus, hard_panned)
{
    struct bench bench = open(1, SAME, ",'pan':-1", "");
    cr_assert_float_eq(sum_db(&bench), -40, 0.001);
    for (unsigned n = 0; n < FRAMES; n++) {
        cr_assert_eq(right[n], 0.0f);
    }
    bench_close(&bench);
}
