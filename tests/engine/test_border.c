/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The border under load: an audio thread that never stops while the control side turns, listens, loads and
 * reads. Run under ThreadSanitizer and AddressSanitizer it proves that nothing else crosses. */
#include "../support/bench_chain.h"

#include <criterion/criterion.h>

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

static const char strip[] =
    "{'gainstage':1,'stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'sine','level_dbu':-40},"
    "{'id':'pre','kind':'preamp','gain_db':40,'max_output_dbu':20},{'id':'ad','kind':'adc'},"
    "{'id':'fd','kind':'fader','gain_db':-6},{'id':'mix','kind':'bus','from':['ad','fd']},"
    "{'id':'out','kind':'master'}]}";

struct audio {
    struct gs_engine *engine;
    atomic_bool stop;
    atomic_uint wrong;
};

static void *audio_thread(void *context)
{
    struct audio *audio = context;
    static const unsigned periods[] = { 64, 17, 256, 1, 1024 };
    float in[1024] = { 0 }, left[1024], right[1024];
    const float *ins[2] = { in, in };
    float *outs[2] = { left, right };
    for (unsigned i = 0; !atomic_load(&audio->stop); i++) {
        unsigned frames = periods[i % 5];
        gs_engine_process(audio->engine, ins, 2, outs, 2, frames);
        for (unsigned f = 0; f < frames; f++) {
            atomic_fetch_add(&audio->wrong, !isfinite(left[f]) || fabsf(left[f]) > 0.9f);
        }
    }
    return NULL;
}

/* Everything that the control side may do, in a fixed order, `turn` after `turn`. */
static void turn_once(struct bench *bench, struct gs_reader *reader, unsigned turn)
{
    struct gs_errors errors = { 0 };
    bench_set(bench, "pre", "gain_db", turn % 2 ? 20 : 45);
    bench_set(bench, "fd", "mute", turn % 3 == 0);
    gs_engine_listen(bench->engine, turn % 6, turn % 4 == 3 ? GS_ERROR : GS_REAL);
    gs_engine_mute(bench->engine, GS_MUTE_PANIC, turn % 7 == 0);
    gs_engine_fine_bins(bench->engine, turn % 3 == 1);
    gs_engine_publish(bench->engine);
    if (turn % 5 == 0) {
        cr_assert_eq(gs_engine_load(bench->engine, bench->chain, &errors), GS_OK);
    }
    gs_engine_poll(bench->engine);
    gs_reader_look(reader, gs_engine_readout(bench->engine));
    double peak = gs_reader_value(reader, 0, gs_reading_find("peak", "peak"));
    cr_assert_not(isnan(peak));
    (void)gs_engine_get_status(bench->engine);
    (void)gs_engine_muted(bench->engine);
}

Test(border, holds_under_load)
{
    struct gs_engine_setup setup = { .out_ceiling_db = -1, .fade_in_ms = 5, .safety = true };
    struct bench bench = { bench_parse(strip), gs_engine_create(&setup) };
    struct gs_errors errors = { 0 };
    cr_assert_eq(gs_engine_load(bench.engine, bench.chain, &errors), GS_OK);
    struct gs_reader *reader = gs_reader_create();
    struct audio audio = { .engine = bench.engine };
    for (unsigned life = 0; life < 3; life++) { /* the audio thread comes and goes, as JACK does */
        pthread_t thread;
        atomic_store(&audio.stop, false);
        gs_engine_unpark(bench.engine);
        cr_assert_eq(pthread_create(&thread, NULL, audio_thread, &audio), 0);
        uint64_t start = gs_engine_get_status(bench.engine).frames;
        for (unsigned turn = 0; turn < 300; turn++) {
            turn_once(&bench, reader, turn);
        }
        while (gs_engine_get_status(bench.engine).frames < start + 4800) {
        }
        atomic_store(&audio.stop, true);
        pthread_join(thread, NULL);
        gs_engine_park(bench.engine);
        cr_assert_not(gs_engine_get_status(bench.engine).swapping, "parking settles what was under way");
        gs_engine_set_rate(bench.engine, life % 2 ? 48000 : 44100);
        cr_assert_eq(gs_engine_load(bench.engine, bench.chain, &errors), GS_OK);
    }
    cr_assert_eq(atomic_load(&audio.wrong), 0u, "the safety stage let something pass");
    gs_reader_destroy(reader);
    bench_close(&bench);
}

