/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OSC over a real socket on the loopback: answers from the port that was asked, other reply ports, bundles,
 * what may be bound, and what hostile packets do (nothing). The daemon's loop is turned by hand. */
#include "../support/osc_room.h"
#include "control/osc.h"
#include "control/osc_codec.h"
#include "control/osc_socket.h"

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct room {
    struct osc_room own;
    struct gs_session *session;
    struct gs_loop *loop;
    struct gs_osc *osc;
    uint16_t port;
};

static unsigned noted;
static void note_line(void *context, const char *text)
{
    (void)context;
    (void)text;
    noted++;
}

static struct room open_room_for(const char *bind, const struct gs_osc_allow *allow)
{
    struct room room = { .own = osc_room_open(NULL) };
    struct gs_error error;
    room.session = room.own.session;
    room.loop = room.own.loop;
    struct gs_osc_setup osc = {
        .loop = room.loop, .session = room.session, .bind = bind, .allow = allow, .note = note_line
    };
    cr_assert_eq(gs_osc_create(&osc, &room.osc, &error), GS_OK, "%s", error.text);
    room.port = gs_osc_port(room.osc);
    return room;
}

static struct room open_room(const char *bind)
{
    return open_room_for(bind, NULL);
}

static void close_room(struct room *room)
{
    gs_osc_destroy(room->osc);
    osc_room_close(&room->own);
}

/* A client socket on an address of its own. */
static int client(const char *ip, uint16_t *port)
{
    struct sockaddr_storage address;
    socklen_t length;
    struct gs_error error;
    int fd;
    cr_assert_eq(gs_osc_literal(ip, 0, &address, &length, &error), GS_OK);
    cr_assert_eq(gs_osc_bind_udp(&address, length, &fd, &error), GS_OK, "%s", error.text);
    *port = gs_osc_bound_port(fd);
    return fd;
}

static void send_bytes(int fd, const char *ip, uint16_t port, const void *data, size_t size)
{
    struct sockaddr_storage to;
    socklen_t length;
    struct gs_error error;
    gs_osc_literal(ip, port, &to, &length, &error);
    cr_assert_eq(sendto(fd, data, size, 0, (struct sockaddr *)&to, length), (ssize_t)size);
}

static void say(int fd, const char *ip, uint16_t port, const char *address, const struct gs_atom *atoms,
                size_t n)
{
    unsigned char data[2048];
    size_t size = gs_osc_write(&(struct gs_message){ address, atoms, n }, data, sizeof data);
    send_bytes(fd, ip, port, data, size);
}

struct heard {
    unsigned packets, messages;
    char address[256];
    double number;
    char text[256];
    uint16_t from_port;
    size_t largest, bytes;
};

static void note(void *context, const unsigned char *data, size_t size)
{
    struct heard *heard = context;
    struct gs_osc_taken taken;
    cr_assert(gs_osc_take(&taken, data, size));
    heard->messages++;
    snprintf(heard->address, sizeof heard->address, "%s", taken.message.address);
    for (size_t i = 0; i < taken.message.n_atoms; i++) {
        gs_atom_number(&taken.message.atoms[i], &heard->number);
        if (taken.message.atoms[i].tag == 's') {
            snprintf(heard->text, sizeof heard->text, "%s", taken.message.atoms[i].text);
        }
    }
    gs_osc_drop(&taken);
}

static void take_all(int fd, struct heard *heard)
{
    _Alignas(8) unsigned char data[GS_OSC_PACKET_MAX];
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    ssize_t size;
    while ((size = recvfrom(fd, data, sizeof data, 0, (struct sockaddr *)&from, &length)) > 0) {
        struct gs_endpoint endpoint;
        gs_osc_endpoint(&from, &endpoint);
        heard->from_port = endpoint.port;
        heard->packets++;
        heard->bytes += (size_t)size;
        heard->largest = (size_t)size > heard->largest ? (size_t)size : heard->largest;
        cr_assert_eq(gs_osc_packet_fault(data, (size_t)size), NULL);
        gs_osc_packet_each(data, (size_t)size, note, heard);
    }
}

