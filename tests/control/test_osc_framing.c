/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packets in a stream: both framings of OSC, whatever the network makes of the portions, and what no peer of good
 * will sends. The expected bytes are written out by hand from OSC 1.0 (an int32 size) and RFC 1055 (SLIP). */
#include "control/osc_framing.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct seen {
    unsigned packets;
    char text[256]; /* each packet behind a bar */
    const char *fault;
    bool owes;
    enum gs_osc_frames kind;
};

static void take(struct gs_osc_framing *framing, struct seen *seen, const unsigned char *bytes, size_t size)
{
    for (size_t at = 0; at < size && !framing->fault;) {
        /* In memory of its own size, so that ASan sees one byte too many. */
        unsigned char *exact = malloc(size - at);
        memcpy(exact, bytes + at, size - at);
        size_t taken = gs_osc_framing_take(framing, exact, size - at);
        free(exact);
        cr_assert(taken <= size - at && (taken || framing->fault));
        at += taken;
        if (framing->whole) {
            size_t used = strlen(seen->text);
            seen->packets++;
            snprintf(seen->text + used, sizeof seen->text - used, "|%.*s", (int)framing->used,
                     (const char *)framing->packet);
        }
    }
    seen->fault = framing->fault;
    seen->owes = gs_osc_framing_owes(framing);
    seen->kind = framing->kind;
}

static struct gs_osc_framing framing; /* too big for a stack that others share */

/* The stream in portions of `step` bytes. */
static struct seen feed(const void *bytes, size_t size, size_t step)
{
    struct seen seen = { 0 };
    gs_osc_framing_init(&framing, GS_OSC_FRAMES_UNKNOWN);
    for (size_t at = 0; at < size && !framing.fault; at += step) {
        take(&framing, &seen, (const unsigned char *)bytes + at, step < size - at ? step : size - at);
    }
    return seen;
}

#define BYTES(text) (text), sizeof(text) - 1

static const struct {
    const char *bytes;
    size_t size;
    const char *packets, *what;
    bool owes;
    enum gs_osc_frames kind;
} good[] = {
    { BYTES("\0\0\0\4/abc"), "|/abc", "a size and a packet", false, GS_OSC_FRAMES_SIZED },
    { BYTES("\0\0\0\4/abc\0\0\0\10/defghij"), "|/abc|/defghij", "two", false, GS_OSC_FRAMES_SIZED },
    { BYTES("\0\0\0\0\0\0\0\0\0\0\0\4/abc\0\0\0\0"), "|/abc", "empty ones between", false,
      GS_OSC_FRAMES_SIZED },
    { BYTES("\0\0\0\3abc"), "|abc", "what is no OSC is the walker's to refuse", false, GS_OSC_FRAMES_SIZED },
    { BYTES("\0\0\0\4/abc\0\0"), "|/abc", "half a size", true, GS_OSC_FRAMES_SIZED },
    { BYTES("\0\0\0\4/abc\0\0\0\4/"), "|/abc", "half a packet", true, GS_OSC_FRAMES_SIZED },
    { BYTES("\300/abc\300"), "|/abc", "SLIP with an END on both sides", false, GS_OSC_FRAMES_SLIP },
    { BYTES("\300/abc\300\300/def\300"), "|/abc|/def", "two", false, GS_OSC_FRAMES_SLIP },
    { BYTES("/abc\300/def\300"), "|/abc|/def", "SLIP of RFC 1055: an END behind each", false,
      GS_OSC_FRAMES_SLIP },
    { BYTES("#bun\300"), "|#bun", "the same with a bundle", false, GS_OSC_FRAMES_SLIP },
    { BYTES("\300\300\300\300/abc\300\300\300"), "|/abc", "END END is nothing", false, GS_OSC_FRAMES_SLIP },
    { BYTES("\300/a\333\334\333\335\300"), "|/a\300\333", "END and ESC inside", false, GS_OSC_FRAMES_SLIP },
    { BYTES("\300/a\334\335\300"), "|/a\334\335", "what follows an ESC, alone", false, GS_OSC_FRAMES_SLIP },
    { BYTES("\300/abc\300/de"), "|/abc", "half a packet", true, GS_OSC_FRAMES_SLIP },
    { BYTES("\300/abc\300\333"), "|/abc", "half an escape", true, GS_OSC_FRAMES_SLIP },
    { BYTES("\300"), "", "an END", false, GS_OSC_FRAMES_SLIP },
    { BYTES(""), "", "nothing", false, GS_OSC_FRAMES_UNKNOWN },
};

