/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the prediction calls the bottleneck is the one that trying everything out finds: each stage made noiseless in
 * turn, by arithmetic and rendered; all sources turned up until a counter of clips moves. GS_CHAINS sets the number
 * of random chains, GS_SEED where they start. */
#include "../support/bench_chain.h"
#include "../support/quiet_kind.h"
#include "../support/random_chain.h"
#include "chain/predict.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

#define RATE 48000.0

static double number_from(const char *variable, double fallback)
{
    const char *text = getenv(variable);
    return text && *text ? strtod(text, NULL) : fallback;
}

#define EACH_CHAIN(seed, fallback)                                                                           \
    for (uint64_t first_ = (uint64_t)number_from("GS_SEED", 20260101), seed = first_,                        \
                  behind_ = first_ + (uint64_t)number_from("GS_CHAINS", fallback);                           \
         seed < behind_; seed++)

struct tally {
    unsigned chains, named, same; /* those that name somebody; of them: found to be exactly that one */
};

static void report(const char *what, const struct tally *t)
{
    cr_log_info("brute force, %s: %u of %u chains name a stage, %u times it is exactly the one found", what,
                t->named, t->chains, t->same);
    cr_assert_gt(t->named, t->chains / 3);
}

/* ---- noise, by arithmetic ---- */

/* Of stages whose noise weighs the same any may be named. */
#define SAME_DB 1e-3
/* Where a stage is driven into its curve or turns the gain, less noise moves its working point. */
#define MOVED_DB 0.3

static void check_noise_arithmetic(struct gs_chain *chain, uint64_t seed, struct tally *tally)
{
    quiet_wrap(chain);
    struct bench bench = bench_engine(chain, RATE);
    struct gs_predictor *predictor = gs_predictor_create(chain, gs_engine_plan(bench.engine)->takes, RATE);
    const struct gs_prediction *p = gs_predictor_run(predictor, NULL);
    int bottleneck = p->noise_bottleneck;
    double before = p->stage[p->end].noise_a_db, promised = p->noise_win_db, best = 0, win_named = 0;
    bool bent = p->stage[p->end].flags & (GS_PREDICT_BENT | GS_PREDICT_DYNAMIC);
    if (p->stage[p->end].flags & GS_PREDICT_COARSE) {
        bottleneck = -1; /* without the noise of one stage the word length of another one rounds otherwise */
    }
    for (size_t i = 0; bottleneck >= 0 && i < chain->n_stages; i++) {
        quiet_stage((int)i);
        p = gs_predictor_run(predictor, NULL);
        double win = before - p->stage[p->end].noise_a_db;
        best = fmax(best, win);
        win_named = (int)i == bottleneck ? win : win_named;
    }
    if (bottleneck >= 0) {
        double room = bent ? MOVED_DB : SAME_DB;
        tally->named++;
        tally->same += win_named >= best;
        cr_assert(win_named >= best - room, "seed %llu: %s wins %.6f dB, the best %.6f dB",
                  (unsigned long long)seed, chain->stages[bottleneck].id, win_named, best);
        cr_assert(promised == win_named || fabs(promised - win_named) < room,
                  "seed %llu: %.6f dB promised, %.6f dB won", (unsigned long long)seed, promised, win_named);
    }
    quiet_stage(-1);
    gs_predictor_destroy(predictor);
    bench_close(&bench);
}

Test(bottlenecks, of_noise_by_arithmetic)
{
    struct tally tally = { 0 };
    EACH_CHAIN(seed, 12)
    {
        check_noise_arithmetic(random_chain(seed, 0, NULL), seed, &tally);
        tally.chains++;
    }
    report("noise by arithmetic", &tally);
}

/* ---- noise, rendered ---- */

#define SETTLE_S  0.3
#define MEASURE_S 1.5
/* Seeds stay, so renderings differ by the quiet stage alone; by chance it is not quite a stranger to the others:
 * 4 sigma of the correlation of two noises of 8 kHz and more over MEASURE_S, 4 / sqrt(2 B T), twice, in dB. */
#define CHANCE_DB   0.25
#define PROMISED_DB 20.0 /* deeper than that the rest is too little to be compared */

