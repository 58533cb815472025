/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The prediction against sums done by hand: cascades, buses, what is the same and what is not, bottlenecks by
 * brute force, the knee of a preamp, working points. */
#include "chain/predict.h"

#include "../support/box_chain.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

#define RATE      48000.0
#define A_MINUS_Z (10 * log10(GS_BANDWIDTH_A_HZ / GS_BANDWIDTH_HZ))
#define A_FIT_DB  0.005 /* the meters' A curve on white noise; predicted is what they read */

static double power_sum_db(double a, double b)
{
    return 10 * log10(pow(10, a / 10) + pow(10, b / 10));
}

/* Predicts and leaks nothing: results are copied. */
static struct gs_predicted result[GS_CHAIN_STAGES_MAX];
static struct gs_prediction predict_at(struct box_chain *b, double rate_hz)
{
    struct gs_predictor *p = gs_predictor_create(&b->chain, NULL, rate_hz);
    cr_assert_not_null(p);
    struct gs_prediction whole = *gs_predictor_run(p, NULL);
    for (size_t i = 0; i < whole.n; i++) {
        result[i] = whole.stage[i];
    }
    whole.stage = result;
    gs_predictor_destroy(p);
    return whole;
}

static struct gs_prediction predict(struct box_chain *b)
{
    return predict_at(b, RATE);
}

#define near(actual, expected, room)                                                                         \
    cr_assert_float_eq(actual, expected, room, #actual " is %.5f, expected %.5f", (double)(actual),          \
                       (double)(expected))

/* Friis: source -60 dBu with noise -130, +40 dB with input noise -128 and output noise -100, A/D at -110 dBFS. */
Test(predict, a_cascade_adds_noise_as_friis_says)
{
    static const double rates[] = { 44100, 48000, 96000, 192000 };
    struct box_chain *b = box_chain_new();
    unsigned src = box_add(b, &box_source, -60), pre = box_add(b, &box_plain, 40),
             ad = box_add(b, &box_adc, 0);
    box_add(b, &box_master, -3);
    box_set(b, src, BOX_HIGH_PASS_HZ, 1000);
    box_set(b, src, BOX_NOISE_OUT, -130);
    box_set(b, pre, BOX_NOISE_IN, -128);
    box_set(b, pre, BOX_NOISE_OUT, -100);
    box_set(b, ad, BOX_NOISE_OUT, -110);
    box_set(b, ad, BOX_CEILING, 0);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct gs_prediction p = predict_at(b, rates[i]);
        double after_pre = power_sum_db(power_sum_db(-130, -128) + 40, -100);
        double after_ad = power_sum_db(after_pre - 18, -110);
        near(p.stage[pre].level_db, -20, 1e-9);
        near(p.stage[ad].level_db, -38, 1e-9);
        near(p.stage[ad].peak_db, -38, 1e-9);
        near(p.stage[pre].noise_db, after_pre, 1e-9);
        near(p.stage[ad].noise_db, after_ad, 1e-9);
        near(p.stage[ad].noise_a_db, after_ad + A_MINUS_Z, A_FIT_DB);
        near(p.stage[ad].headroom_db, 38, 1e-9);
        near(p.stage[ad].snr_db, -38 - after_ad, 1e-9);
        near(p.stage[ad].range_db, -after_ad, 1e-9);
        near(p.stage[ad].gain_db, -18, 1e-9);
        near(p.stage[ad].source_level_db, -60, 1e-9);
        near(p.stage[ad].source_ceiling_db, -22, 1e-9);
        near(p.stage[ad].source_noise_db, after_ad - 22, 1e-9);
        near(p.dynamic_range_db, -22 - (after_ad - 22), 1e-9);
        /* an RMS meter hears noise up to half the rate */
        double wide = 10 * log10(rates[i] / 2 / GS_BANDWIDTH_HZ);
        near(p.stage[ad].channel[0].rms_db, power_sum_db(-38, after_ad + wide), 1e-9);
        cr_assert_eq(p.clips_first, (int)ad);
    }
    free(b);
}

