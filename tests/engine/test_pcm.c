/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sound of a wire, taken away while somebody listens: the same samples as the outputs carry, real is ideal plus
 * error, nothing without a listener, and a reader that is too slow sees a gap. */
#include "../support/bench_chain.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE   48000
#define FRAMES 4800

static const char strip[] =
    "{'gainstage':1,'stages':[{'id':'src','kind':'source','domain':'line','signal':'sine','level_dbu':10,'"
    "frequency_hz':997},"
    "{'id':'pre','kind':'preamp','gain_db':20},{'id':'ad','kind':'adc'},{'id':'out','kind':'master'}]}";

struct heard {
    float left[GS_PCM_TAPS][2 * FRAMES];
    uint64_t next[GS_PCM_TAPS], frames[GS_PCM_TAPS], gaps;
};

static void hear(void *context, const struct gs_pcm_piece *piece)
{
    struct heard *heard = context;
    unsigned t = piece->tap;
    heard->gaps += heard->frames[t] && piece->frame != heard->next[t];
    heard->next[t] = piece->frame + piece->frames;
    for (unsigned f = 0; f < piece->frames && heard->frames[t] < 2 * FRAMES; f++) {
        heard->left[t][heard->frames[t]++] = piece->sample[f * piece->channels];
    }
}

static unsigned stage(const struct bench *bench, const char *id)
{
    return (unsigned)gs_chain_find(bench->chain, id);
}

Test(pcm, is_what_the_outputs_carry)
{
    static const unsigned blocks[] = { 1, 7, 64, 1024 };
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        struct bench bench = bench_open(strip, RATE);
        struct heard *heard = calloc(1, sizeof *heard);
        float left[FRAMES], right[FRAMES];
        gs_engine_pcm(bench.engine, 0, (int)stage(&bench, "out"), GS_REAL);
        gs_engine_pcm(bench.engine, 3, (int)stage(&bench, "ad"), GS_REAL);
        gs_engine_pcm(bench.engine, 4, (int)stage(&bench, "ad"), GS_IDEAL);
        gs_engine_pcm(bench.engine, 7, (int)stage(&bench, "ad"), GS_ERROR);
        for (unsigned done = 0; done < FRAMES; done += 480) {
            bench_run(&bench, NULL, left + done, right + done, 480, blocks[b]);
            gs_engine_pcm_take(bench.engine, hear, heard);
        }
        cr_assert_eq(heard->frames[0], FRAMES);
        cr_expect_eq(memcmp(heard->left[0], left, sizeof left), 0, "block %u", blocks[b]);
        double error = 0;
        for (unsigned f = 0; f < FRAMES; f++) {
            float real = heard->left[3][f], ideal = heard->left[4][f];
            cr_assert_float_eq(heard->left[7][f], real - ideal, 1e-6f);
            error = fmax(error, fabs((double)(real - ideal)));
        }
        cr_expect_gt(error, 0.01, "this preamp is driven 12 dB beyond the converter");
        cr_expect_eq(heard->frames[1], 0, "nobody listens there");
        cr_expect_eq(heard->gaps, 0);
        free(heard);
        bench_close(&bench);
    }
}

Test(pcm, ends_when_nobody_listens_and_with_the_chain)
{
    struct bench bench = bench_open(strip, RATE);
    struct heard *heard = calloc(1, sizeof *heard);
    struct gs_errors errors = { 0 };
    bench_run(&bench, NULL, NULL, NULL, 480, 64);
    gs_engine_pcm_take(bench.engine, hear, heard);
    cr_expect_eq(heard->frames[0], 0);
    gs_engine_pcm(bench.engine, 0, 1, GS_REAL);
    bench_run(&bench, NULL, NULL, NULL, 480, 64);
    gs_engine_pcm_take(bench.engine, hear, heard);
    cr_expect_eq(heard->frames[0], 480);
    gs_engine_pcm(bench.engine, 0, -1, GS_REAL);
    bench_run(&bench, NULL, NULL, NULL, 480, 64);
    gs_engine_pcm_take(bench.engine, hear, heard);
    cr_expect_eq(heard->frames[0], 480);
    gs_engine_pcm(bench.engine, 0, 1, GS_REAL);
    cr_assert_eq(gs_engine_load(bench.engine, bench.chain, &errors), GS_OK);
    bench_run(&bench, NULL, NULL, NULL, 4800, 64); /* the crossfade is long over */
    gs_engine_poll(bench.engine);
    gs_engine_pcm_take(bench.engine, hear, heard);
    uint64_t before = heard->frames[0];
    bench_run(&bench, NULL, NULL, NULL, 480, 64);
    gs_engine_pcm_take(bench.engine, hear, heard);
    cr_expect_eq(heard->frames[0], before, "a new chain is asked anew");
    free(heard);
    bench_close(&bench);
}

Test(pcm, a_slow_reader_sees_a_gap)
{
    struct bench bench = bench_open(strip, RATE);
    struct heard *heard = calloc(1, sizeof *heard);
    for (unsigned t = 0; t < GS_PCM_TAPS; t++) {
        gs_engine_pcm(bench.engine, t, 1, GS_REAL);
    }
    bench_run(&bench, NULL, NULL, NULL, RATE, 64); /* a second, three times what the ring holds */
    gs_engine_pcm_take(bench.engine, hear, heard);
    cr_expect_eq(heard->gaps, 0, "what was kept is whole");
    bench_run(&bench, NULL, NULL, NULL, 480, 64);
    gs_engine_pcm_take(bench.engine, hear, heard);
    cr_expect_eq(heard->gaps, GS_PCM_TAPS, "each tap sees the one gap");
    free(heard);
    bench_close(&bench);
}
