/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loudness measuring is started, paused, continued and reset over the address tree (EBU Tech 3341, 2.5), of one
 * stage and of all; the range is marked until it stands on 60 s. */
#include "../support/desk.h"
#include "../support/meter_rig.h"
#include "../support/paths.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE 48000

static const char strip[] = "{'gainstage':1,'stages':["
                            "{'id':'src','kind':'source','domain':'digital','signal':'jack','channels':2},"
                            "{'id':'trim','kind':'gain','gain_db':-10},{'id':'out','kind':'master'}]}";

/* A tone of 1 kHz, in whole periods, in both channels: its level in dBFS is its loudness (Tech 3341, 2.9). */
static void play(struct desk *desk, double dbfs, double seconds)
{
    float *x = rig_sine(RATE, 1000, pow(10, dbfs / 20), 0, (size_t)(seconds * RATE));
    desk_play(desk, x, x, (size_t)(seconds * RATE));
    free(x);
}

Test(loudness, a_pause_is_left_out)
{
    struct desk *desk = desk_open(strip);
    play(desk, -20, 5);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/integrated"), -20, 0.1);
    desk_say(desk, 0, 5000, "/stage/src/loudness", "s", "pause");
    play(desk, -6, 5);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/integrated"), -20, 0.1, "rests");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/momentary"), -6, 0.1, "goes on");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/momentary_max"), -20, 0.1, "rests");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/short_term_max"), -20, 0.1, "rests");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/true_peak"), -20, 0.1, "rests");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/true_peak_fs"), -20, 0.1, "rests");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/plr"), 0, 0.15, "of one programme");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/true_peak_now"), -6, 0.1, "goes on");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/peak"), -6, 0.1, "watches over the equipment");
    cr_assert_float_eq(desk_get(desk, "/stage/trim/meter/out/true_peak"), -16, 0.1, "another stage goes on");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/loudness_time"), 5, 0.1);
    /* There the first five seconds fall to the relative gate. */
    cr_assert_float_eq(desk_get(desk, "/stage/trim/meter/out/integrated"), -16, 0.2, "another stage goes on");
    play(desk, -20, 0.05); /* an order is exact to the bin of 10 ms that is open */
    desk_say(desk, 0, 5000, "/stage/src/loudness", "s", "continue");
    play(desk, -20, 5);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/integrated"), -20, 0.1);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/true_peak"), -20, 0.1,
                       "nothing of the pause in it");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/loudness_time"), 10, 0.1);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/momentary_max"), -20, 0.1,
                       "no window reaches into the pause");
    desk_close(desk);
}

/* "Regardless of whether the meter is in the running or stand-by state." */
Test(loudness, reset_in_either_state)
{
    struct desk *desk = desk_open(strip);
    play(desk, -6, 4);
    play(desk, -20, 0.05); /* a reset is exact to the bin of 10 ms that is open */
    desk_say(desk, 0, 5000, "/stage/src/loudness", "s", "reset");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/integrated"), -144, 0);
    cr_assert_str_eq(
        (desk_get(desk, "/stage/src/loudness"), desk_text(desk, 59999, "/stage/src/loudness", 0)), "running");
    play(desk, -20, 4);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/integrated"), -20, 0.1);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/plr"), 0, 0.15, "its peak and its loudness");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/peak"), -6, 0.1, "other holds stay");
    cr_assert_float_eq(desk_get(desk, "/stage/trim/meter/out/true_peak"), -16, 0.1, "so do other stages");
    desk_say(desk, 0, 5000, "/stage/src/loudness", "s", "pause");
    desk_say(desk, 0, 5000, "/stage/src/loudness", "s", "reset");
    play(desk, -20, 4);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/integrated"), -144, 0, "still rests");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/true_peak"), -144, 0, "still rests");
    desk_say(desk, 0, 5000, "/stage/src/loudness", "s", "start");
    play(desk, -30, 4);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/integrated"), -30, 0.1, "runs, from here");
    desk_close(desk);
}

