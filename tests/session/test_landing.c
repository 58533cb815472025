/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chain that is louder than the one before is heard after a second's way, whatever made it: another data sheet,
 * another size, another file. What is not much louder, or quieter, is heard at once. Levels are those of sines, so
 * that what is expected is a difference of decibels. */
#include "../support/desk.h"
#include "../support/paths.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE   48000
#define PERIOD 240 /* 5 ms: whole periods of 1 kHz */
#define WITHIN 0.3

/* Level of what the outputs carry, of the last of `ms` of sound. */
static double heard_after(struct desk *desk, unsigned ms)
{
    static float silence[PERIOD], left[PERIOD], right[PERIOD];
    const float *in[2] = { silence, silence };
    float *const out[2] = { left, right };
    double peak = 0;
    for (unsigned at = 0; at < ms; at += 5) {
        gs_engine_process(desk->engine, in, 2, out, 2, PERIOD);
        desk->now_ns += 5000000;
        gs_session_tick(desk->session, desk->now_ns);
    }
    for (unsigned f = 0; f < PERIOD; f++) {
        peak = fmax(peak, fabs((double)left[f]));
    }
    return 20 * log10(peak);
}

static double in_db(double ratio)
{
    return 20 * log10(ratio);
}

/* A sine through this microphone into a digital chain. */
static struct desk *open_desk(const char *microphone)
{
    char chain[700], folder[4096];
    setenv("GAINSTAGE_MODELS", test_source_path(folder, sizeof folder, "chains/models"), 1);
    snprintf(
        chain, sizeof chain,
        "{'gainstage':1,'name':'strip','stages':["
        "{'id':'src','kind':'source','domain':'acoustic','signal':'sine','frequency_hz':1000,'spl_db':74},"
        "{'id':'mic','kind':'microphone',%s},"
        "{'id':'pre','kind':'preamp','gain_db':30},{'id':'ad','kind':'adc'},"
        "{'id':'fd','kind':'fader'},{'id':'out','kind':'master'}]}",
        microphone);
    struct desk *desk = desk_open(chain);
    heard_after(desk, 500);
    return desk;
}

/* A tone of so many dBFS. */
static void load_tone(struct desk *desk, double level_dbfs)
{
    char chain[300];
    snprintf(chain, sizeof chain,
             "{'gainstage':1,'name':'tone','stages':[{'id':'src','kind':'source','domain':'digital',"
             "'signal':'sine','frequency_hz':1000,'level_dbfs':%g},{'id':'out','kind':'master'}]}",
             level_dbfs);
    desk_load(desk, chain);
}

/* Criterion's macros say their arguments more than once. */
static void expect_level(struct desk *desk, unsigned ms, double level, double within)
{
    double heard = heard_after(desk, ms);
    cr_expect_float_eq(heard, level, within, "%g after %u ms, expected %g", heard, ms, level);
}

static void expect_a_second(struct desk *desk, double before, double rise)
{
    static const struct {
        unsigned more_ms;
        double way; /* of the rise */
    } moments[] = { { 50, 0.05 }, { 450, 0.5 }, { 700, 1 } };
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        double level = heard_after(desk, moments[i].more_ms), expected = before + moments[i].way * rise;
        cr_expect_float_eq(level, expected, 0.05 * rise + WITHIN, "moment %zu: %g, expected %g of %g to %g",
                           i, level, expected, before, before + rise);
    }
    expect_level(desk, 5, before + rise, WITHIN);
}

static void expect_at_once(struct desk *desk, double level)
{
    expect_level(desk, 150, level, WITHIN);
    expect_level(desk, 1200, level, WITHIN);
}

/* 1.85 mV/Pa say Shure, 41 Lewitt. */
Test(landing, another_data_sheet_that_is_louder_takes_a_second)
{
    struct desk *desk = open_desk("'model':'shure-sm58'");
    double before = heard_after(desk, 5), sensitivity = desk_get(desk, "/stage/mic/sensitivity_mv_pa");
    desk_say(desk, 0, 5, "/stage/mic/model", "s", "lewitt-lct-540-s");
    double rise = in_db(desk_get(desk, "/stage/mic/sensitivity_mv_pa") / sensitivity);
    cr_assert_gt(rise, 20);
    expect_a_second(desk, before, rise);
    desk_say(desk, 0, 5, "/undo", "");
    expect_at_once(desk, before);
    desk_say(desk, 0, 5, "/redo", "");
    expect_a_second(desk, before, rise);
    desk_close(desk);
}

/* Turned by hand it is no other chain, but no less loud: the value itself takes a second. */
Test(landing, so_does_a_microphone_that_is_more_sensitive_or_nearer)
{
    struct desk *desk = open_desk("'sensitivity_mv_pa':2");
    double before = heard_after(desk, 5);
    desk_say(desk, 0, 5, "/stage/mic/sensitivity_mv_pa", "f", 20.0);
    expect_level(desk, 100, before + in_db(1 + 0.1 * 9), 1.5);
    expect_level(desk, 1200, before + 20, WITHIN);
    desk_say(desk, 0, 5, "/stage/mic/sensitivity_mv_pa", "f", 4.0);
    expect_at_once(desk, before + in_db(2));
    desk_say(desk, 0, 5, "/stage/mic/sensitivity_mv_pa", "f", 12.0);
    expect_at_once(desk, before + in_db(6));
    desk_say(desk, 0, 5, "/stage/mic/distance_m", "f", 0.2);
    double half_way = heard_after(desk, 200);
    cr_expect_lt(half_way, before + in_db(6) + in_db(5) - 8);
    expect_level(desk, 1200, before + in_db(6) + in_db(5), WITHIN);
    desk_close(desk);
}

