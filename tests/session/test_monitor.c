/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How loud what is heard is made: the boost of the error, and A and B equally loud. The difference in loudness of
 * two settings of a linear chain is the difference of their gains. */
#include "../support/desk.h"

#include <criterion/criterion.h>

#include <math.h>

#define WITHIN 0.2 /* LU */

static const char strip[] = "{'gainstage':1,'name':'strip','stages':["
                            "{'id':'src','kind':'source','domain':'line','signal':'pink','level_dbu':-40},"
                            "{'id':'pre','kind':'preamp','gain_db':30},{'id':'ad','kind':'adc'},"
                            "{'id':'fd','kind':'fader','gain_db':-6},"
                            "{'id':'out','kind':'master'}]}";

static void choose(struct desk *desk, const char *side)
{
    desk_say(desk, 0, 5, "/ab", "s", side);
}

static double trim(struct desk *desk)
{
    return desk_get(desk, "/ab/trim");
}

/* The louder setting is turned down, whichever it is, and the other one is left alone. */
static const struct {
    const char *address;
    double a, b, louder; /* b over a, dB */
} settings[] = {
    { "/stage/fd/gain", -6, -3, 3 },
    { "/stage/fd/gain", -6, -18, -12 },
    { "/stage/src/level_dbu", -40, -36, 4 },
};

Test(monitor, the_louder_of_two_settings_is_turned_down)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        double to_b = -fmax(0.0, settings[i].louder), to_a = -fmax(0.0, -settings[i].louder);
        struct desk *desk = desk_open(strip);
        cr_expect_eq(desk_get(desk, "/ab/match"), 1.0);
        desk_pass(desk, 3000, true);
        choose(desk, "b");
        cr_expect_float_eq(trim(desk), 0.0, WITHIN, "B begins as A is");
        desk_say(desk, 0, 5, settings[i].address, "f", settings[i].b);
        desk_pass(desk, 3000, true);
        cr_expect_float_eq(trim(desk), 0.0, WITHIN, "what a hand turns is heard");
        choose(desk, "a");
        desk_pass(desk, 3000, true);
        cr_expect_float_eq(trim(desk), to_a, WITHIN, "%s: A %g", settings[i].address, trim(desk));
        choose(desk, "b");
        cr_expect_float_eq(trim(desk), to_b, WITHIN, "%s: B %g", settings[i].address, trim(desk));
        desk_pass(desk, 2000, true);
        cr_expect_float_eq(trim(desk), to_b, WITHIN);
        desk_close(desk);
    }
}

Test(monitor, before_it_is_measured_the_prediction_speaks)
{
    struct desk *desk = desk_open(strip);
    choose(desk, "b");
    desk_say(desk, 0, 5, "/stage/fd/gain", "f", 0.0);
    choose(desk, "a");
    choose(desk, "b");
    cr_expect_float_eq(trim(desk), -6.0, WITHIN, "%g", trim(desk));
    desk_close(desk);
}

Test(monitor, subscribers_hear_of_it_and_off_is_off)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 9, "/subscribe", "iiii", 0, 100, 0, 1);
    choose(desk, "b");
    desk_say(desk, 0, 5, "/stage/fd/gain", "f", 0.0);
    choose(desk, "a");
    choose(desk, "b");
    desk_pass(desk, 100, false);
    cr_expect_float_eq(desk_number(desk, 9, "/ab/trim"), -6.0, WITHIN);
    desk_say(desk, 0, 5, "/ab/match", "i", 0);
    desk_pass(desk, 100, false);
    cr_expect_eq(desk_number(desk, 9, "/ab/match"), 0.0);
    cr_expect_eq(desk_number(desk, 9, "/ab/trim"), 0.0);
    choose(desk, "a");
    choose(desk, "b");
    cr_expect_eq(trim(desk), 0.0);
    desk_say(desk, 0, 5, "/ab/match", "s", "loud");
    cr_expect_str_eq(desk_text(desk, 5, "/error", 1), "bad-type");
    desk_close(desk);
}

Test(monitor, boost_is_kept_within_its_range_and_told)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 9, "/subscribe", "iiii", 0, 100, 0, 1);
    cr_expect_eq(desk_get(desk, "/listen/boost"), 0.0);
    desk_say(desk, 0, 5, "/listen/boost", "f", 200.0);
    cr_expect_eq(desk_get(desk, "/listen/boost"), 80.0);
    desk_say(desk, 0, 5, "/listen/boost", "f", 40.0);
    desk_pass(desk, 100, false);
    cr_expect_eq(desk_number(desk, 9, "/listen/boost"), 40.0);
    desk_close(desk);
}

Test(monitor, who_is_connected)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 9, "/subscribe", "iiii", 0, 100, 25, 7);
    desk_say(desk, 7, 10, "/subscribe", "iiii", 0, 60, 25, 1);
    desk_forget(desk);
    desk_say(desk, 0, 9, "/peers/list", "");
    cr_expect_eq(desk_count(desk, 9, "/peers/list"), 2);
    cr_expect_eq(desk_number(desk, 9, "/peers/list/end"), 2);
    const struct desk_heard *last = desk_last(desk, 9, "/peers/list");
    cr_expect_str_eq(last->text[0], "192.168.1.7:10");
    cr_expect_str_eq(last->text[1], "datagram");
    cr_expect_eq(last->atom[2].integer, 60);
    cr_expect_eq(last->atom[3].integer, 0, "wants no meters");
    cr_expect_eq(last->atom[4].integer, 0, "is not who asks");
    desk_close(desk);
}
