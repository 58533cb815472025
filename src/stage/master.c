/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `master`: the last level before the signal leaves. Its ceiling is the edge beyond which there is nothing:
 * full scale, or in an analog chain the level that stands for it. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/ramp.h"

enum {
    GAIN,
    CEILING
};

static const struct gs_param params[] = {
    [GAIN] = { .key = "gain_db",
               .label = "Level",
               .doc = "Master fader; -90 and below is off.",
               .unit = GS_UNIT_DB,
               .min = -90,
               .max = 10,
               .taper = GS_TAPER_FADER,
               .smooth = GS_SMOOTH_GAIN,
               .flags = GS_PARAM_GAIN | GS_PARAM_MINUS_INF },
    [CEILING] = { .key = "ceiling_dbtp",
                  .label = "Ceiling",
                  .doc =
                      "Level above which nothing leaves; what is higher is cut off sample by sample. In an "
                      "analog chain relative to the level that stands for 0 dBFS.",
                  .unit = GS_UNIT_DBTP,
                  .min = -40,
                  .max = 0,
                  .smooth = GS_SMOOTH_GAIN },
};

struct state {
    unsigned channels;
    float full_scale; /* peak in the unit of the domain */
};

static double full_scale(const struct gs_stage_setup *setup)
{
    return setup->domain_out == GS_DIGITAL ? 1.0 : gs_full_scale_volt(setup->alignment.dbu_at_0dbfs);
}

static size_t size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static void init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *state = memory;
    state->channels = setup->channels_out;
    state->full_scale = (float)full_scale(setup);
}

static void process(void *memory, const struct gs_stage_io *io)
{
    const struct state *state = memory;
    float values[GS_CELL];
    struct gs_ramp ceiling = gs_ramp_scaled(&io->param[CEILING], state->full_scale, values, io->frames);
    for (unsigned c = 0; c < state->channels; c++) {
        for (int path = 0; path < GS_PATHS; path++) {
            gs_ramp_multiply(io->out->ch[path][c], io->in->ch[path][c], &io->param[GAIN], io->frames);
        }
        io->out->clip[c] = gs_clip_hard(io->out->ch[GS_REAL][c], &ceiling, io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    out->gain = gs_db_to_gain(param[GAIN]);
    out->ceiling = gs_db_to_gain(param[CEILING]) * full_scale(setup);
    out->nominal_db = gs_nominal_db(setup->domain_out, &setup->alignment);
}

const struct gs_stage_kind gs_stage_master = {
    .key = "master",
    .label = "Master",
    .doc = "The last level before the signal leaves, with the ceiling that nothing passes.",
    .domains_in = 1 << GS_ANALOG | 1 << GS_DIGITAL,
    .domain_out = GS_OUT_SAME,
    .flags = GS_STAGE_MASTER | GS_STAGE_BYPASS,
    .params = params,
    .n_params = sizeof params / sizeof *params,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
