/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /log: who may listen, what is told of each message, and that it neither loops nor floods. */
#include "../support/desk.h"

#include <criterion/criterion.h>

#include <string.h>

static const char strip[] = "{'gainstage':1,'name':'strip','stages':["
                            "{'id':'src','kind':'source','domain':'line'},{'id':'pre','kind':'preamp'},"
                            "{'id':'ad','kind':'adc'},{'id':'out','kind':'master'}]}";

static bool is_trusted(struct gs_outlet *outlet, const struct gs_endpoint *to)
{
    (void)outlet;
    return to->ip[12] == 127;
}

static struct desk *open_desk(void)
{
    struct desk *desk = desk_open(strip);
    desk->outlet.trusted = is_trusted;
    return desk;
}

static void expect_line(struct desk *desk, const char *sender, const char *address, const char *arguments,
                        const char *verdict)
{
    for (size_t i = 0; i < desk->n_heard; i++) {
        const struct desk_heard *heard = &desk->heard[i];
        if (heard->port == 7 && strcmp(heard->address, "/log/line") == 0 &&
            strcmp(heard->text[2], address) == 0 && strcmp(heard->text[3], arguments) == 0) {
            cr_expect_eq(heard->atom[0].tag, 't');
            cr_expect_str_eq(heard->text[1], sender);
            cr_expect_str_eq(heard->text[4], verdict, "%s: %s", address, heard->text[4]);
            return;
        }
    }
    cr_expect_fail("no line about %s %s", address, arguments);
}

Test(heard, every_message_with_its_sender_and_its_fate)
{
    struct desk *desk = open_desk();
    desk_say(desk, 0, 7, "/log", "i", 60);
    cr_expect_eq(desk_number(desk, 7, "/log"), 60);
    desk_say(desk, 20, 5000, "/stage/pre/gain", "f", 12.5);
    desk_say(desk, 20, 5000, "/stage/pre/gian", "f", 12.5);
    desk_say(desk, 20, 5000, "/stage/pre/gain", "s", "lo\"ud\033[2J");
    desk_say(desk, 20, 5000, "/stage/pre/mute", "T");
    desk_say(desk, 20, 5000, "/stage/pre/meter/out", "f", 1.0);
    struct gs_endpoint stranger = desk_endpoint(desk, 66, 1);
    gs_session_bad_packet(desk->session, &stranger, "rubbish", desk->now_ns);
    gs_session_heard(desk->session, &stranger, "refused", "no network of --osc-allow");
    desk_pass(desk, 300, false);
    expect_line(desk, "192.168.1.20:5000", "/stage/pre/gain", "f 12.5", "ok");
    expect_line(desk, "192.168.1.20:5000", "/stage/pre/gian", "f 12.5", "unknown-address");
    expect_line(desk, "192.168.1.20:5000", "/stage/pre/gain", "s \"lo\\x22ud\\x1b[2J\"", "bad-type");
    expect_line(desk, "192.168.1.20:5000", "/stage/pre/mute", "T true", "ok");
    expect_line(desk, "192.168.1.20:5000", "/stage/pre/meter/out", "f 1", "read-only");
    expect_line(desk, "192.168.1.66:1", "", "", "bad-packet");
    cr_expect_eq(desk_count(desk, 7, "/log/line"), 7);
    desk_close(desk);
}

Test(heard, only_those_who_may)
{
    struct desk *desk = open_desk();
    desk_say(desk, 20, 7, "/log", "");
    cr_expect_str_eq(desk_text(desk, 7, "/error", 1), "read-only");
    desk_say(desk, 20, 5000, "/info", "");
    desk_pass(desk, 300, false);
    cr_expect_eq(desk_count(desk, 7, "/log/line"), 0);
    for (uint16_t port = 101; port <= 105; port++) {
        desk_say(desk, 0, port, "/log", "");
    }
    cr_expect_eq(desk_count(desk, 104, "/log"), 1);
    cr_expect_str_eq(desk_text(desk, 105, "/error", 1), "busy");
    desk_close(desk);
}

Test(heard, it_ends_and_never_speaks_of_itself)
{
    struct desk *desk = open_desk();
    desk_say(desk, 0, 7, "/log", "i", 10);
    desk_say(desk, 0, 8, "/log", "i", 10);
    desk_say(desk, 0, 8, "/log/line", "ss", "a", "b"); /* another daemon that listens to us */
    desk_pass(desk, 9000, false);
    cr_expect_eq(desk_count(desk, 7, "/log/line"), 0);
    desk_say(desk, 0, 9, "/info", "");
    desk_pass(desk, 900, false);
    cr_expect_eq(desk_count(desk, 7, "/log/line"), 1);
    desk_pass(desk, 1000, false);
    desk_say(desk, 0, 9, "/info", "");
    desk_pass(desk, 1000, false);
    cr_expect_eq(desk_count(desk, 7, "/log/line"), 1, "the lease is over");
    desk_say(desk, 0, 7, "/log", "i", 10);
    desk_say(desk, 0, 7, "/log", "i", 0);
    desk_pass(desk, 100, false);
    desk_say(desk, 0, 9, "/info", "");
    desk_pass(desk, 1000, false);
    cr_expect_eq(desk_count(desk, 7, "/log/line"), 1, "0 ends it");
    desk_close(desk);
}

Test(heard, a_flood_is_not_passed_on)
{
    struct desk *desk = open_desk();
    desk_say(desk, 0, 7, "/log", "i", 60);
    unsigned said = 0;
    for (unsigned ms = 0; ms < 1000; ms++) {
        for (unsigned i = 0; i < 5; i++, said++) {
            desk_say(desk, 20, 5000, "/stage/pre/gain/z", "f", 1.0);
        }
        desk_pass(desk, 1, false);
    }
    desk_pass(desk, 1000, false);
    unsigned lines = desk_count(desk, 7, "/log/line"), lost = 0;
    for (size_t i = 0; i < desk->n_heard; i++) {
        if (strcmp(desk->heard[i].address, "/log/lost") == 0) {
            lost += (unsigned)desk->heard[i].atom[0].integer;
        }
    }
    cr_expect(lines >= 700 && lines <= 800, "500 a second and what has waited: %u", lines);
    cr_expect_eq(lines + lost, said, "and every one is accounted for");
    desk_close(desk);
}