/* 20 log N for what is the same, 10 log N for what is not. */
Test(predict, buses_add_the_same_as_amplitudes_and_strangers_as_powers)
{
    struct box_chain *b = box_chain_new();
    unsigned from[8];
    for (unsigned i = 0; i < 8; i++) {
        from[i] = box_add(b, &box_source, -20);
        box_set(b, from[i], BOX_HIGH_PASS_HZ, 1000 + 100 * i);
        box_set(b, from[i], BOX_NOISE_OUT, -100);
    }
    unsigned sum = box_add_sum(b, &box_sum, 8, from);
    box_add(b, &box_master, 0);
    struct gs_prediction p = predict(b);
    near(p.stage[sum].level_db, -20 + 10 * log10(8), 1e-9);
    near(p.stage[sum].noise_db, -100 + 10 * log10(8), 1e-9);
    near(p.stage[sum].peak_db, -20 + 20 * log10(8), 1e-9);
    for (unsigned i = 0; i < 8; i++) {
        box_set(b, from[i], BOX_HIGH_PASS_HZ, 1000);
    }
    p = predict(b);
    near(p.stage[sum].level_db, -20 + 20 * log10(8), 1e-9);
    near(p.stage[sum].noise_db, -100 + 10 * log10(8), 1e-9);
    free(b);
}

/* One preamp into two faders into one bus: its noise and its signal are the same on both ways; the faders'
 * own noise is not. Then one way is reversed in phase by a filter. */
Test(predict, what_meets_itself_adds_with_its_phase)
{
    struct box_chain *b = box_chain_new();
    unsigned src = box_add(b, &box_source, -20), pre = box_add(b, &box_plain, 0);
    unsigned one = box_add(b, &box_plain, 0), two = box_add(b, &box_plain, 0);
    box_set(b, src, BOX_HIGH_PASS_HZ, 100);
    box_set(b, pre, BOX_NOISE_OUT, -100);
    box_set(b, one, BOX_NOISE_OUT, -110);
    box_set(b, two, BOX_NOISE_OUT, -110);
    box_hear(b, two, pre);
    unsigned from[2] = { one, two }, sum = box_add_sum(b, &box_sum, 2, from);
    box_add(b, &box_master, 0);
    struct gs_prediction p = predict(b);
    near(p.stage[sum].level_db, -20 + 20 * log10(2), 1e-9);
    near(p.stage[sum].noise_db, power_sum_db(-100 + 20 * log10(2), -110 + 10 * log10(2)), 1e-9);
    near(p.stage[two].noise_db, power_sum_db(-100, -110), 1e-9);

    /* a high-pass at the tone's frequency on one way: 1 + j/(1+j) = 1.5 + 0.5j */
    box_set(b, two, BOX_HIGH_PASS_HZ, 100);
    p = predict(b);
    near(p.stage[two].level_db, -20 - 10 * log10(2), 1e-9);
    near(p.stage[sum].level_db, -20 + 10 * log10(2.5), 1e-9);
    /* |1 + jx/(1+jx)|^2 = 4 - 3/(1+x^2): over the band 4 - 3 (fc/B) atan(B/fc) */
    double met = 4 - 3 * 100 / GS_BANDWIDTH_HZ * atan(GS_BANDWIDTH_HZ / 100);
    near(p.stage[sum].noise_db, power_sum_db(-100 + 10 * log10(met), -110 + 10 * log10(2)), 0.005);
    free(b);
}

/* A one-pole high-pass at fc takes fc * atan(B/fc) out of white noise of bandwidth B. The meters' band is no brick
 * wall: 0.03 dB of white noise lie beyond it, which no high-pass takes. */
Test(predict, filters_shape_noise)
{
    static const double corner[] = { 100, 1000, 5000 };
    struct box_chain *b = box_chain_new();
    box_add(b, &box_source, -20);
    unsigned pre = box_add(b, &box_plain, 20), fd = box_add(b, &box_plain, 6);
    box_add(b, &box_master, 0);
    box_set(b, pre, BOX_NOISE_IN, -120);
    for (int i = 0; i < 3; i++) {
        box_set(b, pre, BOX_HIGH_PASS_HZ, corner[i]);
        struct gs_prediction p = predict(b);
        double left = GS_BANDWIDTH_HZ - corner[i] * atan(GS_BANDWIDTH_HZ / corner[i]);
        near(p.stage[pre].noise_db, -100 + 10 * log10(left / GS_BANDWIDTH_HZ), 0.03);
        near(p.stage[fd].noise_db, p.stage[pre].noise_db + 6, 1e-9);
    }
    free(b);
}

