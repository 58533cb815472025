/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OSC over real connections on the loopback: both framings, subscriptions that end with them, readers that do not
 * read, more connections than there are places. The loop is turned by hand. */
#include "../support/osc_room.h"
#include "control/osc_backlog.h"
#include "control/osc_codec.h"
#include "control/osc_framing.h"
#include "control/osc_socket.h"
#include "control/osc_streams.h"
#include "control/tcp.h"

#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct room {
    struct osc_room own;
    struct gs_session *session;
    struct gs_loop *loop;
    struct gs_osc_streams *streams;
    struct gs_tcp *tcp;
};

static uint64_t tick(void *context, uint64_t now_ns)
{
    return gs_session_tick(context, now_ns);
}

static struct room open_room(void)
{
    struct room room = { .own = osc_room_open(NULL) };
    struct gs_error error;
    room.session = room.own.session;
    room.loop = room.own.loop;
    room.streams = gs_osc_streams_create(room.loop, room.session, NULL);
    struct gs_tcp_setup tcp = { .loop = room.loop,
                                .stream = gs_osc_streams_take,
                                .stream_context = room.streams };
    cr_assert_eq(gs_tcp_create(&tcp, &room.tcp, &error), GS_OK, "%s", error.text);
    gs_loop_add_timer(room.loop, gs_loop_now(), tick, room.session);
    return room;
}

static void close_room(struct room *room)
{
    gs_tcp_destroy(room->tcp);
    gs_osc_streams_destroy(room->streams);
    osc_room_close(&room->own);
}

static void turn(struct room *room, unsigned ms)
{
    osc_room_turn(room->loop, ms);
}

/* ---- the other end ---- */

struct client {
    int fd;
    struct gs_osc_framing in;
    unsigned messages;
    char last[256];
    double number;
    bool closed;
};

static struct client *connect_client(struct room *room, enum gs_osc_frames kind)
{
    struct client *client = calloc(1, sizeof *client);
    struct sockaddr_storage address;
    socklen_t length;
    struct gs_error error;
    gs_osc_framing_init(&client->in, kind);
    gs_osc_literal("127.0.0.1", gs_tcp_port(room->tcp), &address, &length, &error);
    int on = 1;
    client->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    cr_assert_eq(connect(client->fd, (struct sockaddr *)&address, length), 0);
    return client;
}

static void close_client(struct client *client)
{
    close(client->fd);
    free(client);
}

