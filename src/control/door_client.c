/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_client.h. */
#include "control/door_client.h"

#include "control/door_command.h"
#include "control/door_pcm.h"
#include "control/osc_guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX  (1u << 20)  /* more waiting than this: the client is lost */
#define METERS_MAX (32u << 10) /* more than this: meters are old before they arrive */
#define SOUND_MAX  (96u << 10) /* 80 ms of three wires in stereo: what is later is not worth hearing */

/* ---- going out ---- */

static void lose(struct gs_door_client *client)
{
    if (!client->lost) {
        client->lost = true;
        client->wake(client->context);
    }
}

static struct gs_door_frame *make_frame(bool text, const void *data, size_t size)
{
    struct gs_door_frame *frame = malloc(sizeof *frame + GS_DOOR_FRAME_ROOM + size);
    if (frame) {
        *frame = (struct gs_door_frame){ .text = text, .size = size };
        memcpy(frame->data + GS_DOOR_FRAME_ROOM, data, size);
    }
    return frame;
}

static void queue_frame(struct gs_door_client *client, bool text, const void *data, size_t size)
{
    struct gs_door_frame *frame = NULL;
    if (client->lost) {
        return;
    }
    if (client->queued + size <= QUEUE_MAX) {
        frame = make_frame(text, data, size);
    }
    if (!frame) {
        lose(client);
        return;
    }
    *client->last = frame;
    client->last = &frame->next;
    client->queued += size;
    client->wake(client->context);
}

void gs_door_client_say(struct gs_door_client *client, const char *text)
{
    queue_frame(client, true, text, strlen(text));
}

void gs_door_client_send(struct gs_door_client *client, const void *data, size_t size, size_t queued_max)
{
    if (queued_max && client->queued > queued_max) {
        client->dropped++;
        return;
    }
    queue_frame(client, false, data, size);
}

void gs_door_client_sound(struct gs_door_client *client, const void *data, size_t size)
{
    bool room = !client->lost && client->queued_sound + size <= SOUND_MAX;
    struct gs_door_frame *frame = room ? make_frame(false, data, size) : NULL;
    if (!frame) {
        client->dropped++;
        return;
    }
    *client->last_sound = frame;
    client->last_sound = &frame->next;
    client->queued_sound += size;
    client->wake(client->context);
}

bool gs_door_client_waits(const struct gs_door_client *client)
{
    return client->first || client->first_sound;
}

static struct gs_door_frame *next_sound(struct gs_door_client *client)
{
    struct gs_door_frame *frame = client->first_sound;
    if (frame) {
        client->first_sound = frame->next;
        client->queued_sound -= frame->size;
        if (!client->first_sound) {
            client->last_sound = &client->first_sound;
        }
    }
    return frame;
}

struct gs_door_frame *gs_door_client_next(struct gs_door_client *client)
{
    struct gs_door_frame *frame = client->first;
    if (!frame) {
        return next_sound(client);
    }
    client->first = frame->next;
    client->queued -= frame->size;
    if (!client->first) {
        client->last = &client->first;
    }
    return frame;
}

static void send_packet(void *context, const unsigned char *data, size_t size)
{
    struct gs_door_client *client = context;
    gs_door_client_send(client, data, size, client->losable ? METERS_MAX : 0);
}

static void open_outlet(struct gs_outlet *outlet, const struct gs_endpoint *to, unsigned flags)
{
    struct gs_door_client *client = (struct gs_door_client *)outlet;
    (void)to;
    client->packer.single = flags & GS_OUTLET_SINGLE;
    client->losable = flags & GS_OUTLET_LOSABLE;
}

static void put_message(struct gs_outlet *outlet, const struct gs_message *message)
{
    gs_osc_pack(&((struct gs_door_client *)outlet)->packer, message);
}

static void close_outlet(struct gs_outlet *outlet)
{
    gs_osc_pack_flush(&((struct gs_door_client *)outlet)->packer);
}

