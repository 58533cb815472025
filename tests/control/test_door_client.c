/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A WebSocket client without a socket: commands, OSC both ways, following, the PIN, and what happens when it does not
 * read or sends too much. */
#include "../support/desk.h"
#include "control/door_client.h"
#include "control/door_command.h"
#include "control/door_pcm.h"
#include "control/osc_guard.h"
#include "control/osc_mute.h"
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char strip[] =
    "{'gainstage':1,'name':'strip','stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'white','level_dbu':-10},"
    "{'id':'pre','kind':'preamp','gain_db':12},{'id':'ad','kind':'adc'},{'id':'out','kind':'master'}]}";

struct front {
    struct desk *desk;
    struct gs_door_pin pin;
    struct gs_door_pcm *pcm;
    struct gs_loop *loop;
    struct gs_osc_schedule *schedule;
    struct gs_door_client *client;
    unsigned woken;
};

static void wake(void *context)
{
    ((struct front *)context)->woken++;
}

static struct gs_door_client *another_client(struct front *front, uint32_t connection)
{
    struct gs_door_room room = { front->desk->session, &front->pin, front->pcm, front->schedule };
    struct gs_endpoint endpoint = { .ip = { [10] = 0xff, 0xff, 192, 168, 1, 9 },
                                    .port = 4000,
                                    .connection = connection };
    return gs_door_client_create(&room, &endpoint, wake, front);
}

static struct front *open_front(const char *pin)
{
    struct front *front = calloc(1, sizeof *front);
    front->desk = desk_open(strip);
    gs_door_pin_init(&front->pin, pin);
    front->pcm = gs_door_pcm_create(front->desk->engine, front->desk->session);
    front->loop = gs_loop_create();
    front->schedule = gs_osc_schedule_create(front->loop, front->desk->session, gs_door_message);
    front->client = another_client(front, 7);
    return front;
}

static void close_front(struct front *front)
{
    gs_door_client_destroy(front->client);
    gs_osc_schedule_destroy(front->schedule);
    gs_loop_destroy(front->loop);
    gs_door_pcm_destroy(front->pcm);
    desk_close(front->desk);
    free(front);
}

static void say(struct front *front, const char *address, const struct gs_atom *atoms, size_t n)
{
    unsigned char data[1024];
    size_t size = gs_osc_write(&(struct gs_message){ address, atoms, n }, data, sizeof data);
    gs_door_client_take(front->client, data, size, true, true, false, front->desk->now_ns);
}

static void set(struct front *front, const char *address, double number)
{
    struct gs_atom atom = gs_atom_float(number);
    say(front, address, &atom, 1);
}

static void command(struct front *front, const char *text)
{
    gs_door_client_take(front->client, (const unsigned char *)text, strlen(text), true, true, true,
                        front->desk->now_ns);
}

struct heard {
    const char *address;
    unsigned count;
    double number;
    char text[256];
};

static void look(void *context, const unsigned char *data, size_t size)
{
    struct heard *heard = context;
    struct gs_osc_taken taken;
    cr_assert(gs_osc_take(&taken, data, size));
    if (strcmp(taken.message.address, heard->address) == 0) {
        heard->count++;
        for (size_t i = 0; i < taken.message.n_atoms; i++) {
            gs_atom_number(&taken.message.atoms[i], &heard->number);
            if (taken.message.atoms[i].tag == 's' && i < 2) {
                strncpy(heard->text, taken.message.atoms[i].text, sizeof heard->text - 1);
            }
        }
    }
    gs_osc_drop(&taken);
}

/* Takes all frames that wait and looks for one address. */
static struct heard hear(struct front *front, const char *address)
{
    struct heard heard = { .address = address };
    struct gs_door_frame *frame;
    while ((frame = gs_door_client_next(front->client))) {
        const unsigned char *data = frame->data + GS_DOOR_FRAME_ROOM;
        if (!frame->text) {
            cr_assert_null(gs_osc_packet_fault(data, frame->size), "we send what we would take");
            gs_osc_packet_each(data, frame->size, look, &heard);
        }
        free(frame);
    }
    cr_assert_eq(front->client->queued, 0);
    return heard;
}

/* ---- bundles ---- */

/* RFC 5905, figure 4: seconds since 1900 and a fraction of 32 bits. */
static uint64_t tag_in_ms(int64_t ms)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t total_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + ms;
    return ((uint64_t)(total_ms / 1000) + 2208988800u) << 32 | ((uint64_t)(total_ms % 1000) << 32) / 1000;
}