Test(loudness, all_stages_at_once_and_everybody_hears)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5000, "/subscribe", "iiii", 0, 60, 0, 7);
    desk_pass(desk, 500, false);
    desk_forget(desk);
    desk_say(desk, 0, 6000, "/loudness/pause", "f", 1.0);
    desk_pass(desk, 200, false);
    for (int stage = 1; stage <= 3; stage++) {
        char address[32];
        snprintf(address, sizeof address, "/stage/%d/loudness", stage);
        cr_assert_str_eq(desk_text(desk, 5000, address, 0), "paused", "%s", address);
    }
    desk_say(desk, 0, 6000, "/loudness/continue", "f", 0.0); /* a button let go */
    desk_say(desk, 0, 6000, "/loudness", "");
    cr_assert_str_eq(desk_text(desk, 6000, "/loudness", 0), "paused");
    desk_say(desk, 0, 6000, "/stage/trim/loudness", "s", "continue");
    desk_say(desk, 0, 6000, "/loudness", "");
    cr_assert_str_eq(desk_text(desk, 6000, "/loudness", 0), "mixed");
    desk_say(desk, 0, 6000, "/loudness", "s", "pase");
    cr_assert(strstr(desk_text(desk, 6000, "/error", 2), "did you mean 'pause'"));
    desk_say(desk, 0, 6001, "/stage/trim/loudness", "f", 1.0);
    cr_assert_str_eq(desk_text(desk, 6001, "/error", 1), "bad-type");
    desk_close(desk);
}

/* The mark of the first 60 s; a pause does not count. */
Test(loudness, range_is_not_stable_before_60_s)
{
    struct desk *desk = desk_open(strip);
    play(desk, -20, 30);
    desk_say(desk, 0, 5000, "/loudness", "s", "pause");
    play(desk, -20, 31);
    desk_say(desk, 0, 5000, "/loudness", "s", "continue");
    play(desk, -20, 29.5);
    cr_assert_float_eq(desk_get(desk, "/stage/out/meter/out/loudness_stable"), 0, 0);
    play(desk, -20, 1);
    cr_assert_float_eq(desk_get(desk, "/stage/out/meter/out/loudness_stable"), 1, 0);
    desk_say(desk, 0, 5000, "/loudness", "s", "reset");
    play(desk, -20, 1);
    cr_assert_float_eq(desk_get(desk, "/stage/out/meter/out/loudness_stable"), 0, 0);
    desk_close(desk);
}

/* What makes the chain anew without another one being loaded: the programme goes on, the equipment's holds do not. */
Test(loudness, a_programme_outlives_a_compilation)
{
    char folder[1024];
    setenv("GAINSTAGE_MODELS", test_source_path(folder, sizeof folder, "chains/models"), 1);
    struct desk *desk = desk_open("{'gainstage':1,'stages':["
                                  "{'id':'src','kind':'source','domain':'line','signal':'jack','channels':2},"
                                  "{'id':'pre','kind':'preamp'},{'id':'ad','kind':'adc'},"
                                  "{'id':'out','kind':'master'}]}");
    play(desk, -12, 5);
    double before = desk_get(desk, "/stage/src/meter/out/integrated");
    double peak = desk_get(desk, "/stage/src/meter/out/true_peak_fs");
    play(desk, -32, 0.1);
    desk_say(desk, 0, 5000, "/stage/pre/loudness", "s", "pause");
    unsigned chains = gs_session_chains(desk->session);
    desk_say(desk, 0, 5000, "/stage/pre/model", "s", "ssl-x-rack-mic-amp");
    cr_assert_eq(gs_session_chains(desk->session), chains + 1, "the chain is made anew");
    play(desk, -32, 5);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/loudness_time"), 10.1, 0.1);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/integrated"), before, 0.2, "below the gate");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/true_peak_fs"), peak, 0.01);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/momentary_max"), before, 0.1);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/peak"),
                       desk_get(desk, "/stage/src/meter/out/peak_now"), 0.1, "begins with the equipment");
    cr_assert_float_eq(desk_get(desk, "/stage/pre/meter/out/loudness_time"), 5.1, 0.1, "still rests");
    desk_say(desk, 0, 6000, "/loudness", "");
    cr_assert_str_eq(desk_text(desk, 6000, "/loudness", 0), "mixed");
    desk_say(desk, 0, 5000, "/loudness", "s", "start");
    play(desk, -32, 1);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/loudness_time"), 1, 0.1, "a reset is possible");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/true_peak_fs"), peak - 20, 0.2);
    desk_close(desk);
}

/* Another unit is another wire; another file is another programme. */
Test(loudness, another_wire_and_another_file_begin_anew)
{
    struct desk *desk = desk_open(strip);
    play(desk, -20, 3);
    desk_say(desk, 0, 5000, "/stage/src/loudness", "s", "pause");
    desk_say(desk, 0, 5000, "/stage/src/channels", "f", 1.0);
    play(desk, -20, 1);
    cr_assert_float_eq(desk_get(desk, "/stage/src/channels"), 1, 0);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/loudness_time"), 1, 0.1);
    desk_load(desk, strip);
    play(desk, -20, 2);
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/out/loudness_time"), 2, 0.1);
    desk_close(desk);
}