/* A reader that sleeps through everything still learns of the loudest moment and of every clip. */
Test(border, a_sleeping_reader_loses_nothing)
{
    struct bench bench = bench_open(strip, 48000);
    static float out[48000];
    const float *in[1] = { NULL };
    float *outs[2] = { out, NULL };
    gs_engine_process(bench.engine, in, 1, outs, 2, 48000);
    bench_set(&bench, "pre", "gain_db", 70); /* +30 dBu wanted, rail at +20 */
    gs_engine_process(bench.engine, in, 1, outs, 2, 4800);
    bench_set(&bench, "pre", "gain_db", 0);
    for (int second = 0; second < 30; second++) { /* thirty seconds without a poll: the ring holds 1.28 s */
        gs_engine_process(bench.engine, in, 1, outs, 2, 48000);
    }
    gs_engine_poll(bench.engine);
    gs_engine_process(bench.engine, in, 1, outs, 2, 960);
    gs_engine_poll(bench.engine);
    /* a clipped wave whose harmonics end at half the rate swings a little over its rail */
    cr_assert_float_eq(bench_reading(&bench, "pre", "peak"), 20.2, 0.25,
                       "the rail, though half a minute ago");
    cr_assert_gt(
        gs_readout_clips(gs_engine_readout(bench.engine), gs_engine_plan(bench.engine)->wires[1].first_lane),
        100u);
    cr_assert_float_eq(bench_reading(&bench, "pre", "ideal_peak"), 30.0, 0.05);
    cr_assert_eq(gs_readout_frames(gs_engine_readout(bench.engine)), 48000u * 31 + 4800 + 960);
    bench_close(&bench);
}

/* Half a second in periods: longer than the fade. */
static bool silent_after(struct bench *bench)
{
    float out[2][256], *outs[2] = { out[0], out[1] };
    for (int i = 0; i < 100; i++) {
        gs_engine_process(bench->engine, NULL, 0, outs, 2, 256);
    }
    return gs_engine_muted(bench->engine);
}

Test(border, nobody_ends_anothers_silence)
{
    struct gs_engine_setup setup = { .out_ceiling_db = -1, .fade_in_ms = 5, .safety = true };
    struct bench bench = { bench_parse(strip), gs_engine_create(&setup) };
    struct gs_errors errors = { 0 };
    cr_assert_eq(gs_engine_load(bench.engine, bench.chain, &errors), GS_OK);
    gs_engine_unpark(bench.engine);
    cr_expect_not(silent_after(&bench));
    gs_engine_mute(bench.engine, GS_MUTE_PANIC, true);
    gs_engine_mute(bench.engine, GS_MUTE_UNPLAYABLE, true);
    gs_engine_mute(bench.engine, GS_MUTE_UNPLAYABLE, false);
    cr_expect(silent_after(&bench), "still a panic");
    gs_engine_mute(bench.engine, GS_MUTE_END, true);
    gs_engine_mute(bench.engine, GS_MUTE_PANIC, false);
    cr_expect(silent_after(&bench), "still the end");
    gs_engine_mute(bench.engine, GS_MUTE_END, false);
    cr_expect_not(silent_after(&bench));
    gs_engine_park(bench.engine);
    bench_close(&bench);
}

/* What somebody sees who watches bins. */
struct watch {
    uint64_t whole_end, part_end; /* frames */
    unsigned whole, parts;
    double rate_hz;
};

static void watch_bin(void *context, const struct gs_bin *bin, unsigned bin_hz)
{
    struct watch *w = context;
    uint64_t *end = bin_hz == GS_BIN_HZ ? &w->whole_end : &w->part_end;
    if (bin->first_frame == 0) { /* another chain */
        w->whole_end = w->part_end = 0;
    }
    if (bin_hz == GS_BIN_HZ) {
        cr_assert_eq(bin->first_frame, *end, "no gap, nothing twice");
        cr_assert_lt(fabs(bin->frames - w->rate_hz / GS_BIN_HZ), GS_CELL, "%u frames", bin->frames);
        w->whole++;
    } else {
        w->parts++;
    }
    *end = bin->first_frame + bin->frames;
}

/* Halves are asked for and not any more at every place of a bin, and the chain changes half way through one. */
Test(border, bins_are_whole_however_closely_somebody_looks)
{
    static const double rates[] = { 44100, 48000, 96000 };
    float out[2][GS_CELL], *outs[2] = { out[0], out[1] };
    for (int r = 0; r < 3; r++) {
        struct gs_engine_setup setup = { .out_ceiling_db = -1, .fade_in_ms = 5 };
        struct bench bench = { bench_parse(strip), gs_engine_create(&setup) };
        struct gs_errors errors = { 0 };
        struct watch watch = { .rate_hz = rates[r] };
        gs_engine_set_rate(bench.engine, rates[r]);
        cr_assert_eq(gs_engine_load(bench.engine, bench.chain, &errors), GS_OK);
        gs_engine_watch_bins(bench.engine, watch_bin, &watch);
        gs_engine_unpark(bench.engine);
        unsigned cells = (unsigned)(2 * rates[r] / GS_CELL);
        for (unsigned cell = 0; cell < cells; cell++) {
            gs_engine_fine_bins(bench.engine, cell * 7 / 11 % 5 < 2);
            if (cell == cells / 2) {
                cr_assert_eq(gs_engine_load(bench.engine, bench.chain, &errors), GS_OK);
            }
            gs_engine_process(bench.engine, NULL, 0, outs, 2, GS_CELL);
            gs_engine_poll(bench.engine);
        }
        cr_expect_geq(watch.whole, 195, "%u at %g Hz", watch.whole, rates[r]);
        cr_expect_gt(watch.parts, 20);
        gs_engine_park(bench.engine);
        bench_close(&bench);
    }
}