static double noise_at_end(const struct gs_chain *chain, unsigned end, unsigned channel, bool silent)
{
    struct gs_engine_setup setup = { .out_ceiling_db = -1, .fade_in_ms = 50, .safety = false };
    struct bench bench = { NULL, gs_engine_create(&setup) };
    struct gs_errors errors = { 0 };
    gs_engine_set_rate(bench.engine, RATE);
    cr_assert_eq(gs_engine_load(bench.engine, chain, &errors), GS_OK);
    gs_engine_unpark(bench.engine);
    bench_run(&bench, NULL, NULL, NULL, (unsigned)(SETTLE_S * RATE), 1024);
    gs_engine_flush(bench.engine);
    gs_engine_poll(bench.engine);
    struct gs_readout *readout = gs_engine_readout(bench.engine);
    gs_readout_reset(readout, SIZE_MAX);
    bench_run(&bench, NULL, NULL, NULL, (unsigned)(MEASURE_S * RATE), 1024);
    gs_engine_flush(bench.engine);
    gs_engine_poll(bench.engine);
    const struct gs_plan_wire *wire = &gs_engine_plan(bench.engine)->wires[end];
    double db = gs_readout_value(readout, wire->first_lane + channel,
                                 gs_reading_find(NULL, silent ? "noise_a_total" : "error_noise_a_total"));
    gs_engine_park(bench.engine);
    gs_engine_destroy(bench.engine);
    return db;
}

static void check_noise_rendered(struct gs_chain *chain, uint64_t seed, struct tally *tally)
{
    quiet_wrap(chain);
    struct gs_predictor *predictor = gs_predictor_create(chain, NULL, RATE);
    const struct gs_prediction *p = gs_predictor_run(predictor, NULL);
    const struct gs_predicted *end = &p->stage[p->end];
    unsigned spoilt = GS_PREDICT_DYNAMIC | GS_PREDICT_BENT | GS_PREDICT_COARSE;
    int bottleneck = end->flags & spoilt ? -1 : p->noise_bottleneck;
    bool silent = end->flags & GS_PREDICT_SILENT;
    unsigned channel = end->loudest;
    double best = 0, win_named = 0, promised = p->noise_win_db;
    double before = bottleneck >= 0 ? noise_at_end(chain, p->end, channel, silent) : 0;
    for (size_t i = 0; bottleneck >= 0 && i < chain->n_stages; i++) {
        if (p->stage[i].share_a > 0) {
            quiet_stage((int)i);
            double win = before - noise_at_end(chain, p->end, channel, silent);
            best = fmax(best, win);
            win_named = (int)i == bottleneck ? win : win_named;
        }
    }
    if (bottleneck >= 0) {
        quiet_stage(bottleneck); /* what it made may have been the dither of a word length behind */
        p = gs_predictor_run(predictor, NULL);
        bool rounds = p->stage[p->end].flags & GS_PREDICT_COARSE;
        tally->named++;
        tally->same += win_named >= best;
        cr_assert(win_named >= best - CHANCE_DB, "seed %llu: %s wins %.3f dB, the best %.3f dB",
                  (unsigned long long)seed, chain->stages[bottleneck].id, win_named, best);
        cr_assert(rounds || promised > PROMISED_DB || fabs(promised - win_named) < CHANCE_DB,
                  "seed %llu: %.3f dB promised, %.3f dB won", (unsigned long long)seed, promised, win_named);
    }
    quiet_stage(-1);
    gs_predictor_destroy(predictor);
    gs_chain_destroy(chain);
}

Test(bottlenecks, of_noise_rendered)
{
    struct tally tally = { 0 };
    EACH_CHAIN(seed, 12)
    {
        check_noise_rendered(random_chain(seed, RANDOM_CLEAN | RANDOM_TONES, NULL), seed, &tally);
        tally.chains++;
    }
    report("noise rendered", &tally);
}

/* ---- clips ---- */

#define STEP_DB   0.25
#define STEP_S    0.15
#define BEFORE_DB 1.0  /* noise on top of a tone may reach a ceiling that early */
#define ONE_DB    1.0  /* a step of the ramp, and what samples miss of the peak of a tone at rate / 8 */
#define MANY_DB   1.5  /* several tones seldom meet at their peaks */
#define SLOW_DB   3.0  /* a compressor or gate is still on its way */
#define CLEAR_DB  30.0 /* over the noise: else the noise decides what clips */

/* Turns every source up or down from where the chain has it; false: a knob ends before that. */
static bool turn_sources(struct bench *bench, double db)
{
    static const char *const level[] = { "spl_db", "level_dbu", "level_dbfs" };
    for (size_t i = 0; i < bench->chain->n_stages; i++) {
        const struct gs_chain_stage *s = &bench->chain->stages[i];
        if (s->n_sends) {
            continue;
        }
        int key = gs_stage_param_index(s->kind, level[s->domain_out]);
        size_t slot = gs_chain_slot(bench->chain, i, (size_t)key);
        double value = bench->chain->value[slot] + db;
        if (value < s->kind->params[key].min || value > s->kind->params[key].max) {
            return false;
        }
        gs_engine_set(bench->engine, slot, value);
    }
    gs_engine_publish(bench->engine);
    return true;
}

