/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `wordlength`: fixed point between two plugins. Dither, rounding, and the clamp that floating point does
 * not have: what is over full scale here is lost for good. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/quantise.h"
#include "stage/sheet.h"

#include <string.h>

enum {
    BITS,
    DITHER,
    PARAMS
};

static const struct gs_param params[PARAMS] = {
    [BITS] = { .key = "bits",
               .label = "Word length",
               .doc = "Bits of fixed point.",
               .type = GS_NUMBER,
               .unit = GS_UNIT_BIT,
               .min = 4,
               .max = 32,
               .step = 1,
               .def = 24 },
    [DITHER] = { .key = "dither",
                 .label = "Dither",
                 .doc = "What is added before rounding to bits.",
                 .type = GS_CHOICE,
                 .def = GS_DITHER_TPDF,
                 .choices = gs_dither_words },
};

struct state {
    struct gs_quantiser quantiser[GS_CHANNELS];
    float sheet[PARAMS];
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
    s->channels = setup->channels_out;
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        gs_quantiser_init(&s->quantiser[c], 0, GS_DITHER_NONE, setup->seed, c);
    }
    gs_sheet_forget(s->sheet, PARAMS);
}

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    const struct gs_ramp full_scale = { .now = 1.0f };
    bool changed = gs_sheet_changed(s->sheet, io->param, PARAMS);
    for (unsigned c = 0; c < s->channels; c++) {
        float *real = io->out->ch[GS_REAL][c];
        if (changed) {
            gs_quantiser_set(&s->quantiser[c], gs_bits_of(s->sheet[BITS]), (enum gs_dither)s->sheet[DITHER]);
        }
        memcpy(real, io->in->ch[GS_REAL][c], io->frames * sizeof *real);
        memcpy(io->out->ch[GS_IDEAL][c], io->in->ch[GS_IDEAL][c], io->frames * sizeof *real);
        io->out->clip[c] = gs_clip_hard(real, &full_scale, io->frames);
        gs_quantiser_run(&s->quantiser[c], real, io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    unsigned bits = gs_bits_of(param[BITS]);
    enum gs_dither dither = (enum gs_dither)param[DITHER];
    if (gs_quantiser_works(bits, dither, hypot(probe->rms, probe->noise_rms))) {
        out->noise_out = out->step_noise = gs_quantiser_density(bits, dither, setup->rate_hz);
    }
    out->step = gs_quantiser_step(bits);
    out->dithered = dither == GS_DITHER_TPDF;
    out->ceiling = 1.0;
    out->nominal_db = gs_nominal_db(GS_DIGITAL, &setup->alignment);
}

const struct gs_stage_kind gs_stage_wordlength = {
    .key = "wordlength",
    .label = "Word length",
    .doc = "Fixed point between two plugins: dither, rounding, and a clamp at full scale.",
    .domains_in = 1 << GS_DIGITAL,
    .domain_out = GS_DIGITAL,
    .flags = GS_STAGE_BYPASS,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
