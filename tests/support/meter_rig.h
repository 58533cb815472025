/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bank with a readout behind it, fed with plain arrays: what the engine does with wires, without an
 * engine. */
#ifndef SUPPORT_METER_RIG_H
#define SUPPORT_METER_RIG_H

#include "engine/readout.h"

#include <stdbool.h>
#include <stddef.h>

#define RIG_LANES_MAX 64

struct meter_rig;

struct meter_rig_setup {
    size_t n_lanes;
    double rate_hz;
    unsigned channels;     /* per wire: 1 (or 0) or more; lanes are wires side by side */
    enum gs_domain domain; /* of all lanes; 0 is acoustic: say what you mean */
    double clip_at;        /* a frame whose real magnitude reaches this has clipped; 0: none does */
    const enum gs_channel_role *roles; /* per channel; NULL: all front */
    struct gs_alignment alignment;     /* all 0: +18 dBu, -18 dBFS */
};

struct meter_rig *meter_rig_create(const struct meter_rig_setup *setup);
void meter_rig_destroy(struct meter_rig *rig);
/* One array per lane. NULL arrays are silent; `ideal` NULL: the ideal path equals the real one. */
void meter_rig_feed(struct meter_rig *rig, const float *const *real, const float *const *ideal,
                    size_t frames);
/* The same signal on all lanes. */
void meter_rig_feed_all(struct meter_rig *rig, const float *real, size_t frames);
/* While true the ring to the control side is full: bins stay open. */
void meter_rig_hold_bins(struct meter_rig *rig, bool hold);
struct gs_readout *meter_rig_readout(struct meter_rig *rig);
/* A reading by its key; the test fails when there is none. */
double meter_rig_value(struct meter_rig *rig, size_t lane, const char *key);

/* `frames` frames of amplitude * sin(2 pi hz t + phase), t = 0 at the first. To be freed. */
float *rig_sine(double rate_hz, double hz, double amplitude, double phase, size_t frames);
/* White Gaussian noise of the given true RMS, from a seed. To be freed. */
float *rig_noise(double rms, size_t frames, unsigned seed);

#endif
