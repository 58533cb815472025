/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chain compiled for one sample rate: a flat array of steps in processing order over wires, all in one
 * arena. The plan is pure data with the state of its stages; engine/process.c runs it, nobody else.
 * Created, warmed and destroyed on the control side, never while the audio thread has it. */
#ifndef CHAIN_PLAN_H
#define CHAIN_PLAN_H

#include "chain/chain.h"

/* One send into a mix: wire `wire` through gain and pan. */
struct gs_plan_send {
    unsigned wire;
    size_t gain_slot;                    /* pan is the next one */
    float *delay[GS_PATHS][GS_CHANNELS]; /* aligns this send with the latest of its siblings; NULL: none */
    unsigned delay_frames, delay_at;
};

struct gs_plan_step {
    const struct gs_stage_kind *kind;
    struct gs_stage_setup setup;
    void *state;
    unsigned stage; /* index in the chain */
    int in_wire;    /* -1: a source */
    unsigned out_wire;
    struct gs_plan_send *sends; /* summing stages: fill in_wire first; else none */
    size_t n_sends;
    size_t first_slot; /* kind's params, common, sends: as in the chain */
    int pan_law_slot;  /* of a summing stage's law; -1: none */
    bool can_bypass;
    float *dry[GS_PATHS][GS_CHANNELS]; /* delay line for bypass of a stage with latency; NULL: none */
    unsigned dry_frames, dry_at;
};

/* One wire: a full grid cell of samples, so that a completed cell lies whole for the meters. */
struct gs_plan_wire {
    float *ch[GS_PATHS][GS_CHANNELS];
    uint32_t clip[GS_CHANNELS];
    float reduction_db; /* deepest of the cell, of the stage that drives it; 0 or less */
    unsigned channels;
    enum gs_domain domain;
    unsigned stage;   /* that drives it; for a mix: the summing stage */
    bool is_mix;      /* the sum before a summing stage */
    unsigned latency; /* frames since the external input */
    unsigned first_lane;
};

/* A value on its way from the control side: what smoothing it gets, and where it is now. */
struct gs_plan_slot {
    const struct gs_param *row;
    double target, pole1, pole2; /* linear gain where the row says GS_SMOOTH_GAIN */
    float *ramp;                 /* GS_CELL values, NULL for unsmoothed rows */
    bool moving;
    uint32_t stamp; /* of the write that `target` comes from: counts up on the control side */
};

struct gs_plan {
    double rate_hz;
    struct gs_alignment alignment;
    struct gs_plan_step *steps;
    size_t n_steps;
    struct gs_plan_wire *wires; /* wire i < n_stages is the output of stage i; mixes follow */
    size_t n_wires;
    struct gs_plan_slot *slots;
    size_t n_slots;
    struct gs_ramp *ramps; /* one per slot, refreshed each call */
    size_t *moving;        /* slots on their way to a target */
    size_t n_moving;
    size_t n_lanes;
    unsigned n_inputs;     /* external input channels that the sources of signal "jack" want */
    void *arena;           /* owns all of the above and every state */
    struct gs_take *takes; /* owned sounds */
    size_t n_takes;
};

/* Compiles for `rate_hz` (8000..384000). Reads and resamples sound files, computes noise; sounds that the plan
 * `before` (NULL: none) plays already are shared with it. Complaints: a sound file that is missing or unreadable,
 * memory. Owner of *plan: the caller. [control] */
enum gs_status gs_plan_compile(const struct gs_chain *chain, double rate_hz, const struct gs_plan *before,
                               struct gs_plan **plan, struct gs_errors *errors);
void gs_plan_destroy(struct gs_plan *plan);

/* What a kind sees of a value: linear gain for GS_SMOOTH_GAIN rows, else the value itself. [any] */
double gs_plan_view(const struct gs_param *row, double value);

/* Wire before a stage (the mix for a summing stage), -1 for a source; wire after it is its index. */
int gs_plan_wire_in(const struct gs_plan *plan, size_t stage);

#endif
