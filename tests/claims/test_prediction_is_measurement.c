/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the arithmetic says is what the audio does: every shipped chain and random ones, rendered, metered and
 * compared wire by wire. Levels within 0.02 dB; noise within 0.1 dB, or four sigma of the reading where a
 * narrow band makes chance larger. GS_CHAINS sets the number of random chains, GS_SECONDS how long each is
 * measured, GS_SEED where they start. */
#include "../support/bench_chain.h"
#include "../support/paths.h"
#include "../support/random_chain.h"
#include "chain/predict.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE     48000.0
#define SETTLE_S 1.0
#define LEVEL_DB 0.02
#define NOISE_DB 0.1
#define TURN_DB  0.1    /* a compressor on a steady sine: 0.08 dB at 100 Hz by the ripple of its detector */
#define FLOOR_DB -128.0 /* single precision: noise that is predicted deeper below the peak cannot be seen */
#define WHOLE_S  5.0    /* computed noise repeats: only whole loops have its exact level */

static double number_from(const char *variable, double fallback)
{
    const char *text = getenv(variable);
    return text && *text ? strtod(text, NULL) : fallback;
}

struct tally {
    double rate_hz;
    unsigned wires, levels, noises, bent;
    double worst_level, worst_noise;
};

struct wire {
    const char *name, *stage; /* of the chain, of the stage */
    const struct gs_predicted *predicted;
    unsigned channel;
    struct gs_readout *readout;
    size_t lane;
    double seconds;
    bool turned; /* a compressor or gate stands before it */
};

static double reading(const struct wire *w, const char *key)
{
    return gs_readout_value(w->readout, w->lane, gs_reading_find(NULL, key));
}

static bool compare(const struct wire *w, const char *what, double measured, double predicted, double room,
                    double *worst)
{
    double off = measured - predicted;
    *worst = fmax(*worst, fabs(off));
    if (fabs(off) <= room || (isinf(measured) && isinf(predicted))) {
        return true;
    }
    cr_log_error("%s: %s channel %u: %s measured %.4f, predicted %.4f: %+.4f dB", w->name, w->stage,
                 w->channel, what, measured, predicted, off);
    return false;
}

static double sigma_db(double spread_hz, double seconds)
{
    return spread_hz > 0 ? 4.34 / sqrt(spread_hz * seconds) : 0;
}

static bool compare_level(const struct wire *w, const struct gs_predicted_channel *p, struct tally *tally)
{
    double room = w->turned ? TURN_DB : LEVEL_DB;
    tally->levels++;
    return compare(w, "RMS", reading(w, "rms_total"), p->rms_db,
                   room + 4 * sigma_db(p->rms_spread_hz, w->seconds), &tally->worst_level);
}

static bool compare_noise(const struct wire *w, const struct gs_predicted_channel *p, struct tally *tally)
{
    bool silent = !isfinite(p->level_db);
    const char *flat = silent ? "noise_total" : "error_noise_total";
    const char *weighted = silent ? "noise_a_total" : "error_noise_a_total";
    double room = fmax(NOISE_DB, 4 * sigma_db(p->noise_spread_hz, w->seconds)) + (w->turned ? TURN_DB : 0);
    tally->noises++;
    return (int)compare(w, "noise", reading(w, flat), p->noise_db, room, &tally->worst_noise) &
           (int)compare(w, "noise A", reading(w, weighted), p->noise_a_db, room, &tally->worst_noise);
}

static bool compare_channel(const struct wire *w, struct tally *tally)
{
    const struct gs_predicted_channel *p = &w->predicted->channel[w->channel];
    bool silent = !isfinite(p->level_db), fits = true;
    tally->wires++;
    if (w->predicted->flags & (GS_PREDICT_BENT | GS_PREDICT_DYNAMIC)) {
        tally->bent++;
        return true;
    }
    if (!silent && !(w->predicted->flags & GS_PREDICT_ASSUMED)) {
        fits = compare_level(w, p, tally);
    }
    /* the error holds noise and distortion; undithered steps make no noise of a pure tone */
    bool alone = !(w->predicted->flags & GS_PREDICT_COARSE) && p->distortion_db < p->noise_db - 23;
    if (isfinite(p->noise_db) && (silent || (alone && p->noise_db > p->peak_db + FLOOR_DB))) {
        fits = compare_noise(w, p, tally) && fits;
    }
    return fits;
}

