/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OSC packets in a stream of bytes and back: a size in front of each (OSC 1.0) or SLIP with an END on both sides
 * (OSC 1.1), told apart by the first byte of the stream. Bounded, no allocation, no input or output. [any] */
#ifndef CONTROL_OSC_FRAMING_H
#define CONTROL_OSC_FRAMING_H

#include "control/osc_packet.h"

#include <stdbool.h>

enum gs_osc_frames {
    GS_OSC_FRAMES_UNKNOWN, /* no byte yet */
    GS_OSC_FRAMES_SIZED,
    GS_OSC_FRAMES_SLIP
};

/* One direction of one stream. Zeroed up to `packet` it is at the beginning of an unknown one; with `kind` set, of
 * that one. */
struct gs_osc_framing {
    enum gs_osc_frames kind;
    const char *fault;   /* in words; nothing is taken any more, the stream cannot be followed. NULL: none */
    bool whole;          /* packet[0 .. used) is a packet, until the next call */
    bool escaped;        /* SLIP: behind an ESC */
    unsigned size_bytes; /* sized: of the size itself, seen so far */
    size_t used, expected;
    _Alignas(8) unsigned char packet[GS_OSC_PACKET_MAX];
};

void gs_osc_framing_init(struct gs_osc_framing *framing, enum gs_osc_frames kind);

/* Takes bytes up to the end of the next packet; returns how many. Empty packets are passed over. */
size_t gs_osc_framing_take(struct gs_osc_framing *framing, const unsigned char *bytes, size_t size);
/* A frame has begun that has not ended: its sender owes the rest. */
bool gs_osc_framing_owes(const struct gs_osc_framing *framing);

/* Writes a packet of at most GS_OSC_PACKET_MAX bytes as a frame; returns its length. `kind` is known. */
#define GS_OSC_FRAME_MAX (2 * GS_OSC_PACKET_MAX + 2)
size_t gs_osc_frame(enum gs_osc_frames kind, const unsigned char *packet, size_t size,
                    unsigned char frame[GS_OSC_FRAME_MAX]);

#endif