static const struct {
    double from, to;
} loads[] = { { -60, -10 }, { -40, -26 }, { -20, -10 }, { -10, -60 }, { -20, -20 } };

Test(landing, and_another_file)
{
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        struct desk *desk = open_desk("'sensitivity_mv_pa':2");
        load_tone(desk, -90);
        load_tone(desk, loads[i].from);
        expect_level(desk, 1500, loads[i].from, WITHIN);
        load_tone(desk, loads[i].to);
        if (loads[i].to - loads[i].from > 12) {
            expect_a_second(desk, loads[i].from, loads[i].to - loads[i].from);
        } else {
            expect_at_once(desk, loads[i].to);
        }
        desk_close(desk);
    }
}

/* A second one in the midst of the first begins where that one was. */
Test(landing, twice_in_a_second)
{
    struct desk *desk = open_desk("'sensitivity_mv_pa':2");
    load_tone(desk, -60);
    heard_after(desk, 1500);
    load_tone(desk, -30);
    double before = heard_after(desk, 500);
    cr_expect_float_eq(before, -45, 1 + WITHIN);
    load_tone(desk, -20);
    expect_a_second(desk, before, -20 - before);
    desk_close(desk);
}

/* Nobody knows how loud the error was that one listened to: another file comes out of silence. */
Test(landing, from_the_error_too)
{
    struct desk *desk = open_desk("'sensitivity_mv_pa':2");
    load_tone(desk, -10);
    heard_after(desk, 1500);
    desk_say(desk, 0, 5, "/listen", "ss", "out", "error");
    cr_assert_lt(heard_after(desk, 500), -90);
    load_tone(desk, -10);
    cr_expect_lt(heard_after(desk, 50), -60);
    cr_expect_lt(heard_after(desk, 450), -40);
    expect_level(desk, 700, -10, WITHIN);
    desk_close(desk);
}

/* Meters, and whoever reads them, know nothing of it. */
Test(landing, meters_have_it_at_once)
{
    struct desk *desk = open_desk("'sensitivity_mv_pa':2");
    load_tone(desk, -60);
    heard_after(desk, 1500);
    load_tone(desk, -10);
    heard_after(desk, 100);
    cr_expect_float_eq(desk_get(desk, "/stage/out/meter/out/peak_now"), -10, WITHIN);
    desk_close(desk);
}

static void expect_steady(struct desk *desk, double level)
{
    for (unsigned i = 0; i < 10; i++) {
        expect_level(desk, 5, level, WITHIN);
    }
    expect_level(desk, 1500, level, WITHIN);
}

/* What is turned down for a comparison is so from the first frame of a chain made anew. */
Test(landing, a_trim_goes_over_to_the_chain_made_anew)
{
    struct desk *desk = open_desk("'sensitivity_mv_pa':2");
    struct gs_errors errors = { 0 };
    desk_say(desk, 0, 5, "/stage/fd/gain", "f", -10.0);
    desk_say(desk, 0, 5, "/ab", "s", "b");
    desk_say(desk, 0, 5, "/stage/fd/gain", "f", 10.0);
    heard_after(desk, 1500);
    desk_say(desk, 0, 5, "/ab", "s", "a");
    desk_say(desk, 0, 5, "/ab", "s", "b");
    double before = heard_after(desk, 1500), trim = desk_get(desk, "/ab/trim");
    cr_assert_float_eq(trim, -20, 0.5);
    unsigned chains = desk->chains_changed;
    desk_say(desk, 0, 5, "/stage/pre/input_impedance_ohm", "f",
             1e6); /* of a source without one: nothing changes */
    cr_assert_eq(desk->chains_changed, chains + 1);
    expect_steady(desk, before);
    cr_assert_eq(gs_session_recompile(desk->session, &errors), GS_OK, "as at another sample rate");
    expect_steady(desk, before);
    desk_close(desk);
}

/* Loaded by less, a microphone gives more. */
Test(landing, so_does_a_value_that_shapes_the_chain)
{
    struct desk *desk = open_desk("'sensitivity_mv_pa':20,'source_impedance_ohm':10000");
    desk_say(desk, 0, 5, "/stage/pre/input_impedance_ohm", "f", 1000.0);
    double before = heard_after(desk, 1500);
    desk_say(desk, 0, 5, "/stage/pre/input_impedance_ohm", "f", 100e3);
    expect_a_second(desk, before, in_db(100e3 / 110e3) - in_db(1e3 / 11e3));
    desk_say(desk, 0, 5, "/stage/pre/input_impedance_ohm", "f", 1000.0);
    expect_at_once(desk, before);
    desk_close(desk);
}
