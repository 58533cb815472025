/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values that nobody says: every optional number of every kind can be left out and given again while sound runs,
 * "default" gives any value back, and undo, snapshots and the saved chain know the difference. */
#include "../support/desk.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char strip[] =
    "{'gainstage':1,'name':'strip','stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'sine','frequency_hz':1000,'level_dbu':-40},"
    "{'id':'pre','kind':'preamp','gain_db':40,'max_output_dbu':20},"
    "{'id':'ad','kind':'adc'},{'id':'sat','kind':'saturator'},"
    "{'id':'fd','kind':'fader','gain_db':-6},{'id':'mix','kind':'bus','from':['fd','sat']},"
    "{'id':'out','kind':'master'},{'id':'da','kind':'dac'}]}";
static const char acoustic[] = "{'gainstage':1,'name':'room','stages':["
                               "{'id':'src','kind':'source','domain':'acoustic','signal':'sine'},"
                               "{'id':'mic','kind':'microphone'},{'id':'pre','kind':'preamp'},"
                               "{'id':'ad','kind':'adc'},{'id':'trim','kind':'gain'},"
                               "{'id':'out','kind':'master'},{'id':'da','kind':'dac'},"
                               "{'id':'spk','kind':'monitor'}]}";

static bool is_absent(struct desk *desk, const char *address)
{
    desk_say(desk, 0, 59997, address, "");
    const struct desk_heard *heard = desk_last(desk, 59997, address);
    cr_assert(heard && heard->n_atoms == 1, "%s", address);
    return heard->atom[0].tag == 'N';
}

static bool can_be_left_out(const struct gs_param *row)
{
    return row->type == GS_NUMBER && row->flags & GS_PARAM_OPTIONAL;
}

/* Out by each spelling, in again, and the sound never holds a number that is none. A value that its stage needs or
 * must not have beside others is refused, and stays. */
static unsigned leave_out(struct desk *desk, const char *address, const struct gs_param *row)
{
    static const char *const words[] = { NULL, "none", "not given" };
    unsigned times = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        desk->now_ns += 1000000000u;
        desk_forget(desk);
        desk_say(desk, 0, 5, address, "f", (row->min + row->max) / 2);
        bool given = !is_absent(desk, address);
        desk_say(desk, 0, 5, address, words[i] ? "s" : "N", words[i]);
        bool refused = desk_count(desk, 5, "/error");
        cr_expect(is_absent(desk, address) || refused, "%s: %s", address, words[i] ? words[i] : "N");
        times += given && !refused;
        desk_pass(desk, 30, true);
        cr_expect_eq(gs_engine_get_status(desk->engine).not_finite, 0, "%s", address);
    }
    return times;
}

static void sweep(const char *text, unsigned least)
{
    struct desk *desk = desk_open(text);
    unsigned times = 0;
    for (size_t i = 0; i < gs_session_chain(desk->session)->n_stages; i++) {
        const struct gs_chain_stage *s = &gs_session_chain(desk->session)->stages[i];
        const struct gs_stage_kind *kind = s->kind;
        char address[96];
        for (size_t p = 0; p < kind->n_params; p++) {
            snprintf(address, sizeof address, "/stage/%s/%s", gs_session_chain(desk->session)->stages[i].id,
                     kind->params[p].key);
            times += can_be_left_out(&kind->params[p]) ? leave_out(desk, address, &kind->params[p]) : 0;
        }
    }
    cr_expect_geq(times, least, "%u", times);
    desk_close(desk);
}

Test(not_given, every_optional_number_of_a_line)
{
    sweep(strip, 12);
}

Test(not_given, every_optional_number_of_a_room)
{
    sweep(acoustic, 12);
}

Test(not_given, what_is_needed_cannot_be_left_out)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5, "/stage/pre/gain", "N");
    cr_expect_str_eq(desk_text(desk, 5, "/error", 1), "bad-type");
    cr_expect(strstr(desk_text(desk, 5, "/error", 2), "'default'"), "%s", desk_text(desk, 5, "/error", 2));
    desk_say(desk, 0, 5, "/stage/pre/gain", "s", "none");
    desk_say(desk, 0, 5, "/stage/pre/max_output_dbu/fader", "N");
    cr_expect_eq(desk_count(desk, 5, "/error"), 3);
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 40.0);
    cr_expect_eq(desk_get(desk, "/stage/pre/max_output_dbu"), 20.0);
    desk_close(desk);
}

Test(not_given, undo_and_redo)
{
    struct desk *desk = desk_open(strip);
    const char *address = "/stage/pre/max_output_dbu";
    desk_say(desk, 0, 5, address, "N");
    cr_expect(is_absent(desk, address));
    desk_say(desk, 0, 5, "/undo", "");
    cr_expect_eq(desk_get(desk, address), 20.0);
    desk_say(desk, 0, 5, "/redo", "");
    cr_expect(is_absent(desk, address));
    desk_close(desk);
}