/* Turns the loop for `ms`, and on a busy machine until so many messages have come to `fd`; reads all that has come. */
static struct heard listen_for(struct room *room, int fd, unsigned messages, unsigned ms)
{
    struct heard heard = { 0 };
    uint64_t start_ns = gs_loop_now();
    osc_room_turn(room->loop, ms);
    take_all(fd, &heard);
    while (heard.messages < messages && gs_loop_now() - start_ns < OSC_ROOM_PATIENCE_NS) {
        osc_room_turn(room->loop, 1);
        take_all(fd, &heard);
    }
    return heard;
}

static struct heard listen_to(struct room *room, int fd, unsigned ms)
{
    return listen_for(room, fd, 0, ms);
}

Test(osc_udp, answers_come_from_the_port_that_was_asked)
{
    struct room room = open_room(NULL);
    uint16_t port;
    int fd = client("127.0.0.1", &port);
    say(fd, "127.0.0.1", room.port, "/stage/pre/gain", NULL, 0);
    struct heard heard = listen_for(&room, fd, 1, 20);
    cr_expect_eq(heard.packets, 1);
    cr_expect_str_eq(heard.address, "/stage/pre/gain");
    cr_expect_eq(heard.number, 40);
    cr_expect_eq(heard.from_port, room.port);
    say(fd, "127.0.0.1", room.port, "/status", NULL, 0);
    heard = listen_for(&room, fd, 1, 20);
    cr_expect_str_eq(heard.text, "strip");
    close(fd);
    close_room(&room);
}

Test(osc_udp, a_tablet_hears_on_its_other_port)
{
    struct room room = open_room(NULL);
    uint16_t port, other_port;
    int fd = client("127.0.0.1", &port), other = client("127.0.0.1", &other_port);
    struct gs_atom where = gs_atom_int(other_port);
    say(fd, "127.0.0.1", room.port, "/subscribe", &where, 1);
    struct heard here = listen_to(&room, fd, 150), there = listen_for(&room, other, 31, 0);
    cr_expect_eq(here.packets, 0);
    cr_expect_gt(there.messages, 30, "a whole dump");
    cr_expect_lt(there.packets, 20, "in bundles");
    cr_expect_leq(there.largest, 1400);
    cr_expect_eq(there.from_port, room.port);
    close(fd);
    close(other);
    close_room(&room);
}

Test(osc_udp, binds_where_it_is_told_and_nowhere_else)
{
    struct room room = open_room("127.0.0.2");
    uint16_t port;
    int fd = client("127.0.0.1", &port);
    say(fd, "127.0.0.2", room.port, "/ping", NULL, 0);
    cr_expect_eq(listen_for(&room, fd, 1, 20).messages, 1);
    say(fd, "127.0.0.1", room.port, "/ping", NULL, 0);
    cr_expect_eq(listen_to(&room, fd, 20).messages, 0);
    struct gs_osc *second = NULL;
    struct gs_error error;
    struct gs_osc_setup setup = {
        .loop = room.loop, .session = room.session, .bind = "127.0.0.2", .port = room.port
    };
    cr_expect_eq(gs_osc_create(&setup, &second, &error), GS_E_IO, "the port is taken");
    setup.bind = "localhost";
    cr_expect_eq(gs_osc_create(&setup, &second, &error), GS_E_USAGE, "no name is ever looked up");
    close(fd);
    close_room(&room);
}

Test(osc_udp, speaks_ipv6)
{
    int probe = socket(AF_INET6, SOCK_DGRAM, 0);
    struct sockaddr_in6 loopback = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    bool there = probe >= 0 && bind(probe, (struct sockaddr *)&loopback, sizeof loopback) == 0;
    close(probe);
    if (!there) {
        cr_skip_test("no IPv6 on this machine");
    }
    struct room room = open_room("::");
    uint16_t port;
    int six = client("::1", &port), four = client("127.0.0.1", &port);
    say(six, "::1", room.port, "/ping", NULL, 0);
    say(four, "127.0.0.1", room.port, "/ping", NULL, 0);
    cr_expect_eq(listen_for(&room, six, 1, 20).messages, 1);
    cr_expect_eq(listen_for(&room, four, 1, 0).messages, 1, "and IPv4 by the same socket");
    close(six);
    close(four);
    close_room(&room);
}

