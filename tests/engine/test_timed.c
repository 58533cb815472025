/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values with a time: heard from their frame on, neither sooner nor later, whatever the period is, and not undone by
 * what is published meanwhile. */
#include "../support/bench_chain.h"

#include <criterion/criterion.h>

#include <string.h>

#define RATE 48000
#define T0   UINT64_C(7000000000) /* monotonic time of frame 0, in ns */
#define N    30000

static const char strip[] = "{'gainstage':1,'stages':["
                            "{'id':'src','kind':'source','domain':'digital','signal':'jack'},"
                            "{'id':'a','kind':'gain'},{'id':'b','kind':'gain'},{'id':'c','kind':'gain'},{'id'"
                            ":'out','kind':'master'}]}";

static size_t gain_of(const struct bench *bench, size_t stage)
{
    const struct gs_chain_stage *s = &bench->chain->stages[stage];
    for (size_t i = 0; i < s->kind->n_params; i++) {
        if (s->kind->params[i].flags & GS_PARAM_GAIN) {
            return s->first_slot + i;
        }
    }
    cr_assert_fail("stage %zu has no gain", stage);
    return 0;
}

static uint64_t time_of(unsigned frame)
{
    return T0 + (uint64_t)(frame * 1e9 / RATE + 0.5);
}

static float in[N], out[2][N];

static struct bench start(unsigned frames, unsigned block)
{
    struct bench bench = bench_open(strip, RATE);
    for (unsigned i = 0; i < N; i++) {
        in[i] = 0.25f;
    }
    gs_engine_clock(bench.engine, T0);
    bench_run(&bench, in, out[0], out[1], frames, block);
    return bench;
}

static void go_on(struct bench *bench, unsigned from, unsigned to, unsigned block)
{
    bench_run(bench, in, out[0] + from, out[1] + from, to - from, block);
}

/* The first frame from `from` on that is another than the one before it. */
static unsigned first_change(unsigned from)
{
    while (from < N && out[0][from] == out[0][from - 1]) {
        from++;
    }
    return from;
}

Test(timed, a_value_lands_on_its_frame_at_every_period)
{
    static const unsigned blocks[] = { 1, 7, 64, 256, 1000, 1024 };
    static float reference[N];
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        struct bench bench = start(4096, blocks[b]);
        cr_assert(gs_engine_at(bench.engine, time_of(6001)));
        gs_engine_set(bench.engine, gain_of(&bench, 1), -6.0);
        gs_engine_publish(bench.engine);
        go_on(&bench, 4096, N, blocks[b]);
        cr_expect_eq(first_change(4000), 6001, "block %u: %u", blocks[b], first_change(4000));
        if (!b) {
            memcpy(reference, out[0], sizeof reference);
        }
        cr_expect_eq(memcmp(reference, out[0], sizeof reference), 0, "block %u sounds as any other",
                     blocks[b]);
        bench_close(&bench);
    }
}

/* Up by 6 dB here, down by 6 dB there: on one frame that changes nothing that could be heard in between. */
Test(timed, all_of_a_moment_are_heard_on_one_frame)
{
    struct bench bench = start(4096, 256);
    cr_assert(gs_engine_at(bench.engine, time_of(6001)));
    gs_engine_set(bench.engine, gain_of(&bench, 1), 6.0);
    gs_engine_set(bench.engine, gain_of(&bench, 2), -6.0);
    gs_engine_set(bench.engine, gain_of(&bench, 3), -20.0);
    gs_engine_publish(bench.engine);
    gs_engine_at(bench.engine, 0);
    go_on(&bench, 4096, N, 256);
    cr_expect_eq(first_change(4000), 6001);
    cr_expect_float_eq(out[0][N - 1], 0.025, 1e-5);
    bench_close(&bench);
}

Test(timed, what_is_published_meanwhile_neither_hastens_nor_undoes_it)
{
    struct bench bench = start(4096, 64);
    cr_assert(gs_engine_at(bench.engine, time_of(6001)));
    gs_engine_set(bench.engine, gain_of(&bench, 1), -20.0);
    gs_engine_publish(bench.engine);
    gs_engine_at(bench.engine, 0);
    gs_engine_set(bench.engine, gain_of(&bench, 2), 0.0); /* as it is: a publication all the same */
    gs_engine_publish(bench.engine);
    go_on(&bench, 4096, 7000, 64);
    cr_expect_eq(first_change(4000), 6001);
    gs_engine_set(bench.engine, gain_of(&bench, 2), 0.0);
    gs_engine_publish(bench.engine);
    go_on(&bench, 7000, 18000, 64);
    cr_expect_float_eq(out[0][17999], 0.025, 1e-5, "the frame's value stays");
    gs_engine_set(bench.engine, gain_of(&bench, 1), 0.0); /* what it was before the frame */
    gs_engine_publish(bench.engine);
    go_on(&bench, 18000, N, 64);
    cr_expect_float_eq(out[0][N - 1], 0.25, 1e-4, "until it is set anew");
    bench_close(&bench);
}

Test(timed, without_such_a_frame_it_is_heard_at_once)
{
    struct bench bench = bench_open(strip, RATE);
    cr_expect_not(gs_engine_at(bench.engine, time_of(100)), "no clock");
    bench_close(&bench);
    bench = start(4096, 256);
    cr_expect_not(gs_engine_at(bench.engine, time_of(4096 + 255)), "too near: the period may have begun");
    cr_expect(gs_engine_at(bench.engine, time_of(4096 + 257)));
    cr_expect_not(gs_engine_at(bench.engine, time_of(4096 + 11 * RATE)), "too far");
    cr_expect_not(gs_engine_at(bench.engine, time_of(100)), "gone by");
    gs_engine_set(bench.engine, gain_of(&bench, 1), -6.0);
    gs_engine_publish(bench.engine);
    go_on(&bench, 4096, N, 256);
    cr_expect_eq(first_change(4000), 4096);
    bench_close(&bench);
}

Test(timed, more_than_fits_is_heard_at_once_and_nothing_is_lost)
{
    struct bench bench = start(4096, 256);
    cr_assert(gs_engine_at(bench.engine, time_of(6001)));
    for (unsigned i = 0; i < 1500; i++) {
        gs_engine_set(bench.engine, gain_of(&bench, 1 + i % 3), i < 1497 ? -3.0 : -20.0 / 3);
    }
    gs_engine_publish(bench.engine);
    go_on(&bench, 4096, N, 256);
    cr_expect_float_eq(out[0][N - 1], 0.025, 1e-5, "%g", out[0][N - 1]);
    bench_close(&bench);
}