/* Renders and compares; takes the chain. */
static bool check_chain(struct gs_chain *chain, const char *name, double seconds, struct tally *tally)
{
    double rate_hz = tally->rate_hz;
    struct bench bench = bench_engine(chain, rate_hz);
    const struct gs_plan *plan = gs_engine_plan(bench.engine);
    struct gs_predictor *predictor = gs_predictor_create(chain, plan->takes, rate_hz);
    const struct gs_prediction *prediction = gs_predictor_run(predictor, NULL);
    struct gs_readout *readout = gs_engine_readout(bench.engine);
    bool fits = true, turned[GS_CHAIN_STAGES_MAX];
    bench_run(&bench, NULL, NULL, NULL, (unsigned)(SETTLE_S * rate_hz), 1024);
    gs_engine_flush(bench.engine);
    gs_engine_poll(bench.engine);
    gs_readout_reset(readout, SIZE_MAX);
    bench_run(&bench, NULL, NULL, NULL, (unsigned)(seconds * rate_hz), 1024);
    gs_engine_flush(bench.engine);
    gs_engine_poll(bench.engine);
    for (size_t i = 0; i < chain->n_stages; i++) {
        turned[i] = chain->stages[i].kind->reduction_db;
        for (size_t k = 0; k < chain->stages[i].n_sends; k++) {
            turned[i] |= turned[chain->stages[i].sends[k].stage];
        }
        for (unsigned c = 0; c < plan->wires[i].channels; c++) {
            struct wire wire = { .name = name,
                                 .stage = chain->stages[i].id,
                                 .predicted = &prediction->stage[i],
                                 .channel = c,
                                 .readout = readout,
                                 .lane = plan->wires[i].first_lane + c,
                                 .seconds = seconds,
                                 .turned = turned[i] };
            fits = compare_channel(&wire, tally) && fits;
        }
    }
    gs_predictor_destroy(predictor);
    bench_close(&bench);
    return fits;
}

static void report(const char *what, const struct tally *t)
{
    cr_log_info(
        "%s: %u channels of wires, %u bent or dynamic; %u levels within %.4f dB, %u noises within %.4f dB",
        what, t->wires, t->bent, t->levels, t->worst_level, t->noises, t->worst_noise);
}

Test(prediction, equals_measurement_on_every_shipped_chain)
{
    char folder[4096];
    test_source_path(folder, sizeof folder, "chains");
    DIR *dir = opendir(folder);
    cr_assert_not_null(dir);
    struct tally tally = { .rate_hz = RATE };
    unsigned chains = 0, wrong = 0;
    double seconds = fmax(WHOLE_S, WHOLE_S * round(number_from("GS_SECONDS", WHOLE_S) / WHOLE_S));
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t length = strlen(entry->d_name);
        if (length < 5 || strcmp(entry->d_name + length - 5, ".json") != 0) {
            continue;
        }
        char path[8192];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        struct gs_errors errors = { 0 };
        struct gs_chain *chain = NULL;
        cr_assert_eq(gs_chain_load(path, &chain, &errors), GS_OK, "%s", path);
        gs_errors_finish(&errors);
        wrong += !check_chain(chain, entry->d_name, seconds, &tally);
        chains++;
    }
    closedir(dir);
    report("shipped chains", &tally);
    cr_assert_geq(chains, 6);
    cr_assert_eq(wrong, 0, "%u of %u chains do not measure as predicted", wrong, chains);
}

/* The default keeps the test short; the long one asks for more. */
Test(prediction, equals_measurement_on_random_chains)
{
    unsigned n = (unsigned)number_from("GS_CHAINS", 12), wrong = 0;
    uint64_t seed = (uint64_t)number_from("GS_SEED", 20260101);
    double seconds = fmax(WHOLE_S, WHOLE_S * round(number_from("GS_SECONDS", WHOLE_S) / WHOLE_S));
    struct tally tally = { .rate_hz = RATE };
    cr_log_info("seed %llu, %u chains", (unsigned long long)seed, n);
    for (unsigned i = 0; i < n; i++) {
        char name[64], *text;
        struct gs_chain *chain = random_chain(seed + i, 0, &text);
        snprintf(name, sizeof name, "seed %llu", (unsigned long long)(seed + i));
        if (!check_chain(chain, name, seconds, &tally)) {
            wrong++;
            cr_log_error("%s", text);
        }
        free(text);
    }
    report("random chains", &tally);
    cr_assert_eq(wrong, 0, "%u of %u random chains do not measure as predicted", wrong, n);
    cr_assert_gt(tally.levels, tally.wires / 3, "too few wires were compared");
    cr_assert_gt(tally.noises, tally.wires / 8, "too few noises were compared");
}

