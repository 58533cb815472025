/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What teachers say about gain, as tests: one for each claim, named after it, by prediction at three sample
 * rates and, where it says so, by rendering. */
#include "../support/bench_chain.h"
#include "chain/predict.h"

#include <criterion/criterion.h>

#include <math.h>

static const double rates[] = { 44100, 48000, 96000 };
#define EACH_RATE(rate)                                                                                      \
    for (size_t r_ = 0; r_ < 3; r_++)                                                                        \
        for (double rate = rates[r_]; rate > 0; rate = 0)

#define near(actual, expected, room)                                                                         \
    cr_assert_float_eq(actual, expected, room, #actual " is %.4f, expected %.4f", (double)(actual),          \
                       (double)(expected))

static const char voice[] =
    "{'gainstage':1,'stages':["
    "{'id':'src','kind':'source','domain':'acoustic','signal':'sine','spl_db':93.979},"
    "{'id':'mic','kind':'microphone','sensitivity_mv_pa':1.85,'source_impedance_ohm':150},"
    "{'id':'pre','kind':'preamp','gain_db':40,'ein_dbu':-128,'ein_weighting':'A','output_noise_dbu':-100,"
    "'max_output_dbu':24},"
    "{'id':'adc','kind':'adc','dynamic_range_db':111},{'id':'fd','kind':'fader','gain_db':0},"
    "{'id':'out','kind':'master'}]}";

static double *slot(struct gs_chain *chain, const char *stage, const char *key)
{
    size_t s = (size_t)gs_chain_find(chain, stage);
    int p = gs_stage_param_index(chain->stages[s].kind, key);
    cr_assert_geq(p, 0);
    return &chain->value[gs_chain_slot(chain, s, (size_t)p)];
}

static const struct gs_predicted *at(const struct gs_chain *chain, const struct gs_prediction *p,
                                     const char *stage)
{
    return &p->stage[gs_chain_find(chain, stage)];
}

/* Turning a stage moves every later one by as much, and none before it. */
Test(claims, gain_controls_what_is_sent_to_the_next_stage)
{
    EACH_RATE(rate)
    {
        struct gs_chain *chain = bench_parse(voice);
        struct gs_predictor *predictor = gs_predictor_create(chain, NULL, rate);
        double before[6];
        for (size_t i = 0; i < chain->n_stages; i++) {
            before[i] = gs_predictor_run(predictor, NULL)->stage[i].level_db;
        }
        *slot(chain, "pre", "gain_db") -= 7;
        const struct gs_prediction *p = gs_predictor_run(predictor, NULL);
        for (size_t i = 0; i < chain->n_stages; i++) {
            near(p->stage[i].level_db - before[i], i < 2 ? 0 : -7, 0.01);
        }
        gs_predictor_destroy(predictor);
        gs_chain_destroy(chain);
    }
}

/* 1 Pa into 1.85 mV/Pa is 20 log10(0.00185 / 0.7746) = -52.4 dBu without load; the preamp adds its 40 dB. */
Test(claims, a_microphone_gives_millivolts_and_the_interface_says_how_much_they_grow)
{
    EACH_RATE(rate)
    {
        struct gs_chain *chain = bench_parse(voice);
        struct gs_predictor *predictor = gs_predictor_create(chain, NULL, rate);
        const struct gs_prediction *p = gs_predictor_run(predictor, NULL);
        double dbu = 20 * log10(0.00185 / GS_V_RMS_AT_0_DBU);
        near(at(chain, p, "mic")->level_db, dbu, 0.01);
        near(at(chain, p, "pre")->level_db, dbu + 40, 0.01);
        near(at(chain, p, "adc")->level_db, dbu + 40 - 18, 0.01);
        gs_predictor_destroy(predictor);
        gs_chain_destroy(chain);
    }
}

static double snr_at(struct gs_chain *chain, struct gs_predictor *predictor, double gain_db)
{
    *slot(chain, "pre", "gain_db") = gain_db;
    const struct gs_prediction *p = gs_predictor_run(predictor, NULL);
    return p->stage[p->end].snr_a_db;
}

/* Far left of the knee each decibel of gain is a decibel of SNR; far right it buys nothing. At the knee what is
 * behind is 10^0.1 - 1 = 0.26 of what is in front, so 20 dB lower it is 26 times as much, and the slope 26/27. */
Test(claims, too_little_gain_is_a_noisy_recording_and_beyond_the_knee_more_buys_nothing)
{
    EACH_RATE(rate)
    {
        struct gs_chain *chain = bench_parse(voice);
        struct gs_predictor *predictor = gs_predictor_create(chain, NULL, rate);
        *slot(chain, "src", "spl_db") = 74;
        const struct gs_prediction *p = gs_predictor_run(predictor, NULL);
        double knee = at(chain, p, "pre")->knee_gain_db;
        cr_assert(knee > 20 && knee < 45, "knee at %g dB", knee);
        double low = snr_at(chain, predictor, knee - 19.5) - snr_at(chain, predictor, knee - 20.5);
        double high = snr_at(chain, predictor, knee + 11) - snr_at(chain, predictor, knee + 10);
        near(low, 25.9 / 26.9, 0.01);
        cr_assert_lt(high, 0.1);
        near(snr_at(chain, predictor, knee + 40) - snr_at(chain, predictor, knee), 1.0, 0.01);
        gs_predictor_destroy(predictor);
        gs_chain_destroy(chain);
    }
}

/* The stage that the prediction names is the one whose counter moves first when the tone is raised. Rendered. */
Test(claims, the_stage_with_the_least_room_clips_first)
{
    static const double pre_max[] = { 12, 30 };
    static const char *const first[] = { "pre", "adc" };
    for (int i = 0; i < 2; i++) {
        struct gs_chain *chain = bench_parse(voice);
        *slot(chain, "pre", "max_output_dbu") = pre_max[i];
        struct gs_predictor *predictor = gs_predictor_create(chain, NULL, 48000);
        const struct gs_prediction *p = gs_predictor_run(predictor, NULL);
        cr_assert_str_eq(chain->stages[p->clips_first].id, first[i]);
        double margin = p->stage[p->clips_first].margin_db;
        gs_predictor_destroy(predictor);
        *slot(chain, "src", "spl_db") += margin + 0.3;
        struct bench bench = bench_engine(chain, 48000);
        bench_run(&bench, NULL, NULL, NULL, 24000, 1024);
        gs_engine_flush(bench.engine);
        gs_engine_poll(bench.engine);
        for (size_t s = 0; s < chain->n_stages; s++) {
            uint64_t clips = gs_readout_clips(gs_engine_readout(bench.engine),
                                              gs_engine_plan(bench.engine)->wires[s].first_lane);
            bool named = (int)s == gs_chain_find(chain, first[i]);
            cr_assert_eq(clips > 0, named, "%s: %llu clips", chain->stages[s].id, (unsigned long long)clips);
        }
        bench_close(&bench);
    }
}
