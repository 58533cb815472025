/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gate`: shuts when nothing louder than its threshold has come for the hold time, and then lets through only
 * what the range leaves. It listens to the real path of both channels and moves both paths alike; open, it is
 * transparent to the bit. */
#include "gainstage/stage.h"

#include "dsp/detector.h"

enum {
    THRESHOLD,
    HYSTERESIS,
    RANGE,
    ATTACK,
    HOLD,
    RELEASE,
    PARAMS
};

#define NEAR 1e-6 /* of full gain (-120 dB): there it has arrived */

static const struct gs_param params[PARAMS] = {
    [THRESHOLD] = { .key = "threshold_db",
                    .label = "Threshold",
                    .doc = "Peak level above which it opens.",
                    .type = GS_NUMBER,
                    .unit = GS_UNIT_DBFS,
                    .min = -100,
                    .max = 0,
                    .def = -50,
                    .smooth = GS_SMOOTH_GAIN },
    [HYSTERESIS] = { .key = "hysteresis_db",
                     .label = "Hysteresis",
                     .doc = "How far below the threshold a signal may fall before it counts as gone.",
                     .type = GS_NUMBER,
                     .unit = GS_UNIT_DB,
                     .min = 0,
                     .max = 24,
                     .def = 6,
                     .smooth = GS_SMOOTH_GAIN },
    [RANGE] = { .key = "range_db",
                .label = "Range",
                .doc = "Gain while it is shut; -90 and below is silence.",
                .type = GS_NUMBER,
                .unit = GS_UNIT_DB,
                .min = -90,
                .max = 0,
                .def = -40,
                .smooth = GS_SMOOTH_GAIN,
                .flags = GS_PARAM_MINUS_INF },
    [ATTACK] = { .key = "attack_ms",
                 .label = "Attack",
                 .doc = "Time in which it comes 63 % of the way open.",
                 .type = GS_NUMBER,
                 .unit = GS_UNIT_MS,
                 .min = 0.05,
                 .max = 100,
                 .def = 0.5,
                 .taper = GS_TAPER_LOG,
                 .smooth = GS_SMOOTH_LINEAR },
    [HOLD] = { .key = "hold_ms",
               .label = "Hold",
               .doc = "How long it waits for the signal to come back; longer than half a wave of the lowest "
                      "tone.",
               .type = GS_NUMBER,
               .unit = GS_UNIT_MS,
               .min = 5,
               .max = 2000,
               .def = 50,
               .taper = GS_TAPER_LOG,
               .smooth = GS_SMOOTH_LINEAR },
    [RELEASE] = { .key = "release_ms",
                  .label = "Release",
                  .doc = "Time in which it comes 63 % of the way shut.",
                  .type = GS_NUMBER,
                  .unit = GS_UNIT_MS,
                  .min = 1,
                  .max = 5000,
                  .def = 100,
                  .taper = GS_TAPER_LOG,
                  .smooth = GS_SMOOTH_LINEAR },
};

struct state {
    double gain;
    float attack_ms, release_ms; /* that the poles belong to */
    double attack, release;
    double since; /* frames since the signal was last there; INFINITY: shut */
    double least; /* gain in the last call */
    double rate_hz;
    unsigned channels;
};

static size_t size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

/* It starts shut. */
static void init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *state = memory;
    state->rate_hz = setup->rate_hz;
    state->channels = setup->channels_out;
    state->since = INFINITY;
    state->gain = state->least = (double)(float)gs_db_to_gain(setup->param[RANGE]);
}

static double pole(double *pole, float *of, float ms, double rate_hz)
{
    if (ms != *of) {
        *of = ms;
        *pole = gs_detector_pole((double)ms, rate_hz);
    }
    return *pole;
}

/* Louder channel of the real path. */
static float level_at(const struct gs_stage_io *io, unsigned channels, unsigned frame)
{
    float left = fabsf(io->in->ch[GS_REAL][0][frame]);
    float right = channels > 1 ? fabsf(io->in->ch[GS_REAL][1][frame]) : 0.0f;
    return left > right ? left : right;
}

static bool is_open(struct state *state, const struct gs_stage_io *io, unsigned frame)
{
    float level = level_at(io, state->channels, frame);
    float threshold = gs_ramp_at(&io->param[THRESHOLD], frame);
    bool shut = isinf(state->since);
    bool there = level * (shut ? 1.0f : gs_ramp_at(&io->param[HYSTERESIS], frame)) > threshold;
    double hold = (double)gs_ramp_at(&io->param[HOLD], frame) * state->rate_hz / 1000.0;
    state->since = there ? 0.0 : state->since + 1.0;
    if (state->since > hold) {
        state->since = INFINITY;
    }
    return !isinf(state->since);
}

static float gain_at(struct state *state, const struct gs_stage_io *io, unsigned frame)
{
    double range = (double)gs_ramp_at(&io->param[RANGE], frame);
    double to = is_open(state, io, frame) ? 1.0 : range;
    double keep = to > state->gain ? pole(&state->attack, &state->attack_ms,
                                          gs_ramp_at(&io->param[ATTACK], frame), state->rate_hz)
                                   : pole(&state->release, &state->release_ms,
                                          gs_ramp_at(&io->param[RELEASE], frame), state->rate_hz);
    state->gain = to + keep * (state->gain - to);
    if (fabs(state->gain - to) < NEAR) {
        state->gain = to;
    }
    return (float)state->gain;
}

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *state = memory;
    state->least = 1.0;
    for (unsigned i = 0; i < io->frames; i++) {
        float gain = gain_at(state, io, i);
        state->least = state->gain < state->least ? state->gain : state->least;
        for (unsigned c = 0; c < state->channels; c++) {
            for (int path = 0; path < GS_PATHS; path++) {
                io->out->ch[path][c][i] = io->in->ch[path][c][i] * gain;
            }
        }
    }
}

/* Between the thresholds it depends on what was before; it starts shut, so it counts as shut. */
static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    bool open = gs_gain_to_db(probe->peak) > param[THRESHOLD];
    out->gain = open ? 1.0 : gs_db_to_gain(param[RANGE]);
    out->nominal_db = gs_nominal_db(setup->domain_out, &setup->alignment);
}

static float reduction_db(const void *memory)
{
    const struct state *state = memory;
    return (float)gs_gain_to_db(state->least);
}

const struct gs_stage_kind gs_stage_gate = {
    .key = "gate",
    .label = "Gate",
    .doc = "Shuts between the words, with whatever noise there is.",
    .domains_in = 1 << GS_DIGITAL,
    .domain_out = GS_OUT_SAME,
    .flags = GS_STAGE_BYPASS,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
    .reduction_db = reduction_db,
};
