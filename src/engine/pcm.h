/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sound of any wire, to be taken away by the control side while it asks for it: a ring of short pieces. When the
 * reader is slow, pieces are lost, never the audio thread's time; the frame counter shows the gap. */
#ifndef ENGINE_PCM_H
#define ENGINE_PCM_H

#include "base/ring.h"
#include "gainstage/rt.h"

#include <stdint.h>

#define GS_PCM_TAPS   8    /* wires at a time */
#define GS_PCM_PIECES 4096 /* 0.3 s of all of them at 48 kHz and whole cells */

struct gs_pcm_piece {
    uint64_t frame; /* number of the first one since the engine was made */
    uint16_t tap, frames, channels;
    uint16_t stage;
    uint32_t path;                       /* enum gs_path */
    float sample[GS_CHANNELS * GS_CELL]; /* interleaved; full scale by the alignment */
};

/* What one tap wants, in one word: 0 nothing. */
static inline uint32_t gs_pcm_wish(unsigned stage, enum gs_path path)
{
    return 1u + (stage << 2 | (unsigned)path);
}

#endif
