/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading and setting values by address: every parameter of every kind, every spelling of a number, what is
 * refused and how, packets as a whole. */
#include "../support/desk.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char strip[] =
    "{'gainstage':1,'name':'strip','stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'sine','frequency_hz':1000,'level_dbu':-40},"
    "{'id':'pre','kind':'preamp','label':'Mic pre','gain_db':40,'max_output_dbu':20},"
    "{'id':'ad','kind':'adc'},{'id':'trim','kind':'gain','gain_db':-3},"
    "{'id':'fd','kind':'fader','gain_db':-6},"
    "{'id':'mix','kind':'bus','from':[{'stage':'fd','gain_db':-6,'pan':0.5},'trim']},"
    "{'id':'out','kind':'master'}]}";

Test(values, no_argument_reads)
{
    struct desk *desk = desk_open(strip);
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 40.0);
    cr_expect_eq(desk_get(desk, "/stage/pre/gain_db"), 40.0);
    cr_expect_eq(desk_get(desk, "/stage/2/gain"), 40.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -6.0);
    cr_expect_float_eq(desk_get(desk, "/stage/fd/fader"), 0.6,
                       1e-9); /* osc.md: -6 dB is 0.6 of an X32 fader */
    cr_expect_eq(desk_get(desk, "/master/mute"), 0.0);
    desk_say(desk, 0, 5, "/stage/pre/gain/text", "");
    cr_expect_str_eq(desk_text(desk, 5, "/stage/pre/gain/text", 0), "40.0 dB");
    desk_say(desk, 0, 5, "/stage/pre/name", "");
    cr_expect_str_eq(desk_text(desk, 5, "/stage/pre/name", 0), "Mic pre");
    desk_say(desk, 0, 5, "/stage/2/kind", "");
    cr_expect_str_eq(desk_text(desk, 5, "/stage/2/kind", 0), "preamp");
    desk_close(desk);
}

Test(values, every_spelling_of_a_number_sets)
{
    struct desk *desk = desk_open(strip);
    const char *address = "/stage/pre/gain";
    desk_say(desk, 0, 5, address, "f", 30.0);
    cr_expect_eq(desk_get(desk, address), 30.0);
    desk_say(desk, 0, 5, address, "i", 31);
    cr_expect_eq(desk_get(desk, address), 31.0);
    desk_say(desk, 0, 5, address, "h", (int64_t)32);
    cr_expect_eq(desk_get(desk, address), 32.0);
    desk_say(desk, 0, 5, address, "d", 33.0);
    cr_expect_eq(desk_get(desk, address), 33.0);
    desk_say(desk, 0, 5, address, "s", "34");
    cr_expect_eq(desk_get(desk, address), 34.0);
    desk_say(desk, 0, 5, address, "T");
    cr_expect_eq(desk_get(desk, address), 1.0);
    desk_say(desk, 0, 5, address, "F");
    cr_expect_eq(desk_get(desk, address), 0.0);
    desk_say(desk, 0, 5, address, "fffs", 12.0, 1.0, 2.0, "surplus");
    cr_expect_eq(desk_get(desk, address), 12.0);
    cr_expect_eq(desk_count(desk, 5, NULL), 0, "a set is not answered");
    desk_close(desk);
}

Test(values, switches_take_what_buttons_and_people_send)
{
    struct desk *desk = desk_open(strip);
    static const struct {
        const char *word;
        double value;
    } words[] = { { "on", 1 }, { "off", 0 }, { "true", 1 }, { "0", 0 }, { "1", 1 }, { "no", 0 } };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        desk_say(desk, 0, 5, "/stage/fd/mute", "s", words[i].word);
        cr_expect_eq(desk_get(desk, "/stage/fd/mute"), words[i].value, "%s", words[i].word);
    }
    desk_say(desk, 0, 5, "/stage/fd/mute", "f", 1.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/mute"), 1.0);
    desk_say(desk, 0, 5, "/stage/fd/mute", "");
    cr_expect_eq(desk_get(desk, "/stage/fd/mute"), 1.0, "no argument reads, it does not toggle");
    desk_close(desk);
}

Test(values, silence_has_many_names_and_one_answer)
{
    struct desk *desk = desk_open(strip);
    static const char *const words[] = { "-oo", "-inf", "-193", "-90" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        desk_say(desk, 0, 5, "/stage/fd/gain", "f", 0.0);
        desk_say(desk, 0, 5, "/stage/fd/gain", "s", words[i]);
        cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -90.0, "%s", words[i]);
        desk_say(desk, 0, 5, "/stage/fd/gain/text", "");
        cr_expect_str_eq(desk_text(desk, 5, "/stage/fd/gain/text", 0), "-oo dB");
    }
    desk_say(desk, 0, 5, "/stage/fd/gain", "f", 0.0);
    desk_say(desk, 0, 5, "/stage/fd/gain", "f", -INFINITY);
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -90.0);
    desk_say(desk, 0, 5, "/stage/fd/fader", "f", 0.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -90.0);
    desk_close(desk);
}