struct packet {
    unsigned char data[512];
    size_t size;
};

static void put_big(unsigned char *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        at[i] = (unsigned char)(value >> 8 * (bytes - 1 - i));
    }
}

static struct packet bundle(uint64_t tag)
{
    struct packet packet = { "#bundle", 16 };
    put_big(packet.data + 8, tag, 8);
    return packet;
}

static void add_message(struct packet *packet, const char *address, struct gs_atom atom)
{
    unsigned char *at = packet->data + packet->size;
    size_t size = gs_osc_write(&(struct gs_message){ address, &atom, 1 }, at + 4, 128);
    put_big(at, size, 4);
    packet->size += 4 + size;
}

static void add_bundle(struct packet *packet, const struct packet *inner)
{
    put_big(packet->data + packet->size, inner->size, 4);
    memcpy(packet->data + packet->size + 4, inner->data, inner->size);
    packet->size += 4 + inner->size;
}

static void send_packet(struct front *front, const struct packet *packet)
{
    gs_door_client_take(front->client, packet->data, packet->size, true, true, false, gs_loop_now());
}

/* Whether a machine has stopped for so long that what was to wait no longer needs to. */
static bool late(uint64_t start_ns, int64_t ms)
{
    return gs_loop_now() - start_ns > (uint64_t)(ms - 50) * 1000000u;
}

/* Turns the loop until a gain is so, twenty seconds at most. */
static bool comes_to(struct front *front, double gain_db)
{
    uint64_t end_ns = gs_loop_now() + UINT64_C(20000000000);
    while (fabs(desk_get(front->desk, "/stage/pre/gain") - gain_db) > 1e-6 && gs_loop_now() < end_ns) {
        gs_loop_once(front->loop, 2000000);
    }
    return fabs(desk_get(front->desk, "/stage/pre/gain") - gain_db) <= 1e-6;
}

Test(door_client, asks_sets_and_subscribes_like_any_peer)
{
    struct front *front = open_front(NULL);
    say(front, "/stage/pre/gain", NULL, 0);
    struct heard heard = hear(front, "/stage/pre/gain");
    cr_expect_eq(heard.count, 1);
    cr_expect_float_eq(heard.number, 12, 1e-6);
    cr_expect_gt(front->woken, 0);
    set(front, "/stage/pre/gain", 20);
    cr_expect_float_eq(desk_get(front->desk, "/stage/pre/gain"), 20, 1e-6);
    struct gs_atom atoms[4] = { gs_atom_int(0), gs_atom_int(60), gs_atom_int(20), gs_atom_int(15) };
    say(front, "/subscribe", atoms, 4);
    cr_expect_eq(hear(front, "/subscribed").count, 1);
    desk_pass(front->desk, 500, true);
    hear(front, "");
    desk_say(front->desk, 0, 5000, "/stage/pre/gain", "f", 25.0);
    desk_pass(front->desk, 100, true);
    heard = hear(front, "/stage/pre/gain");
    cr_expect_eq(heard.count, 1);
    cr_expect_float_eq(heard.number, 25, 1e-6);
    desk_pass(front->desk, 200, true);
    cr_expect_gt(hear(front, "/stage/pre/meter/out/db").count, 0);
    close_front(front);
}

Test(door_client, a_stream_needs_no_datagrams)
{
    struct front *front = open_front(NULL);
    struct gs_atom atoms[4] = { gs_atom_int(0), gs_atom_int(60), gs_atom_int(20), gs_atom_int(15) };
    struct gs_door_frame *frame;
    size_t largest = 0;
    say(front, "/subscribe", atoms, 4); /* all values are told at once: more than a datagram carries */
    desk_pass(front->desk, 500, true);
    while ((frame = gs_door_client_next(front->client))) {
        largest = frame->size > largest ? frame->size : largest;
        free(frame);
    }
    cr_expect_gt(largest, GS_OSC_SEND_LIMIT, "few large frames cost both ends less than many small ones");
    cr_expect_leq(largest, GS_OSC_PACKET_MAX);
    close_front(front);
}