/* Filters that heap noise up where the band of the meters ends: below 20 Hz, and above 20 kHz. There the reading
 * depends on the skirts of the measuring filter. */
Test(prediction, noise_heaped_up_at_the_edges_of_the_band_reads_as_predicted)
{
    static const char *const heap[] = { "'low_shelf_db':24,'low_shelf_hz':60,'lowpass':true,'lowpass_hz':200",
                                        "'highpass':true,'highpass_hz':19000,'highpass_q':4" };
    static const double rates[] = { 44100, 48000, 96000 };
    for (size_t i = 0; i < 6; i++) {
        char text[1024];
        snprintf(text, sizeof text,
                 "{'gainstage':1,'stages':[{'id':'s','kind':'source','domain':'line','level_dbu':-20},"
                 "{'id':'ad','kind':'adc','dynamic_range_db':70},{'id':'eq','kind':'eq',%s},"
                 "{'id':'m','kind':'master'}]}",
                 heap[i % 2]);
        struct tally tally = { .rate_hz = rates[i / 2] };
        cr_assert(check_chain(bench_parse(text), heap[i % 2], 60, &tally));
        cr_assert_eq(tally.noises, 3);
        cr_assert_lt(tally.worst_noise, NOISE_DB, "%.3f dB", tally.worst_noise);
    }
}

/* Nothing noisy, nothing bent: then the equipment does nothing wrong, and the two paths are the same bits. Drawn
 * gains may still drive a converter into its edge, and some kinds cannot be without noise or bend: what hears such
 * a stage proves nothing. */
static unsigned check_clean(struct gs_chain *chain, uint64_t seed, const char *text)
{
    struct bench bench = bench_engine(chain, RATE);
    const struct gs_plan *plan = gs_engine_plan(bench.engine);
    struct gs_readout *readout = gs_engine_readout(bench.engine);
    struct gs_predictor *predictor = gs_predictor_create(chain, plan->takes, RATE);
    const struct gs_prediction *prediction = gs_predictor_run(predictor, NULL);
    bool wrong[GS_CHAIN_STAGES_MAX];
    unsigned clean = 0;
    bench_run(&bench, NULL, NULL, NULL, (unsigned)RATE, 1024);
    gs_engine_flush(bench.engine);
    gs_engine_poll(bench.engine);
    for (size_t i = 0; i < chain->n_stages; i++) {
        const struct gs_plan_wire *wire = &plan->wires[i];
        const struct gs_predicted *predicted = &prediction->stage[i];
        wrong[i] = isfinite(predicted->noise_db) || (predicted->flags & GS_PREDICT_BENT);
        for (size_t k = 0; k < chain->stages[i].n_sends; k++) {
            wrong[i] |= wrong[chain->stages[i].sends[k].stage];
        }
        for (unsigned c = 0; c < wire->channels; c++) {
            wrong[i] |= gs_readout_clips(readout, wire->first_lane + c) > 0;
        }
        for (unsigned c = 0; c < wire->channels && !wrong[i]; c++) {
            double error =
                gs_readout_value(readout, wire->first_lane + c, gs_reading_find("error", "error_total"));
            cr_assert(isinf(error) && error < 0, "seed %llu: %s errs by %.1f dB\n%s",
                      (unsigned long long)seed, chain->stages[i].id, error, text);
        }
        clean += !wrong[i];
    }
    gs_predictor_destroy(predictor);
    bench_close(&bench);
    return clean;
}

Test(prediction, real_is_ideal_without_noise_and_below_every_knee)
{
    unsigned n = (unsigned)number_from("GS_CHAINS", 12), stages = 0, clean = 0;
    uint64_t seed = (uint64_t)number_from("GS_SEED", 20260101);
    for (unsigned i = 0; i < n; i++) {
        char *text;
        struct gs_chain *chain = random_chain(seed + i, RANDOM_NOISELESS | RANDOM_CLEAN, &text);
        stages += (unsigned)chain->n_stages;
        clean += check_clean(chain, seed + i, text);
        free(text);
    }
    cr_log_info("%u of %u stages clean", clean, stages);
    cr_assert_gt(clean, stages / 3);
}