static void say_bytes(struct client *client, const void *bytes, size_t size)
{
    cr_assert_eq(send(client->fd, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
}

static size_t framed(const struct client *client, unsigned char *frame, const char *address,
                     const struct gs_atom *atoms, size_t n)
{
    unsigned char data[1024];
    size_t size = gs_osc_write(&(struct gs_message){ address, atoms, n }, data, sizeof data);
    return gs_osc_frame(client->in.kind, data, size, frame);
}

static void say(struct client *client, const char *address, const struct gs_atom *atoms, size_t n)
{
    static unsigned char frame[GS_OSC_FRAME_MAX];
    say_bytes(client, frame, framed(client, frame, address, atoms, n));
}

static void note(void *context, const unsigned char *data, size_t size)
{
    struct client *client = context;
    struct gs_osc_taken taken;
    cr_assert(gs_osc_take(&taken, data, size));
    client->messages++;
    snprintf(client->last, sizeof client->last, "%s", taken.message.address);
    if (taken.message.n_atoms) {
        gs_atom_number(&taken.message.atoms[0], &client->number);
    }
    gs_osc_drop(&taken);
}

static void hear(struct room *room, struct client *client, unsigned ms)
{
    unsigned char bytes[4096];
    turn(room, ms);
    ssize_t got;
    while ((got = recv(client->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
        for (size_t at = 0; at < (size_t)got;) {
            at += gs_osc_framing_take(&client->in, bytes + at, (size_t)got - at);
            cr_assert_null(client->in.fault, "%s", client->in.fault);
            if (client->in.whole) {
                cr_assert_null(gs_osc_packet_fault(client->in.packet, client->in.used));
                gs_osc_packet_each(client->in.packet, client->in.used, note, client);
            }
        }
    }
    client->closed = got == 0 || errno == ECONNRESET;
}

/* Hears for so long, and on a busy machine until so many messages have come, or the end. */
static void hear_until(struct room *room, struct client *client, unsigned messages, bool closed, unsigned ms)
{
    uint64_t start_ns = gs_loop_now();
    hear(room, client, ms);
    while ((client->messages < messages || (closed && !client->closed)) &&
           gs_loop_now() - start_ns < OSC_ROOM_PATIENCE_NS) {
        hear(room, client, 1);
    }
}

static void hear_messages(struct room *room, struct client *client, unsigned messages, unsigned ms)
{
    hear_until(room, client, messages, false, ms);
}

static void hear_end(struct room *room, struct client *client, unsigned ms)
{
    hear_until(room, client, 0, true, ms);
}

/* Until so many connections are open. */
static void turn_until_open(struct room *room, unsigned open)
{
    uint64_t start_ns = gs_loop_now();
    while (gs_osc_streams_get_counters(room->streams).open != open &&
           gs_loop_now() - start_ns < OSC_ROOM_PATIENCE_NS) {
        turn(room, 1);
    }
}

/* ---- what must hold ---- */

Test(osc_tcp, answers_come_in_the_framing_of_the_question)
{
    for (enum gs_osc_frames kind = GS_OSC_FRAMES_SIZED; kind <= GS_OSC_FRAMES_SLIP; kind++) {
        struct room room = open_room();
        struct client *client = connect_client(&room, kind);
        struct gs_atom gain = gs_atom_float(33);
        say(client, "/stage/pre/gain", &gain, 1);
        say(client, "/stage/pre/gain", NULL, 0);
        hear_messages(&room, client, 1, 20);
        cr_expect_eq(client->messages, 1);
        cr_expect_str_eq(client->last, "/stage/pre/gain");
        cr_expect_eq(client->number, 33);
        close_client(client);
        close_room(&room);
    }
}

Test(osc_tcp, a_frame_may_come_byte_by_byte)
{
    struct room room = open_room();
    static unsigned char frame[GS_OSC_FRAME_MAX];
    for (enum gs_osc_frames kind = GS_OSC_FRAMES_SIZED; kind <= GS_OSC_FRAMES_SLIP; kind++) {
        struct client *client = connect_client(&room, kind);
        size_t size = framed(client, frame, "/ping", NULL, 0);
        for (size_t i = 0; i < size; i++) {
            cr_expect_eq(client->messages, 0);
            say_bytes(client, frame + i, 1);
            hear(&room, client, 3);
        }
        hear_messages(&room, client, 1, 10);
        cr_expect_str_eq(client->last, "/pong");
        close_client(client);
    }
    close_room(&room);
}

Test(osc_tcp, a_subscription_goes_over_its_connection_and_ends_with_it)
{
    struct room room = open_room();
    struct client *tablet = connect_client(&room, GS_OSC_FRAMES_SLIP),
                  *script = connect_client(&room, GS_OSC_FRAMES_SIZED);
    struct gs_atom gain = gs_atom_float(20);
    say(tablet, "/subscribe", NULL, 0);
    hear_messages(&room, tablet, 31, 100);
    cr_expect_gt(tablet->messages, 30, "a whole dump");
    cr_expect_eq(gs_session_peers(room.session), 1);
    tablet->messages = 0;
    say(script, "/stage/pre/gain", &gain, 1);
    hear(&room, script, 0);
    hear_messages(&room, tablet, 1, 60);
    cr_expect_gt(tablet->messages, 0, "what another one changes");
    cr_expect_eq(script->messages, 0, "who is not subscribed hears nothing");
    close_client(tablet);
    turn_until_open(&room, 1);
    cr_expect_eq(gs_session_peers(room.session), 0);
    cr_expect_eq(gs_osc_streams_get_counters(room.streams).open, 1);
    close_client(script);
    close_room(&room);
}

/* Says an address with a gain in a bundle whose time is `ahead_s` from now (NTP seconds, RFC 5905). */
static void say_ahead(struct client *client, uint32_t ahead_s, const char *address, double gain_db)
{
    static unsigned char frame[GS_OSC_FRAME_MAX];
    unsigned char bundle[256] = "#bundle";
    struct gs_atom gain = gs_atom_float(gain_db);
    uint32_t seconds = (uint32_t)time(NULL) + 2208988800u + ahead_s;
    size_t size = gs_osc_write(&(struct gs_message){ address, &gain, 1 }, bundle + 20, sizeof bundle - 20);
    for (unsigned i = 0; i < 4; i++) {
        bundle[8 + i] = (unsigned char)(seconds >> (24 - 8 * i));
        bundle[16 + i] = (unsigned char)(size >> (24 - 8 * i));
    }
    say_bytes(client, frame, gs_osc_frame(client->in.kind, bundle, 20 + size, frame));
}

Test(osc_tcp, bundles_wait_for_their_time)
{
    struct room room = open_room();
    struct client *client = connect_client(&room, GS_OSC_FRAMES_SIZED);
    uint64_t start_ns = gs_loop_now();
    say_ahead(client, 4, "/stage/pre/gain", 7);
    say(client, "/stage/pre/gain", NULL, 0);
    hear_messages(&room, client, 1, 20);
    cr_expect(client->number == 40 || gs_loop_now() - start_ns > UINT64_C(2900000000),
              "four seconds ahead: not yet");
    say_ahead(client, 60, "/stage/pre/gain", 7);
    hear_messages(&room, client, 2, 20);
    cr_expect_str_eq(client->last, "/error", "a minute ahead is refused");
    close_client(client);
    turn(&room, 10);
    close_room(&room);
}

Test(osc_tcp, who_hangs_up_is_still_heard)
{
    struct room room = open_room();
    struct client *client = connect_client(&room, GS_OSC_FRAMES_SIZED);
    static unsigned char frames[64 * 1024];
    size_t size = 0;
    for (unsigned i = 0; i < 200; i++) {
        struct gs_atom gain = gs_atom_float(i == 199 ? 42 : i % 40);
        size += framed(client, frames + size, "/stage/pre/gain", &gain, 1);
        size += framed(client, frames + size, "/ping", NULL, 0); /* answers that nobody will read */
    }
    say_bytes(client, frames, size);
    close_client(client);
    turn(&room, 50);
    turn_until_open(&room, 0);
    struct client *other = connect_client(&room, GS_OSC_FRAMES_SIZED);
    say(other, "/stage/pre/gain", NULL, 0);
    hear_messages(&room, other, 1, 30);
    cr_expect_eq(other->number, 42, "every word before the end counts: %g", other->number);
    cr_expect_eq(gs_osc_streams_get_counters(room.streams).open, 1);
    close_client(other);
    close_room(&room);
}

Test(osc_tcp, half_a_connection_gets_its_answers)
{
    struct room room = open_room();
    struct client *client = connect_client(&room, GS_OSC_FRAMES_SIZED);
    say(client, "/ping", NULL, 0);
    shutdown(client->fd, SHUT_WR);
    hear_until(&room, client, 1, true, 30);
    cr_expect_str_eq(client->last, "/pong");
    cr_expect(client->closed);
    close_client(client);
    close_room(&room);
}

Test(osc_tcp, what_cannot_be_followed_ends_the_connection_alone)
{
    static const struct {
        const char *bytes;
        size_t size;
    } bad[] = {
        { "\x16\x03\x01\x02", 4 }, /* TLS */
        { "\0\xff\xff\xff", 4 },   /* 16 megabytes to come */
        { "\xc0/a\xdbz\xc0", 6 },  /* an escape of nothing */
        { "\xff\xff\xff\xff\xff\xff\xff\xff", 8 },
    };
    struct room room = open_room();
    struct client *good = connect_client(&room, GS_OSC_FRAMES_SLIP);
    say(good, "/ping", NULL, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct client *client = connect_client(&room, GS_OSC_FRAMES_SIZED);
        say_bytes(client, bad[i].bytes, bad[i].size);
        hear_end(&room, client, 20);
        cr_expect(client->closed, "%zu", i);
        close_client(client);
    }
    /* What is framed well but is no OSC costs nothing but itself. */
    say_bytes(good,
              "\xc0"
              "rubbish\xc0",
              9);
    say(good, "/ping", NULL, 0);
    hear_messages(&room, good, 2, 20);
    cr_expect_eq(good->messages, 2, "%u, %s", good->messages, good->last);
    cr_expect_not(good->closed);
    cr_expect_eq(gs_osc_streams_get_counters(room.streams).malformed, sizeof bad / sizeof *bad + 1);
    close_client(good);
    close_room(&room);
}

Test(osc_tcp, the_silent_make_room_and_subscribers_stay)
{
    struct room room = open_room();
    struct client *tablet = connect_client(&room, GS_OSC_FRAMES_SIZED), *crowd[GS_OSC_STREAMS + 8];
    say(tablet, "/subscribe", NULL, 0);
    hear_messages(&room, tablet, 1, 20);
    for (unsigned i = 0; i < GS_OSC_STREAMS + 8; i++) {
        crowd[i] = connect_client(&room, GS_OSC_FRAMES_SIZED);
        say(crowd[i], "/ping", NULL, 0);
        hear_messages(&room, crowd[i], 1, 0);
        cr_expect_str_eq(crowd[i]->last, "/pong", "number %u is answered", i);
    }
    hear_end(&room, crowd[0], 0);
    cr_expect(crowd[0]->closed, "the one silent longest has made room");
    hear(&room, crowd[GS_OSC_STREAMS + 7], 0);
    cr_expect_not(crowd[GS_OSC_STREAMS + 7]->closed);
    hear(&room, tablet, 0);
    cr_expect_not(tablet->closed);
    cr_expect_eq(gs_session_peers(room.session), 1);
    cr_expect_eq(gs_osc_streams_get_counters(room.streams).open, GS_OSC_STREAMS);
    for (unsigned i = 0; i < GS_OSC_STREAMS + 8; i++) {
        close_client(crowd[i]);
    }
    close_client(tablet);
    close_room(&room);
}

#define QUESTIONS 2000

Test(osc_tcp, who_asks_without_reading_is_not_listened_to)
{
    struct room room = open_room();
    struct client *greedy = connect_client(&room, GS_OSC_FRAMES_SIZED),
                  *other = connect_client(&room, GS_OSC_FRAMES_SIZED);
    static unsigned char frames[QUESTIONS * 32];
    size_t size = 0;
    for (unsigned i = 0; i < QUESTIONS; i++) {
        size += framed(greedy, frames + size, "/stage/list", NULL, 0);
    }
    int small = 32768;
    setsockopt(greedy->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    fcntl(greedy->fd, F_SETFL, O_NONBLOCK);
    for (size_t at = 0; at < size;) {
        ssize_t sent = send(greedy->fd, frames + at, size - at, MSG_NOSIGNAL);
        at += sent > 0 ? (size_t)sent : 0;
        turn(&room, 1);
        cr_assert(sent >= 0 || errno == EAGAIN);
    }
    uint64_t heard;
    unsigned turns = 0;
    do { /* until it rests, however slow the machine is */
        heard = gs_osc_streams_get_counters(room.streams).messages;
        turn(&room, 20);
    } while (gs_osc_streams_get_counters(room.streams).messages != heard && ++turns < 200);
    cr_expect_lt(turns, 200, "no answers are read: no more questions");
    say(other, "/ping", NULL, 0);
    hear_messages(&room, other, 1, 10);
    cr_expect_str_eq(other->last, "/pong", "nobody else notices");
    /* It reads after all, and gets every answer: four stages and an end. */
    hear_messages(&room, greedy, 5 * QUESTIONS, 0);
    cr_expect_eq(greedy->messages, 5 * QUESTIONS);
    cr_expect_lt(heard, QUESTIONS);
    close_client(greedy);
    close_client(other);
    close_room(&room);
}

/* ---- the backlog alone ---- */

Test(osc_backlog, meters_are_lost_first_then_the_connection)
{
    int pair[2], small = 4096;
    struct gs_osc_backlog out;
    static unsigned char frame[1000];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    gs_osc_backlog_init(&out, pair[0]);
    while (out.used <= GS_OSC_BACKLOG_SPARE) {
        cr_assert(gs_osc_backlog_put(&out, frame, sizeof frame, true, 5));
    }
    size_t waiting = out.used;
    cr_expect_not(gs_osc_backlog_put(&out, frame, sizeof frame, true, 6), "meters are lost");
    cr_expect_eq(out.lost, 1);
    cr_expect_eq(out.used, waiting);
    cr_expect_null(out.fault);
    unsigned kept = 0;
    while (gs_osc_backlog_put(&out, frame, sizeof frame, false, 7)) {
        kept++;
    }
    cr_expect_eq(kept, (GS_OSC_BACKLOG_MAX - waiting) / sizeof frame,
                 "everything else is kept up to the limit");
    cr_expect_not_null(out.fault);
    cr_expect_eq(out.moved_ns, 5, "nothing has moved since");
    gs_osc_backlog_finish(&out);
    close(pair[0]);
    close(pair[1]);
}

Test(osc_backlog, what_waits_arrives_whole_and_in_order)
{
    int pair[2], small = 4096;
    struct gs_osc_backlog out;
    unsigned char frame[100], got[700];
    uint32_t sent = 0, heard = 0;
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    gs_osc_backlog_init(&out, pair[0]);
    for (unsigned round = 0; round < 3000; round++) {
        size_t size = 1 + round * 7 % sizeof frame;
        for (size_t i = 0; i < size; i++) {
            frame[i] = (unsigned char)(sent++ * 31 >> 3);
        }
        cr_assert(gs_osc_backlog_put(&out, frame, size, false, round));
        ssize_t n = round % 3 ? -1 : read(pair[1], got, sizeof got);
        for (ssize_t i = 0; i < n; i++) {
            cr_assert_eq(got[i], (unsigned char)(heard * 31 >> 3), "byte %u", heard);
            heard++;
        }
        gs_osc_backlog_flush(&out, round);
    }
    while (heard < sent) {
        ssize_t n = read(pair[1], got, sizeof got);
        for (ssize_t i = 0; i < n; i++) {
            cr_assert_eq(got[i], (unsigned char)(heard * 31 >> 3), "byte %u", heard);
            heard++;
        }
        gs_osc_backlog_flush(&out, 9999);
    }
    cr_expect_eq(out.used, 0);
    cr_expect_null(out.bytes, "memory only while something waits");
    close(pair[1]);
    cr_expect_not(gs_osc_backlog_put(&out, frame, 1, false, 10000));
    cr_expect(out.broken, "nobody is there");
    cr_expect_null(out.fault);
    gs_osc_backlog_finish(&out);
    close(pair[0]);
}