Test(door_client, follows_exact_addresses_and_nothing_else)
{
    struct front *front = open_front(NULL);
    command(front, "{\"COMMAND\":\"LISTEN\",\"DATA\":\"/stage/pre/gain\"}");
    command(front, "{\"COMMAND\":\"LISTEN\",\"DATA\":\"/stage/*/fader\"}");
    command(front, "{\"COMMAND\":\"LISTEN\",\"DATA\":\"/chain/name\"}");
    command(front, "{\"COMMAND\":\"LISTEN\",\"DATA\":\"/undo\"}");
    desk_pass(front->desk, 100, false);
    struct heard heard = hear(front, "/stage/pre/gain");
    cr_expect_eq(heard.count, 1, "what it is now");
    desk_say(front->desk, 0, 5000, "/stage/pre/gain", "f", 25.0);
    desk_pass(front->desk, 100, false);
    heard = hear(front, "/stage/pre/gain");
    cr_expect_eq(heard.count, 1);
    cr_expect_float_eq(heard.number, 25, 1e-6);
    desk_pass(front->desk, 5000, false);
    cr_expect_null(gs_door_client_next(front->client), "silence while nothing changes");
    set(front, "/stage/pre/gain", 30);
    desk_pass(front->desk, 600, false);
    cr_expect_eq(hear(front, "/stage/pre/gain").count, 0, "what it said itself is not told back");
    desk_say(front->desk, 0, 5000, "/stage/pre/gain", "f", 31.0);
    desk_pass(front->desk, 600, false);
    cr_expect_float_eq(hear(front, "/stage/pre/gain").number, 31, 1e-6);
    desk_load(front->desk,
              "{'gainstage':1,'name':'other','stages':[{'id':'s','kind':'source','domain':'line'},"
              "{'id':'pre','kind':'preamp','gain_db':7},{'id':'out','kind':'master'}]}");
    desk_pass(front->desk, 100, false);
    cr_expect_float_eq(hear(front, "/stage/pre/gain").number, 7, 1e-6, "goes on in another chain");
    command(front, "{\"COMMAND\":\"IGNORE\",\"DATA\":\"/stage/pre/gain\"}");
    desk_say(front->desk, 0, 5000, "/stage/pre/gain", "f", 8.0);
    desk_pass(front->desk, 200, false);
    cr_expect_eq(hear(front, "/stage/pre/gain").count, 0);
    close_front(front);
}

Test(door_client, text_that_is_no_command_is_passed_over)
{
    static const char *const texts[] = { "",
                                         "{",
                                         "[]",
                                         "7",
                                         "\"LISTEN\"",
                                         "{\"COMMAND\":7,\"DATA\":\"/x\"}",
                                         "{\"COMMAND\":\"LISTEN\"}",
                                         "{\"COMMAND\":\"LISTEN\",\"DATA\":[]}",
                                         "{\"COMMAND\":\"LISTEN\",\"DATA\":\"\"}",
                                         "{\"COMMAND\":\"PATH_CHANGED\",\"DATA\":\"/\"}" };
    struct front *front = open_front(NULL);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        command(front, texts[i]);
    }
    desk_pass(front->desk, 200, false);
    cr_expect_null(gs_door_client_next(front->client));
    cr_expect_not(front->client->lost);
    close_front(front);
}

Test(door_client, without_the_pin_it_may_only_look)
{
    struct front *front = open_front("4711");
    set(front, "/stage/pre/gain", 40);
    struct heard heard = hear(front, "/error");
    cr_expect_str_eq(heard.text, "pin");
    cr_expect_float_eq(desk_get(front->desk, "/stage/pre/gain"), 12, 1e-6);
    static const char *const verbs[] = {
        "/panic",          "/undo",         "/clip/reset", "/snapshot/save/x",
        "/stage/pre/clip", "/chain/load/x", "/ab",         "/listen/src"
    };
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        desk_pass(front->desk, 1000, false); /* errors are told five a second */
        hear(front, "");
        set(front, verbs[i], 1);
        cr_expect_str_eq(hear(front, "/error").text, "pin", "%s", verbs[i]);
    }
    static const char *const looks[] = { "/stage/pre/gain", "/stage/list", "/listen",     "/ab",
                                         "/info",           "/ping",       "/peers/list", "/xinfo" };
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        say(front, looks[i], NULL, 0);
        struct gs_door_frame *frame = gs_door_client_next(front->client);
        cr_assert(frame, "%s is answered", looks[i]);
        cr_expect_str_neq((char *)frame->data + GS_DOOR_FRAME_ROOM, "/error", "%s", looks[i]);
        free(frame);
        hear(front, "");
    }
    struct gs_atom right = gs_atom_text("4711");
    say(front, "/pin", &right, 1);
    cr_expect_eq(hear(front, "/pin").number, 1);
    set(front, "/stage/pre/gain", 40);
    cr_expect_float_eq(desk_get(front->desk, "/stage/pre/gain"), 40, 1e-6);
    close_front(front);
}

