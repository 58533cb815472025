/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The border between the control thread and the audio thread: all that crosses it, and nothing else.
 *
 *                          latest wins                         every one counts
 *   down, control -> rt    values (triple buffer, per chain)   commands (ring), values of a frame to come (ring, per
 *                                                              chain)
 *   up, rt -> control      counters (atomics)                  meter bins (ring, per chain), events (ring)
 *                          pieces of sound while somebody listens (ring; lost when it is full)
 *
 * Meters go up as bins because a bin adds up whatever its length: when the ring is full the bin stays open
 * and grows, so nothing is lost, however slow the reader. */
#ifndef ENGINE_LINK_H
#define ENGINE_LINK_H

#include "base/ring.h"
#include "base/triple.h"
#include "chain/plan.h"
#include "dsp/safety.h"
#include "engine/pcm.h"
#include "engine/readout.h"
#include "meter/bank.h"

#define GS_EXTERNALS_MAX (GS_CHAIN_STAGES_MAX * GS_CHANNELS)
#define GS_BINS_WAITING  128 /* 1.28 s of bins before bins grow */
#define GS_COMMANDS      4
#define GS_TIMED         1024 /* values that wait for their frame */
#define GS_EVENTS        8

/* What the listener hears: one wire on one path, so loud; on a change a short crossfade from what was before. */
struct gs_listen {
    unsigned wire, old_wire;
    unsigned path, old_path;
    float gain, old_gain;
    unsigned fade; /* frames of the crossfade done; listen_fade: no crossfade under way */
};

/* Values behind the slots. */
enum {
    GS_LISTEN_WIRE,
    GS_LISTEN_PATH,
    GS_LISTEN_GAIN, /* linear */
    GS_LISTEN_VALUES
};

/* A value that is to be heard from a frame on. Those of one moment are taken together. */
struct gs_timed {
    uint64_t frame; /* of the engine */
    uint32_t slot, stamp;
    float value;
    uint32_t left; /* how many more belong to this moment */
};

/* One compiled chain with all that it needs to run. Built by the control side, lent to the audio thread
 * by a SWAP command, given back by a RETIRED event. */
struct gs_run {
    struct gs_plan *plan;
    struct gs_triple
        values;           /* float[n_slots + GS_LISTEN_VALUES]: views of all slots, then what is heard; then
                                uint32_t[n_slots]: when each was written, so that what a frame has brought is not
                                undone by a publication that does not know of it yet */
    struct gs_ring timed; /* struct gs_timed, frames never running backwards */
    struct gs_ring bins;  /* struct gs_bin */
    struct gs_bin *whole; /* control: what halves of a bin have come to so far; 0 frames: none have */
    _Atomic uint32_t bin_hz; /* down: GS_BIN_HZ or GS_BIN_HZ_MAX */
    struct gs_bank *bank;
    uint64_t bin_start; /* first frame of the open bin */
    uint64_t clock;     /* frames run */
    struct gs_listen listen;
    unsigned listen_fade;                   /* frames that a crossfade takes */
    double pole;                            /* of the smoothing, for one frame */
    _Atomic uint32_t pcm_wish[GS_PCM_TAPS]; /* down: gs_pcm_wish() */
    void *memory;                           /* bank, values, bins */
};

struct gs_order { /* a command, down */
    struct gs_run *swap_in;
};
struct gs_event { /* up */
    struct gs_run *retired;
};

/* The audio thread's half. The control side touches it only while parked, but for the atomics. */
struct gs_rt {
    struct gs_run *run, *next; /* next: being crossfaded in */
    unsigned fade, fade_frames;
    uint64_t frame;
    bool use_safety;
    struct gs_safety safety;
    struct gs_ring orders, events;
    struct gs_ring pcm; /* struct gs_pcm_piece */
    float *const *taps;
    unsigned n_taps;
    const float *external[GS_EXTERNALS_MAX];
    float silence[GS_CELL], waste[2][GS_CELL], mix[2][GS_CELL];
    _Atomic bool mute;   /* down */
    _Atomic bool silent; /* up */
    _Atomic uint64_t frames, periods, trips, not_finite;
    _Atomic uint32_t period;  /* frames of the last one */
    _Atomic int64_t epoch_ns; /* monotonic time of frame 0, as the clock of the sound runs; 0: not known */
};

/* process.c [rt] */
void gs_rt_process(struct gs_rt *rt, const float *const *in, unsigned n_in, float *const *out, unsigned n_out,
                   unsigned frames);
/* Ends the open cell as if the frames still missing were silent and closes the bin. [rt] */
void gs_rt_flush(struct gs_rt *rt);
/* Takes a waiting chain at once, without a crossfade: what the control side does while parked. [control, parked] */
void gs_rt_settle(struct gs_rt *rt);

#endif