Test(not_given, a_snapshot_knows_it)
{
    struct desk *desk = desk_open(strip);
    const char *address = "/stage/pre/max_output_dbu";
    desk_say(desk, 0, 5, "/snapshot/save", "s", "with");
    desk_say(desk, 0, 5, address, "N");
    desk_say(desk, 0, 5, "/snapshot/save", "s", "without");
    desk_say(desk, 0, 5, "/snapshot/recall", "s", "with");
    cr_expect_eq(desk_get(desk, address), 20.0);
    desk_say(desk, 0, 5, "/snapshot/recall", "s", "without");
    cr_expect(is_absent(desk, address));
    desk_close(desk);
}

Test(not_given, others_are_told)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 7, "/subscribe", "iiii", 0, 100, 0, 1 + 4 + 8);
    desk_pass(desk, 300, false);
    desk_forget(desk);
    desk_say(desk, 0, 5, "/stage/pre/max_output_dbu", "s", "none");
    desk_pass(desk, 100, false);
    const struct desk_heard *heard = desk_last(desk, 7, "/stage/pre/max_output_dbu");
    cr_assert(heard);
    cr_expect_eq(heard->atom[0].tag, 'N');
    desk_close(desk);
}

/* ---- "default" ----------------------------------------------------------------------------------------- */

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Numbers, switches, choices, of stages and of sends. */
Test(not_given, default_gives_every_value_back)
{
    struct desk *desk = desk_open(strip);
    static const char *const patterns[] = { "/stage/*/*", "/stage/*/from/*/*" };
    desk_say(desk, 0, 5, "/stage/fd/mute", "i", 1);
    desk_say(desk, 0, 5, "/stage/mix/from/fd/gain", "f", -30.0);
    desk_say(desk, 0, 5, "/stage/src/signal", "s", "pink");
    for (size_t i = 0; i < 2; i++) {
        desk->now_ns += 1000000000u;
        desk_say(desk, 0, 5, patterns[i], "s", "default");
    }
    /* A pattern is all or nothing for each stage: the source needs its level and domain as one. */
    desk_say(desk, 0, 5, "/stage/src/signal", "s", "default");
    const struct gs_chain *chain = gs_session_chain(desk->session);
    for (size_t i = 1; i < chain->n_stages; i++) {
        const struct gs_chain_stage *s = &chain->stages[i];
        for (size_t p = 0; p < s->n_slots; p++) {
            const struct gs_param *row = gs_chain_slot_row(chain, s->first_slot + p);
            bool text = row->type == GS_TEXT;
            cr_expect(text || same(chain->value[s->first_slot + p], row->def), "%s %s: %g", s->id, row->key,
                      chain->value[s->first_slot + p]);
        }
    }
    desk_close(desk);
}

Test(not_given, a_saved_chain_does_not_say_what_nobody_says)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5, "/stage/pre/max_output_dbu", "N");
    desk_say(desk, 0, 5, "/stage/pre/gain", "s", "default");
    desk_say(desk, 0, 5, "/stage/pre/mute", "i", 1);
    desk_say(desk, 0, 5, "/stage/pre/mute", "s", "default");
    char *text = gs_chain_text(gs_session_chain(desk->session));
    cr_expect(strstr(text, "{ \"id\": \"pre\", \"kind\": \"preamp\" }"), "%s", text);
    free(text);
    desk_say(desk, 0, 5, "/undo", "");
    desk_say(desk, 0, 5, "/undo", "");
    desk_say(desk, 0, 5, "/undo", "");
    text = gs_chain_text(gs_session_chain(desk->session));
    cr_expect(strstr(text, "\"gain_db\": 40"), "%s", text);
    free(text);
    desk_close(desk);
}

/* What shapes the chain goes the same way. */
Test(not_given, a_setup_value_is_given_back_with_the_chain_made_anew)
{
    struct desk *desk = desk_open(strip);
    unsigned before = desk->chains_changed;
    desk_say(desk, 0, 5, "/stage/pre/gain_max_db", "f", 50.0);
    cr_expect_eq(desk_get(desk, "/stage/pre/gain_max_db"), 50.0);
    desk_say(desk, 0, 5, "/stage/pre/gain_max_db", "s", "default");
    cr_expect_eq(desk->chains_changed, before + 2);
    char *text = gs_chain_text(gs_session_chain(desk->session));
    cr_expect_not(strstr(text, "gain_max_db"), "%s", text);
    free(text);
    desk_close(desk);
}