/* ---- coming in ---- */

static void take_packet(struct gs_door_client *client, uint64_t now_ns)
{
    const char *fault = gs_osc_packet_fault(client->taken, client->used);
    if (fault) {
        gs_session_bad_packet(client->session, &client->endpoint, fault, now_ns);
        return;
    }
    struct gs_osc_cost cost =
        gs_osc_schedule_packet(client->schedule, &client->endpoint, client->taken, client->used, now_ns);
    unsigned named = cost.named > cost.messages ? cost.named : cost.messages;
    gs_door_share_charge(&client->share, named ? named - 1 : 0);
}

/* The log hears of it once. */
static void tell_too_much(struct gs_door_client *client, uint64_t now_ns)
{
    char text[128], line[224], where[64];
    bool first = !client->share.told_ns;
    if (!gs_door_share_tell(&client->share, now_ns)) {
        return;
    }
    snprintf(text, sizeof text, "more than %d messages or %d kB a second: the rest is dropped", GS_OSC_RATE,
             GS_OSC_BYTES / 1000);
    gs_door_complain(client, "/", "too-much", text);
    gs_session_heard(client->session, &client->endpoint, "too-much", "more than its share of messages");
    if (first) {
        snprintf(line, sizeof line, "WebSocket of %s: %s",
                 gs_endpoint_text(&client->endpoint, where, sizeof where), text);
        gs_session_note(client->session, line);
    }
}

static void take_whole(struct gs_door_client *client, uint64_t now_ns)
{
    client->taken[client->used] = '\0';
    if (client->takes_text) {
        gs_door_command(client, (const char *)client->taken, now_ns);
    } else {
        take_packet(client, now_ns);
    }
    client->used = 0;
}

void gs_door_client_take(struct gs_door_client *client, const unsigned char *data, size_t size, bool first,
                         bool last, bool text, uint64_t now_ns)
{
    if (first) {
        client->used = 0;
        client->takes_text = text;
        client->skips = false;
    }
    if (client->lost || size > GS_OSC_PACKET_MAX - client->used) {
        lose(client);
        return;
    }
    bool panic = first && last && !text && gs_osc_packet_is_panic(data, size);
    if (!client->skips && !gs_door_share_take(&client->share, size, panic, now_ns)) {
        client->skips = true;
        tell_too_much(client, now_ns);
    }
    if (client->skips) {
        return;
    }
    memcpy(client->taken + client->used, data, size);
    client->used += size;
    if (last) {
        take_whole(client, now_ns);
    }
}

/* ---- life ---- */

struct gs_door_client *gs_door_client_create(const struct gs_door_room *room,
                                             const struct gs_endpoint *endpoint, void (*wake)(void *context),
                                             void *context)
{
    struct gs_door_client *client = calloc(1, sizeof *client);
    if (!client) {
        return NULL;
    }
    client->outlet = (struct gs_outlet){ .open = open_outlet, .put = put_message, .close = close_outlet };
    client->endpoint = *endpoint;
    client->endpoint.outlet = &client->outlet;
    client->endpoint.view_only = room->pin->word;
    client->session = room->session;
    client->pin = room->pin;
    client->pcm = room->pcm;
    client->schedule = room->schedule;
    client->wake = wake;
    client->context = context;
    client->packer =
        (struct gs_osc_packer){ .send = send_packet, .context = client, .limit = GS_OSC_PACKET_MAX };
    client->last = &client->first;
    client->last_sound = &client->first_sound;
    return client;
}

void gs_door_client_destroy(struct gs_door_client *client)
{
    struct gs_door_frame *frame;
    if (!client) {
        return;
    }
    gs_door_pcm_leave(client->pcm, client);
    gs_osc_schedule_forget(client->schedule, &client->endpoint);
    gs_session_gone(client->session, &client->endpoint);
    while ((frame = gs_door_client_next(client))) {
        free(frame);
    }
    free(client);
}
