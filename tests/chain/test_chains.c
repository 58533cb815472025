/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shipped chains: each says what it is for, compiles at every common rate, and sounds. */
#include "chain/plan.h"
#include "engine/engine.h"

#include "../support/chain_text.h"
#include "../support/paths.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE  48000
#define BLOCK 1024

static glob_t shipped(void)
{
    char pattern[4096];
    glob_t files;
    cr_assert_eq(glob(test_source_path(pattern, sizeof pattern, "chains/*.json"), 0, NULL, &files), 0);
    return files;
}

static struct gs_chain *load(const char *path)
{
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = NULL;
    cr_assert_eq(gs_chain_load(path, &chain, &errors), GS_OK, "%s: %s", errors.list[0].where,
                 errors.list[0].text);
    gs_errors_finish(&errors);
    return chain;
}

Test(chains, have_a_name_and_a_purpose)
{
    glob_t files = shipped();
    bool live = false;
    cr_assert_geq(files.gl_pathc, 7);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct gs_chain *chain = load(files.gl_pathv[i]);
        char *text = gs_chain_text(chain);
        cr_assert(strstr(text, "\"name\": "), "%s", files.gl_pathv[i]);
        cr_assert_geq(strlen(chain->description), 40, "%s", files.gl_pathv[i]);
        live = live || strstr(text, "\"signal\": \"jack\"");
        free(text);
        gs_chain_destroy(chain);
    }
    cr_assert(live, "no chain takes live input");
    globfree(&files);
}

Test(chains, compile_at_every_common_rate)
{
    static const double rates[] = { 44100, 48000, 88200, 96000, 176400, 192000 };
    glob_t files = shipped();
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct gs_chain *chain = load(files.gl_pathv[i]);
        for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
            struct gs_plan *plan = NULL;
            struct gs_errors errors = { 0 };
            cr_assert_eq(gs_plan_compile(chain, rates[r], NULL, &plan, &errors), GS_OK, "%s at %g",
                         files.gl_pathv[i], rates[r]);
            cr_assert_eq(plan->n_steps, chain->n_stages);
            gs_plan_destroy(plan);
            gs_errors_finish(&errors);
        }
        gs_chain_destroy(chain);
    }
    globfree(&files);
}

/* ---- what they do -------------------------------------------------------------------------------------- */

struct run {
    struct gs_chain *chain;
    struct gs_engine *engine;
    double peak; /* of what leaves */
};

static struct run start(struct gs_chain *chain)
{
    struct gs_engine_setup setup = { .out_ceiling_db = -1, .fade_in_ms = 50, .safety = false };
    struct run run = { .chain = chain, .engine = gs_engine_create(&setup) };
    gs_engine_set_rate(run.engine, RATE);
    cr_assert_eq(gs_engine_load(run.engine, chain, NULL), GS_OK, "%s", chain->name);
    gs_engine_unpark(run.engine);
    return run;
}

static void stop(struct run *run)
{
    gs_engine_park(run->engine);
    gs_engine_destroy(run->engine);
    gs_chain_destroy(run->chain);
}

/* Runs with a tone at -18 dBFS on every input; what leaves must be finite. */
static void play(struct run *run, unsigned frames)
{
    static float in[BLOCK], left[BLOCK], right[BLOCK];
    const float *ins[8] = { in, in, in, in, in, in, in, in };
    float *outs[2] = { left, right };
    for (unsigned frame = 0; frame < frames; frame += BLOCK) {
        for (unsigned i = 0; i < BLOCK; i++) {
            in[i] = (float)(pow(10, -18 / 20.0) * sin(2 * M_PI * 1000 * (frame + i) / RATE));
        }
        gs_engine_process(run->engine, ins, 8, outs, 2, BLOCK);
        gs_engine_poll(run->engine);
        for (unsigned i = 0; i < BLOCK; i++) {
            cr_assert(isfinite(left[i]) && isfinite(right[i]));
            run->peak = fmax(run->peak, fmax(fabs(left[i]), fabs(right[i])));
        }
    }
}

static double reading(const struct run *run, const char *stage, const char *key)
{
    int s = gs_chain_find(run->chain, stage), r = gs_reading_find(NULL, key);
    cr_assert(s >= 0 && r >= 0, "%s %s", stage, key);
    const struct gs_plan_wire *wire = &gs_engine_plan(run->engine)->wires[s];
    return gs_readout_loudest(gs_engine_readout(run->engine), wire->first_lane, wire->channels, r);
}

Test(chains, sound)
{
    glob_t files = shipped();
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct run run = start(load(files.gl_pathv[i]));
        play(&run, RATE);
        cr_assert(run.peak > 0.01 && run.peak <= 1.0, "%s: peak %g", files.gl_pathv[i], run.peak);
        stop(&run);
    }
    globfree(&files);
}

/* ---- what their descriptions promise ------------------------------------------------------------------- */

static struct gs_chain *load_named(const char *name)
{
    char path[4096], relative[64];
    snprintf(relative, sizeof relative, "chains/%s.json", name);
    return load(test_source_path(path, sizeof path, relative));
}

static void set(struct gs_chain *chain, const char *stage, const char *key, double value)
{
    chain->value[test_chain_slot(chain, stage, key)] = value;
}

