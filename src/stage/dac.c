/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A D/A converter: full scale in, clamped at 0 dBFS, volt out. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/ramp.h"

#include <string.h>

enum {
    FULL_SCALE_DBU,
    PARAMS
};

static const struct gs_param params[PARAMS] = {
    [FULL_SCALE_DBU] = { .key = "full_scale_dbu",
                         .label = "Full scale",
                         .doc = "Level that 0 dBFS becomes; not given: the chain's alignment.",
                         .type = GS_NUMBER,
                         .unit = GS_UNIT_DBU,
                         .min = -20,
                         .max = 40,
                         .def = NAN,
                         .smooth = GS_SMOOTH_GAIN,
                         .flags = GS_PARAM_OPTIONAL },
};

struct state {
    float aligned; /* volt per full scale of the alignment */
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
    s->aligned = (float)gs_full_scale_volt(setup->alignment.dbu_at_0dbfs);
    s->channels = setup->channels_out;
}

static void process(void *state, const struct gs_stage_io *io)
{
    const struct state *s = state;
    const struct gs_ramp ceiling = { .now = 1.0f };
    const struct gs_ramp *full = &io->param[FULL_SCALE_DBU];
    float values[GS_CELL];
    struct gs_ramp gain = { .now = s->aligned };
    if (!isnan(full->now)) {
        gain = gs_ramp_scaled(full, (float)gs_reference_peak(GS_ANALOG), values, io->frames);
    }
    for (unsigned c = 0; c < s->channels; c++) {
        float *real = io->out->ch[GS_REAL][c];
        memcpy(real, io->in->ch[GS_REAL][c], io->frames * sizeof *real);
        io->out->clip[c] = gs_clip_hard(real, &ceiling, io->frames);
        gs_ramp_multiply(real, real, &gain, io->frames);
        gs_ramp_multiply(io->out->ch[GS_IDEAL][c], io->in->ch[GS_IDEAL][c], &gain, io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    double dbu = isnan(param[FULL_SCALE_DBU]) ? setup->alignment.dbu_at_0dbfs : param[FULL_SCALE_DBU];
    out->gain = gs_full_scale_volt(dbu);
    out->ceiling_in = INFINITY;
    out->ceiling = out->gain;
    out->nominal_db = gs_nominal_db(GS_ANALOG, &setup->alignment);
}

const struct gs_stage_kind gs_stage_dac = {
    .key = "dac",
    .label = "D/A",
    .doc = "D/A converter: full scale to volt, clamped at 0 dBFS.",
    .domains_in = 1 << GS_DIGITAL,
    .domain_out = GS_ANALOG,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
