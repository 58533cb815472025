/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What teachers say about mixing: tracks add up, so each needs headroom; balance is a matter of faders and survives
 * when all go down together; every track that is added makes the bus louder. Loudness windows for stems and
 * suggestions for trims belong to exercises and an adviser that do not exist yet; tried is that faders reach such a
 * window by the loudness meter. */
#include "../support/claim.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define STEMS_MAX 8

/* `n` independent noises of these levels behind faders into one bus, dead centre, panned by nothing. */
static struct claim stems(int n, double level_dbfs, const char *signal, double rate_hz)
{
    char text[6000], from[200] = "";
    int at = snprintf(text, sizeof text, "{'gainstage':1,'stages':[");
    for (int i = 0; i < n; i++) {
        at += snprintf(text + at, sizeof text - (size_t)at,
                       "{'id':'s%d','kind':'source','domain':'digital','signal':'%s','level_dbfs':%g,"
                       "'frequency_hz':%d},{'id':'f%d','kind':'fader','pan_law':'balance'},",
                       i + 1, signal, level_dbfs, 200 * (i + 1) + 7 * i * i, i + 1);
        snprintf(from + strlen(from), sizeof from - strlen(from), "%s'f%d'", i ? "," : "", i + 1);
    }
    snprintf(text + at, sizeof text - (size_t)at,
             "{'id':'bus','kind':'bus','pan_law':'balance','from':[%s]},{'id':'out','kind':'master'}]}",
             from);
    return claim_open(text, rate_hz);
}

static double bus_level(struct claim *c, double seconds)
{
    struct bench bench = claim_play(c, NULL, 0.2, seconds);
    double level = bench_reading(&bench, "bus", "rms_total");
    claim_stop(&bench);
    return level;
}

/* Noises loop in 5 s and are strangers only over a whole loop: over 1 s white noise has 4.34 / sqrt(24000) =
 * 0.03 dB of chance. */
#define SECONDS 1.0

/* Strangers add as powers: the sum of what each brings alone is what all bring together. */
Test(claims, contributions_of_stems_add_up_to_the_bus)
{
    static const double levels[] = { -20, -26, -17, -30 };
    double sum = 0;
    struct claim c = stems(4, -20, "white", 44100);
    for (int i = 0; i < 4; i++) {
        char id[8];
        snprintf(id, sizeof id, "s%d", i + 1);
        claim_set(&c, id, "level_dbfs", levels[i]);
        sum += pow(10, levels[i] / 10);
    }
    near(claim_predict(&c, "bus")->level_db, 10 * log10(sum), 0.02);
    struct bench bench = claim_play(&c, NULL, 0.2, SECONDS);
    near(bench_reading(&bench, "bus", "rms_total"), 10 * log10(sum), 0.1);
    for (int solo = 0; solo < 4; solo++) {
        for (int i = 0; i < 4; i++) {
            char id[8];
            snprintf(id, sizeof id, "f%d", i + 1);
            claim_set(&c, id, "mute", i != solo);
            bench_set(&bench, id, "mute", i != solo);
        }
        near(claim_predict(&c, "bus")->level_db, levels[solo], 0.02);
        claim_run(&bench, NULL, 0.2);
        gs_readout_reset(gs_engine_readout(bench.engine), SIZE_MAX);
        claim_run(&bench, NULL, SECONDS);
        near(bench_reading(&bench, "bus", "rms_total"), levels[solo], 0.1);
    }
    claim_stop(&bench);
    claim_close(&c);
}

/* With each track added the bus rises by 10 log10((N + 1) / N). */
Test(claims, every_track_that_is_added_makes_the_mix_louder)
{
    double last = 0;
    for (int n = 1; n <= 4; n++) {
        struct claim c = stems(n, -24, "white", 44100);
        double level = bus_level(&c, SECONDS);
        near(level, claim_predict(&c, "bus")->level_db, 0.1);
        if (n > 1) {
            near(level - last, 10 * log10((double)n / (n - 1)), 0.1);
        }
        last = level;
        claim_close(&c);
    }
}

