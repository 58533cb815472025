/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A microphone preamplifier: volt in, volt out. Order inside: pad, gain, output ceiling, polarity. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/ramp.h"

#include <string.h>

enum {
    GAIN_DB,
    PAD_DB,
    POLARITY,
    MAX_OUTPUT_DBU,
    PARAMS
};

static const struct gs_param params[PARAMS] = {
    [GAIN_DB] = { .key = "gain_db",
                  .label = "Gain",
                  .doc = "Gain behind the pad.",
                  .type = GS_NUMBER,
                  .unit = GS_UNIT_DB,
                  .min = 0,
                  .max = 75,
                  .smooth = GS_SMOOTH_GAIN,
                  .flags = GS_PARAM_GAIN },
    [PAD_DB] = { .key = "pad_db",
                 .label = "Pad",
                 .doc = "Attenuation of the resistors in front of everything.",
                 .type = GS_NUMBER,
                 .unit = GS_UNIT_DB,
                 .min = 0,
                 .max = 40,
                 .step = 1,
                 .smooth = GS_SMOOTH_GAIN },
    [POLARITY] = { .key = "polarity",
                   .label = "Polarity",
                   .doc = "Reverses polarity.",
                   .type = GS_SWITCH,
                   .max = 1,
                   .smooth = GS_SMOOTH_LINEAR },
    [MAX_OUTPUT_DBU] = { .key = "max_output_dbu",
                         .label = "Maximum output",
                         .doc = "Level above which the output clips; not given: it never does.",
                         .type = GS_NUMBER,
                         .unit = GS_UNIT_DBU,
                         .min = -20,
                         .max = 40,
                         .def = NAN,
                         .smooth = GS_SMOOTH_GAIN,
                         .flags = GS_PARAM_OPTIONAL },
};

struct state {
    unsigned channels;
};

static size_t size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static void init(void *state, const struct gs_stage_setup *setup)
{
    struct state *s = state;
    s->channels = setup->channels_out;
}

/* Gain behind pad and polarity switch; `values` has room for the frames. */
static struct gs_ramp total_gain(const struct gs_stage_io *io, float *values)
{
    const struct gs_ramp *gain = &io->param[GAIN_DB], *pad = &io->param[PAD_DB], *flip = &io->param[POLARITY];
    struct gs_ramp total = { .now = gain->now / pad->now * (1.0f - 2.0f * flip->now) };
    if (gain->ramp || pad->ramp || flip->ramp) {
        for (unsigned i = 0; i < io->frames; i++) {
            values[i] = gs_ramp_at(gain, i) / gs_ramp_at(pad, i) * (1.0f - 2.0f * gs_ramp_at(flip, i));
        }
        total.ramp = values;
    }
    return total;
}

static void process(void *state, const struct gs_stage_io *io)
{
    const struct state *s = state;
    float gains[GS_CELL], ceilings[GS_CELL];
    struct gs_ramp gain = total_gain(io, gains);
    struct gs_ramp ceiling =
        gs_ramp_scaled(&io->param[MAX_OUTPUT_DBU], (float)gs_reference_peak(GS_ANALOG), ceilings, io->frames);
    for (unsigned c = 0; c < s->channels; c++) {
        gs_ramp_multiply(io->out->ch[GS_REAL][c], io->in->ch[GS_REAL][c], &gain, io->frames);
        gs_ramp_multiply(io->out->ch[GS_IDEAL][c], io->in->ch[GS_IDEAL][c], &gain, io->frames);
        io->out->clip[c] = gs_clip_hard(io->out->ch[GS_REAL][c], &ceiling, io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    out->gain = gs_db_to_gain(param[GAIN_DB] - param[PAD_DB]) * (1.0 - 2.0 * param[POLARITY]);
    out->ceiling_in = INFINITY;
    out->ceiling = isnan(param[MAX_OUTPUT_DBU]) ? INFINITY : gs_db_to_peak(GS_ANALOG, param[MAX_OUTPUT_DBU]);
    out->nominal_db = gs_nominal_db(GS_ANALOG, &setup->alignment);
    out->remark = isnan(param[MAX_OUTPUT_DBU]) ? "no maximum given: never clips" : NULL;
}

const struct gs_stage_kind gs_stage_preamp = {
    .key = "preamp",
    .label = "Preamp",
    .doc = "Microphone preamplifier: pad, gain, ceiling, polarity.",
    .domains_in = 1 << GS_ANALOG,
    .domain_out = GS_ANALOG,
    .flags = GS_STAGE_BYPASS,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