/* A verb that answers at its own address when it is asked without an argument tells what is, unless it does what it
 * is for. */
static void ask_without_the_pin(void *context, const struct gs_address_row *row)
{
    struct front **fronts = context;
    bool does = strcmp(row->address, "/chain/save") == 0 || strcmp(row->address, "/panic") == 0;
    if (row->stage >= 0 || !row->access || does) {
        return;
    }
    unsigned answers[2];
    for (unsigned i = 0; i < 2; i++) {
        desk_pass(fronts[i]->desk, 1000, false); /* errors are told five a second */
        hear(fronts[i], "");
        say(fronts[i], row->address, NULL, 0);
        answers[i] = hear(fronts[i], row->address).count;
    }
    cr_expect_eq(answers[1], answers[0], "%s: %u with the PIN, %u without", row->address, answers[0],
                 answers[1]);
}

Test(door_client, without_the_pin_everything_that_is_can_be_read)
{
    struct front *fronts[2] = { open_front(NULL), open_front("4711") };
    gs_session_describe(gs_session_chain(fronts[0]->desk->session), ask_without_the_pin, fronts);
    say(fronts[1], "/chain/load", NULL, 0);
    cr_expect_str_eq(hear(fronts[1], "/chain/name").text, "strip");
    struct gs_atom wire = gs_atom_text("pre"), number = { .tag = 'h' };
    say(fronts[1], "/record/meters", &wire, 1);
    cr_expect_eq(hear(fronts[1], "/record/meters/columns").count, 1);
    say(fronts[1], "/record/meters/again", &number, 1);
    cr_expect_eq(hear(fronts[1], "/error").count, 0);
    close_front(fronts[0]);
    close_front(fronts[1]);
}

Test(door_client, guessing_is_slow)
{
    struct gs_door_pin pin;
    struct gs_endpoint here = { .ip = { 1 } }, there = { .ip = { 2 } };
    gs_door_pin_init(&pin, "4711");
    uint64_t now_ns = 1;
    for (unsigned i = 0; i < 5; i++) {
        cr_expect_eq(gs_door_pin_try(&pin, &here, "0000", now_ns), GS_PIN_WRONG);
    }
    cr_expect_eq(gs_door_pin_try(&pin, &here, "4711", now_ns), GS_PIN_WAIT, "even the right one");
    cr_expect_eq(gs_door_pin_try(&pin, &there, "4711", now_ns), GS_PIN_RIGHT, "others need not wait");
    unsigned looked_at = 0;
    for (unsigned s = 0; s < 100; s++) {
        now_ns += 1000000000u;
        looked_at += gs_door_pin_try(&pin, &here, "0000", now_ns) == GS_PIN_WRONG;
    }
    cr_expect_leq(looked_at, 21, "one in five seconds");
    for (unsigned i = 0; i < 1000; i++) {
        struct gs_endpoint many = { .ip = { 3, (unsigned char)(i >> 8), (unsigned char)i } };
        looked_at += gs_door_pin_try(&pin, &many, "0000", now_ns) == GS_PIN_WRONG;
    }
    cr_expect_leq(looked_at, 21 + 31, "many addresses share a budget");
    static const char *const wrong[] = { "", "471", "47111", "4712", "4711 " };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        now_ns += UINT64_C(60000000000);
        cr_expect_eq(gs_door_pin_try(&pin, &here, wrong[i], now_ns), GS_PIN_WRONG, "'%s'", wrong[i]);
    }
}

Test(door_client, who_does_not_read_loses_meters_then_the_connection)
{
    struct front *front = open_front(NULL);
    struct gs_atom atoms[4] = { gs_atom_int(0), gs_atom_int(3600), gs_atom_int(50), gs_atom_int(15) };
    say(front, "/subscribe", atoms, 4);
    desk_pass(front->desk, 10000, true);
    cr_expect_gt(front->client->dropped, 0);
    cr_expect_lt(front->client->queued, 64 << 10, "meters wait for nobody");
    cr_expect_not(front->client->lost);
    for (unsigned i = 0; i < 100000 && !front->client->lost; i++) {
        say(front, "/stage/list", NULL, 0);
    }
    cr_expect(front->client->lost);
    cr_expect_leq(front->client->queued, 1 << 20);
    close_front(front);
}

