/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages of the session to bytes of OSC and back, by liblo: one message of a packet that the walker has
 * passed becomes atoms, atoms become a message or, many of them, bundles of bounded size. [control] */
#ifndef CONTROL_OSC_CODEC_H
#define CONTROL_OSC_CODEC_H

#include "control/osc_packet.h"
#include "session/message.h"

/* A message that was taken out of a packet; atoms point into it. */
struct gs_osc_taken {
    struct gs_message message;
    struct gs_atom atom[GS_ATOMS_MAX];
    void *held;
};

/* False when liblo refuses it after all. What was taken is given back by gs_osc_drop(). */
bool gs_osc_take(struct gs_osc_taken *taken, const unsigned char *data, size_t size);
void gs_osc_drop(struct gs_osc_taken *taken);

/* Bytes of the message in `data`; 0 when it does not fit. */
size_t gs_osc_write(const struct gs_message *message, unsigned char *data, size_t size);

/* Gathers messages and hands out packets: bundles of at most `limit` bytes, a lonely message as itself. */
#define GS_OSC_SEND_LIMIT 1400 /* fits every link without fragments */
struct gs_osc_packer {
    void (*send)(void *context, const unsigned char *data, size_t size);
    void *context;
    size_t limit;
    bool single; /* each message in a packet of its own */
    size_t used;
    unsigned messages;
    unsigned char packet[GS_OSC_PACKET_MAX];
};
void gs_osc_pack(struct gs_osc_packer *packer, const struct gs_message *message);
void gs_osc_pack_flush(struct gs_osc_packer *packer);

#endif