/* By brute force: each stage made noiseless in turn, each ceiling taken away in turn. */
static void check_bottlenecks(struct box_chain *b)
{
    struct gs_prediction p = predict(b);
    double noise = p.stage[p.end].noise_a_db, best = 0, lowest = INFINITY;
    int bottleneck = -1, first = -1;
    for (unsigned i = 0; i < p.n; i++) {
        double *value = &b->values[b->stages[i].first_slot], in = value[BOX_NOISE_IN],
               out = value[BOX_NOISE_OUT];
        value[BOX_NOISE_IN] = value[BOX_NOISE_OUT] = -INFINITY;
        struct gs_prediction without = predict(b);
        double win = noise - without.stage[without.end].noise_a_db;
        value[BOX_NOISE_IN] = in;
        value[BOX_NOISE_OUT] = out;
        bottleneck = win > best + 1e-9 ? (int)i : bottleneck;
        best = fmax(best, win);
    }
    p = predict(b);
    cr_assert_eq(p.noise_bottleneck, bottleneck, "noise: %d, by brute force %d", p.noise_bottleneck,
                 bottleneck);
    near(p.noise_win_db, best, 1e-6);
    /* all sources up, a hair at a time, until a headroom is gone */
    for (unsigned i = 0; i < p.n; i++) {
        if (p.stage[i].headroom_db < lowest) {
            lowest = p.stage[i].headroom_db;
            first = (int)i;
        }
    }
    cr_assert_eq(p.clips_first, first, "clips first: %d, by brute force %d", p.clips_first, first);
    double second = INFINITY;
    for (unsigned i = 0; i < p.n; i++) {
        second = (int)i == first ? second : fmin(second, p.stage[i].headroom_db);
    }
    near(p.clip_win_db, second - lowest, 1e-6);
}

static double between(double low, double high)
{
    return low + (high - low) * rand() / RAND_MAX;
}

Test(predict, bottlenecks_equal_brute_force)
{
    unsigned seed = 4711;
    cr_log_info("seed %u", seed);
    srand(seed);
    for (int round = 0; round < 60; round++) {
        struct box_chain *b = box_chain_new();
        unsigned strips = 1 + (unsigned)rand() % 4, end[4], n = 0;
        for (unsigned s = 0; s < strips; s++) {
            unsigned at = box_add(b, &box_source, between(-60, -20));
            box_set(b, at, BOX_HIGH_PASS_HZ, 500 + 50 * s);
            for (int i = rand() % 4; i >= 0; i--) {
                at = box_add(b, &box_plain, between(-10, 20));
                box_set(b, at, BOX_NOISE_IN, between(-130, -100));
                box_set(b, at, BOX_NOISE_OUT, between(-120, -90));
                box_set(b, at, BOX_CEILING, between(20, 40));
                box_set(b, at, BOX_HIGH_PASS_HZ, rand() % 2 ? 0 : between(20, 200));
            }
            end[n++] = at;
        }
        unsigned last = end[0]; /* a parallel way: the first strip meets itself */
        unsigned side = box_add(b, &box_plain, -6);
        box_hear(b, side, last);
        box_set(b, side, BOX_NOISE_OUT, between(-120, -90));
        unsigned from[5] = { side };
        for (unsigned s = 0; s < n; s++) {
            from[1 + s] = end[s];
        }
        box_add_sum(b, &box_sum, n + 1, from);
        box_set(b, box_add(b, &box_master, -3), BOX_CEILING, 30);
        check_bottlenecks(b);
        free(b);
    }
}

/* The noise that the stages leave at the end adds up to the noise that is there: forwards equals backwards. */
Test(predict, shares_add_up)
{
    struct box_chain *b = box_chain_new();
    unsigned src = box_add(b, &box_source, -20), pre = box_add(b, &box_plain, 10);
    unsigned one = box_add(b, &box_plain, 3), two = box_add(b, &box_plain, -4);
    box_hear(b, two, pre);
    box_set(b, src, BOX_NOISE_OUT, -110);
    box_set(b, pre, BOX_NOISE_IN, -110);
    box_set(b, pre, BOX_HIGH_PASS_HZ, 300);
    box_set(b, one, BOX_NOISE_OUT, -105);
    box_set(b, two, BOX_HIGH_PASS_HZ, 3000);
    unsigned from[3] = { one, two, pre };
    box_add_sum(b, &box_sum, 3, from);
    box_add(b, &box_master, 0);
    struct gs_prediction p = predict(b);
    double sum = 0, direct = 0;
    for (size_t i = 0; i < p.n; i++) {
        sum += p.stage[i].share_a;
    }
    near(sum, 1, 1e-12);
    /* the share of `one` alone, known by hand */
    direct = pow(10, (-105 + A_MINUS_Z - p.stage[p.end].noise_a_db) / 10);
    near(p.stage[one].share_a, direct, 1e-3);
    free(b);
}

