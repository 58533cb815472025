/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `fader`: the level of a channel strip and its place between left and right. What comes out is stereo,
 * whatever went in. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/pan.h"
#include "dsp/ramp.h"
#include "stage/sheet.h"

enum {
    GAIN,
    PAN,
    PAN_LAW,
    CEILING
};

static const struct gs_param params[] = {
    [GAIN] = GS_SHEET_FADER("Fader position; -90 and below is off."),
    [PAN] = { .key = "pan",
              .label = "Pan",
              .doc = "Place between left (-1) and right (+1); balances a stereo signal.",
              .min = -1,
              .max = 1,
              .smooth = GS_SMOOTH_LINEAR },
    [PAN_LAW] = { .key = "pan_law",
                  .label = "Pan law",
                  .doc = "How loud a mono signal is on each side.",
                  .type = GS_CHOICE,
                  .flags = GS_PARAM_SETUP,
                  .choices = gs_pan_laws },
    [CEILING] = GS_SHEET_CEILING,
};

struct state {
    unsigned channels_in;
    enum gs_pan_law law;
    struct gs_ramp ceiling;
};

static unsigned channels(const double *param, unsigned channels_in)
{
    (void)param;
    (void)channels_in;
    return 2;
}

static size_t size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static void init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *state = memory;
    state->channels_in = setup->channels_in;
    state->law = (enum gs_pan_law)setup->param[PAN_LAW];
    state->ceiling.now = (float)gs_db_to_peak(setup->domain_out, setup->param[CEILING]);
}

/* Fader times pan for both sides. At rest one value; while the pan moves, one a frame. */
static void side_gains(const struct state *state, const struct gs_stage_io *io, struct gs_ramp side[2],
                       float values[2][GS_CELL])
{
    const struct gs_ramp *pan = &io->param[PAN], *gain = &io->param[GAIN];
    struct gs_pan at = gs_pan_gains(state->law, state->channels_in, pan->now);
    side[0] = gs_ramp_scaled(gain, at.left, values[0], io->frames);
    side[1] = gs_ramp_scaled(gain, at.right, values[1], io->frames);
    if (!pan->ramp) {
        return;
    }
    for (unsigned i = 0; i < io->frames; i++) {
        at = gs_pan_gains(state->law, state->channels_in, pan->ramp[i]);
        values[0][i] = gs_ramp_at(gain, i) * at.left;
        values[1][i] = gs_ramp_at(gain, i) * at.right;
    }
    side[0].ramp = values[0];
    side[1].ramp = values[1];
}

static void process(void *memory, const struct gs_stage_io *io)
{
    const struct state *state = memory;
    float values[2][GS_CELL];
    struct gs_ramp side[2];
    side_gains(state, io, side, values);
    for (unsigned c = 0; c < 2; c++) {
        unsigned from = state->channels_in > 1 ? c : 0;
        for (int path = 0; path < GS_PATHS; path++) {
            gs_ramp_multiply(io->out->ch[path][c], io->in->ch[path][from], &side[c], io->frames);
        }
        io->out->clip[c] = gs_clip_hard(io->out->ch[GS_REAL][c], &state->ceiling, io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    struct gs_pan at = gs_pan_gains((enum gs_pan_law)param[PAN_LAW], setup->channels_in, (float)param[PAN]);
    out->gain = gs_db_to_gain(param[GAIN]);
    out->balance[0] = at.left;
    out->balance[1] = at.right;
    out->ceiling = isnan(param[CEILING]) ? INFINITY : gs_db_to_peak(setup->domain_out, param[CEILING]);
    out->nominal_db = gs_nominal_db(setup->domain_out, &setup->alignment);
}

const struct gs_stage_kind gs_stage_fader = {
    .key = "fader",
    .label = "Fader",
    .doc = "The level of a channel strip and its place between left and right; gives stereo.",
    .domains_in = 1 << GS_ANALOG | 1 << GS_DIGITAL,
    .domain_out = GS_OUT_SAME,
    .flags = GS_STAGE_BYPASS,
    .params = params,
    .n_params = sizeof params / sizeof *params,
    .channels = channels,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
