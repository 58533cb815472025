/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `noise`: adds white noise to whatever passes, in any domain: a console, a tape, a fault to be found. */
#include "gainstage/stage.h"

#include "dsp/noise.h"
#include "dsp/ramp.h"
#include "stage/sheet.h"

#include <math.h>
#include <string.h>

enum {
    LEVEL_DB,
    WEIGHTING,
    PARAMS
};

static const struct gs_param params[PARAMS] = {
    [LEVEL_DB] = { .key = "level_db",
                   .label = "Noise level",
                   .doc = "Level of the noise in the unit of the stage's domain (dB SPL, dBu or dBFS).",
                   .type = GS_NUMBER,
                   .unit = GS_UNIT_DB,
                   .min = -160,
                   .max = 120,
                   .def = -80,
                   .smooth = GS_SMOOTH_GAIN },
    [WEIGHTING] = GS_SHEET_WEIGHTING("level_weighting", "Weighting of the level"),
};

struct state {
    struct gs_noise noise[GS_CHANNELS];
    double rate_hz;
    enum gs_domain domain;
    unsigned channels;
};

static size_t size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static void init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *s = memory;
    s->rate_hz = setup->rate_hz;
    s->domain = setup->domain_out;
    s->channels = setup->channels_out;
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        gs_noise_init(&s->noise[c], GS_NOISE_CIRCUIT, setup->seed, c);
    }
}

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    float values[GS_CELL], fresh[GS_CELL];
    double at_0_db = gs_sheet_rms(gs_sheet_density(s->domain, 0.0, io->param[WEIGHTING].now), s->rate_hz);
    struct gs_ramp rms = gs_ramp_scaled(&io->param[LEVEL_DB], (float)at_0_db, values, io->frames);
    for (unsigned c = 0; c < s->channels; c++) {
        gs_noise_fill(&s->noise[c], fresh, io->frames);
        gs_ramp_multiply(fresh, fresh, &rms, io->frames);
        for (unsigned i = 0; i < io->frames; i++) {
            io->out->ch[GS_REAL][c][i] = io->in->ch[GS_REAL][c][i] + fresh[i];
        }
        memcpy(io->out->ch[GS_IDEAL][c], io->in->ch[GS_IDEAL][c], io->frames * sizeof(float));
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    out->noise_out = gs_sheet_density(setup->domain_out, param[LEVEL_DB], param[WEIGHTING]);
    out->nominal_db = gs_nominal_db(setup->domain_out, &setup->alignment);
}

const struct gs_stage_kind gs_stage_noise = {
    .key = "noise",
    .label = "Noise",
    .doc = "Adds white noise: a console, a tape, a fault to be found.",
    .domains_in = 1 << GS_ACOUSTIC | 1 << GS_ANALOG | 1 << GS_DIGITAL,
    .domain_out = GS_OUT_SAME,
    .flags = GS_STAGE_BYPASS,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
