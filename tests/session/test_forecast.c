/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The prediction over the session: it says what arithmetic says, follows every change at once, and stays
 * apart from the meters. */
#include "../support/desk.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

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

/* What a client needs to draw the picture itself, by its place in the message: see gainstage-osc(7). */
enum {
    AT_FLAGS = 5,
    AT_LEVEL,
    AT_PEAK,
    AT_IN_LEVEL,
    AT_NOISE = 10,
    AT_CEILING,
    AT_HEADROOM = 13,
    AT_GAIN = 15,
    AT_MARGIN = 17,
    AT_SHIFT = 19,
    AT_SHIFT_IN,
    AT_SOURCE_SHIFT,
    AT_END
};
#define CLIPS_FIRST 131072

static const struct desk_heard *picture_of(const struct desk *desk, const char *id)
{
    const struct desk_heard *found = NULL;
    for (size_t i = 0; i < desk->n_heard; i++) {
        const struct desk_heard *heard = &desk->heard[i];
        if (strcmp(heard->address, "/level_diagram") == 0 && strcmp(heard->text[1], id) == 0) {
            found = heard;
        }
    }
    cr_assert(found, "no picture of %s", id);
    return found;
}

Test(forecast, gives_a_client_what_a_picture_draws)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5000, "/level_diagram", "");
    const struct desk_heard *src = picture_of(desk, "src"), *pre = picture_of(desk, "pre"),
                            *ad = picture_of(desk, "ad"), *end = desk_last(desk, 5000, "/level_diagram/end");
    cr_assert_eq(desk_count(desk, 5000, "/level_diagram"), 4);
    cr_assert_eq(pre->n_atoms, AT_END + 1);
    cr_assert_eq(src->atom[AT_IN_LEVEL].tag, 'N', "nothing stands before a source");
    cr_assert_eq(src->atom[AT_CEILING].tag, 'N', "nor above it");
    cr_assert_float_eq(pre->atom[AT_IN_LEVEL].number, -50, 0.001);
    cr_assert_float_eq(pre->atom[AT_LEVEL].number, -10, 0.001);
    cr_assert_float_eq(pre->atom[AT_GAIN].number, 40, 0.001);
    cr_assert_float_eq(pre->atom[AT_SHIFT].number, 0, 0, "a preamp stands in dBu");
    cr_assert_float_eq(pre->atom[AT_SOURCE_SHIFT].number, -40, 0.001, "and 40 dB up from the source");
    cr_assert_eq(ad->atom[AT_GAIN].tag, 'N', "dBu to dBFS is no gain");
    cr_assert_float_eq(ad->atom[AT_LEVEL].number, -28, 0.001);
    cr_assert_float_eq(ad->atom[AT_SHIFT].number, 18, 0, "0 dBFS is +18 dBu");
    cr_assert_float_eq(ad->atom[AT_SHIFT_IN].number, 0, 0);
    cr_assert_float_eq(ad->atom[AT_MARGIN].number, 28, 0.01);
    cr_assert(ad->atom[AT_FLAGS].integer & CLIPS_FIRST);
    cr_assert_not(pre->atom[AT_FLAGS].integer & CLIPS_FIRST);
    cr_assert_eq(end->atom[0].integer, 4);
    cr_assert_str_eq(end->text[1], "dBu", "the source's ruler");
    cr_assert(end->flags & GS_OUTLET_SINGLE, "a stranger may not know bundles");
    desk_say(desk, 0, 5000, "/subscribe", "");
    desk_say(desk, 0, 5000, "/level_diagram", "");
    cr_assert_eq(desk_last(desk, 5000, "/level_diagram/end")->flags & GS_OUTLET_SINGLE, 0);
    desk_close(desk);
}