Test(osc_udp, a_bundle_is_one_packet_for_the_session)
{
    struct room room = open_room(NULL);
    uint16_t port;
    int fd = client("127.0.0.1", &port);
    _Alignas(8) unsigned char packet[] = "#bundle\0\0\0\0\0\0\0\0\1"
                                         "\0\0\0\x18/stage/2/gain\0\0\0,f\0\0\x41\x20\0\0"
                                         "\0\0\0\x14/stage/2/gain\0\0\0,\0\0";
    send_bytes(fd, "127.0.0.1", room.port, packet,
               sizeof packet); /* the literal's own zero pads the last tag */
    struct heard heard = listen_for(&room, fd, 1, 20);
    cr_expect_eq(heard.messages, 1);
    cr_expect_eq(heard.number, 10);
    close(fd);
    close_room(&room);
}

/* The cases that stall or crash an lo_server: none gets an answer, and the next question does. */
Test(osc_udp, hostile_packets_do_nothing)
{
    struct room room = open_room(NULL);
    uint16_t port;
    int fd = client("127.0.0.1", &port);
    unsigned char bomb[4012] = { 0 };
    memset(bomb, '/', 2000);
    memset(bomb + 2000, '*', 2000);
    bomb[4000] = 'q';
    memcpy(bomb + 4004, ",\0\0\0", 4);
    send_bytes(fd, "127.0.0.1", room.port, bomb, 4008);
    char stars[64] = "/stage/";
    for (int i = 0; i < 16; i++) {
        strcat(stars, "*?");
    }
    strcat(stars, "Z/gain");
    clock_t start = clock();
    say(fd, "127.0.0.1", room.port, stars, NULL, 0);
    send_bytes(fd, "127.0.0.1", room.port, "/b\0\0,b\0\0", 8);
    send_bytes(fd, "127.0.0.1", room.port, "#bundle\0\0\0\0\0\0\0\0\1\0\0\0\0", 20);
    send_bytes(fd, "127.0.0.1", room.port, "", 0);
    send_bytes(fd, "127.0.0.1", room.port, "/stage/\0,\0\0\0", 12);
    static const unsigned char long_one[GS_OSC_PACKET_MAX + 8] = "/x";
    send_bytes(fd, "127.0.0.1", room.port, long_one, sizeof long_one);
    say(fd, "127.0.0.1", room.port, "/ping", NULL, 0);
    struct heard heard = listen_for(&room, fd, 1, 30);
    while (strcmp(heard.address, "/pong") != 0 && clock() - start < CLOCKS_PER_SEC) {
        struct heard more = listen_for(&room, fd, 1, 0);
        more.messages += heard.messages;
        heard = more;
    }
    cr_expect_str_eq(heard.address, "/pong");
    cr_expect_lt(clock() - start, CLOCKS_PER_SEC, "a second of the processor's time");
    cr_expect_leq(heard.messages, 6, "at most five errors and the answer");
    struct gs_osc_counters counters = gs_osc_get_counters(room.osc);
    cr_expect_eq(counters.packets, 8);
    cr_expect_eq(counters.malformed, 5);
    close(fd);
    close_room(&room);
}

/* Another address of the loopback stands for a machine of the network: what comes from there may be forged. */
Test(osc_udp, a_forged_subscription_floods_nobody)
{
    struct room room = open_room(NULL);
    uint16_t port;
    int fd = client("127.0.0.66", &port);
    say(fd, "127.0.0.1", room.port, "/subscribe", NULL, 0);
    struct heard heard = listen_for(&room, fd, 1, 300);
    cr_expect_str_eq(heard.address, "/subscribed");
    cr_expect_eq(heard.messages, 1, "an answer, no dump, no meters");
    cr_expect_leq(heard.bytes, 512 + 3 * 20);
    say(fd, "127.0.0.1", room.port, "/renew", NULL, 0);
    heard = listen_for(&room, fd, 61, 300);
    cr_expect_gt(heard.messages, 60, "all of it when it has spoken twice: %u", heard.messages);
    close(fd);
    close_room(&room);
}