Test(values, what_is_beyond_the_range_is_clamped)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5, "/stage/fd/gain", "f", 99.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), 10.0);
    desk_say(desk, 0, 5, "/stage/fd/fader", "f", 7.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/fader"), 1.0);
    cr_expect_eq(desk_count(desk, 5, "/error"), 0);
    desk_close(desk);
}

Test(values, steps_are_relative)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5, "/stage/fd/gain/step", "f", -1.5);
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -7.5);
    desk_say(desk, 0, 5, "/stage/fd/gain/step", "i", 2);
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -5.5);
    desk_say(desk, 0, 5, "/stage/fd/gain", "s", "-oo");
    desk_say(desk, 0, 5, "/stage/fd/gain/step", "f", 1.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -89.0, "a step leaves silence from its floor");
    desk_close(desk);
}

Test(values, refusals_name_the_code_and_the_nearest)
{
    struct desk *desk = desk_open(strip);
    static const struct {
        const char *address, *tags, *word, *code, *says;
    } cases[] = {
        { "/stage/pre/gian", "", "", "unknown-address", "/stage/pre/gain" },
        { "/stage/per/gain", "", "", "unknown-address", "/stage/pre/gain" },
        { "/stge/pre/gain", "", "", "unknown-address", "/stage/pre/gain" },
        { "/chain/laod", "", "", "unknown-address", "/chain/load" },
        { "/master/mtue", "", "", "unknown-address", "/master/mute" },
        { "/stage/mix/from/fdd/gain", "", "", "unknown-address", "from/fd/gain" },
        { "/stage/99/gain", "", "", "unknown-address", "" },
        { "/stage/pre/gain", "s", "loud", "bad-type", "loud" },
        { "/stage/pre/gain", "s", "nan", "bad-type", "nan" },
        { "/stage/pre/gain", "s", "inf", "bad-type", "infinity" },
        { "/stage/pre/gain/text", "s", "0 dB", "read-only", "text" },
        { "/stage/pre/kind", "s", "adc", "read-only", "reading" },
        { "/stage/pre/meter/out/db", "s", "0", "read-only", "reading" },
        { "/stage/pre/gain/", "", "", "unknown-address", "not an address" },
        { "/stage//gain", "", "", "unknown-address", "not an address" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        desk->now_ns += 1000000000u; /* errors are rationed */
        desk_forget(desk);
        desk_say(desk, 0, 5, cases[i].address, cases[i].tags, cases[i].word);
        cr_assert_eq(desk_count(desk, 5, "/error"), 1, "%s", cases[i].address);
        cr_expect_str_eq(desk_text(desk, 5, "/error", 0), cases[i].address);
        cr_expect_str_eq(desk_text(desk, 5, "/error", 1), cases[i].code);
        cr_expect(strstr(desk_text(desk, 5, "/error", 2), cases[i].says), "%s: %s", cases[i].address,
                  desk_text(desk, 5, "/error", 2));
    }
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", NAN);
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 40.0);
    desk_close(desk);
}

Test(values, errors_are_rationed_and_never_answer_an_answer)
{
    struct desk *desk = desk_open(strip);
    for (int i = 0; i < 100; i++) {
        desk_say(desk, 0, 5, "/nonsense", "");
    }
    cr_expect_eq(desk_count(desk, 5, "/error"), 5);
    desk->now_ns += 1000000000u;
    desk_forget(desk);
    static const char *const silent[] = {
        "/error", "/reply", "/pong", "/x/z", "/stage/pre/gain/touch", "/stage/list/end"
    };
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) {
        desk_say(desk, 0, 5, silent[i], "f", 1.0);
    }
    cr_expect_eq(desk_count(desk, 5, NULL), 0);
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 40.0, "a touch is no value");
    desk_close(desk);
}

