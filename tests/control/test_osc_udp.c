/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OSC over a real socket on the loopback: answers from the port that was asked, other reply ports, bundles,
 * what may be bound, and what hostile packets do (nothing). The daemon's loop is turned by hand. */
#include "control/osc.h"
#include "control/osc_codec.h"
#include "control/osc_socket.h"

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char strip[] =
    "{\"gainstage\":1,\"name\":\"strip\",\"stages\":["
    "{\"id\":\"src\",\"kind\":\"source\",\"domain\":\"line\"},"
    "{\"id\":\"pre\",\"kind\":\"preamp\",\"gain_db\":40},{\"id\":\"ad\",\"kind\":\"adc\"},"
    "{\"id\":\"out\",\"kind\":\"master\"}]}";

struct room {
    struct gs_engine *engine;
    struct gs_session *session;
    struct gs_loop *loop;
    struct gs_osc *osc;
    uint16_t port;
};

static struct room open_room(const char *bind)
{
    struct gs_engine_setup engine = { .out_ceiling_db = -1, .fade_in_ms = 50 };
    struct room room = { .engine = gs_engine_create(&engine), .loop = gs_loop_create() };
    struct gs_session_setup session = { .engine = room.engine, .name = "room" };
    struct gs_chain *chain = NULL;
    struct gs_errors errors = { 0 };
    struct gs_error error;
    gs_engine_set_rate(room.engine, 48000);
    room.session = gs_session_create(&session);
    cr_assert_eq(gs_chain_parse(strip, strlen(strip), NULL, &chain, &errors), GS_OK);
    cr_assert_eq(gs_session_adopt(room.session, chain, &errors), GS_OK);
    gs_errors_finish(&errors);
    struct gs_osc_setup osc = { room.loop, room.session, bind, 0 };
    cr_assert_eq(gs_osc_create(&osc, &room.osc, &error), GS_OK, "%s", error.text);
    room.port = gs_osc_port(room.osc);
    return room;
}

static void close_room(struct room *room)
{
    gs_osc_destroy(room->osc);
    gs_session_destroy(room->session);
    gs_loop_destroy(room->loop);
    gs_engine_destroy(room->engine);
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
    size_t largest;
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

/* Turns the loop for `ms`, then reads everything that has come to `fd`. */
static struct heard listen_to(struct room *room, int fd, unsigned ms)
{
    struct heard heard = { 0 };
    uint64_t end_ns = gs_loop_now() + ms * 1000000u;
    do {
        gs_loop_once(room->loop, 2000000);
    } while (gs_loop_now() < end_ns);
    _Alignas(8) unsigned char data[GS_OSC_PACKET_MAX];
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    ssize_t size;
    while ((size = recvfrom(fd, data, sizeof data, 0, (struct sockaddr *)&from, &length)) > 0) {
        struct gs_endpoint endpoint;
        gs_osc_endpoint(&from, &endpoint);
        heard.from_port = endpoint.port;
        heard.packets++;
        heard.largest = (size_t)size > heard.largest ? (size_t)size : heard.largest;
        cr_assert_eq(gs_osc_packet_fault(data, (size_t)size), NULL);
        gs_osc_packet_each(data, (size_t)size, note, &heard);
    }
    return heard;
}

Test(osc_udp, answers_come_from_the_port_that_was_asked)
{
    struct room room = open_room(NULL);
    uint16_t port;
    int fd = client("127.0.0.1", &port);
    say(fd, "127.0.0.1", room.port, "/stage/pre/gain", NULL, 0);
    struct heard heard = listen_to(&room, fd, 20);
    cr_expect_eq(heard.packets, 1);
    cr_expect_str_eq(heard.address, "/stage/pre/gain");
    cr_expect_eq(heard.number, 40);
    cr_expect_eq(heard.from_port, room.port);
    say(fd, "127.0.0.1", room.port, "/status", NULL, 0);
    heard = listen_to(&room, fd, 20);
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
    struct heard here = listen_to(&room, fd, 150), there = listen_to(&room, other, 0);
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
    cr_expect_eq(listen_to(&room, fd, 20).messages, 1);
    say(fd, "127.0.0.1", room.port, "/ping", NULL, 0);
    cr_expect_eq(listen_to(&room, fd, 20).messages, 0);
    struct gs_osc *second = NULL;
    struct gs_error error;
    struct gs_osc_setup setup = { room.loop, room.session, "127.0.0.2", room.port };
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
    cr_expect_eq(listen_to(&room, six, 20).messages, 1);
    cr_expect_eq(listen_to(&room, four, 0).messages, 1, "and IPv4 by the same socket");
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
    struct heard heard = listen_to(&room, fd, 20);
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
    uint64_t start = gs_loop_now();
    say(fd, "127.0.0.1", room.port, stars, NULL, 0);
    send_bytes(fd, "127.0.0.1", room.port, "/b\0\0,b\0\0", 8);
    send_bytes(fd, "127.0.0.1", room.port, "#bundle\0\0\0\0\0\0\0\0\1\0\0\0\0", 20);
    send_bytes(fd, "127.0.0.1", room.port, "", 0);
    send_bytes(fd, "127.0.0.1", room.port, "/stage/\0,\0\0\0", 12);
    static const unsigned char long_one[GS_OSC_PACKET_MAX + 8] = "/x";
    send_bytes(fd, "127.0.0.1", room.port, long_one, sizeof long_one);
    say(fd, "127.0.0.1", room.port, "/ping", NULL, 0);
    struct heard heard = listen_to(&room, fd, 30);
    cr_expect_str_eq(heard.address, "/pong");
    cr_expect_lt(gs_loop_now() - start, 1000000000u);
    cr_expect_leq(heard.messages, 6, "at most five errors and the answer");
    struct gs_osc_counters counters = gs_osc_get_counters(room.osc);
    cr_expect_eq(counters.packets, 8);
    cr_expect_eq(counters.malformed, 5);
    close(fd);
    close_room(&room);
}
