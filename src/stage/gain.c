/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gain`: a trim in any domain, with polarity. A number times a number; where the equipment around it has a
 * highest level, the trim is cut there. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/ramp.h"

enum {
    GAIN,
    POLARITY,
    CEILING
};

static const struct gs_param params[] = {
    [GAIN] = { .key = "gain_db",
               .label = "Gain",
               .doc = "Trim.",
               .unit = GS_UNIT_DB,
               .min = -60,
               .max = 60,
               .smooth = GS_SMOOTH_GAIN,
               .flags = GS_PARAM_GAIN },
    [POLARITY] = { .key = "polarity",
                   .label = "Polarity",
                   .doc = "Turns the signal upside down.",
                   .type = GS_SWITCH,
                   .max = 1,
                   .smooth = GS_SMOOTH_LINEAR },
    [CEILING] = { .key = "ceiling_db",
                  .label = "Ceiling",
                  .doc =
                      "Highest peak level it passes, in the unit of its domain (dB SPL, dBu or dBFS); none "
                      "when not given.",
                  .unit = GS_UNIT_DB,
                  .min = -60,
                  .max = 160,
                  .def = NAN,
                  .flags = GS_PARAM_OPTIONAL | GS_PARAM_SETUP },
};

struct state {
    unsigned channels;
    struct gs_ramp ceiling;
};

static size_t size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static void init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *state = memory;
    state->channels = setup->channels_out;
    state->ceiling.now = (float)gs_db_to_peak(setup->domain_out, setup->param[CEILING]);
}

static void process(void *memory, const struct gs_stage_io *io)
{
    const struct state *state = memory;
    const struct gs_ramp *polarity = &io->param[POLARITY];
    float factor[GS_CELL];
    struct gs_ramp gain = gs_ramp_scaled(&io->param[GAIN], 1.0f - 2.0f * polarity->now, factor, io->frames);
    if (polarity->ramp) {
        for (unsigned i = 0; i < io->frames; i++) {
            factor[i] = gs_ramp_at(&io->param[GAIN], i) * (1.0f - 2.0f * polarity->ramp[i]);
        }
        gain.ramp = factor;
    }
    for (unsigned c = 0; c < state->channels; c++) {
        for (int path = 0; path < GS_PATHS; path++) {
            gs_ramp_multiply(io->out->ch[path][c], io->in->ch[path][c], &gain, io->frames);
        }
        io->out->clip[c] = gs_clip_hard(io->out->ch[GS_REAL][c], &state->ceiling, io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    out->gain = gs_db_to_gain(param[GAIN]) * (1.0 - 2.0 * param[POLARITY]);
    out->ceiling = isnan(param[CEILING]) ? INFINITY : gs_db_to_peak(setup->domain_out, param[CEILING]);
    out->nominal_db = gs_nominal_db(setup->domain_out, &setup->alignment);
}

const struct gs_stage_kind gs_stage_gain = {
    .key = "gain",
    .label = "Gain",
    .doc = "A trim with polarity, in any domain.",
    .domains_in = 1 << GS_ACOUSTIC | 1 << GS_ANALOG | 1 << GS_DIGITAL,
    .domain_out = GS_OUT_SAME,
    .flags = GS_STAGE_BYPASS,
    .params = params,
    .n_params = sizeof params / sizeof *params,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
