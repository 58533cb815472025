/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prediction against measurement while it plays: a model that is wrong is found and named, and nothing that is no
 * model error is called one - not a knob on its way, not live audio, not what clips. For shipped chains see
 * test_verify_chains.c. */
#include "../support/desk.h"
#include "chain/chain.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT 5000

static const char strip[] = "{'gainstage':1,'stages':["
                            "{'id':'src','kind':'source','domain':'line','signal':'%s','level_dbu':-50},"
                            "{'id':'pre','kind':'preamp','gain_db':40,'max_output_dbu':20,'ein_dbu':-127},"
                            "{'id':'ad','kind':'adc','dynamic_range_db':100},{'id':'out','kind':'master'}]}";

static struct desk *strip_of(const char *signal)
{
    char text[1000];
    snprintf(text, sizeof text, strip, signal);
    return desk_open(text);
}

/* Behind the session's back: what plays is not what the arithmetic knows. */
static void poke(struct desk *desk, const char *stage, const char *key, double value)
{
    const struct gs_chain *chain = gs_session_chain(desk->session);
    int s = gs_chain_find(chain, stage), p = gs_stage_param_index(chain->stages[s].kind, key);
    gs_engine_set(desk->engine, gs_chain_slot(chain, (size_t)s, (size_t)p), value);
    gs_engine_publish(desk->engine);
}

static double doubt(struct desk *desk, const char *stage)
{
    char address[64];
    snprintf(address, sizeof address, "/stage/%s/model_error", stage);
    return desk_get(desk, address);
}

/* Whether the diagram is told to mark the stage. */
static bool marked(struct desk *desk, const char *stage)
{
    desk_say(desk, 0, PORT, "/level_diagram", "");
    for (size_t i = desk->n_heard; i-- > 0;) {
        const struct desk_heard *heard = &desk->heard[i];
        if (heard->port == PORT && strcmp(heard->address, "/level_diagram") == 0 &&
            strcmp(heard->text[1], stage) == 0) {
            return heard->atom[5].integer & 524288;
        }
    }
    return false;
}

/* A second to settle, then two measurements of 5 s: no sooner, because chance may be wrong once. */
#define SETTLED_MS 1100
#define ONE_MS     5050

Test(verify, a_wrong_model_is_found_where_it_is)
{
    struct desk *desk = strip_of("pink");
    desk_pass(desk, SETTLED_MS + ONE_MS, true);
    cr_assert_lt(fabs(desk_get(desk, "/stage/pre/agreement_db")), 0.1);
    poke(desk, "pre", "gain_db", 40.3);
    desk_pass(desk, ONE_MS, true); /* half of the change is in the measurement at hand at most */
    desk_pass(desk, ONE_MS, true);
    desk_pass(desk, ONE_MS, true);
    cr_assert_eq(doubt(desk, "src"), 0);
    cr_assert_eq(doubt(desk, "pre"), 1);
    cr_assert_eq(doubt(desk, "out"), 1, "and so is all that hears it");
    cr_assert_float_eq(desk_get(desk, "/stage/pre/agreement_db"), 0.3, 0.03);
    cr_assert_eq(marked(desk, "src"), 0);
    cr_assert_eq(marked(desk, "pre"), 1);
    desk_say(desk, 0, PORT, "/stage/out/gain", "f", -6.0);
    cr_assert_eq(doubt(desk, "pre"), 0, "something was turned: it is to be found again");
    cr_assert_eq(desk_get(desk, "/stage/pre/agreement_db"), 144);
    poke(desk, "pre", "gain_db", 40);
    desk_pass(desk, SETTLED_MS + ONE_MS, true);
    cr_assert_lt(fabs(desk_get(desk, "/stage/pre/agreement_db")), 0.1);
    desk_close(desk);
}

/* Noise too: 1 dB more than the sheet says, beneath a tone that is right. */
Test(verify, a_wrong_noise_is_found_beneath_a_right_tone)
{
    struct desk *desk = strip_of("sine");
    poke(desk, "ad", "dynamic_range_db", 90);
    desk_pass(desk, SETTLED_MS + ONE_MS, true);
    cr_assert_eq(doubt(desk, "ad"), 0, "once may be chance");
    desk_pass(desk, ONE_MS, true);
    cr_assert_eq(doubt(desk, "pre"), 0);
    cr_assert_eq(doubt(desk, "ad"), 1);
    desk_close(desk);
}

Test(verify, subscribers_hear_of_it)
{
    struct desk *desk = strip_of("sine");
    desk_say(desk, 0, PORT, "/subscribe", "iii", 0, 60, 20);
    poke(desk, "pre", "gain_db", 39);
    desk_pass(desk, SETTLED_MS + ONE_MS, true);
    cr_assert_eq(desk_number(desk, PORT, "/stage/2/model_error"), 0);
    desk_pass(desk, ONE_MS, true);
    cr_assert_eq(desk_number(desk, PORT, "/stage/2/model_error"), 1);
    cr_assert_float_eq(desk_number(desk, PORT, "/stage/2/agreement_db"), -1, 0.02);
    desk_close(desk);
}

/* A knob that is turned every three seconds, and a jump upwards that glides: 20 s, none of them steady. */
Test(verify, is_silent_while_something_moves)
{
    struct desk *desk = strip_of("sine");
    for (int i = 0; i < 5; i++) {
        desk_say(desk, 0, PORT, "/stage/pre/gain", "f", i % 2 ? 45.0 : 20.0);
        desk_pass(desk, 3000, true);
        for (unsigned s = 1; s <= 4; s++) {
            char address[64];
            snprintf(address, sizeof address, "/stage/%u/agreement_db", s);
            cr_assert_eq(desk_get(desk, address), 144, "stage %u is compared", s);
        }
    }
    desk_close(desk);
}

/* Live programme at some other level than nominal, now and then over: its level is nobody's prediction. */
Test(verify, is_silent_about_live_audio)
{
    struct desk *desk = strip_of("jack");
    size_t frames = 48000 * 12;
    float *x = calloc(frames, sizeof *x);
    unsigned seed = 3;
    for (size_t i = 0; i < frames; i++) {
        seed = seed * 1664525u + 1013904223u;
        x[i] = (float)(((double)seed / 4294967296.0 - 0.5) * 20 * pow(sin(M_PI * (double)i / 30000.0), 8));
    }
    desk_play(desk, x, x, frames);
    cr_assert_gt(desk_get(desk, "/stage/ad/clip/count"), 0, "it was to be loud");
    for (unsigned s = 1; s <= 4; s++) {
        char address[64];
        snprintf(address, sizeof address, "/stage/%u/model_error", s);
        cr_assert_eq(desk_get(desk, address), 0);
    }
    free(x);
    desk_close(desk);
}

/* Driven 6 dB over its ceiling the preamp is not linear, and says so by itself. */
Test(verify, is_silent_about_what_is_bent)
{
    struct desk *desk = strip_of("pink");
    desk_say(desk, 0, PORT, "/stage/pre/gain", "f", 72.0);
    desk_pass(desk, 1000 + SETTLED_MS + 2 * ONE_MS, true);
    cr_assert_gt(desk_get(desk, "/stage/pre/clip/count"), 0);
    cr_assert_eq(doubt(desk, "pre"), 0);
    cr_assert_eq(doubt(desk, "out"), 0);
    cr_assert_eq(desk_get(desk, "/stage/out/agreement_db"), 144);
    desk_close(desk);
}
