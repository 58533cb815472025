/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a stream: cut into portions or not, the same packets come out; and each packet framed again, in both
 * ways, comes back. The first byte of the input says how it is cut. */
#include "control/osc_framing.h"

#include "fuzz.h"

#include <string.h>

struct seen {
    size_t packets, bytes;
    uint64_t hash;
    const char *fault;
};

static void frame_again(const unsigned char *packet, size_t size)
{
    static unsigned char frame[GS_OSC_FRAME_MAX];
    static struct gs_osc_framing back;
    for (enum gs_osc_frames kind = GS_OSC_FRAMES_SIZED; kind <= GS_OSC_FRAMES_SLIP; kind++) {
        gs_osc_framing_init(&back, GS_OSC_FRAMES_UNKNOWN);
        size_t length = gs_osc_frame(kind, packet, size, frame);
        MUST(length <= GS_OSC_FRAME_MAX);
        MUST(gs_osc_framing_take(&back, frame, length) == length);
        MUST(back.kind == kind && back.whole && !back.fault);
        MUST(back.used == size && memcmp(back.packet, packet, size) == 0);
    }
}

static void see(struct seen *seen, const unsigned char *packet, size_t size)
{
    MUST(size > 0 && size <= GS_OSC_PACKET_MAX);
    seen->packets++;
    seen->bytes += size;
    for (size_t i = 0; i < size; i++) {
        seen->hash = (seen->hash ^ packet[i]) * 0x100000001B3u;
    }
    seen->hash = (seen->hash ^ 0x100u) * 0x100000001B3u;
}

/* Portions of `step` bytes; each in memory of its own size. */
static struct seen feed(const uint8_t *data, size_t size, size_t step, bool again)
{
    static struct gs_osc_framing framing;
    struct seen seen = { 0 };
    gs_osc_framing_init(&framing, GS_OSC_FRAMES_UNKNOWN);
    for (size_t at = 0; at < size && !framing.fault;) {
        size_t portion = step < size - at ? step : size - at;
        size_t taken = gs_osc_framing_take(&framing, data + at, portion);
        MUST(taken <= portion && (taken > 0 || framing.fault));
        at += taken;
        MUST(!framing.whole || !gs_osc_framing_owes(&framing));
        if (framing.whole) {
            see(&seen, framing.packet, framing.used);
            if (again) {
                frame_again(framing.packet, framing.used);
            }
        }
    }
    seen.fault = framing.fault;
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    size_t step = data[0] % 16 + 1u;
    struct seen whole = feed(data + 1, size - 1, SIZE_MAX, true), cut = feed(data + 1, size - 1, step, false);
    MUST(whole.packets == cut.packets && whole.bytes == cut.bytes && whole.hash == cut.hash);
    MUST(whole.fault == cut.fault);
    return 0;
}