static void settle(struct bench *bench, double seconds)
{
    bench_run(bench, NULL, NULL, NULL, (unsigned)(seconds * RATE), 1024);
    gs_engine_flush(bench->engine);
    gs_engine_poll(bench->engine);
}

/* A limiter counts no clips: it is at its ceiling when it holds back. */
static bool at_ceiling(struct bench *bench, size_t stage)
{
    const struct gs_plan *plan = gs_engine_plan(bench->engine);
    const struct gs_plan_wire *wire = &plan->wires[stage];
    const struct gs_plan_step *step = &plan->steps[stage];
    for (unsigned c = 0; c < wire->channels; c++) {
        if (gs_readout_clips(gs_engine_readout(bench->engine), wire->first_lane + c)) {
            return true;
        }
    }
    bool master = step->kind->flags & GS_STAGE_MASTER;
    return master && step->kind->reduction_db && step->kind->reduction_db(step->state) < -0.01f;
}

struct ramp {
    int found;     /* the first stage of the chain that was seen at its ceiling, -1: none */
    double at_db;  /* rise at which that was */
    bool complete; /* no knob ended before */
};

/* From a decibel below the margin that was promised upwards. */
static struct ramp turn_up(struct bench *bench, const struct gs_prediction *p, double room)
{
    double margin = p->stage[p->clips_first].margin_db;
    struct ramp ramp = { .found = -1, .at_db = margin - BEFORE_DB };
    ramp.complete = turn_sources(bench, ramp.at_db);
    settle(bench, 3); /* for what was louder before to be let go */
    gs_readout_reset(gs_engine_readout(bench->engine), SIZE_MAX);
    while (ramp.complete && ramp.found < 0 && ramp.at_db < margin + room) {
        ramp.at_db += STEP_DB;
        ramp.complete = turn_sources(bench, ramp.at_db);
        settle(bench, STEP_S);
        for (size_t i = 0; i < p->n && ramp.found < 0; i++) {
            ramp.found = at_ceiling(bench, i) ? (int)i : -1;
        }
    }
    return ramp;
}

/* How far what is found may lie above what was promised. */
static double room_of(const struct gs_chain *chain)
{
    size_t sources = 0;
    bool slow = false;
    for (size_t i = 0; i < chain->n_stages; i++) {
        sources += !chain->stages[i].n_sends;
        slow |= chain->stages[i].kind->reduction_db && !(chain->stages[i].kind->flags & GS_STAGE_MASTER);
    }
    return slow ? SLOW_DB : sources > 1 ? MANY_DB : ONE_DB;
}

static bool clear(const struct gs_predicted *at)
{
    return at->level_db > at->noise_db + CLEAR_DB && !(at->flags & GS_PREDICT_COARSE);
}

static void check_clips(struct gs_chain *chain, uint64_t seed, struct tally *tally)
{
    struct gs_predictor *predictor = gs_predictor_create(chain, NULL, RATE);
    const struct gs_prediction *p = gs_predictor_run(predictor, NULL);
    struct bench bench = bench_engine(chain, RATE);
    int first = p->clips_first;
    if (first >= 0 && clear(&p->stage[first])) {
        double margin = p->stage[first].margin_db, room = room_of(chain);
        struct ramp ramp = turn_up(&bench, p, room);
        const char *id = chain->stages[first].id;
        if (ramp.found >= 0 && clear(&p->stage[ramp.found])) {
            tally->named++;
            tally->same += ramp.found == first;
            cr_expect(p->stage[ramp.found].margin_db <= margin + room,
                      "seed %llu: %s clips first at %.2f dB, not %s at %.2f dB", (unsigned long long)seed,
                      chain->stages[ramp.found].id, p->stage[ramp.found].margin_db, id, margin);
        }
        cr_expect(!ramp.complete || ramp.found >= 0, "seed %llu: %s does not clip %.2f dB above its margin",
                  (unsigned long long)seed, id, room);
    }
    gs_predictor_destroy(predictor);
    bench_close(&bench);
}

Test(bottlenecks, of_clipping_by_turning_up_the_sources)
{
    struct tally tally = { 0 };
    EACH_CHAIN(seed, 12)
    {
        check_clips(random_chain(seed, RANDOM_TONES, NULL), seed, &tally);
        tally.chains++;
    }
    report("clips", &tally);
}
