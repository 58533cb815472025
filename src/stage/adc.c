/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An A/D converter: volt in, full scale out; its own noise, dither and word length, clamped at 0 dBFS. It
 * clips naively, aliases and all, because that is what a converter does. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/ramp.h"
#include "stage/converter.h"

#include <math.h>

enum {
    INPUT_IMPEDANCE_OHM = GS_CONVERTER_ROWS,
    PARAMS
};

static const struct gs_param params[PARAMS] = {
    GS_CONVERTER_PARAMS("Level that becomes 0 dBFS. Not given: the chain's alignment."),
    [INPUT_IMPEDANCE_OHM] = GS_SHEET_INPUT_IMPEDANCE,
};

struct state {
    struct gs_converter converter;
    float aligned; /* full scale per volt of the alignment */
};

static size_t size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static void init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *s = memory;
    s->aligned = (float)(1.0 / gs_full_scale_volt(setup->alignment.dbu_at_0dbfs));
    gs_converter_init(&s->converter, setup);
}

/* Full scale per volt. The parameter arrives as 10^(dBu/20). */
static struct gs_ramp scale(const struct state *s, const struct gs_stage_io *io, float *values)
{
    const struct gs_ramp *full = &io->param[GS_CONVERTER_FULL_SCALE_DBU];
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

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    const struct gs_ramp ceiling = { .now = 1.0f };
    float values[GS_CELL];
    struct gs_ramp gain = scale(s, io, values);
    gs_converter_read(&s->converter, io->param);
    for (unsigned c = 0; c < s->converter.channels; c++) {
        float *real = io->out->ch[GS_REAL][c];
        gs_ramp_multiply(real, io->in->ch[GS_REAL][c], &gain, io->frames);
        gs_ramp_multiply(io->out->ch[GS_IDEAL][c], io->in->ch[GS_IDEAL][c], &gain, io->frames);
        gs_noise_add(&s->converter.noise[c], real, s->converter.rms, io->frames);
        io->out->clip[c] = gs_clip_hard(real, &ceiling, io->frames);
        gs_quantiser_run(&s->converter.quantiser[c], real, io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    double noise = gs_converter_noise(param);
    out->gain = 1.0 / gs_full_scale_volt(gs_converter_dbu(param, setup));
    double rms = hypot(hypot(probe->rms, probe->noise_rms) * out->gain, gs_sheet_rms(noise, setup->rate_hz));
    gs_converter_words(param, setup->rate_hz, rms, out);
    out->noise_out = noise + out->step_noise;
    out->ceiling = 1.0;
    out->nominal_db = gs_nominal_db(GS_DIGITAL, &setup->alignment);
}

const struct gs_stage_kind gs_stage_adc = {
    .key = "adc",
    .label = "A/D",
    .doc = "A/D converter: volt to full scale, with noise, dither and word length, clamped at 0 dBFS.",
    .domains_in = 1 << GS_ANALOG,
    .domain_out = GS_DIGITAL,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
