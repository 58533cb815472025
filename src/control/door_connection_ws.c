/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_connection.h: WebSockets. What is said and heard says door_client; here it becomes frames. */
#include "control/door_connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FRAMES_A_TURN 32

int gs_door_connection_upgrade(struct gs_door_connection *c, const char *protocol)
{
    char host[300], origin[300];
    gs_door_connection_header(c->wsi, WSI_TOKEN_HOST, host, sizeof host);
    gs_door_connection_header(c->wsi, WSI_TOKEN_ORIGIN, origin, sizeof origin);
    bool foreign = lws_hdr_total_length(c->wsi, WSI_TOKEN_ORIGIN) > 0 && !gs_door_same_origin(origin, host);
    if (!gs_door_connection_by_name(c) || foreign) {
        return gs_door_connection_refuse(c, 403, "a page of another host\n") < 0 ? -1 : 1;
    }
    if (strcasecmp(protocol, "websocket") != 0) {
        return -1;
    }
    if (c->door->n_clients >= GS_DOOR_CLIENTS) {
        return gs_door_connection_refuse(c, 503, "as many clients as there is room for\n") < 0 ? -1 : 1;
    }
    return 0;
}

static void wake_client(void *context)
{
    struct gs_door_connection *c = context;
    c->door->pcm_ns = c->door->pcm_ns == UINT64_MAX ? 0 : c->door->pcm_ns; /* it may want to hear now */
    gs_door_connection_wants(c);
}

int gs_door_connection_open_client(struct gs_door_connection *c)
{
    struct gs_door *door = c->door;
    struct gs_door_room room = { door->setup.http.session, &door->pin, door->pcm, door->schedule };
    c->client = gs_door_client_create(&room, &c->endpoint, wake_client, c);
    if (!c->client) {
        return -1;
    }
    snprintf(c->client->outlet.local_ip, sizeof c->client->outlet.local_ip, "%s", c->local_ip);
    door->n_clients++;
    return 0;
}

void gs_door_connection_close_client(struct gs_door_connection *c)
{
    if (c->client) {
        gs_door_client_destroy(c->client);
        c->client = NULL;
        c->door->n_clients--;
    }
}

int gs_door_connection_send_frames(struct gs_door_connection *c)
{
    for (unsigned i = 0;
         i < FRAMES_A_TURN && gs_door_client_waits(c->client) && !lws_send_pipe_choked(c->wsi); i++) {
        struct gs_door_frame *frame = gs_door_client_next(c->client);
        int sent = lws_write(c->wsi, frame->data + GS_DOOR_FRAME_ROOM, frame->size,
                             frame->text ? LWS_WRITE_TEXT : LWS_WRITE_BINARY);
        bool whole = sent >= (int)frame->size;
        free(frame);
        if (!whole) {
            return -1;
        }
    }
    if (gs_door_client_waits(c->client)) {
        gs_door_connection_wants(c);
    }
    return 0;
}

int gs_door_connection_take_frame(struct gs_door_connection *c, const void *data, size_t size)
{
    bool last = lws_is_final_fragment(c->wsi) && lws_remaining_packet_payload(c->wsi) == 0;
    gs_door_client_take(c->client, data, size, lws_is_first_fragment(c->wsi), last,
                        !lws_frame_is_binary(c->wsi), gs_loop_now());
    gs_loop_set_timer(c->door->setup.loop, c->door->setup.http.session,
                      gs_session_due(c->door->setup.http.session));
    return 0;
}