/* 1.12 mV/Pa at 74 dB SPL is 0.112 mV; thermal noise of 150 ohm; EIN -128 dBu(A) in all; output noise of the
 * preamp -100 dBu; A/D and plugin as stated. The knee must be where behind and before differ by 5.87 dB. */
Test(predict, knee_gain_is_where_everything_behind_costs_1_db)
{
    struct box_chain *b = box_chain_new();
    unsigned src = box_add(b, &box_source, -77), pre = box_add(b, &box_plain, 60);
    box_set(b, src, BOX_NOISE_OUT, -130.92);
    box_set(b, pre, BOX_NOISE_IN, -129.1);
    box_set(b, pre, BOX_NOISE_OUT, -100);
    unsigned ad = box_add(b, &box_adc, 0), plugin = box_add(b, &box_plain, 0);
    box_set(b, ad, BOX_NOISE_OUT, -108.95);
    box_set(b, plugin, BOX_NOISE_OUT, -110);
    box_add(b, &box_master, 0);
    double knee = predict(b).stage[pre].knee_gain_db;
    double before = power_sum_db(-130.92, -129.1);
    double behind = power_sum_db(power_sum_db(-108.95, -110) + 18, -100);
    near(knee, behind - before + 5.868, 0.001);
    box_set(b, pre, BOX_GAIN, knee);
    double with = predict(b).stage[plugin].snr_a_db;
    box_set(b, pre, BOX_GAIN, 150);
    near(predict(b).stage[plugin].snr_a_db - with, 1.0, 0.001);
    near(predict(b).stage[pre].knee_gain_db, knee, 0.001);
    free(b);
}

/* Hard clip, level above the rail -> change of the fundamental and THD: series in domain handbooks, and here
 * from the integral: H1 = (2/pi)(asin(r) + r sqrt(1-r^2)) with r = rail/peak. */
Test(predict, a_driven_ceiling_bends_the_fundamental_as_the_describing_function_says)
{
    static const double over[] = { 1, 3, 6, 12 };
    struct box_chain *b = box_chain_new();
    unsigned src = box_add(b, &box_source, 0), pre = box_add(b, &box_plain, 0),
             fd = box_add(b, &box_plain, -10);
    box_add(b, &box_master, 0);
    box_set(b, pre, BOX_CEILING, 0);
    for (int i = 0; i < 4; i++) {
        box_set(b, src, BOX_GAIN, over[i]);
        struct gs_prediction p = predict(b);
        double r = pow(10, -over[i] / 20), theta = asin(r);
        double h1 = 2 / M_PI * (theta + r * sqrt(1 - r * r)); /* relative to the input's peak */
        /* mean square of the clipped wave, peak 1 at the input */
        double power = 2 / M_PI * (theta / 2 - r * sqrt(1 - r * r) / 2 + r * r * (M_PI / 2 - theta));
        double thd = sqrt(power - h1 * h1 / 2) / (h1 / sqrt(2));
        near(p.stage[pre].level_db, over[i] + 20 * log10(h1), 0.001);
        near(p.stage[pre].thd, thd, 0.001);
        near(p.stage[pre].peak_db, 0, 1e-9);
        near(p.stage[pre].headroom_db, -over[i], 1e-9);
        near(p.stage[pre].channel[0].rms_db, 10 * log10(2 * power) + over[i], 0.002);
        near(p.stage[fd].level_db, p.stage[pre].level_db - 10, 1e-9);
        near(p.stage[fd].peak_db, -10, 1e-9);
        cr_assert(p.stage[pre].flags & GS_PREDICT_CURVED);
        cr_assert_not(p.stage[fd].flags & GS_PREDICT_CURVED);
        cr_assert(p.stage[fd].flags & GS_PREDICT_BENT);
    }
    box_set(b, src, BOX_GAIN, -0.001);
    cr_assert_not(predict(b).stage[pre].flags & (GS_PREDICT_CURVED | GS_PREDICT_BENT));
    free(b);
}

/* The same curve, asked at every level while the stage itself works somewhere else. */
Test(predict, a_transfer_curve_is_the_describing_function)
{
    struct box_chain *b = box_chain_new();
    unsigned src = box_add(b, &box_source, -40), pre = box_add(b, &box_plain, 6);
    box_add(b, &box_master, 0);
    box_set(b, pre, BOX_CEILING, 0);
    struct gs_predictor *p = gs_predictor_create(&b->chain, NULL, 48000);
    gs_predictor_run(p, NULL);
    double out_db, straight_db;
    for (double in_db = -60; in_db <= 20; in_db += 2.5) {
        double over_db = in_db + 6, r = fmin(1, pow(10, -over_db / 20)), theta = asin(r);
        double h1 = 2 / M_PI * (theta + r * sqrt(1 - r * r));
        cr_assert(gs_predictor_transfer(p, pre, in_db, &out_db, &straight_db));
        near(straight_db, over_db, 1e-9);
        near(out_db, over_db + 20 * log10(h1), 0.002);
    }
    cr_expect_not(gs_predictor_transfer(p, src, 0, &out_db, &straight_db), "nothing before a source");
    cr_expect_not(gs_predictor_transfer(p, 99, 0, &out_db, &straight_db));
    gs_predictor_destroy(p);
    free(b);
}

