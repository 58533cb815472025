/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One TCP port for two protocols: told by the first byte, nothing of which is taken away; who says nothing
 * keeps nobody out. The loop is turned by hand. */
#include "control/tcp.h"

#include "control/osc_socket.h"

#include <criterion/criterion.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct takers {
    unsigned http, stream, lines;
    char line[192]; /* the last one for the log */
    int fd;         /* the last one */
    char first[16];
};

static void take(struct takers *takers, int fd)
{
    ssize_t got = recv(fd, takers->first, sizeof takers->first - 1, MSG_DONTWAIT);
    takers->first[got > 0 ? got : 0] = '\0';
    takers->fd = fd;
}

static void take_http(void *context, int fd, const struct sockaddr_storage *from)
{
    struct takers *takers = context;
    cr_expect_eq(from->ss_family, AF_INET);
    takers->http++;
    take(takers, fd);
}

static void take_stream(void *context, int fd, const struct sockaddr_storage *from)
{
    struct takers *takers = context;
    cr_expect_eq(from->ss_family, AF_INET);
    takers->stream++;
    take(takers, fd);
}

static struct gs_tcp *open_port(struct gs_loop *loop, struct takers *takers)
{
    struct gs_tcp_setup setup = { .loop = loop,
                                  .http = take_http,
                                  .http_context = takers,
                                  .stream = take_stream,
                                  .stream_context = takers };
    struct gs_tcp *tcp = NULL;
    struct gs_error error;
    cr_assert_eq(gs_tcp_create(&setup, &tcp, &error), GS_OK, "%s", error.text);
    return tcp;
}

static int connect_to(uint16_t port)
{
    struct sockaddr_storage address;
    socklen_t length;
    struct gs_error error;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    gs_osc_literal("127.0.0.1", port, &address, &length, &error);
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, length), 0);
    return fd;
}

static void turn(struct gs_loop *loop)
{
    for (unsigned i = 0; i < 8; i++) {
        gs_loop_once(loop, 2000000);
    }
}

/* Until so many have been taken, however busy the machine is; and a few rounds more. */
static void turn_until(struct gs_loop *loop, const struct takers *takers, unsigned n)
{
    for (unsigned i = 0; i < 10000 && takers->http + takers->stream < n; i++) {
        gs_loop_once(loop, 2000000);
    }
    turn(loop);
}

static const struct {
    const char *bytes;
    size_t n;
    bool http;
} openings[] = {
    { "GET / HTTP/1.1\r\n", 16, true },
    { "HEAD", 4, true },
    { "P", 1, true }, /* the rest of POST comes later */
    { "\0\0\0\10/ping\0\0\0", 12, false },
    { "\xc0/ping\0\0\0,\0\0\0\xc0", 14, false },
    { "/ping\0\0\0", 8, false },
    { "#bundle\0", 8, false },
    { "\x16\x03\x01", 3, false }, /* a TLS hello is no HTTP that is spoken here */
};

Test(tcp, the_first_byte_tells)
{
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        struct takers takers = { 0 };
        struct gs_loop *loop = gs_loop_create();
        struct gs_tcp *tcp = open_port(loop, &takers);
        int fd = connect_to(gs_tcp_port(tcp));
        turn(loop);
        cr_expect_eq(takers.http + takers.stream, 0, "nothing said yet");
        cr_assert_eq(write(fd, openings[i].bytes, openings[i].n), (ssize_t)openings[i].n);
        turn_until(loop, &takers, 1);
        cr_expect_eq(takers.http, openings[i].http, "opening %zu", i);
        cr_expect_eq(takers.stream, !openings[i].http, "opening %zu", i);
        size_t n = openings[i].n < sizeof takers.first - 1 ? openings[i].n : sizeof takers.first - 1;
        cr_expect_eq(memcmp(takers.first, openings[i].bytes, n), 0, "all of it is still there");
        close(takers.fd);
        close(fd);
        gs_tcp_destroy(tcp);
        gs_loop_destroy(loop);
    }
}

