/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_client.h. */
#include "control/door_client.h"

#include "control/door_command.h"
#include "control/door_pcm.h"

#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX  (1u << 20)  /* more waiting than this: the client is lost */
#define METERS_MAX (32u << 10) /* more than this: meters are old before they arrive */

/* ---- going out ---- */

static void lose(struct gs_door_client *client)
{
    if (!client->lost) {
        client->lost = true;
        client->wake(client->context);
    }
}

static void queue_frame(struct gs_door_client *client, bool text, const void *data, size_t size)
{
    struct gs_door_frame *frame = NULL;
    if (client->lost) {
        return;
    }
    if (client->queued + size <= QUEUE_MAX) {
        frame = malloc(sizeof *frame + GS_DOOR_FRAME_ROOM + size);
    }
    if (!frame) {
        lose(client);
        return;
    }
    *frame = (struct gs_door_frame){ .text = text, .size = size };
    memcpy(frame->data + GS_DOOR_FRAME_ROOM, data, size);
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

struct gs_door_frame *gs_door_client_next(struct gs_door_client *client)
{
    struct gs_door_frame *frame = client->first;
    if (frame) {
        client->first = frame->next;
        client->queued -= frame->size;
        if (!client->first) {
            client->last = &client->first;
        }
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

static void take_message(void *context, const unsigned char *data, size_t size)
{
    struct gs_door_client *client = context;
    struct gs_osc_taken taken;
    if (gs_osc_take(&taken, data, size) && !gs_door_message(client, &taken.message)) {
        gs_session_message(client->session, &taken.message);
    }
    gs_osc_drop(&taken);
}

static void take_packet(struct gs_door_client *client, uint64_t now_ns)
{
    const char *fault = gs_osc_packet_fault(client->taken, client->used);
    if (fault) {
        gs_session_bad_packet(client->session, &client->endpoint, fault, now_ns);
        return;
    }
    client->now_ns = now_ns;
    gs_session_begin(client->session, &client->endpoint, now_ns);
    gs_osc_packet_each(client->taken, client->used, take_message, client);
    gs_session_end(client->session);
}

void gs_door_client_take(struct gs_door_client *client, const unsigned char *data, size_t size, bool first,
                         bool last, bool text, uint64_t now_ns)
{
    if (first) {
        client->used = 0;
        client->takes_text = text;
    }
    if (client->lost || size > GS_OSC_PACKET_MAX - client->used) {
        lose(client);
        return;
    }
    memcpy(client->taken + client->used, data, size);
    client->used += size;
    if (!last) {
        return;
    }
    client->taken[client->used] = '\0';
    if (client->takes_text) {
        gs_door_command(client, (const char *)client->taken, now_ns);
    } else {
        take_packet(client, now_ns);
    }
    client->used = 0;
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
    client->wake = wake;
    client->context = context;
    client->packer =
        (struct gs_osc_packer){ .send = send_packet, .context = client, .limit = GS_OSC_PACKET_MAX };
    client->last = &client->first;
    return client;
}

void gs_door_client_destroy(struct gs_door_client *client)
{
    struct gs_door_frame *frame;
    if (!client) {
        return;
    }
    gs_door_pcm_leave(client->pcm, client);
    gs_session_gone(client->session, &client->endpoint);
    while ((frame = gs_door_client_next(client))) {
        free(frame);
    }
    free(client);
}