Test(osc_udp, a_pattern_is_no_amplifier)
{
    struct room room = open_room(NULL);
    uint16_t port, here;
    int fd = client("127.0.0.66", &port), own = client("127.0.0.1", &here);
    say(fd, "127.0.0.1", room.port, "/stage/*/*", NULL, 0);
    struct heard heard = listen_to(&room, fd, 30);
    cr_expect_leq(heard.bytes, 512 + 3 * 16, "%zu", heard.bytes);
    cr_expect_gt(gs_osc_get_counters(room.osc).withheld, 0);
    say(own, "127.0.0.1", room.port, "/stage/*/*", NULL, 0);
    cr_expect_gt(listen_for(&room, own, heard.messages + 1, 30).messages, heard.messages,
                 "this machine is sent all of it");
    close(fd);
    close(own);
    close_room(&room);
}

Test(osc_udp, who_is_not_in_the_list_is_never_answered)
{
    struct gs_osc_allow allow;
    struct gs_error error;
    gs_osc_allow_parse(&allow, "127.0.0.64/31,fd00::/8", &error);
    struct room room = open_room_for(NULL, &allow);
    uint16_t port;
    int out = client("127.0.0.66", &port), in = client("127.0.0.65", &port), own = client("127.0.0.1", &port);
    noted = 0;
    for (unsigned i = 0; i < 5; i++) {
        say(out, "127.0.0.1", room.port, "/ping", NULL, 0);
    }
    say(in, "127.0.0.1", room.port, "/ping", NULL, 0);
    say(own, "127.0.0.1", room.port, "/ping", NULL, 0);
    cr_expect_eq(listen_to(&room, out, 30).packets, 0);
    cr_expect_eq(listen_for(&room, in, 1, 0).packets, 1);
    cr_expect_eq(listen_for(&room, own, 1, 0).packets, 1);
    cr_expect_eq(gs_osc_get_counters(room.osc).refused, 5);
    cr_expect_eq(noted, 1, "one line in the log");
    close(out);
    close(in);
    close(own);
    close_room(&room);
}

Test(osc_udp, a_static_peer_need_not_ask)
{
    struct room room = open_room(NULL);
    uint16_t port;
    int fd = client("127.0.0.66", &port);
    char text[64];
    struct gs_osc_peer peer;
    struct gs_error error;
    snprintf(text, sizeof text, "127.0.0.66:%u,meters=50", port);
    cr_assert_eq(gs_osc_peer_parse(text, &peer, &error), GS_OK);
    cr_assert_eq(gs_osc_add_peer(room.osc, &peer, &error), GS_OK);
    struct heard heard = listen_for(&room, fd, 61, 300);
    cr_expect_gt(heard.messages, 60);
    cr_assert_eq(gs_osc_peer_parse("[::1]:9", &peer, &error), GS_OK);
    cr_expect_eq(gs_osc_add_peer(room.osc, &peer, &error), GS_E_USAGE, "the socket speaks IPv4");
    close(fd);
    close_room(&room);
}

/* A program that keeps its port is answered there, whatever another one of this machine has asked for itself. */
Test(osc_udp, one_reply_port_for_the_machine_leaves_its_programs_alone)
{
    struct room room = open_room(NULL);
    uint16_t ear_port, port;
    int ear = client("127.0.0.1", &ear_port), fd = client("127.0.0.1", &port);
    struct gs_atom where = gs_atom_int(ear_port);
    int once = client("127.0.0.1", &port);
    say(once, "127.0.0.1", room.port, "/set_reply_port", &where, 1);
    close(once);
    say(fd, "127.0.0.1", room.port, "/ping", NULL, 0);
    say(fd, "127.0.0.1", room.port, "/ping", NULL, 0);
    cr_expect_eq(listen_for(&room, fd, 1, 30).messages, 1, "from its second packet on");
    cr_expect_eq(listen_for(&room, ear, 1, 0).messages, 1);
    once = client("127.0.0.1", &port);
    say(once, "127.0.0.1", room.port, "/stage/pre/gain", NULL, 0);
    cr_expect_str_eq(listen_for(&room, ear, 1, 30).address, "/stage/pre/gain",
                     "oscsend comes from ever other ports");
    close(once);
    close(ear);
    close(fd);
    close_room(&room);
}