Test(tcp, the_silent_keep_nobody_out)
{
    struct takers takers = { 0 };
    struct gs_loop *loop = gs_loop_create();
    struct gs_tcp *tcp = open_port(loop, &takers);
    int silent[100];
    for (unsigned i = 0; i < 100; i++) {
        silent[i] = connect_to(gs_tcp_port(tcp));
        gs_loop_once(loop, 1000000);
    }
    int fd = connect_to(gs_tcp_port(tcp));
    cr_assert_eq(write(fd, "GET ", 4), 4);
    turn_until(loop, &takers, 1);
    cr_expect_eq(takers.http, 1);
    char byte;
    cr_expect_eq(recv(silent[0], &byte, 1, MSG_DONTWAIT), 0, "the one that waited longest was closed");
    cr_expect_eq(recv(silent[99], &byte, 1, MSG_DONTWAIT), -1);
    cr_expect_eq(errno, EAGAIN, "the newest was not");
    for (unsigned i = 0; i < 100; i++) {
        close(silent[i]);
    }
    close(takers.fd);
    close(fd);
    gs_tcp_destroy(tcp);
    gs_loop_destroy(loop);
}

/* Who was connected from a port has it for a minute more (RFC 9293 clause 3.6.1), though nobody listens there. */
Test(tcp, a_port_that_a_connection_has_or_had_is_not_free)
{
    struct takers takers = { 0 };
    struct gs_loop *loop = gs_loop_create();
    struct gs_tcp *tcp = open_port(loop, &takers);
    int fd = connect_to(gs_tcp_port(tcp));
    uint16_t port = gs_osc_bound_port(fd);
    cr_expect_not(gs_tcp_is_free(NULL, gs_tcp_port(tcp)), "somebody listens");
    cr_expect_not(gs_tcp_is_free(NULL, port), "somebody is connected");
    close(fd);
    cr_expect_not(gs_tcp_is_free("127.0.0.1", port), "somebody was");
    cr_expect(gs_tcp_is_free("127.0.0.9", port), "another address");
    gs_tcp_destroy(tcp);
    gs_loop_destroy(loop);
}

Test(tcp, a_taken_port_and_no_address_are_refused)
{
    struct takers takers = { 0 };
    struct gs_loop *loop = gs_loop_create();
    struct gs_tcp *tcp = open_port(loop, &takers), *other = NULL;
    struct gs_error error;
    struct gs_tcp_setup setup = { .loop = loop, .port = gs_tcp_port(tcp) };
    cr_expect_eq(gs_tcp_create(&setup, &other, &error), GS_E_IO);
    setup.bind = "localhost";
    cr_expect_eq(gs_tcp_create(&setup, &other, &error), GS_E_USAGE);
    turn(loop);
    gs_tcp_destroy(tcp);
    gs_loop_destroy(loop);
}

static void note_line(void *context, const char *text)
{
    struct takers *takers = context;
    takers->lines++;
    snprintf(takers->line, sizeof takers->line, "%s", text);
}

/* From another address of the loopback network, which is not the one that is connected to. */
static int connect_from(const char *ip, uint16_t port)
{
    struct sockaddr_storage from, to;
    socklen_t length;
    struct gs_error error;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    gs_osc_literal(ip, 0, &from, &length, &error);
    cr_assert_eq(bind(fd, (struct sockaddr *)&from, length), 0);
    gs_osc_literal("127.0.0.1", port, &to, &length, &error);
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, length), 0);
    return fd;
}

Test(tcp, who_may_not_speak_is_told_of_once)
{
    struct takers takers = { 0 };
    struct gs_osc_allow allow;
    struct gs_error error;
    struct gs_tcp *tcp = NULL;
    cr_assert_eq(gs_osc_allow_parse(&allow, "127.0.0.3,10.0.0.0/8", &error), GS_OK);
    struct gs_tcp_setup setup = { .loop = gs_loop_create(),
                                  .stream = take_stream,
                                  .stream_context = &takers,
                                  .allow = &allow,
                                  .note = note_line,
                                  .note_context = &takers };
    cr_assert_eq(gs_tcp_create(&setup, &tcp, &error), GS_OK, "%s", error.text);
    static const char *const from[] = { "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.2", "127.0.0.2" };
    for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
        int fd = connect_from(from[i], gs_tcp_port(tcp));
        ssize_t sent = send(fd, "/x", 2, MSG_NOSIGNAL);
        (void)sent; /* it may be closed already */
        turn(setup.loop);
        close(fd);
    }
    turn_until(setup.loop, &takers, 2);
    cr_expect_eq(takers.stream, 2, "this machine, and who is in the list");
    cr_expect_eq(takers.lines, 1, "%u", takers.lines);
    cr_expect(strstr(takers.line, "127.0.0.2") && strstr(takers.line, "refused"), "%s", takers.line);
    gs_tcp_destroy(tcp);
    gs_loop_destroy(setup.loop);
}
