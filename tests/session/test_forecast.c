/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The prediction over the session: it says what arithmetic says, follows every change at once, and stays
 * apart from the meters. */
#include "../support/desk.h"

#include <criterion/criterion.h>

#include <math.h>

/* -50 dBu + 40 dB = -10 dBu at a rail of +20 dBu; full scale is +18 dBu (EBU R 68). */
static const char strip[] = "{'gainstage':1,'stages':["
                            "{'id':'src','kind':'source','domain':'line','signal':'sine','level_dbu':-50},"
                            "{'id':'pre','kind':'preamp','gain_db':40,'max_output_dbu':20},"
                            "{'id':'ad','kind':'adc'},{'id':'out','kind':'master'}]}";

Test(forecast, says_what_arithmetic_says)
{
    struct desk *desk = desk_open(strip);
    cr_assert_float_eq(desk_get(desk, "/stage/src/predict/level_db"), -50, 0.001);
    cr_assert_float_eq(desk_get(desk, "/stage/pre/predict/level_db"), -10, 0.001);
    cr_assert_float_eq(desk_get(desk, "/stage/pre/predict/ceiling_db"), 20, 0.3, "rail and 1 %% THD point");
    cr_assert_float_eq(desk_get(desk, "/stage/ad/predict/level_db"), -28, 0.001);
    cr_assert_float_eq(desk_get(desk, "/stage/ad/predict/headroom_db"), 28, 0.01);
    cr_assert_float_eq(desk_get(desk, "/stage/3/predict/input_referred/level_db"), -50, 0.001);
    cr_assert_float_eq(desk_get(desk, "/stage/src/predict/ceiling_db"), 144, 0, "a source has no ceiling");
    cr_assert_float_eq(desk_get(desk, "/master/predict/level_db"), -28, 0.001);
    desk_close(desk);
}

Test(forecast, follows_every_change)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5000, "/stage/pre/gain", "f", 60.0);
    cr_assert_float_eq(desk_get(desk, "/stage/src/predict/level_db"), -50, 0.001,
                       "nothing before the preamp");
    cr_assert_float_eq(desk_get(desk, "/stage/pre/predict/level_db"), 10, 0.001);
    cr_assert_float_eq(desk_get(desk, "/stage/out/predict/level_db"), -8, 0.001);
    desk_say(desk, 0, 5000, "/stage/pre/mute", "i", 1);
    cr_assert_float_eq(desk_get(desk, "/stage/out/predict/level_db"), -144, 0);
    desk_close(desk);
}

Test(forecast, names_what_clips_first)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5000, "/chain/clips_first", "");
    cr_assert_str_eq(desk_text(desk, 5000, "/chain/clips_first", 0), "ad", "+18 dBu full scale against +20");
    desk_say(desk, 0, 5000, "/stage/pre/max_output_dbu", "f", 12.0);
    desk_say(desk, 0, 5000, "/chain/clips_first", "");
    cr_assert_str_eq(desk_text(desk, 5000, "/chain/clips_first", 0), "pre");
    cr_assert_float_eq(desk_get(desk, "/chain/ceiling_spread_db"), 6, 0.3);
    desk_say(desk, 0, 5000, "/stage/pre/predict/level_db", "f", 3.0);
    cr_assert_str_eq(desk_text(desk, 5000, "/error", 1), "read-only");
    desk_close(desk);
}

/* After a recompilation for another rate, and after another chain, the answers are of that chain. */
Test(forecast, belongs_to_the_chain_of_today)
{
    struct desk *desk = desk_open(strip);
    struct gs_errors errors = { 0 };
    cr_assert_eq(gs_session_recompile(desk->session, &errors), GS_OK);
    cr_assert_float_eq(desk_get(desk, "/stage/pre/predict/level_db"), -10, 0.001);
    desk_say(desk, 0, 5000, "/stage/src/signal", "s", "pink"); /* another sound: the chain is made anew */
    cr_assert_float_eq(desk_get(desk, "/stage/pre/predict/level_db"), -10, 0.01);
    desk_close(desk);
}