static void turn(struct room *room, int fd, double gain_db)
{
    struct gs_atom gain = gs_atom_float(gain_db);
    say(fd, "127.0.0.1", room->port, "/stage/pre/gain", &gain, 1);
    listen_to(room, fd, 60);
}

Test(osc_udp, a_closed_ear_is_fed_no_more_until_it_speaks)
{
    struct room room = open_room(NULL);
    uint16_t port, ear_port;
    int tablet = client("127.0.0.66", &port), ear = client("127.0.0.66", &ear_port);
    int other = client("127.0.0.1", &port);
    struct gs_atom how[4] = { gs_atom_int(ear_port), gs_atom_int(60), gs_atom_int(0), gs_atom_int(1) };
    say(tablet, "127.0.0.1", room.port, "/ping", NULL, 0);
    say(tablet, "127.0.0.1", room.port, "/subscribe", how, 4);
    cr_expect_gt(listen_for(&room, ear, 31, 100).messages, 30);
    close(ear);
    turn(&room, other, 41); /* the network says that nobody is there */
    uint64_t before;
    unsigned tries = 0;
    do { /* a busy machine may not have told yet */
        before = gs_osc_get_counters(room.osc).sent;
        turn(&room, other, 42);
        turn(&room, other, 43);
    } while (gs_osc_get_counters(room.osc).sent != before && ++tries < 10);
    cr_expect_eq(gs_osc_get_counters(room.osc).sent, before);
    cr_expect_eq(gs_session_peers(room.session), 1, "its place is kept");
    say(tablet, "127.0.0.1", room.port, "/renew", NULL, 0);
    turn(&room, other, 44);
    for (unsigned i = 0; i < 1000 && gs_osc_get_counters(room.osc).sent == before; i++) {
        turn(&room, other, 44 - i % 2);
    }
    cr_expect_gt(gs_osc_get_counters(room.osc).sent, before);
    close(tablet);
    close(other);
    close_room(&room);
}

/* What a flood sends is thrown away before it is queued, for a fifth of a second; but for /panic. */
Test(osc_udp, a_flood_is_not_even_queued)
{
    struct room room = open_room(NULL);
    uint16_t port;
    int flood = client("127.0.0.1", &port), good = client("127.0.0.1", &port);
    for (unsigned i = 0; i < 400 && !gs_osc_get_counters(room.osc).too_much; i++) {
        for (unsigned n = 0; n < 50; n++) {
            say(flood, "127.0.0.1", room.port, "/renew", NULL, 0);
        }
        gs_loop_once(room.loop, 0);
    }
    uint64_t start_ns = gs_loop_now();
    listen_to(&room, flood, 5);
    struct gs_osc_counters before = gs_osc_get_counters(room.osc);
    cr_assert_gt(before.too_much, 0);
    for (unsigned n = 0; n < 50; n++) {
        say(flood, "127.0.0.1", room.port, "/ping", NULL, 0);
    }
    say(good, "127.0.0.1", room.port, "/ping", NULL, 0);
    say(flood, "127.0.0.1", room.port, "/panic", NULL, 0);
    cr_expect_eq(listen_to(&room, good, 10).messages, 1, "another port is another program");
    struct gs_osc_counters after = gs_osc_get_counters(room.osc);
    cr_expect(after.too_much == before.too_much || gs_loop_now() - start_ns > 190000000u,
              "nothing arrived to be dropped: %lu", (unsigned long)(after.too_much - before.too_much));
    cr_expect_geq(after.packets, before.packets + 2, "the good one's, and the panic");
    listen_to(&room, flood, 300);
    say(flood, "127.0.0.1", room.port, "/ping", NULL, 0);
    cr_expect_str_eq(listen_to(&room, flood, 30).address, "/pong", "who has calmed down is heard again");
    close(flood);
    close(good);
    close_room(&room);
}