/* +4 dBu where there are volts, -20 dBFS where there are numbers: a sine, so peak and RMS are one figure. */
Test(chains, unity_walk_is_at_unity)
{
    struct run run = start(load_named("unity-walk"));
    play(&run, 2 * RATE);
    for (size_t i = 0; i < run.chain->n_stages; i++) {
        double nominal = run.chain->stages[i].domain_out == GS_ANALOG ? 4.0 : -20.0;
        const char *id = run.chain->stages[i].id;
        cr_assert_float_eq(reading(&run, id, "peak"), nominal, 0.05, "%s", id);
        cr_assert_float_eq(reading(&run, id, "rms_total"), nominal, 0.05, "%s", id);
        cr_assert_eq(reading(&run, id, "clipped"), 0.0, "%s", id);
    }
    stop(&run);
}

/* The converter clips and the master does not; with the preamp at 36 nothing clips. */
Test(chains, too_hot_clips_at_the_converter)
{
    struct run run = start(load_named("too-hot"));
    play(&run, 4 * RATE);
    cr_assert_gt(reading(&run, "adc", "clipped"), 0.0);
    cr_assert_eq(reading(&run, "pre", "clipped"), 0.0);
    cr_assert_eq(reading(&run, "master", "clipped"), 0.0);
    double before = reading(&run, "master", "rms_total");
    stop(&run);
    struct gs_chain *mended = load_named("too-hot");
    set(mended, "pre", "gain_db", 36);
    set(mended, "trim", "gain_db", 0);
    set(mended, "fader", "gain_db", 0);
    run = start(mended);
    play(&run, 4 * RATE);
    cr_assert_eq(reading(&run, "adc", "clipped"), 0.0);
    cr_assert_float_eq(reading(&run, "master", "rms_total"), before, 0.5);
    stop(&run);
}

/* 40 dB below nominal in the converter, nominal behind the trim. */
Test(chains, too_cold_is_made_up_late)
{
    struct run run = start(load_named("too-cold"));
    play(&run, 4 * RATE);
    cr_assert_float_eq(reading(&run, "adc", "rms_total"), -58.0, 0.3);
    cr_assert_float_eq(reading(&run, "trim", "rms_total"), -18.0, 0.3);
    stop(&run);
}

/* The same gain, 40 dB of it in the preamp instead of the plugin: much less noise at the end. */
Test(chains, too_cold_is_noisy_until_mended)
{
    struct run run = start(load_named("too-cold"));
    play(&run, 4 * RATE);
    double cold = reading(&run, "master", "sinad_total");
    stop(&run);
    struct gs_chain *mended = load_named("too-cold");
    set(mended, "pre", "gain_db", 46);
    set(mended, "trim", "gain_db", 0);
    run = start(mended);
    play(&run, 4 * RATE);
    cr_assert_gt(reading(&run, "master", "sinad_total"), cold + 20);
    stop(&run);
}

/* Four faders 6 dB up: the bus clips, the master does not. */
Test(chains, four_tracks_clip_the_bus)
{
    static const char *const faders[] = { "drums-fader", "bass-fader", "keys-fader", "voice-fader" };
    struct gs_chain *pushed = load_named("four-track-mix");
    struct run run = start(load_named("four-track-mix"));
    play(&run, 4 * RATE);
    cr_assert_eq(reading(&run, "mix", "clipped"), 0.0);
    stop(&run);
    for (int i = 0; i < 4; i++) {
        double was = test_chain_value(pushed, faders[i], "gain_db");
        set(pushed, faders[i], "gain_db", was + 6);
    }
    run = start(pushed);
    play(&run, 4 * RATE);
    cr_assert_gt(reading(&run, "mix", "clipped"), 0.0);
    cr_assert_eq(reading(&run, "master", "clipped"), 0.0);
    stop(&run);
}

/* The cable carries -18 dBFS back: the return reads what the output sends, full scale +13 dBu. */
Test(chains, loopback_reads_the_return)
{
    struct run run = start(load_named("loopback"));
    play(&run, RATE);
    cr_assert_float_eq(reading(&run, "back", "peak"), -5.0, 0.05);
    cr_assert_float_eq(reading(&run, "in", "peak"), -18.0, 0.05);
    cr_assert_float_eq(20 * log10(run.peak), -21.01, 0.05); /* sent, one side of a centre-panned fader */
    stop(&run);
}

/* Live inputs at nominal arrive at the converters at nominal: the preamps undo the level of the source. */
Test(chains, live_inputs_meet_the_converter_at_nominal)
{
    static const struct {
        const char *chain, *stage;
    } converters[] = {
        { "podcast", "adc" },
        { "guitar-two-mics", "adc-neck" },
        { "guitar-two-mics", "adc-body" },
        { "foh-two-strips", "voice-adc" },
        { "foh-two-strips", "guitar-adc" },
    };
    for (size_t i = 0; i < sizeof converters / sizeof *converters; i++) {
        struct run run = start(load_named(converters[i].chain));
        play(&run, RATE);
        cr_assert_float_eq(reading(&run, converters[i].stage, "peak"), -18.0, 0.1, "%s", converters[i].stage);
        stop(&run);
    }
}
