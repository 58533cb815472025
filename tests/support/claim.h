/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sentence that teachers say about gain, put to the test: a chain on the table, its prediction, and what the
 * meters say of it when it plays. Single quotes stand for double ones in a chain's text. */
#ifndef TESTS_SUPPORT_CLAIM_H
#define TESTS_SUPPORT_CLAIM_H

#include "bench_chain.h"
#include "chain/predict.h"

#include <criterion/criterion.h>

extern const double claim_rates[3]; /* 44.1, 48 and 96 kHz */
#define EACH_RATE(rate)                                                                                      \
    for (size_t r_ = 0; r_ < 3; r_++)                                                                        \
        for (double rate = claim_rates[r_]; rate > 0; rate = 0)

#define near(actual, expected, room)                                                                         \
    cr_assert_float_eq(actual, expected, room, #actual " is %.4f, expected %.4f", (double)(actual),          \
                       (double)(expected))

struct claim {
    struct gs_chain *chain;
    struct gs_plan *plan; /* its sounds */
    struct gs_predictor *predictor;
    double rate_hz;
};

struct claim claim_open(const char *text, double rate_hz);
/* A chain of chains/, by name without its ending. */
struct claim claim_open_shipped(const char *name, double rate_hz);
void claim_close(struct claim *claim);

double claim_get(const struct claim *claim, const char *stage, const char *key);
void claim_set(struct claim *claim, const char *stage, const char *key, double value);

/* Under the values of now; until the next call. */
const struct gs_predicted *claim_predict(struct claim *claim, const char *stage);
const struct gs_prediction *claim_predict_all(struct claim *claim);

/* Plays the chain with the values of now: `settle_s` that count for nothing, then `seconds` that all totals cover.
 * The claim keeps its chain; `bench` reads until claim_stop(). `in` as in bench_run(), from the first frame on. */
struct bench claim_play(const struct claim *claim, const float *in, double settle_s, double seconds);
void claim_run(struct bench *bench, const float *in, double seconds);
void claim_stop(struct bench *bench);
uint64_t claim_clips(struct bench *bench, const char *stage); /* all channels of its output */

#endif
