/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What teachers say gain is, as tests: one for each sentence, named after it, by prediction at three sample rates
 * and, where the sentence is about sound, by rendering.
 *
 * The sentences that need something that does not exist yet, and what of them is tried today:
 *   the guided tour, the exercises and their scores, hints and grading - nothing; the numbers they will show are
 *   tried here and in the other files of this folder
 *   "too weak" on a lamp - the four degrees of headroom are tried (test_headroom_claims.c), a lower edge is not shown
 *   record level, trims and the optimiser by an adviser - the arithmetic is done by hand in the tests
 *   (test_headroom_claims.c, test_clip_claims.c)
 *   reference tracks switched at matched loudness - nothing; a switch of the wire one listens to is without a gap
 *   (tests/engine/test_process.c)
 *   the log of a session - only that a report repeats itself (test_studio_claims.c)
 *   a guide to loudness windows of stems - that faders reach them (test_mix_claims.c) */
#include "../support/claim.h"

#include <math.h>

static const char voice[] =
    "{'gainstage':1,'stages':["
    "{'id':'src','kind':'source','domain':'acoustic','signal':'sine','spl_db':93.979},"
    "{'id':'mic','kind':'microphone','sensitivity_mv_pa':1.85,'source_impedance_ohm':150},"
    "{'id':'pre','kind':'preamp','gain_db':40,'ein_dbu':-128,'ein_weighting':'A','output_noise_dbu':-100,"
    "'max_output_dbu':24},"
    "{'id':'adc','kind':'adc','dynamic_range_db':111},{'id':'trim','kind':'gain'},"
    "{'id':'fd','kind':'fader','gain_db':0},{'id':'mix','kind':'bus'},{'id':'out','kind':'master'}]}";

#define STAGES 8

/* Turning a stage moves it and every later one by as much, and none before it. */
Test(claims, gain_controls_what_is_sent_to_the_next_stage)
{
    static const char *const turned[] = { "pre", "trim", "fd", "mix", "out" };
    EACH_RATE(rate)
    {
        struct claim c = claim_open(voice, rate);
        for (size_t t = 0; t < sizeof turned / sizeof *turned; t++) {
            double before[STAGES], gain = claim_get(&c, turned[t], "gain_db");
            int from = gs_chain_find(c.chain, turned[t]);
            for (int i = 0; i < STAGES; i++) {
                before[i] = claim_predict_all(&c)->stage[i].level_db;
            }
            claim_set(&c, turned[t], "gain_db", gain - 7);
            for (int i = 0; i < STAGES; i++) {
                near(claim_predict_all(&c)->stage[i].level_db - before[i], i < from ? 0 : -7, 0.01);
            }
            claim_set(&c, turned[t], "gain_db", gain);
        }
        claim_close(&c);
    }
}

/* Gain is a ratio, level a quantity: what a meter shows behind a stage minus what it shows before it is the gain
 * on the knob, for every stage that stays in its domain. Rendered. */
Test(claims, gain_is_the_ratio_of_two_levels)
{
    static const struct {
        const char *stage, *before;
        double gain_db;
    } knobs[] = { { "pre", "mic", 31 }, { "trim", "adc", -4.5 }, { "fd", "trim", 3 }, { "out", "mix", -2 } };
    struct claim c = claim_open(voice, 48000);
    for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++) {
        claim_set(&c, knobs[i].stage, "gain_db", knobs[i].gain_db);
    }
    struct bench bench = claim_play(&c, NULL, 0.2, 0.5);
    for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++) {
        double law = knobs[i].stage[0] == 'f' ? 20 * log10(sqrt(0.5)) : 0; /* each side of a centre pan */
        double out = bench_reading(&bench, knobs[i].stage, "rms_total");
        near(out - bench_reading(&bench, knobs[i].before, "rms_total"), knobs[i].gain_db + law, 0.02);
        near(claim_predict(&c, knobs[i].stage)->gain_db, knobs[i].gain_db + law, 0.01);
    }
    claim_stop(&bench);
    claim_close(&c);
}

/* 1 Pa into 1.85 mV/Pa is 20 log10(0.00185 / 0.7746) = -52.4 dBu without load; the preamp adds its 40 dB. */
Test(claims, a_microphone_gives_millivolts_and_the_interface_says_how_much_they_grow)
{
    EACH_RATE(rate)
    {
        struct claim c = claim_open(voice, rate);
        double dbu = 20 * log10(0.00185 / GS_V_RMS_AT_0_DBU);
        near(claim_predict(&c, "mic")->level_db, dbu, 0.01);
        near(claim_predict(&c, "pre")->level_db, dbu + 40, 0.01);
        near(claim_predict(&c, "adc")->level_db, dbu + 40 - 18, 0.01);
        /* 310 ohm into 3 kohm lose 0.85 dB: -53.3 dBu, and -13.3 dBu behind 40 dB */
        claim_set(&c, "mic", "source_impedance_ohm", 310);
        claim_set(&c, "pre", "input_impedance_ohm", 3000);
        near(claim_predict(&c, "mic")->level_db, dbu + 20 * log10(3000.0 / 3310.0), 0.01);
        near(claim_predict(&c, "mic")->level_db, -53.3, 0.1);
        near(claim_predict(&c, "pre")->level_db, -13.3, 0.1);
        claim_close(&c);
    }
}

