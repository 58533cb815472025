/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A D/A converter: full scale in, volt out. Word length and clamp, then its own noise, then the filter that
 * draws the wave between the samples: where that wave is higher than the analogue stage behind it can swing,
 * it clips although no sample is over. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/rail.h"
#include "dsp/ramp.h"
#include "stage/converter.h"

#include <math.h>
#include <string.h>

enum {
    OVERS_HEADROOM_DB = GS_CONVERTER_ROWS,
    SOURCE_IMPEDANCE_OHM,
    QUALITY,
    PARAMS
};

static const struct gs_param params[PARAMS] = {
    GS_CONVERTER_PARAMS("Level that 0 dBFS becomes. Not given: the chain's alignment."),
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

struct state {
    struct gs_converter converter;
    struct gs_rail rail;
    struct gs_bend bend;
    float aligned;        /* volt per full scale of the alignment, loaded */
    float per_full_scale; /* volt per 10^(dBu/20), loaded */
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
    s->bend.knee = 1.0f;
    s->bend.rail.now =
        isnan(param[OVERS_HEADROOM_DB]) ? INFINITY : (float)gs_db_to_gain(param[OVERS_HEADROOM_DB]);
    gs_rail_init(&s->rail, accurate(param), setup->rate_hz);
    gs_converter_init(&s->converter, setup);
}

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    const struct gs_ramp full_scale = { .now = 1.0f }, *full = &io->param[GS_CONVERTER_FULL_SCALE_DBU];
    float values[GS_CELL];
    struct gs_ramp gain = { .now = s->aligned };
    if (!isnan(full->now)) {
        gain = gs_ramp_scaled(full, s->per_full_scale, values, io->frames);
    }
    gs_converter_read(&s->converter, io->param);
    for (unsigned c = 0; c < s->converter.channels; c++) {
        float *real = io->out->ch[GS_REAL][c], *ideal = io->out->ch[GS_IDEAL][c];
        memcpy(real, io->in->ch[GS_REAL][c], io->frames * sizeof *real);
        memcpy(ideal, io->in->ch[GS_IDEAL][c], io->frames * sizeof *ideal);
        uint32_t over = gs_clip_hard(real, &full_scale, io->frames);
        gs_quantiser_run(&s->converter.quantiser[c], real, io->frames);
        uint32_t between = gs_rail_run(&s->rail, c, &s->bend, NULL, real, ideal, io->frames);
        io->out->clip[c] = gs_rail_flags(&s->rail, c, over, between, io->frames);
        gs_noise_add(&s->converter.noise[c], real, s->converter.rms, io->frames);
        gs_ramp_multiply(real, real, &gain, io->frames);
        gs_ramp_multiply(ideal, ideal, &gain, io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    double gain = gs_full_scale_volt(gs_converter_dbu(param, setup)) *
                  gs_sheet_loaded(param[SOURCE_IMPEDANCE_OHM], setup->load_impedance_ohm);
    gs_converter_words(param, setup->rate_hz, hypot(probe->rms, probe->noise_rms), out);
    out->gain = out->ceiling = gain;
    out->step *= gain;
    out->step_noise *= gain * gain;
    out->noise_out = gs_converter_noise(param) * gain * gain + out->step_noise;
    out->nominal_db = gs_nominal_db(GS_ANALOG, &setup->alignment);
    out->latency = accurate(setup->param ? setup->param : param) ? GS_OVERSAMPLE_LATENCY : 0;
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
