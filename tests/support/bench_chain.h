/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chain on the test bench: parsed from text, in an engine that the test drives by hand. */
#ifndef TESTS_SUPPORT_BENCH_CHAIN_H
#define TESTS_SUPPORT_BENCH_CHAIN_H

#include "engine/engine.h"

struct bench {
    struct gs_chain *chain;
    struct gs_engine *engine;
};

/* Parses `text` (single quotes stand for double ones) and loads it at `rate_hz`, outputs bare, unparked. Any
 * complaint fails the test with its text. */
struct bench bench_open(const char *text, double rate_hz);
/* The same for a chain that is there already; the bench takes it. */
struct bench bench_engine(struct gs_chain *chain, double rate_hz);
void bench_close(struct bench *bench);

struct gs_chain *bench_parse(const char *text);

/* Runs `frames` in calls of `block`; `in` feeds every external channel (NULL: silence); left and right may be NULL. */
void bench_run(struct bench *bench, const float *in, float *left, float *right, unsigned frames,
               unsigned block);

/* Sets a parameter by stage id and key and publishes. */
void bench_set(struct bench *bench, const char *stage, const char *key, double value);

/* Reading of the output of a stage, loudest channel. */
double bench_reading(struct bench *bench, const char *stage, const char *reading);

#endif
