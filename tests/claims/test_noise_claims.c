/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What teachers say about noise: too little gain is a noisy recording, beyond a knee more buys nothing, and between
 * noise and clipping there is a plateau. The knee is tried on four microphones before one small interface. What is
 * expected is reckoned here after Friis, from densities, and not by the program. */
#include "../support/claim.h"

#include <math.h>

#define A_HZ   12467.0 /* what A-weighting passes of white noise up to 20 kHz (IEC 61672-1), Hz */
#define FLAT   20000.0
#define KELVIN 293.15

#define EIN_DBU      (-128.0) /* A-weighted, with 150 ohm */
#define OUTPUT_DBU   (-100.0) /* behind the gain, unweighted */
#define ADC_DBFS     (-111.0) /* A-weighted */
#define FULL_DBU     18.0
#define LOAD_OHM     3000.0
#define VOICE_DB_SPL 74.0
#define PLUGIN_DBFS  (-110.0) /* A-weighted, behind the make-up gain */
#define MAKE_UP_DB   60.0     /* gain of preamp and trim together: loudness stays */

struct mic {
    const char *name;
    double mv_pa, ohm;
    double self_dba;       /* NAN: only thermal */
    double table[7], last; /* an independent simulation's SNR at 0, 10 .. 60 dB, and its last gain */
};

/* The figures of the four are published ones: SM7B 1.12 mV/Pa and thermal noise only, SM58 1.85 mV/Pa, a quiet
 * condenser with 35 mV/Pa and 4.5 dBA, a usual one with 15 mV/Pa and 13 dBA. The table was made once by another
 * program from the same figures and rounded; what the load takes it did not state, which leaves half a decibel. */
static const struct mic mics[] = {
    { "SM7B", 1.12, 150, NAN, { 14.8, 24.8, 34.7, 43.8, 49.1, 50.3, 50.4 }, 60 },
    { "SM58", 1.85, 310, NAN, { 18.8, 28.8, 38.6, 47.5, 52.3, 53.3, 53.4 }, 60 },
    { "35 mV", 35, 100, 4.5, { 44.8, 54.7, 63.5, 68.2, 69.1 }, 40 },
    { "15 mV", 15, 100, 13, { 37.6, 47.4, 55.9, 60.0, 60.7, 60.8 }, 50 },
};
#define EACH_MIC(m) for (const struct mic *m = mics; m < mics + sizeof mics / sizeof *mics; m++)

static const char studio[] =
    "{'gainstage':1,'alignment':{'dbu_at_0dbfs':18,'nominal_dbfs':-18},'stages':["
    "{'id':'src','kind':'source','domain':'acoustic','signal':'sine','spl_db':74},"
    "{'id':'mic','kind':'microphone','sensitivity_mv_pa':1.12,'source_impedance_ohm':150},"
    "{'id':'pre','kind':'preamp','gain_db':0,'ein_dbu':-128,'ein_weighting':'A','output_noise_dbu':-100,"
    "'output_noise_weighting':'Z','input_impedance_ohm':3000},"
    "{'id':'adc','kind':'adc','dynamic_range_db':111},{'id':'trim','kind':'gain','gain_db':60},"
    "{'id':'plugin','kind':'noise','level_db':-110},{'id':'fd','kind':'fader','pan_law':'balance'},"
    "{'id':'out','kind':'master'}]}";

static void choose(struct claim *c, const struct mic *mic, double gain_db)
{
    claim_set(c, "mic", "sensitivity_mv_pa", mic->mv_pa);
    claim_set(c, "mic", "source_impedance_ohm", mic->ohm);
    claim_set(c, "mic", "self_noise_dba", mic->self_dba);
    claim_set(c, "pre", "gain_db", gain_db);
    claim_set(c, "trim", "gain_db", MAKE_UP_DB - gain_db);
}

static double power(double db)
{
    return pow(10, db / 10);
}

static double loss(const struct mic *mic)
{
    return LOAD_OHM / (LOAD_OHM + mic->ohm);
}

/* dBu of a sound at the preamp's input; 1 Pa is 93.98 dB SPL. */
static double input_dbu(const struct mic *mic, double db_spl)
{
    return db_spl - 20 * log10(1 / 20e-6) + 20 * log10(mic->mv_pa * 1e-3 * loss(mic) / GS_V_RMS_AT_0_DBU);
}

/* A-weighted noise as power re 0 dBu: in front of the gain, and behind it. */
static double in_front(const struct mic *mic)
{
    double kt4 = 4 * 1.380649e-23 * KELVIN, re = GS_V_RMS_AT_0_DBU * GS_V_RMS_AT_0_DBU;
    double electronics = power(EIN_DBU) - kt4 * 150 * A_HZ / re;
    double own =
        isnan(mic->self_dba) ? kt4 * mic->ohm * loss(mic) * A_HZ / re : power(input_dbu(mic, mic->self_dba));
    return electronics + own;
}

static double behind(double gain_db)
{
    return power(OUTPUT_DBU) * A_HZ / FLAT + power(FULL_DBU + ADC_DBFS) +
           power(FULL_DBU + PLUGIN_DBFS - MAKE_UP_DB + gain_db);
}

