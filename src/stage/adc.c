/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An A/D converter: volt in, full scale out; its own noise, dither and word length, clamped at 0 dBFS. It
 * clips naively, aliases and all, because that is what a converter does. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/quantise.h"
#include "dsp/ramp.h"
#include "stage/sheet.h"

#include <math.h>
#include <string.h>

enum {
    FULL_SCALE_DBU,
    DYNAMIC_RANGE_DB,
    DYNAMIC_RANGE_WEIGHTING,
    BITS,
    DITHER,
    INPUT_IMPEDANCE_OHM,
    PARAMS
};

static const struct gs_param params[PARAMS] = {
    [FULL_SCALE_DBU] = { .key = "full_scale_dbu",
                         .label = "Full scale",
                         .doc = "Level that becomes 0 dBFS. Not given: the chain's alignment.",
                         .type = GS_NUMBER,
                         .unit = GS_UNIT_DBU,
                         .min = -20,
                         .max = 40,
                         .def = NAN,
                         .smooth = GS_SMOOTH_GAIN,
                         .flags = GS_PARAM_OPTIONAL },
    [DYNAMIC_RANGE_DB] = { .key = "dynamic_range_db",
                           .label = "Dynamic range",
                           .doc = "How far its noise lies below 0 dBFS (AES17), word length apart. Not "
                                  "given: no noise.",
                           .type = GS_NUMBER,
                           .unit = GS_UNIT_DB,
                           .min = 40,
                           .max = 180,
                           .def = NAN,
                           .flags = GS_PARAM_OPTIONAL },
    [DYNAMIC_RANGE_WEIGHTING] = GS_SHEET_WEIGHTING("dynamic_range_weighting", "Dynamic range weighting"),
    [BITS] = GS_SHEET_BITS,
    [DITHER] = GS_SHEET_DITHER,
    [INPUT_IMPEDANCE_OHM] = GS_SHEET_INPUT_IMPEDANCE,
};

/* Rows that are not smoothed and that something is derived from. */
enum {
    SHEET_FIRST = DYNAMIC_RANGE_DB,
    SHEET_ROWS = DITHER - DYNAMIC_RANGE_DB + 1
};

struct state {
    struct gs_noise noise[GS_CHANNELS];
    struct gs_quantiser quantiser[GS_CHANNELS];
    float sheet[SHEET_ROWS];
    float rms;     /* of the noise, full scale */
    float aligned; /* full scale per volt of the alignment */
    double rate_hz;
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
    s->aligned = (float)(1.0 / gs_full_scale_volt(setup->alignment.dbu_at_0dbfs));
    s->channels = setup->channels_out;
    s->rate_hz = setup->rate_hz;
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        gs_noise_init(&s->noise[c], GS_NOISE_CIRCUIT, setup->seed, c);
        gs_quantiser_init(&s->quantiser[c], 0, GS_DITHER_NONE, setup->seed, GS_CHANNELS + c);
    }
    gs_sheet_forget(s->sheet, SHEET_ROWS);
}

static void read_sheet(struct state *s, const struct gs_ramp *param)
{
    if (!gs_sheet_changed(s->sheet, param + SHEET_FIRST, SHEET_ROWS)) {
        return;
    }
    double density =
        gs_sheet_density(GS_DIGITAL, -param[DYNAMIC_RANGE_DB].now, param[DYNAMIC_RANGE_WEIGHTING].now);
    s->rms = (float)gs_sheet_rms(density, s->rate_hz);
    for (unsigned c = 0; c < s->channels; c++) {
        gs_quantiser_set(&s->quantiser[c], gs_bits_of(param[BITS].now), (enum gs_dither)param[DITHER].now);
    }
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

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    const struct gs_ramp ceiling = { .now = 1.0f };
    float values[GS_CELL];
    struct gs_ramp gain = scale(s, io, values);
    read_sheet(s, io->param);
    for (unsigned c = 0; c < s->channels; c++) {
        float *real = io->out->ch[GS_REAL][c];
        gs_ramp_multiply(real, io->in->ch[GS_REAL][c], &gain, io->frames);
        gs_ramp_multiply(io->out->ch[GS_IDEAL][c], io->in->ch[GS_IDEAL][c], &gain, io->frames);
        gs_noise_add(&s->noise[c], real, s->rms, io->frames);
        io->out->clip[c] = gs_clip_hard(real, &ceiling, io->frames);
        gs_quantiser_run(&s->quantiser[c], real, io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    double dbu = isnan(param[FULL_SCALE_DBU]) ? setup->alignment.dbu_at_0dbfs : param[FULL_SCALE_DBU];
    double noise = gs_sheet_density(GS_DIGITAL, -param[DYNAMIC_RANGE_DB], param[DYNAMIC_RANGE_WEIGHTING]);
    unsigned bits = gs_bits_of(param[BITS]);
    enum gs_dither dither = (enum gs_dither)param[DITHER];
    out->gain = 1.0 / gs_full_scale_volt(dbu);
    double rms = hypot(hypot(probe->rms, probe->noise_rms) * out->gain, gs_sheet_rms(noise, setup->rate_hz));
    double words =
        gs_quantiser_works(bits, dither, rms) ? gs_quantiser_density(bits, dither, setup->rate_hz) : 0.0;
    out->noise_out = noise + words;
    out->step = gs_quantiser_step(bits);
    out->step_noise = words;
    out->dithered = dither == GS_DITHER_TPDF;
    out->ceiling = 1.0;
    out->nominal_db = gs_nominal_db(GS_DIGITAL, &setup->alignment);
    out->remark = gs_sheet_remark(!isnan(param[DYNAMIC_RANGE_DB]) || bits, true);
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
