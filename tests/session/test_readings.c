/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Meters one by one: every reading of every kind has an address on both sides of every stage, and can be
 * subscribed at its own pace without losing a maximum. */
#include "../support/desk.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>

static const char strip[] =
    "{'gainstage':1,'stages':["
    "{'id':'src','kind':'source','domain':'digital','signal':'sine','level_dbfs':-20},"
    "{'id':'trim','kind':'gain','gain_db':6},{'id':'fd','kind':'fader','gain_db':0,'pan':1},"
    "{'id':'out','kind':'master'}]}";

Test(readings, every_row_of_the_tables_answers_on_both_sides)
{
    struct desk *desk = desk_open(strip);
    desk_pass(desk, 500, true);
    for (int reading = 0; reading < gs_reading_count(); reading++) {
        static const char *const forms[][2] = { { "/stage/trim/meter/in/", "" },
                                                { "/stage/trim/meter/out/", "" },
                                                { "/stage/2/meter/out/", "/1" } };
        for (int f = 0; f < 3; f++) {
            char address[128];
            snprintf(address, sizeof address, "%s%s%s", forms[f][0], gs_reading_row(reading)->key,
                     forms[f][1]);
            double value = desk_get(desk, address);
            cr_assert(isfinite(value), "%s answers %g", address, value);
        }
    }
    desk_close(desk);
}

Test(readings, tell_what_the_wire_carries)
{
    struct desk *desk = desk_open(strip);
    desk_pass(desk, 1000, true);
    cr_assert_float_eq(desk_get(desk, "/stage/trim/meter/in/peak"), -20, 0.01);
    cr_assert_float_eq(desk_get(desk, "/stage/trim/meter/out/peak"), -14, 0.01);
    cr_assert_float_eq(desk_get(desk, "/stage/fd/meter/out/rms_total/2"), -14, 0.05, "panned to the right");
    cr_assert_lt(desk_get(desk, "/stage/fd/meter/out/peak/1"), -100);
    cr_assert_float_eq(desk_get(desk, "/stage/fd/meter/out/peak"), -14, 0.05,
                       "without a channel the loudest");
    cr_assert_float_eq(desk_get(desk, "/stage/src/meter/in/peak"), -144, 0, "nothing comes before a source");
    cr_assert_float_eq(desk_get(desk, "/stage/out/meter/out/sinad_total"), 144, 0, "nothing is wrong");
    desk_say(desk, 0, 5000, "/stage/out/meter/out/peak", "f", 1.0);
    cr_assert_str_eq(desk_text(desk, 5000, "/error", 1), "read-only");
    desk_say(desk, 0, 5000, "/stage/out/meter/out/paek", "");
    cr_assert_str_eq(desk_text(desk, 5000, "/error", 1), "unknown-address");
    desk_close(desk);
}

Test(readings, are_fed_at_the_pace_that_was_asked_for)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5000, "/subscribe/meter", "si", "/stage/trim/meter/out/peak", 10);
    desk_say(desk, 0, 5000, "/subscribe/meter", "si", "/stage/out/meter/out/rms", 5);
    desk_forget(desk);
    desk_pass(desk, 2000, true);
    cr_assert_float_eq((double)desk_count(desk, 5000, "/stage/trim/meter/out/peak"), 20, 2);
    cr_assert_float_eq((double)desk_count(desk, 5000, "/stage/out/meter/out/rms"), 10, 2);
    cr_assert_eq(desk_count(desk, 5000, "/stage/1/meter/out"), 0u, "nothing that was not asked for");
    desk_say(desk, 0, 5000, "/subscribe/meter", "si", "/stage/trim/meter/out/peak", 0);
    desk_forget(desk);
    desk_pass(desk, 1000, true);
    cr_assert_eq(desk_count(desk, 5000, "/stage/trim/meter/out/peak"), 0u);
    desk_close(desk);
}

/* Readings of "now" that are maxima too: what lies between two packets is not lost, and told once. */
Test(readings, a_maximum_of_now_reaches_back_to_the_packet_before)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5000, "/subscribe/meter", "si", "/stage/out/meter/out/peak_now", 1);
    desk_say(desk, 0, 5000, "/subscribe/meter", "si", "/stage/out/meter/out/ppm1", 1);
    desk_pass(desk, 1000, true);
    desk_say(desk, 0, 6000, "/stage/trim/gain", "f", 14.0);
    desk_pass(desk, 200, true);
    desk_say(desk, 0, 6000, "/stage/trim/gain", "f", 6.0);
    desk_pass(desk, 900, true);
    cr_assert_float_eq(desk_number(desk, 5000, "/stage/out/meter/out/peak_now"), -6, 0.2);
    cr_assert_float_eq(desk_number(desk, 5000, "/stage/out/meter/out/ppm1"), -6, 0.2,
                       "it has fallen 8 dB since");
    desk_pass(desk, 1100, true);
    cr_assert_float_eq(desk_number(desk, 5000, "/stage/out/meter/out/peak_now"), -14, 0.2);
    desk_close(desk);
}

/* A burst of 50 ms between two packets a second apart: the next packet knows of it, the one after it not. */
Test(readings, a_maximum_between_two_packets_is_told_once)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5000, "/subscribe/meter", "si", "/stage/out/meter/out/peak", 1);
    desk_pass(desk, 1000, true);
    desk_say(desk, 0, 6000, "/stage/trim/gain", "f", 14.0);
    desk_pass(desk, 200, true);
    desk_say(desk, 0, 6000, "/stage/trim/gain", "f", 6.0);
    desk_pass(desk, 900, true);
    cr_assert_float_eq(desk_number(desk, 5000, "/stage/out/meter/out/peak"), -6, 0.2);
    desk_pass(desk, 1100, true);
    cr_assert_float_eq(desk_number(desk, 5000, "/stage/out/meter/out/peak"), -14, 0.2);
    desk_close(desk);
}

Test(readings, wishes_are_bounded_and_refused_clearly)
{
    struct desk *desk = desk_open(strip);
    static const char *const all[] = { "/stage/trim/meter/*/*", "/stage/fd/meter/*/*", "/stage/out/meter/*/*",
                                       "/stage/fd/meter/*/*/1", "/stage/out/meter/*/*/1" };
    for (int i = 0; i < 5; i++) {
        desk_say(desk, 0, 5000, "/subscribe/meter", "si", all[i], 5);
    }
    cr_assert_str_eq(desk_text(desk, 5000, "/error", 1), "busy");
    desk_say(desk, 0, 5001, "/subscribe/meter", "si", "/stage/trim/gain", 5);
    cr_assert_str_eq(desk_text(desk, 5001, "/error", 1), "unknown-address");
    desk_pass(desk, 2000, false); /* five complaints a second and ip are the most */
    desk_say(desk, 0, 5002, "/subscribe/meter", "sf", "/stage/trim/meter/out/peak", 51.0);
    cr_assert_str_eq(desk_text(desk, 5002, "/error", 1), "out-of-range");
    desk_say(desk, 0, 5003, "/subscribe/meter", "i", 3);
    cr_assert_str_eq(desk_text(desk, 5003, "/error", 1), "bad-type");
    desk_close(desk);
}