Test(values, patterns_read_and_set_many)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5, "/stage/*/mute", "i", 1);
    for (int i = 1; i <= 7; i++) {
        char address[32];
        snprintf(address, sizeof address, "/stage/%d/mute", i);
        cr_expect_eq(desk_get(desk, address), 1.0);
    }
    desk_say(desk, 0, 5, "/stage/{1,pre}/mute", "i", 0);
    desk_say(desk, 0, 6, "/stage/[!3]/mute", "");
    cr_expect_eq(desk_count(desk, 6, NULL), 6);
    cr_expect_eq(desk_number(desk, 6, "/stage/2/mute"), 0.0);
    cr_expect_eq(desk_number(desk, 6, "/stage/4/mute"), 1.0);
    cr_expect_eq(desk_count(desk, 6, "/stage/3/mute"), 0);
    desk_say(desk, 0, 7, "/*gain", "");
    cr_expect_eq(desk_text(desk, 7, "/error", 1)[0], 'u', "a star must not cross a slash");
    desk_say(desk, 0, 8, "/stage/p*/gain", "");
    cr_expect_eq(desk_count(desk, 8, "/stage/pre/gain"), 1, "by id where only the id matches");
    desk_close(desk);
}

Test(values, a_pattern_beyond_its_budget_is_refused)
{
    struct desk *desk = desk_open(strip);
    char bomb[256] = "/stage/";
    for (int i = 0; i < 100; i++) {
        strcat(bomb, "*?");
    }
    strcat(bomb, "Z/*?*?*?*?*?*?*?*?");
    desk_say(desk, 0, 5, bomb, "");
    cr_expect(desk_count(desk, 5, "/error") == 1);
    desk_say(desk, 0, 5, "/stage/*/*/*", "");
    desk_close(desk);
}

Test(values, sends_of_a_bus_have_addresses)
{
    struct desk *desk = desk_open(strip);
    cr_expect_eq(desk_get(desk, "/stage/mix/from/fd/gain"), -6.0);
    cr_expect_eq(desk_get(desk, "/stage/mix/from/1/pan"), 0.5);
    desk_say(desk, 0, 5, "/stage/mix/from/trim/gain", "f", -12.0);
    cr_expect_eq(desk_get(desk, "/stage/6/from/2/gain_db"), -12.0);
    desk_close(desk);
}

Test(values, one_packet_is_one_publication)
{
    struct desk *desk = desk_open(strip);
    desk_bundle_begin(desk, 0, 5);
    desk_say(desk, 0, 5, "/stage/pre/gain", "f", 10.0);
    desk_say(desk, 0, 5, "/stage/fd/gain", "f", -20.0);
    desk_say(desk, 0, 5, "/stage/fd/gain", "", 0);
    desk_bundle_end(desk);
    cr_expect_eq(desk_number(desk, 5, "/stage/fd/gain"), -20.0, "messages of a bundle are in order");
    cr_expect_eq(desk_get(desk, "/stage/pre/gain"), 10.0);
    desk_close(desk);
}

Test(values, values_that_shape_the_chain_make_it_anew)
{
    struct desk *desk = desk_open(strip);
    unsigned before = desk->chains_changed;
    desk_say(desk, 0, 5, "/stage/fd/gain", "f", -11.0);
    desk_say(desk, 0, 5, "/stage/src/signal", "s", "pink");
    cr_expect_eq(desk_count(desk, 5, "/error"), 0, "%s", desk_text(desk, 5, "/error", 2));
    cr_expect_eq(desk->chains_changed, before + 1);
    desk_say(desk, 0, 5, "/stage/src/signal/text", "");
    cr_expect_str_eq(desk_text(desk, 5, "/stage/src/signal/text", 0), "pink");
    cr_expect_eq(desk_get(desk, "/stage/fd/gain"), -11.0, "live values survive");
    desk_say(desk, 0, 5, "/stage/src/signal", "s", "file");
    cr_expect_eq(desk_count(desk, 5, "/error"), 1, "a source without its file is refused");
    desk_say(desk, 0, 5, "/stage/src/signal/text", "");
    cr_expect_str_eq(desk_text(desk, 5, "/stage/src/signal/text", 0), "pink", "and the old one plays on");
    desk_bundle_begin(desk, 0, 5);
    desk_say(desk, 0, 5, "/stage/src/signal", "s", "file");
    desk_say(desk, 0, 5, "/stage/src/file", "s", "nowhere.wav");
    desk_bundle_end(desk);
    cr_expect(strstr(desk_text(desk, 5, "/error", 2), "nowhere.wav"),
              "both come at once: %s, and only the file is wrong", desk_text(desk, 5, "/error", 2));
    desk_say(desk, 0, 5, "/stage/src/signal", "s", "file");
    cr_expect(strstr(desk_text(desk, 5, "/error", 2), "it names"), "taken back: %s",
              desk_text(desk, 5, "/error", 2));
    desk_say(desk, 0, 5, "/stage/src/signal", "s", "pnik");
    cr_expect(strstr(desk_text(desk, 5, "/error", 2), "did you mean 'pink'?"));
    desk_close(desk);
}