/* What a plugin gets changes with the preamp and not with the fader behind it. */
Test(claims, gain_sets_the_loudness_before_processing_and_volume_behind_it)
{
    EACH_RATE(rate)
    {
        struct claim c = claim_open(voice, rate);
        double plugin = claim_predict(&c, "trim")->in_level_db, heard = claim_predict(&c, "out")->level_db;
        claim_set(&c, "fd", "gain_db", -11);
        near(claim_predict(&c, "trim")->in_level_db, plugin, 1e-9);
        near(claim_predict(&c, "out")->level_db, heard - 11, 0.01);
        claim_set(&c, "fd", "gain_db", 0);
        claim_set(&c, "pre", "gain_db", 29);
        near(claim_predict(&c, "trim")->in_level_db, plugin - 11, 0.01);
        near(claim_predict(&c, "out")->level_db, heard - 11, 0.01);
        claim_close(&c);
    }
}

/* The same loudness two ways: gain early, or a boost behind everything that adds noise. What lies behind the gain
 * is 34.5 dB noisier than what lies in front of it, so with 10 dB of gain it makes 284 times the noise of the rest, with
 * 60 dB none. */
static const char late[] =
    "{'gainstage':1,'stages':["
    "{'id':'src','kind':'source','domain':'acoustic','signal':'pink','spl_db':74},"
    "{'id':'mic','kind':'microphone','sensitivity_mv_pa':1.85,'source_impedance_ohm':310},"
    "{'id':'pre','kind':'preamp','gain_db':60,'input_impedance_ohm':3000,'ein_dbu':-128,'ein_weighting':'A',"
    "'output_noise_dbu':-100,'output_noise_weighting':'Z'},"
    "{'id':'adc','kind':'adc','dynamic_range_db':111},{'id':'trim','kind':'gain'},"
    "{'id':'out','kind':'master'}]}";

#define A_HZ   12467.0 /* what a filter of A-weighting passes of white noise up to 20 kHz, Hz */
#define FLAT   20000.0
#define KELVIN 293.15

/* A-weighted noise voltage squared that stands before the gain, and behind it. */
static double before_gain(double ohm, double load)
{
    double reference = GS_V_RMS_AT_0_DBU * GS_V_RMS_AT_0_DBU, kt4 = 4 * 1.380649e-23 * KELVIN;
    double electronics = reference * pow(10, -12.8) / A_HZ - kt4 * 150;
    return (electronics + kt4 * ohm * load / (ohm + load)) * A_HZ / reference;
}

static double behind_gain(void)
{
    return pow(10, -10.0) * A_HZ / FLAT + pow(10, (18 - 111) / 10.0);
}

Test(claims, gain_is_not_loudness_but_a_clean_sound)
{
    double early = before_gain(310, 3000), after = behind_gain();
    double expected = 10 * log10((early + after / 10) / (early + after / 1e6));
    near(expected, 24.6, 0.2);
    EACH_RATE(rate)
    {
        struct claim c = claim_open(late, rate);
        double level = claim_predict(&c, "out")->level_db, clean = claim_predict(&c, "out")->snr_a_db;
        claim_set(&c, "pre", "gain_db", 10);
        claim_set(&c, "trim", "gain_db", 50);
        near(claim_predict(&c, "out")->level_db, level, 0.01);
        near(clean - claim_predict(&c, "out")->snr_a_db, expected, 0.02);
        claim_close(&c);
    }
}

/* The same played: equally loud by BS.1770, and the hiss is what was reckoned. */
Test(claims, equally_loud_by_the_loudness_meter_and_yet_noisier)
{
    double loudness[2], hiss[2];
    for (int i = 0; i < 2; i++) {
        struct claim c = claim_open(late, 48000);
        claim_set(&c, "pre", "gain_db", i ? 10 : 60);
        claim_set(&c, "trim", "gain_db", i ? 50 : 0);
        struct bench bench = claim_play(&c, NULL, 0.5, 2);
        loudness[i] = bench_reading(&bench, "out", "integrated");
        hiss[i] = bench_reading(&bench, "out", "error_noise_a_total");
        claim_stop(&bench);
        claim_close(&c);
    }
    double expected = 10 * log10((before_gain(310, 3000) + behind_gain() / 10) /
                                 (before_gain(310, 3000) + behind_gain() / 1e6));
    near(loudness[1], loudness[0], 0.2);
    near(hiss[1] - hiss[0], expected, 0.15); /* 4.34 / sqrt(12467 * 2 s) = 0.03 dB of chance in each */
}

/* One knob, four things: level, headroom, noise, and at its end the sound; the table of a first lesson. The
 * numbers foretold are the numbers measured. */
Test(claims, one_knob_changes_level_headroom_noise_and_sound)
{
    struct claim c = claim_open(voice, 48000);
    static const double gains[] = { 20, 45, 75 }; /* the last one is 4.6 dB over the converter's full scale */
    double snr[3];
    for (int i = 0; i < 3; i++) {
        double gain = gains[i];
        claim_set(&c, "pre", "gain_db", gain);
        struct gs_predicted p = *claim_predict(&c, "adc");
        struct bench bench = claim_play(&c, NULL, 0.3, 1);
        bool clips = claim_clips(&bench, "adc") > 0;
        cr_assert_eq(clips, p.headroom_db < 0, "%g dB", gain);
        cr_assert_eq(clips, (p.flags & GS_PREDICT_CURVED) != 0, "%g dB", gain);
        near(p.headroom_db, -(20 * log10(0.00185 / GS_V_RMS_AT_0_DBU) + gain - 18), 0.02);
        near(bench_reading(&bench, "adc", "ideal_peak"), -p.headroom_db, 0.02);
        if (!clips) {
            near(bench_reading(&bench, "adc", "rms_total"), p.level_db, 0.02);
            near(bench_reading(&bench, "adc", "error_noise_a_total"), p.noise_a_db, 0.15);
        }
        snr[i] = bench_reading(&bench, "adc", "sinad_total");
        claim_stop(&bench);
    }
    cr_assert_gt(snr[1], snr[0] + 10, "more gain, less noise");
    cr_assert_lt(snr[2], 30, "too much of it, and the sound is another one");
    claim_close(&c);
}