/* Eight tracks that peak at -9 dBFS: tones of their own, RMS as peak. The bus has 10 log10 8 = 9.03 dB more RMS, which
 * is full scale, and its peaks meet far above: there is room for the tracks, not for the mix. */
Test(claims, tracks_that_peak_at_minus_9_leave_room_for_few_of_them)
{
    EACH_RATE(rate)
    {
        struct claim c = stems(8, -9, "sine", rate);
        near(claim_predict(&c, "bus")->level_db, -9 + 10 * log10(8), 0.01);
        cr_assert_gt(claim_predict(&c, "bus")->peak_db, 0, "peaks are not 10 log10 N");
        claim_close(&c);
    }
    struct claim c = stems(8, -9, "sine", 48000);
    struct bench bench = claim_play(&c, NULL, 0.2, SECONDS);
    near(bench_reading(&bench, "bus", "rms_total"), -9 + 10 * log10(8), 0.1);
    cr_assert_gt(bench_reading(&bench, "bus", "peak"), 3);
    cr_assert_leq(bench_reading(&bench, "bus", "peak"), -9 + 20 * log10(8) + 0.01, "never above 20 log10 N");
    near(bench_reading(&bench, "f3", "peak"), -9, 0.02);
    claim_stop(&bench);
    claim_close(&c);
}

/* +1 dB on all faders is +1 dB on the bus, not more with many of them. */
Test(claims, all_faders_up_by_one_is_one)
{
    EACH_RATE(rate)
    {
        struct claim c = stems(8, -30, "sine", rate);
        double before = claim_predict(&c, "bus")->level_db;
        for (int i = 1; i <= 8; i++) {
            char id[8];
            snprintf(id, sizeof id, "f%d", i);
            claim_set(&c, id, "gain_db", 1);
        }
        near(claim_predict(&c, "bus")->level_db - before, 1, 1e-6);
        claim_close(&c);
    }
}

#define TRACKS 4
static const char *const tracks[TRACKS] = { "drums-fader", "bass-fader", "keys-fader", "voice-fader" };

static void loudness_of_tracks(const struct claim *c, double loudness[TRACKS + 1])
{
    struct bench bench = claim_play(c, NULL, 0, 3.2);
    for (int i = 0; i < TRACKS; i++) {
        loudness[i] = bench_reading(&bench, tracks[i], "short_term");
    }
    loudness[TRACKS] = bench_reading(&bench, "mix", "short_term");
    claim_stop(&bench);
}

/* The four-track mix: faders bring each track to the loudness of the voice, within 0.2 LU by the short-term meter;
 * all down by 6 dB keeps the balance and makes 6 dB of headroom on the bus. */
Test(claims, balance_is_made_with_faders_and_kept_when_all_go_down)
{
    double before[TRACKS + 1], balanced[TRACKS + 1], lower[TRACKS + 1];
    struct claim c = claim_open_shipped("four-track-mix", 48000);
    loudness_of_tracks(&c, before);
    for (int i = 0; i < TRACKS; i++) {
        double fader = claim_get(&c, tracks[i], "gain_db");
        claim_set(&c, tracks[i], "gain_db", fader + before[3] - before[i]);
    }
    loudness_of_tracks(&c, balanced);
    double room = claim_predict(&c, "mix")->margin_db;
    for (int i = 0; i < TRACKS; i++) {
        near(balanced[i], before[3], 0.2);
        claim_set(&c, tracks[i], "gain_db", claim_get(&c, tracks[i], "gain_db") - 6);
    }
    loudness_of_tracks(&c, lower);
    for (int i = 0; i <= TRACKS; i++) {
        near(lower[i] - balanced[i], -6, 0.02);
    }
    near(claim_predict(&c, "mix")->margin_db - room, 6, 0.01);
    claim_close(&c);
}