Test(values, files_are_named_below_the_chain_only)
{
    struct desk *desk = desk_open(strip);
    static const char *const wild[] = { "/etc/passwd", "../x.wav", "a/../../b.wav", "", ".hidden", "a\nb" };
    for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
        desk->now_ns += 1000000000u;
        desk_forget(desk);
        desk_say(desk, 0, 5, "/stage/src/file", "s", wild[i]);
        cr_expect_str_eq(desk_text(desk, 5, "/error", 1), "out-of-range", "%s", wild[i]);
    }
    desk_close(desk);
}

/* Whatever rows a kind has: lowest, highest and default value go in and come back, and no address is dead. */
struct sweep {
    struct desk *desk;
    unsigned seen;
};

static void answer(void *context, const struct gs_address_row *row)
{
    struct sweep *sweep = context;
    if (strncmp(row->address, "/stage/", 7) != 0 || strncmp(row->address, "/stage/list", 11) == 0) {
        return;
    }
    desk_forget(sweep->desk);
    desk_say(sweep->desk, 0, 5, row->address, "");
    cr_expect_eq(desk_count(sweep->desk, 5, row->address), 1, "%s does not answer", row->address);
    sweep->seen++;
}

Test(values, every_described_address_answers)
{
    struct desk *desk = desk_open(strip);
    struct sweep sweep = { .desk = desk };
    gs_session_describe(gs_session_chain(desk->session), answer, &sweep);
    cr_expect_gt(sweep.seen, 150);
    desk_close(desk);
}

/* Some values fit only some settings of their stage ("spl_db" only an acoustic source): those are refused. */
static void set_and_check(struct desk *desk, const char *address, double value)
{
    desk->now_ns += 1000000000u;
    desk_forget(desk);
    double before = desk_get(desk, address);
    desk_say(desk, 0, 5, address, "d", value);
    bool refused = strcmp(desk_text(desk, 5, "/error", 1), "out-of-range") == 0;
    double now = desk_get(desk, address), wanted = isinf(value) ? -90.0 : value;
    cr_expect(refused ? now == before || (isnan(now) && isnan(before)) : fabs(now - wanted) < 1e-9,
              "%s: %g became %g", address, value, now);
}

Test(values, every_live_number_takes_its_limits)
{
    struct desk *desk = desk_open(strip);
    const struct gs_chain *chain = gs_session_chain(desk->session);
    for (size_t i = 0; i < chain->n_stages; i++) {
        const struct gs_stage_kind *kind = chain->stages[i].kind;
        for (size_t p = 0; p < kind->n_params; p++) {
            const struct gs_param *row = &kind->params[p];
            char address[96];
            snprintf(address, sizeof address, "/stage/%s/%s", chain->stages[i].id, row->key);
            if (row->type == GS_NUMBER && !(row->flags & GS_PARAM_SETUP)) {
                set_and_check(desk, address, row->max);
                set_and_check(desk, address, row->min);
            }
        }
    }
    desk_close(desk);
}

Test(values, listening_moves)
{
    struct desk *desk = desk_open(strip);
    desk_say(desk, 0, 5, "/listen", "");
    cr_expect_str_eq(desk_text(desk, 5, "/listen", 0), "out");
    desk_say(desk, 0, 5, "/listen", "ss", "pre", "ideal");
    desk_say(desk, 0, 5, "/listen", "");
    cr_expect_str_eq(desk_text(desk, 5, "/listen", 0), "pre");
    cr_expect_str_eq(desk_text(desk, 5, "/listen", 1), "ideal");
    desk_say(desk, 0, 5, "/listen", "i", 4);
    cr_expect_eq(desk_get(desk, "/stage/trim/listen"), 1.0);
    desk_say(desk, 0, 5, "/stage/fd/listen", "f", 1.0);
    desk_say(desk, 0, 5, "/stage/trim/listen", "f", 0.0);
    cr_expect_eq(desk_get(desk, "/stage/fd/listen"), 1.0, "the release of a button moves nothing");
    desk_say(desk, 0, 5, "/listen/pre", "f", 1.0);
    cr_expect_eq(desk_get(desk, "/stage/pre/listen"), 1.0);
    desk_say(desk, 0, 5, "/listen", "s", "prr");
    cr_expect(strstr(desk_text(desk, 5, "/error", 2), "'pre'"));
    desk_close(desk);
}
