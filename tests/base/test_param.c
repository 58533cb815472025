/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parameter rows: snapping, tapers and text, for every type of row. */
#include "gainstage/param.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>

static const struct gs_choice colours[] = { { "none", "" }, { "rpdf", "" }, { "tpdf", "" }, { NULL, NULL } };
static const struct gs_param fader = { .key = "gain_db",
                                       .type = GS_NUMBER,
                                       .unit = GS_UNIT_DB,
                                       .min = -90,
                                       .max = 10,
                                       .taper = GS_TAPER_FADER,
                                       .flags = GS_PARAM_MINUS_INF };
static const struct gs_param preamp = {
    .key = "gain_db", .type = GS_NUMBER, .unit = GS_UNIT_DB, .min = 0, .max = 75, .step = 5
};
static const struct gs_param hertz = {
    .key = "f", .type = GS_NUMBER, .unit = GS_UNIT_HZ, .min = 20, .max = 20000, .taper = GS_TAPER_LOG
};
static const struct gs_param toggle = { .key = "mute", .type = GS_SWITCH };
static const struct gs_param choice = { .key = "dither", .type = GS_CHOICE, .choices = colours };

/* The points of the X32 law that its table states. */
Test(param, fader_law)
{
    static const double points[][2] = { { 10, 1.0 },   { 6, 0.9 },      { 0, 0.75 },
                                        { -6, 0.6 },   { -10, 0.5 },    { -20, 0.375 },
                                        { -30, 0.25 }, { -40, 0.1875 }, { -60, 0.0625 } };
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        cr_assert_float_eq(gs_param_to_way(&fader, points[i][0]), points[i][1], 1e-12);
        cr_assert_float_eq(gs_param_from_way(&fader, points[i][1]), points[i][0], 1e-9);
    }
    cr_assert_eq(gs_param_from_way(&fader, 0.0), -INFINITY);
    cr_assert_eq(gs_param_to_way(&fader, -INFINITY), 0.0);
}

Test(param, ways_go_there_and_back)
{
    const struct gs_param *rows[] = { &fader, &hertz };
    for (size_t r = 0; r < 2; r++) {
        for (int i = 1; i <= 100; i++) {
            double way = i / 100.0;
            cr_assert_float_eq(gs_param_to_way(rows[r], gs_param_from_way(rows[r], way)), way, 1e-9);
        }
    }
    cr_assert_float_eq(gs_param_from_way(&hertz, 0.5), sqrt(20.0 * 20000.0), 1e-6, "equal ratios");
}

Test(param, snaps)
{
    cr_assert_eq(gs_param_snap(&preamp, 32), 30);
    cr_assert_eq(gs_param_snap(&preamp, 33), 35);
    cr_assert_eq(gs_param_snap(&preamp, 1e9), 75);
    cr_assert_eq(gs_param_snap(&preamp, -INFINITY), 0, "a preamp has no off");
    cr_assert_eq(gs_param_snap(&fader, -193), -INFINITY, "Ardour's -193 is off");
    cr_assert_eq(gs_param_snap(&fader, -89.9), -89.9);
    cr_assert_eq(gs_param_snap(&toggle, 0.5), 1);
    cr_assert_eq(gs_param_snap(&toggle, 0.49), 0);
    cr_assert_eq(gs_param_snap(&choice, 7), 2);
    cr_assert(isnan(gs_param_snap(&preamp, NAN)));
}

Test(param, says_what_a_label_shows)
{
    static const struct {
        const struct gs_param *row;
        double value;
        const char *text;
    } cases[] = { { &fader, -6, "-6.0 dB" },   { &fader, -INFINITY, "-oo dB" }, { &fader, -0.0, "0.0 dB" },
                  { &toggle, 1, "on" },        { &choice, 2, "tpdf" },          { &hertz, 1000, "1000 Hz" },
                  { &hertz, 62.5, "62.5 Hz" }, { &preamp, NAN, "not given" } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        gs_param_text(cases[i].row, cases[i].value, text, sizeof text);
        cr_assert_str_eq(text, cases[i].text);
    }
}
