/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One stage on the bench: made from a kind and a few values, fed with samples in pieces of any size, its
 * parameters smoothed as the engine smooths them. What the engine does around a stage (mixing, mute, bypass)
 * is not here. A source gets what is fed as its external inputs, and a sound of its own to loop. */
#ifndef SUPPORT_STAGE_RIG_H
#define SUPPORT_STAGE_RIG_H

#include "gainstage/stage.h"

#define RIG_FRAMES_MAX (96000 * 4)

struct rig {
    const struct gs_stage_kind *kind;
    struct gs_stage_setup setup;
    double param[GS_STAGE_PARAMS_MAX];
    void *state;
    uint64_t frame;
    unsigned piece; /* frames a call, cut again at the grid; default GS_CELL */
    struct gs_ramp ramp[GS_STAGE_PARAMS_MAX];
    double target[GS_STAGE_PARAMS_MAX], pole1[GS_STAGE_PARAMS_MAX], pole2[GS_STAGE_PARAMS_MAX];
    float values[GS_STAGE_PARAMS_MAX][GS_CELL];
    float in[GS_PATHS][GS_CHANNELS][GS_CELL];
    float *out[GS_PATHS][GS_CHANNELS]; /* what came out in the last run */
    uint32_t *clip[GS_CHANNELS];       /* 0 or 1 a frame */
};

/* One value by key. A list of them ends with a NULL key. */
struct rig_value {
    const char *key;
    double value;
};

/* Builds the stage named `kind` at `rate_hz` with all else at its defaults. Fails the test on a wrong key. */
void rig_open(struct rig *rig, const char *kind, double rate_hz, enum gs_domain domain, unsigned channels,
              const struct rig_value *values);
void rig_close(struct rig *rig);

/* Turns a parameter while the stage runs. */
void rig_set(struct rig *rig, const char *key, double value);

/* Feeds `frames` samples a channel into both paths; `right` NULL: as left. Results in rig->out. */
void rig_run(struct rig *rig, const float *left, const float *right, unsigned frames);

/* The same for a sine of this peak and frequency that starts at phase 0 at the rig's frame. */
void rig_run_sine(struct rig *rig, double peak, double frequency_hz, unsigned frames);

/* levels() for a tone of this peak. */
struct gs_levels rig_levels(const struct rig *rig, double peak, double frequency_hz);

/* Amplitude of the sine of this frequency in x, by least squares over sine, cosine and constant. */
double rig_amplitude(const float *x, unsigned frames, double frequency_hz, double rate_hz);

#endif
