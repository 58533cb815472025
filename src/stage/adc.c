/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An A/D converter: volt in, full scale out, clamped at 0 dBFS. It clips naively, aliases and all, because
 * that is what a converter does. */
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
                         .doc = "Level that becomes 0 dBFS; not given: the chain's alignment.",
                         .type = GS_NUMBER,
                         .unit = GS_UNIT_DBU,
                         .min = -20,
                         .max = 40,
                         .def = NAN,
                         .smooth = GS_SMOOTH_GAIN,
                         .flags = GS_PARAM_OPTIONAL },
};

struct state {
    float aligned; /* full scale per volt of the alignment */
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
    s->aligned = (float)(1.0 / gs_full_scale_volt(setup->alignment.dbu_at_0dbfs));
    s->channels = setup->channels_out;
}

/* Full scale per volt. The parameter arrives as 10^(dBu/20). */
static struct gs_ramp scale(const struct state *s, const struct gs_stage_io *io, float *values)
{
    const struct gs_ramp *full = &io->param[FULL_SCALE_DBU];
    struct gs_ramp gain = { .now = s->aligned };
    if (isnan(full->now)) {
        return gain;
    }
    float per_volt = (float)(1.0 / gs_reference_peak(GS_ANALOG));
    gain.now = per_volt / full->now;
    if (full->ramp) {
        for (unsigned i = 0; i < io->frames; i++) {
            values[i] = per_volt / full->ramp[i];
        }
        gain.ramp = values;
    }
    return gain;
}

static void process(void *state, const struct gs_stage_io *io)
{
    const struct state *s = state;
    const struct gs_ramp ceiling = { .now = 1.0f };
    float values[GS_CELL];
    struct gs_ramp gain = scale(s, io, values);
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
    double dbu = isnan(param[FULL_SCALE_DBU]) ? setup->alignment.dbu_at_0dbfs : param[FULL_SCALE_DBU];
    out->gain = 1.0 / gs_full_scale_volt(dbu);
    out->ceiling_in = INFINITY;
    out->ceiling = 1.0;
    out->nominal_db = gs_nominal_db(GS_DIGITAL, &setup->alignment);
}

const struct gs_stage_kind gs_stage_adc = {
    .key = "adc",
    .label = "A/D",
    .doc = "A/D converter: volt to full scale, clamped at 0 dBFS.",
    .domains_in = 1 << GS_ANALOG,
    .domain_out = GS_DIGITAL,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
