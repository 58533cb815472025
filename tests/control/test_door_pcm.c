/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sound of wires to WebSocket clients: several to one client, behind everything else that it is sent, one tap for
 * all who want the same, and words for who comes too late. */
#include "../support/desk.h"
#include "control/door_command.h"
#include "control/door_pcm.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char strip[] =
    "{'gainstage':1,'name':'strip','stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'white','level_dbu':-10},"
    "{'id':'pre','kind':'preamp','gain_db':12},{'id':'ad','kind':'adc'},{'id':'out','kind':'master'}]}";

#define CROWD 9

struct room {
    struct desk *desk;
    struct gs_door_pin pin;
    struct gs_door_pcm *pcm;
    struct gs_loop *loop;
    struct gs_osc_schedule *schedule;
    struct gs_door_client *client[CROWD];
};

static void wake(void *context)
{
    (void)context;
}

static struct room open_room(unsigned clients)
{
    struct room room = { .desk = desk_open(strip), .loop = gs_loop_create() };
    gs_door_pin_init(&room.pin, NULL);
    room.pcm = gs_door_pcm_create(room.desk->engine, room.desk->session);
    room.schedule = gs_osc_schedule_create(room.loop, room.desk->session, gs_door_message);
    struct gs_door_room shared = { room.desk->session, &room.pin, room.pcm, room.schedule };
    for (unsigned i = 0; i < clients; i++) {
        struct gs_endpoint endpoint = { .ip = { 1 }, .port = (uint16_t)(4000 + i), .connection = 7 + i };
        room.client[i] = gs_door_client_create(&shared, &endpoint, wake, NULL);
    }
    return room;
}

static void close_room(struct room *room)
{
    for (unsigned i = 0; i < CROWD; i++) {
        gs_door_client_destroy(room->client[i]);
    }
    gs_osc_schedule_destroy(room->schedule);
    gs_loop_destroy(room->loop);
    gs_door_pcm_destroy(room->pcm);
    desk_close(room->desk);
}

static void say(struct room *room, const char *address, const char *const *words, size_t n)
{
    unsigned char data[256];
    struct gs_atom atoms[10];
    for (size_t i = 0; i < n; i++) {
        atoms[i] = gs_atom_text(words[i]);
    }
    size_t size = gs_osc_write(&(struct gs_message){ address, atoms, n }, data, sizeof data);
    gs_door_client_take(room->client[0], data, size, true, true, false, room->desk->now_ns);
}

/* Takes what waits: addresses one behind the other, "PCM1" for sound, and how many pieces of each path. */
static void take(struct room *room, char *seen, size_t size, unsigned of_path[3])
{
    struct gs_door_frame *frame;
    seen[0] = '\0';
    while ((frame = gs_door_client_next(room->client[0]))) {
        const unsigned char *data = frame->data + GS_DOOR_FRAME_ROOM;
        bool sound = memcmp(data, "PCM1", 4) == 0;
        strncat(seen, sound ? "PCM1" : (const char *)data, size - strlen(seen) - 1);
        of_path[sound ? data[6] % 3 : GS_IDEAL] += sound;
        free(frame);
    }
}

static void play(struct room *room, unsigned turns)
{
    for (unsigned i = 0; i < turns; i++) {
        desk_pass(room->desk, 20, true);
        gs_door_pcm_turn(room->pcm);
    }
}

Test(door_pcm, several_wires_go_on_together_behind_everything_else)
{
    struct room room = open_room(1);
    char seen[4096];
    unsigned of_path[3] = { 0 };
    say(&room, "/pcm", (const char *const[]){ "pre", "real" }, 2);
    play(&room, 3);
    take(&room, seen, sizeof seen, of_path);
    cr_expect_gt(of_path[GS_REAL], 0);
    cr_expect_eq(of_path[GS_ERROR], 0);
    say(&room, "/pcm", (const char *const[]){ "pre", "real", "pre", "error" }, 4);
    take(&room, seen, sizeof seen, of_path);
    memset(of_path, 0, sizeof of_path);
    play(&room, 3);
    say(&room, "/ping", NULL, 0);
    take(&room, seen, sizeof seen, of_path);
    cr_expect_eq(strncmp(seen, "/pong", 5), 0, "sound lets all else go first: %.40s", seen);
    cr_expect_gt(of_path[GS_REAL], 0);
    cr_expect_eq(of_path[GS_REAL], of_path[GS_ERROR]);
    say(&room, "/pcm", NULL, 0);
    take(&room, seen, sizeof seen, of_path);
    play(&room, 3);
    take(&room, seen, sizeof seen, of_path);
    cr_expect_null(strstr(seen, "PCM1"), "and then nothing");
    close_room(&room);
}

Test(door_pcm, who_does_not_read_loses_sound_and_nothing_else)
{
    struct room room = open_room(1);
    char seen[8192];
    unsigned of_path[3] = { 0 };
    say(&room, "/pcm", (const char *const[]){ "pre", "real", "pre", "ideal", "pre", "error" }, 6);
    play(&room, 200);
    cr_expect_gt(room.client[0]->dropped, 0);
    cr_expect_leq(room.client[0]->queued_sound, 96 << 10);
    cr_expect_not(room.client[0]->lost);
    say(&room, "/ping", NULL, 0);
    take(&room, seen, sizeof seen, of_path);
    cr_expect(strstr(seen, "/pong"));
    close_room(&room);
}

Test(door_pcm, what_is_no_wire_changes_nothing)
{
    struct room room = open_room(1);
    char seen[4096];
    unsigned of_path[3] = { 0 };
    say(&room, "/pcm", (const char *const[]){ "pre", "real" }, 2);
    say(&room, "/pcm", (const char *const[]){ "pre", "real", "none", "real" }, 4);
    say(&room, "/pcm", (const char *const[]){ "pre", "loud" }, 2);
    say(&room, "/pcm",
        (const char *const[]){ "pre", "real", "pre", "ideal", "pre", "error", "ad", "real", "ad", "ideal" },
        10);
    play(&room, 3);
    take(&room, seen, sizeof seen, of_path);
    cr_expect(strstr(seen, "/error"));
    cr_expect_gt(of_path[GS_REAL], 0);
    cr_expect_eq(of_path[GS_ERROR], 0);
    close_room(&room);
}

Test(door_pcm, wires_are_shared_and_the_ninth_is_refused_in_words)
{
    static const char *const paths[] = { "real", "ideal", "error" };
    static const char *const ids[] = { "src", "pre", "ad" };
    struct room room = open_room(CROWD);
    struct gs_door_wire more[2] = { { "out", "real" }, { "pre", "ideal" } };
    unsigned n;
    for (unsigned i = 1; i < CROWD; i++) {
        struct gs_door_wire wire = { ids[(i - 1) / 3], paths[(i - 1) % 3] };
        n = 1;
        cr_assert_null(gs_door_pcm_listen(room.pcm, room.client[i], &wire, &n));
    }
    n = 2;
    const char *fault = gs_door_pcm_listen(room.pcm, room.client[0], more, &n);
    cr_expect(fault && strstr(fault, "eight"), "%s", fault ? fault : "nothing is said");
    cr_expect_eq(n, 1, "what others hear can be heard");
    cr_expect_str_eq(more[0].stage, "pre");
    gs_door_client_destroy(room.client[CROWD - 1]);
    room.client[CROWD - 1] = NULL;
    more[0] = (struct gs_door_wire){ "out", "real" };
    n = 1;
    cr_expect_null(gs_door_pcm_listen(room.pcm, room.client[0], more, &n), "one has gone");
    close_room(&room);
}