static double snr(const struct mic *mic, double gain_db)
{
    return input_dbu(mic, VOICE_DB_SPL) - 10 * log10(in_front(mic) + behind(gain_db) / power(gain_db));
}

/* SNR over preamp gain, loudness kept: prediction and Friis to 0.02 dB, and the table to its half decibel. */
Test(claims, signal_to_noise_over_preamp_gain_is_as_friis_says)
{
    EACH_RATE(rate)
    {
        struct claim c = claim_open(studio, rate);
        EACH_MIC(mic)
        {
            for (int i = 0; i * 10 <= mic->last; i++) {
                choose(&c, mic, i * 10);
                near(claim_predict(&c, "out")->snr_a_db, snr(mic, i * 10), 0.02);
                near(snr(mic, i * 10), mic->table[i], 0.6);
            }
        }
        claim_close(&c);
    }
}

/* The knee: where all that lies behind the preamp's input costs 1 dB, it is 10^0.1 - 1 of what lies in front, so
 * G = N_behind - N_in + 5.87 dB. What the prediction calls the knee is that gain; 1 dB of noise is all that any gain
 * beyond it can win. */
Test(claims, beyond_the_knee_more_gain_buys_nothing)
{
    EACH_RATE(rate)
    {
        struct claim c = claim_open(studio, rate);
        EACH_MIC(mic)
        {
            choose(&c, mic, 20);
            double knee = claim_predict(&c, "pre")->knee_gain_db;
            /* gain of the preamp alone is asked for, everything else stays: the plugin as seen with this trim */
            double after = 10 * log10(behind(20)), front = 10 * log10(in_front(mic));
            near(knee, after - front - 10 * log10(power(1) - 1), 0.02);
            near(snr(mic, knee + 40) - snr(mic, knee), 1.0, 0.05);
            double far = snr(mic, knee + 11) - snr(mic, knee + 10);
            cr_assert(far > 0 && far < 0.1, "%s: 10 dB beyond, a decibel buys %.3f dB", mic->name, far);
        }
        claim_close(&c);
    }
}

/* Twenty decibels left of the knee what lies behind is 25.9 times what lies in front: slope 25.9 / 26.9. */
Test(claims, too_little_gain_is_a_noisy_recording_decibel_for_decibel)
{
    EACH_RATE(rate)
    {
        struct claim c = claim_open(studio, rate);
        choose(&c, &mics[0], 20);
        double knee = claim_predict(&c, "pre")->knee_gain_db, at[2];
        for (int i = 0; i < 2; i++) {
            choose(&c, &mics[0], knee - 20.5 + i);
            at[i] = claim_predict(&c, "out")->snr_a_db;
        }
        near(at[1] - at[0], 25.9 / 26.9, 0.01);
        choose(&c, &mics[0], 0);
        near(claim_predict(&c, "out")->snr_a_db + 10, snr(&mics[0], 10), 0.1);
        claim_close(&c);
    }
}

/* Played: left of the knee, near it, and beyond; 2 s have 4.34 / sqrt(12467 * 2) = 0.03 dB of chance. */
Test(claims, the_knee_is_measured_where_it_was_reckoned)
{
    static const double gains[] = { 10, 40, 60 };
    for (int i = 0; i < 3; i++) {
        struct claim c = claim_open(studio, claim_rates[i]);
        choose(&c, &mics[0], gains[i]);
        struct bench bench = claim_play(&c, NULL, 0.5, 2);
        double level = bench_reading(&bench, "out", "ideal_rms_total");
        near(level - bench_reading(&bench, "out", "error_noise_a_total"), snr(&mics[0], gains[i]), 0.13);
        claim_stop(&bench);
        claim_close(&c);
    }
}

/* SINAD over gain is a plateau between two falls: noise at the left, a cliff at the right. The gain that brings the
 * tone just below the first ceiling, rounded down to a step of the knob, is within half a decibel of the best. */
Test(claims, proper_gain_has_the_least_of_noise_and_distortion)
{
    struct claim c = claim_open(studio, 48000);
    choose(&c, &mics[1], 0);
    claim_set(&c, "src", "spl_db", 104);
    claim_set(&c, "fd", "gain_db", -30);
    double margin = claim_predict(&c, "adc")->margin_db, best = -INFINITY, staged = 0, last = 0;
    double step = 10, chosen = floor(margin / step) * step;
    near(margin, FULL_DBU - input_dbu(&mics[1], 104), 0.02);
    for (double gain = 0; gain <= 75; gain += step) {
        claim_set(&c, "pre", "gain_db", gain);
        claim_set(&c, "trim", "gain_db", chosen - gain);
        struct bench bench = claim_play(&c, NULL, 0.2, 0.4);
        double sinad = bench_reading(&bench, "out", "sinad_total");
        staged = gain == chosen ? sinad : staged;
        cr_assert(gain > 30 || sinad > last + 5, "%g dB: no rise", gain);
        best = fmax(best, sinad);
        last = sinad;
        claim_stop(&bench);
    }
    cr_assert_lt(last, best - 20, "no cliff: %.1f dB at the end, %.1f at best", last, best);
    cr_assert_geq(staged, best - 0.5, "%.2f dB when staged, %.2f at best", staged, best);
    claim_close(&c);
}