Test(door_client, pieces_and_monsters)
{
    static const unsigned char ping[] = "/ping\0\0\0,i\0\0\0\0\0\7";
    struct front *front = open_front(NULL);
    for (size_t i = 0; i < 16; i++) {
        gs_door_client_take(front->client, ping + i, 1, i == 0, i == 15, false, front->desk->now_ns);
    }
    cr_expect_eq(hear(front, "/pong").number, 7, "a message in sixteen pieces");
    static unsigned char big[GS_OSC_PACKET_MAX];
    gs_door_client_take(front->client, big, sizeof big, true, false, false, front->desk->now_ns);
    cr_expect_not(front->client->lost);
    gs_door_client_take(front->client, big, 1, false, true, false, front->desk->now_ns);
    cr_expect(front->client->lost, "more than a packet");
    close_front(front);
}

Test(door_client, bundles_are_heard_at_their_time)
{
    static const struct {
        int64_t tag_ms;
        bool waits;
    } rows[] = { { INT64_MIN, false }, { -10000, false }, { 0, false }, { 400, true } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct front *front = open_front(NULL);
        uint64_t start_ns = gs_loop_now();
        struct packet packet =
            bundle(rows[i].tag_ms == INT64_MIN ? GS_OSC_IMMEDIATELY : tag_in_ms(rows[i].tag_ms));
        add_message(&packet, "/stage/pre/gain", gs_atom_float(20));
        send_packet(front, &packet);
        double at_once = desk_get(front->desk, "/stage/pre/gain");
        cr_expect(fabs(at_once - (rows[i].waits ? 12 : 20)) < 1e-6 ||
                      (rows[i].waits && late(start_ns, rows[i].tag_ms)),
                  "row %zu", i);
        cr_expect(comes_to(front, 20), "row %zu", i);
        close_front(front);
    }
}

Test(door_client, a_bundle_in_a_bundle_waits_alone_and_never_before_the_outer_one)
{
    struct front *front = open_front(NULL);
    uint64_t start_ns = gs_loop_now();
    struct packet outer = bundle(GS_OSC_IMMEDIATELY), inner = bundle(tag_in_ms(400));
    add_message(&inner, "/stage/pre/mute", gs_atom_float(1));
    add_message(&outer, "/stage/pre/gain", gs_atom_float(20));
    add_bundle(&outer, &inner);
    send_packet(front, &outer);
    cr_expect_float_eq(desk_get(front->desk, "/stage/pre/gain"), 20, 1e-6);
    double muted = desk_get(front->desk, "/stage/pre/mute");
    cr_expect(muted == 0 || late(start_ns, 400));
    struct packet later = bundle(tag_in_ms(450)), at_once = bundle(GS_OSC_IMMEDIATELY);
    add_message(&at_once, "/stage/pre/gain", gs_atom_float(22));
    add_bundle(&later, &at_once);
    send_packet(front, &later);
    double gain_db = desk_get(front->desk, "/stage/pre/gain");
    cr_expect(fabs(gain_db - 20) < 1e-6 || late(start_ns, 450));
    cr_expect(comes_to(front, 22));
    gs_loop_once(front->loop, 0); /* what is due by now is heard, in whatever order it was served */
    cr_expect_eq(desk_get(front->desk, "/stage/pre/mute"), 1);
    close_front(front);
}

Test(door_client, what_waits_is_refused_too_far_ahead_answered_by_the_door_and_goes_with_its_client)
{
    struct front *front = open_front("4711");
    struct packet far = bundle(tag_in_ms(60000));
    add_message(&far, "/stage/pre/gain", gs_atom_float(20));
    send_packet(front, &far);
    cr_expect_str_eq(hear(front, "/error").text, "out-of-range");
    uint64_t start_ns = gs_loop_now();
    struct packet pin = bundle(tag_in_ms(300));
    add_message(&pin, "/pin", gs_atom_text("4711"));
    send_packet(front, &pin);
    struct heard heard = hear(front, "/pin");
    cr_expect(heard.count == 0 || late(start_ns, 300), "not yet");
    for (unsigned i = 0; i < 10000 && !heard.count; i++) {
        gs_loop_once(front->loop, 2000000);
        heard = hear(front, "/pin");
    }
    cr_expect_eq(heard.number, 1);
    cr_expect_not(front->client->endpoint.view_only);
    struct packet set = bundle(tag_in_ms(300));
    add_message(&set, "/stage/pre/gain", gs_atom_float(20));
    send_packet(front, &set);
    gs_door_client_destroy(front->client);
    uint64_t end_ns = gs_loop_now() + 350000000;
    while (gs_loop_now() < end_ns) {
        gs_loop_once(front->loop, 10000000);
    }
    cr_expect_float_eq(desk_get(front->desk, "/stage/pre/gain"), 12, 1e-6,
                       "nobody is there any more to have said it");
    front->client = another_client(front, 8);
    close_front(front);
}

