/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A D/A converter: full scale in, volt out. Word length and clamp, then its own noise, then the filter that
 * draws the wave between the samples: where that wave is higher than the analogue stage behind it can swing,
 * it clips although no sample is over. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/quantise.h"
#include "dsp/rail.h"
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
    OVERS_HEADROOM_DB,
    SOURCE_IMPEDANCE_OHM,
    QUALITY,
    PARAMS
};

static const struct gs_param params[PARAMS] = {
    [FULL_SCALE_DBU] = { .key = "full_scale_dbu",
                         .label = "Full scale",
                         .doc = "Level that 0 dBFS becomes. Not given: the chain's alignment.",
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
    [OVERS_HEADROOM_DB] = { .key = "overs_headroom_db",
                            .label = "Headroom for overs",
                            .doc = "How far above full scale the analogue stage swings before waves between "
                                   "samples "
                                   "clip. Not given: as far as they go.",
                            .type = GS_NUMBER,
                            .unit = GS_UNIT_DB,
                            .min = 0,
                            .max = 12,
                            .def = NAN,
                            .flags = GS_PARAM_SETUP | GS_PARAM_OPTIONAL },
    [SOURCE_IMPEDANCE_OHM] = GS_SHEET_SOURCE_IMPEDANCE("Output impedance, loaded by the next stage's input "
                                                       "impedance. Not given: no load counts."),
    [QUALITY] = GS_SHEET_QUALITY,
};

/* Rows that are not smoothed and that something is derived from. */
enum {
    SHEET_FIRST = DYNAMIC_RANGE_DB,
    SHEET_ROWS = DITHER - DYNAMIC_RANGE_DB + 1
};

struct state {
    struct gs_rail rail;
    struct gs_bend bend;
    struct gs_noise noise[GS_CHANNELS];
    struct gs_quantiser quantiser[GS_CHANNELS];
    float sheet[SHEET_ROWS];
    float rms;            /* of the noise, full scale */
    float aligned;        /* volt per full scale of the alignment, loaded */
    float per_full_scale; /* volt per 10^(dBu/20), loaded */
    double rate_hz;
    unsigned channels;
};

static bool accurate(const double *param)
{
    return !isnan(param[OVERS_HEADROOM_DB]) && param[QUALITY] == GS_QUALITY_ACCURATE;
}

static size_t size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static void init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *s = memory;
    const double *param = setup->param;
    double loaded = gs_sheet_loaded(param[SOURCE_IMPEDANCE_OHM], setup->load_impedance_ohm);
    s->aligned = (float)(gs_full_scale_volt(setup->alignment.dbu_at_0dbfs) * loaded);
    s->per_full_scale = (float)(gs_reference_peak(GS_ANALOG) * loaded);
    s->channels = setup->channels_out;
    s->rate_hz = setup->rate_hz;
    s->bend.knee = 1.0f;
    s->bend.rail.now =
        isnan(param[OVERS_HEADROOM_DB]) ? INFINITY : (float)gs_db_to_gain(param[OVERS_HEADROOM_DB]);
    gs_rail_init(&s->rail, accurate(param), setup->rate_hz);
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

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    const struct gs_ramp full_scale = { .now = 1.0f }, *full = &io->param[FULL_SCALE_DBU];
    float values[GS_CELL];
    struct gs_ramp gain = { .now = s->aligned };
    if (!isnan(full->now)) {
        gain = gs_ramp_scaled(full, s->per_full_scale, values, io->frames);
    }
    read_sheet(s, io->param);
    for (unsigned c = 0; c < s->channels; c++) {
        float *real = io->out->ch[GS_REAL][c], *ideal = io->out->ch[GS_IDEAL][c];
        memcpy(real, io->in->ch[GS_REAL][c], io->frames * sizeof *real);
        memcpy(ideal, io->in->ch[GS_IDEAL][c], io->frames * sizeof *ideal);
        uint32_t over = gs_clip_hard(real, &full_scale, io->frames);
        gs_quantiser_run(&s->quantiser[c], real, io->frames);
        uint32_t between = gs_rail_run(&s->rail, c, &s->bend, NULL, real, ideal, io->frames);
        io->out->clip[c] = gs_rail_flags(&s->rail, c, over, between, io->frames);
        gs_noise_add(&s->noise[c], real, s->rms, io->frames);
        gs_ramp_multiply(real, real, &gain, io->frames);
        gs_ramp_multiply(ideal, ideal, &gain, io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    double dbu = isnan(param[FULL_SCALE_DBU]) ? setup->alignment.dbu_at_0dbfs : param[FULL_SCALE_DBU];
    unsigned bits = gs_bits_of(param[BITS]);
    enum gs_dither dither = (enum gs_dither)param[DITHER];
    double words = gs_quantiser_works(bits, dither, hypot(probe->rms, probe->noise_rms))
                       ? gs_quantiser_density(bits, dither, setup->rate_hz)
                       : 0.0;
    double noise = gs_sheet_density(GS_DIGITAL, -param[DYNAMIC_RANGE_DB], param[DYNAMIC_RANGE_WEIGHTING]);
    out->gain =
        gs_full_scale_volt(dbu) * gs_sheet_loaded(param[SOURCE_IMPEDANCE_OHM], setup->load_impedance_ohm);
    out->noise_out = (noise + words) * out->gain * out->gain;
    out->step = gs_quantiser_step(bits) * out->gain;
    out->step_noise = words * out->gain * out->gain;
    out->dithered = dither == GS_DITHER_TPDF;
    out->ceiling = out->gain;
    out->nominal_db = gs_nominal_db(GS_ANALOG, &setup->alignment);
    out->latency = accurate(setup->param ? setup->param : param) ? GS_OVERSAMPLE_LATENCY : 0;
    out->remark = gs_sheet_remark(!isnan(param[DYNAMIC_RANGE_DB]) || bits, true);
}

const struct gs_stage_kind gs_stage_dac = {
    .key = "dac",
    .label = "D/A",
    .doc = "D/A converter: full scale to volt, with word length, noise, and overs between the samples.",
    .domains_in = 1 << GS_DIGITAL,
    .domain_out = GS_ANALOG,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