Test(osc_framing, packets_come_out_however_the_stream_is_cut)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        for (size_t step = 1; step <= good[i].size + 1; step++) {
            struct seen seen = feed(good[i].bytes, good[i].size, step);
            cr_expect_str_eq(seen.text, good[i].packets, "%s in portions of %zu: %s", good[i].what, step,
                             seen.text);
            cr_expect_null(seen.fault, "%s: %s", good[i].what, seen.fault);
            cr_expect_eq(seen.owes, good[i].owes, "%s", good[i].what);
            cr_expect_eq(seen.kind, good[i].kind, "%s", good[i].what);
        }
    }
}

Test(osc_framing, every_cut_in_two_gives_the_same)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        for (size_t cut = 0; cut <= good[i].size; cut++) {
            struct seen seen = { 0 };
            gs_osc_framing_init(&framing, GS_OSC_FRAMES_UNKNOWN);
            take(&framing, &seen, (const unsigned char *)good[i].bytes, cut);
            take(&framing, &seen, (const unsigned char *)good[i].bytes + cut, good[i].size - cut);
            cr_expect_str_eq(seen.text, good[i].packets, "%s, cut at %zu", good[i].what, cut);
        }
    }
}

Test(osc_framing, what_cannot_be_followed_is_a_fault)
{
    static const struct {
        const char *bytes;
        size_t size;
        unsigned packets;
        const char *what;
    } bad[] = {
        { BYTES("GET / HTTP/1.1\r\n"), 0, "HTTP" },
        { BYTES("\26\3\1\2\0"), 0, "TLS" },
        { BYTES("\377\377\377\377"), 0, "a size of four gigabytes" },
        { BYTES("\0\0\40\4/a\0\0"), 0, "a size of 8196 bytes" },
        { BYTES("\0\0\0\4/abc\0\1\0\0"), 1, "a size of 65536 bytes behind a packet" },
        { BYTES("\300/a\333a\300/abc\300"), 0, "a SLIP escape that is none" },
        { BYTES("\300/a\333\300/abc\300"), 0, "an END behind an ESC" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        for (size_t step = 1; step <= bad[i].size; step++) {
            struct seen seen = feed(bad[i].bytes, bad[i].size, step);
            cr_expect_not_null(seen.fault, "%s", bad[i].what);
            cr_expect_eq(seen.packets, bad[i].packets, "%s", bad[i].what);
            cr_expect_eq(gs_osc_framing_take(&framing, (const unsigned char *)"/abc\300", 5), 0,
                         "nothing is taken after that");
        }
    }
}

Test(osc_framing, the_biggest_packet_passes_and_one_byte_more_does_not)
{
    static unsigned char stream[GS_OSC_PACKET_MAX + 8];
    memset(stream, 'x', sizeof stream);
    stream[0] = 0300;
    for (size_t size = GS_OSC_PACKET_MAX; size <= GS_OSC_PACKET_MAX + 1; size++) {
        stream[1 + GS_OSC_PACKET_MAX] = stream[2 + GS_OSC_PACKET_MAX] = 'x';
        stream[1 + size] = 0300;
        struct seen seen = feed(stream, size + 2, 1000);
        cr_expect_eq(seen.packets, size == GS_OSC_PACKET_MAX);
        cr_expect_eq(!seen.fault, size == GS_OSC_PACKET_MAX);
    }
    memcpy(stream, "\0\0\40\0", 4);
    struct seen seen = feed(stream, GS_OSC_PACKET_MAX + 4, 777);
    cr_expect_eq(seen.packets, 1);
    cr_expect_eq(framing.used, GS_OSC_PACKET_MAX);
}

Test(osc_framing, frames_are_as_the_standards_say)
{
    static unsigned char frame[GS_OSC_FRAME_MAX];
    const unsigned char packet[] = { '/', 0xC0, 0xDB, 'x' };
    size_t size = gs_osc_frame(GS_OSC_FRAMES_SIZED, packet, sizeof packet, frame);
    cr_expect(size == 8 && memcmp(frame, "\0\0\0\4/\300\333x", 8) == 0);
    size = gs_osc_frame(GS_OSC_FRAMES_SLIP, packet, sizeof packet, frame);
    cr_expect(size == 8 && memcmp(frame, "\300/\333\334\333\335x\300", 8) == 0);
    /* Nothing but ENDs: the longest frame there is. */
    static unsigned char ends[GS_OSC_PACKET_MAX];
    memset(ends, 0xC0, sizeof ends);
    cr_expect_eq(gs_osc_frame(GS_OSC_FRAMES_SLIP, ends, sizeof ends, frame), GS_OSC_FRAME_MAX);
    struct seen seen = feed(frame, GS_OSC_FRAME_MAX, 4096);
    cr_expect_eq(seen.packets, 1);
    cr_expect(framing.used == sizeof ends && memcmp(framing.packet, ends, sizeof ends) == 0);
}