/* A preamp that clips in front of a converter that clips is one clip at the lower of the two rails. */
Test(predict, two_ceilings_in_a_row_bend_as_the_lower_one)
{
    struct box_chain *b = box_chain_new();
    unsigned src = box_add(b, &box_source, 10), pre = box_add(b, &box_plain, 10);
    unsigned trim = box_add(b, &box_plain, -6), ad = box_add(b, &box_adc, 0);
    box_add(b, &box_master, 0);
    box_set(b, src, BOX_HIGH_PASS_HZ, 1000);
    box_set(b, pre, BOX_CEILING, 16);
    box_set(b, ad, BOX_CEILING, -10);
    double both = predict(b).stage[ad].level_db, thd = predict(b).stage[ad].thd;
    cr_assert(predict(b).stage[ad].flags & GS_PREDICT_CURVED);
    box_set(b, pre, BOX_CEILING, INFINITY);
    near(both, predict(b).stage[ad].level_db, 1e-9);
    near(thd, predict(b).stage[ad].thd, 1e-9);
    near(predict(b).stage[ad].peak_db, -10, 1e-9);
    box_set(b, pre, BOX_CEILING, 12);
    box_set(b, ad, BOX_CEILING, 0);
    double r = pow(10, -8.0 / 20), h1 = 2 / M_PI * (asin(r) + r * sqrt(1 - r * r));
    near(predict(b).stage[trim].level_db, 14 + 20 * log10(h1), 0.001);
    near(predict(b).stage[ad].level_db, 14 - 18 + 20 * log10(h1), 0.001);
    near(predict(b).stage[ad].peak_db, 12 - 6 - 18, 1e-9);
    free(b);
}

/* tanh: gain of the fundamental falls by A^2/4 for small A, third harmonic over first is A^2/12. */
Test(predict, a_tanh_curve_gives_its_third_harmonic)
{
    struct box_chain *b = box_chain_new();
    unsigned src = box_add(b, &box_source, -18), sat = box_add(b, &box_tanh, 0);
    box_add(b, &box_master, 0);
    box_set(b, sat, BOX_CEILING, 0);
    struct gs_prediction p = predict(b);
    double a2 = pow(10, -18.0 / 10);
    near(20 * log10(p.stage[sat].thd), 20 * log10(a2 / 12), 0.15);
    near(p.stage[sat].level_db - p.stage[src].level_db, 20 * log10(1 - a2 / 4), 0.002);
    free(b);
}

Test(predict, mute_and_bypass)
{
    struct box_chain *b = box_chain_new();
    unsigned src = box_add(b, &box_source, -20), pre = box_add(b, &box_plain, 20),
             fd = box_add(b, &box_plain, -5);
    box_add(b, &box_master, 0);
    box_set(b, pre, BOX_NOISE_OUT, -90);
    box_set(b, pre, BOX_CEILING, 10);
    box_set(b, fd, BOX_NOISE_OUT, -100);
    box_set(b, pre, BOX_PARAMS + GS_COMMON_BYPASS, 1);
    struct gs_prediction p = predict(b);
    near(p.stage[pre].level_db, -20, 1e-9);
    cr_assert(isinf(p.stage[pre].noise_db) && isinf(p.stage[pre].ceiling_db));
    cr_assert(p.stage[pre].flags & GS_PREDICT_BYPASSED);
    near(p.stage[fd].noise_db, -100, 1e-9);
    box_set(b, pre, BOX_PARAMS + GS_COMMON_BYPASS, 0);
    box_set(b, pre, BOX_PARAMS + GS_COMMON_MUTE, 1);
    p = predict(b);
    cr_assert_eq(p.stage[pre].level_db, -INFINITY);
    cr_assert(p.stage[fd].flags & GS_PREDICT_SILENT);
    cr_assert(isnan(p.stage[fd].to_source_db));
    near(p.stage[fd].noise_db, -100, 1e-9);
    near(p.stage[src].level_db, -20, 1e-9);
    free(b);
}
