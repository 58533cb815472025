/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A WebSocket client without a socket: commands, OSC both ways, following, the PIN, and what happens when it does not
 * read or sends too much. */
#include "../support/desk.h"
#include "control/door_client.h"
#include "control/door_pcm.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char strip[] =
    "{'gainstage':1,'name':'strip','stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'white','level_dbu':-10},"
    "{'id':'pre','kind':'preamp','gain_db':12},{'id':'ad','kind':'adc'},{'id':'out','kind':'master'}]}";

struct front {
    struct desk *desk;
    struct gs_door_pin pin;
    struct gs_door_pcm *pcm;
    struct gs_door_client *client;
    unsigned woken;
};

static void wake(void *context)
{
    ((struct front *)context)->woken++;
}

static struct front *open_front(const char *pin)
{
    struct front *front = calloc(1, sizeof *front);
    front->desk = desk_open(strip);
    gs_door_pin_init(&front->pin, pin);
    front->pcm = gs_door_pcm_create(front->desk->engine, front->desk->session);
    struct gs_door_room room = { front->desk->session, &front->pin, front->pcm };
    struct gs_endpoint endpoint = { .ip = { [10] = 0xff, 0xff, 192, 168, 1, 9 },
                                    .port = 4000,
                                    .connection = 7 };
    front->client = gs_door_client_create(&room, &endpoint, wake, front);
    return front;
}

static void close_front(struct front *front)
{
    gs_door_client_destroy(front->client);
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
    static const char *const looks[] = {
        "/stage/pre/gain", "/stage/list", "/listen", "/ab", "/info", "/ping"
    };
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