/* ---- floods ---- */

static unsigned count_pongs(struct front *front)
{
    return hear(front, "/pong").count;
}

Test(door_client, a_flood_is_dropped_and_told_and_nobody_else_notices)
{
    struct front *front = open_front(NULL);
    struct gs_door_client *mad = front->client, *good = another_client(front, 8);
    unsigned answered = 0, told = 0;
    for (unsigned i = 0; i < 4 * GS_OSC_RATE; i++) {
        say(front, "/ping", NULL, 0);
        front->client = good;
        if (i % 1000 == 999) {
            say(front, "/ping", NULL, 0);
            cr_expect_eq(count_pongs(front), 1, "the other one is answered, at %u", i);
        }
        front->client = mad;
        if (i % 100 == 99) {
            struct heard heard = { .address = "/pong" };
            struct gs_door_frame *frame;
            while ((frame = gs_door_client_next(mad))) {
                const unsigned char *data = frame->data + GS_DOOR_FRAME_ROOM;
                told += strcmp((const char *)data, "/error") == 0;
                gs_osc_packet_each(data, frame->size, look, &heard);
                free(frame);
            }
            answered += heard.count;
        }
    }
    cr_expect_eq(answered, GS_OSC_RATE, "%u", answered);
    cr_expect_eq(told, 1, "%u", told);
    cr_expect(mad->share.dropped);
    cr_expect_not(mad->lost);
    struct gs_atom on = gs_atom_int(1);
    say(front, "/panic", &on, 1);
    cr_expect_eq(hear(front, "/error").count, 0, "a lonely panic is always heard");
    desk_pass(front->desk, 150, false);
    say(front, "/ping", NULL, 0);
    cr_expect_eq(count_pongs(front), 0, "deaf for a fifth of a second");
    desk_pass(front->desk, 100, false);
    say(front, "/ping", NULL, 0);
    cr_expect_eq(count_pongs(front), 1, "and then no longer");
    gs_door_client_destroy(good);
    close_front(front);
}

Test(door_client, what_a_share_is_spent_on)
{
    static const struct {
        const char *address;
        size_t bytes;         /* of a blob instead; 0: none */
        unsigned most, least; /* packets until it is too much */
    } rows[] = {
        { "/ping", 0, GS_OSC_RATE, GS_OSC_RATE },
        { "/stage/*/gain/text", 0, GS_OSC_RATE / 2, GS_OSC_RATE / 8 }, /* two stages have a gain, or more */
        { "/x", 8000, GS_OSC_BYTES / 8000, GS_OSC_BYTES / 8192 },
    };
    static unsigned char big[8000];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct front *front = open_front(NULL);
        unsigned n = 0;
        while (!front->client->share.dropped && n < 2 * GS_OSC_RATE) {
            if (rows[i].bytes) {
                gs_door_client_take(front->client, big, rows[i].bytes, true, true, false,
                                    front->desk->now_ns);
            } else {
                say(front, rows[i].address, NULL, 0);
            }
            hear(front, "");
            n++;
        }
        cr_expect(n - 1 <= rows[i].most && n - 1 >= rows[i].least, "%s: %u", rows[i].address, n - 1);
        close_front(front);
    }
}

Test(door_client, pieces_of_nothing_are_a_flood_too)
{
    struct front *front = open_front(NULL);
    for (unsigned i = 0; i <= GS_OSC_RATE; i++) {
        gs_door_client_take(front->client, (const unsigned char *)"", 0, i == 0, false, false,
                            front->desk->now_ns);
    }
    cr_expect(front->client->share.dropped);
    gs_door_client_take(front->client, (const unsigned char *)"/ping\0\0\0,\0\0\0", 12, false, true, false,
                        front->desk->now_ns + 2 * GS_OSC_MUTE_NS);
    cr_expect_eq(count_pongs(front), 0, "the rest of a message that was not heard");
    close_front(front);
}
