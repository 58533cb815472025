/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `bus`: where sends come together. The engine adds the sends, each through its own gain and pan, into the
 * input wire; this stage is what the summing amplifier or the mixer's arithmetic does to the sum. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/pan.h"
#include "dsp/ramp.h"

enum {
    GAIN,
    PAN_LAW,
    CEILING
};

static const struct gs_param params[] = {
    [GAIN] = { .key = "gain_db",
               .label = "Level",
               .doc = "Bus fader; -90 and below is off.",
               .unit = GS_UNIT_DB,
               .min = -90,
               .max = 10,
               .taper = GS_TAPER_FADER,
               .smooth = GS_SMOOTH_GAIN,
               .flags = GS_PARAM_GAIN | GS_PARAM_MINUS_INF },
    /* read by whoever mixes the sends */
    [PAN_LAW] = { .key = "pan_law",
                  .label = "Pan law",
                  .doc = "How loud a mono send is on each side of the sum.",
                  .type = GS_CHOICE,
                  .flags = GS_PARAM_SETUP,
                  .choices = gs_pan_laws },
    [CEILING] = { .key = "ceiling_db",
                  .label = "Ceiling",
                  .doc =
                      "Highest peak level it passes, in the unit of its domain (dBu or dBFS); none when not "
                      "given.",
                  .unit = GS_UNIT_DB,
                  .min = -60,
                  .max = 60,
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
    for (unsigned c = 0; c < state->channels; c++) {
        for (int path = 0; path < GS_PATHS; path++) {
            gs_ramp_multiply(io->out->ch[path][c], io->in->ch[path][c], &io->param[GAIN], io->frames);
        }
        io->out->clip[c] = gs_clip_hard(io->out->ch[GS_REAL][c], &state->ceiling, io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    out->gain = gs_db_to_gain(param[GAIN]);
    out->ceiling = isnan(param[CEILING]) ? INFINITY : gs_db_to_peak(setup->domain_out, param[CEILING]);
    out->nominal_db = gs_nominal_db(setup->domain_out, &setup->alignment);
}

const struct gs_stage_kind gs_stage_bus = {
    .key = "bus",
    .label = "Bus",
    .doc = "Adds up any number of stages, each with its own level and pan.",
    .domains_in = 1 << GS_ANALOG | 1 << GS_DIGITAL,
    .domain_out = GS_OUT_SAME,
    .flags = GS_STAGE_SUMS | GS_STAGE_BYPASS,
    .params = params,
    .n_params = sizeof params / sizeof *params,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
