/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_framing.h. A size begins with zero, as no packet of ours is 16 megabytes long; SLIP begins with END or, where
 * the sender has left the first one out (RFC 1055 has none), with the packet itself. */
#include "control/osc_framing.h"

#include <string.h>

/* RFC 1055 */
#define END     0xC0
#define ESC     0xDB
#define ESC_END 0xDC
#define ESC_ESC 0xDD

void gs_osc_framing_init(struct gs_osc_framing *framing, enum gs_osc_frames kind)
{
    memset(framing, 0, offsetof(struct gs_osc_framing, packet));
    framing->kind = kind;
}

static void tell_apart(struct gs_osc_framing *framing, unsigned char first)
{
    if (first == 0) {
        framing->kind = GS_OSC_FRAMES_SIZED;
    } else if (first == END || first == '/' || first == '#') {
        framing->kind = GS_OSC_FRAMES_SLIP;
    } else {
        framing->fault = "a stream that begins with neither a size nor a SLIP frame";
    }
}

static size_t take_size(struct gs_osc_framing *framing, const unsigned char *bytes, size_t size)
{
    size_t at = 0;
    while (at < size && framing->size_bytes < 4) {
        framing->expected = framing->expected << 8 | bytes[at++];
        framing->size_bytes++;
    }
    if (framing->size_bytes == 4 && framing->expected > GS_OSC_PACKET_MAX) {
        framing->fault = "a frame that says it is bigger than any packet taken here";
    } else if (framing->size_bytes == 4 && framing->expected == 0) {
        framing->size_bytes = 0;
    }
    return at;
}

static size_t take_sized(struct gs_osc_framing *framing, const unsigned char *bytes, size_t size)
{
    if (framing->size_bytes < 4) {
        return take_size(framing, bytes, size);
    }
    size_t left = framing->expected - framing->used, n = size < left ? size : left;
    memcpy(framing->packet + framing->used, bytes, n);
    framing->used += n;
    framing->whole = framing->used == framing->expected;
    return n;
}

static void take_byte(struct gs_osc_framing *framing, unsigned char byte)
{
    if (framing->escaped) {
        if (byte != ESC_END && byte != ESC_ESC) {
            framing->fault = "a SLIP escape that stands for nothing";
            return;
        }
        framing->escaped = false;
        byte = byte == ESC_END ? END : ESC;
    } else if (byte == END) {
        framing->whole = framing->used > 0;
        return;
    } else if (byte == ESC) {
        framing->escaped = true;
        return;
    }
    if (framing->used == GS_OSC_PACKET_MAX) {
        framing->fault = "a frame that is bigger than any packet taken here";
        return;
    }
    framing->packet[framing->used++] = byte;
}

static size_t take_slip(struct gs_osc_framing *framing, const unsigned char *bytes, size_t size)
{
    size_t at = 0;
    while (at < size && !framing->whole && !framing->fault) {
        take_byte(framing, bytes[at++]);
    }
    return at;
}

size_t gs_osc_framing_take(struct gs_osc_framing *framing, const unsigned char *bytes, size_t size)
{
    size_t at = 0;
    if (framing->whole) {
        gs_osc_framing_init(framing, framing->kind);
    }
    if (size && framing->kind == GS_OSC_FRAMES_UNKNOWN) {
        tell_apart(framing, bytes[0]);
    }
    while (at < size && !framing->whole && !framing->fault) {
        at += framing->kind == GS_OSC_FRAMES_SIZED ? take_sized(framing, bytes + at, size - at)
                                                   : take_slip(framing, bytes + at, size - at);
    }
    return at;
}

bool gs_osc_framing_owes(const struct gs_osc_framing *framing)
{
    return !framing->whole && (framing->size_bytes || framing->used || framing->escaped);
}

static size_t escape(const unsigned char *packet, size_t size, unsigned char *frame)
{
    size_t at = 0;
    for (size_t i = 0; i < size; i++) {
        if (packet[i] == END || packet[i] == ESC) {
            frame[at++] = ESC;
            frame[at++] = packet[i] == END ? ESC_END : ESC_ESC;
        } else {
            frame[at++] = packet[i];
        }
    }
    return at;
}

size_t gs_osc_frame(enum gs_osc_frames kind, const unsigned char *packet, size_t size,
                    unsigned char frame[GS_OSC_FRAME_MAX])
{
    if (kind == GS_OSC_FRAMES_SIZED) {
        frame[0] = frame[1] = 0;
        frame[2] = (unsigned char)(size >> 8);
        frame[3] = (unsigned char)size;
        memcpy(frame + 4, packet, size);
        return 4 + size;
    }
    frame[0] = END;
    size_t at = 1 + escape(packet, size, frame + 1);
    frame[at] = END;
    return at + 1;
}
