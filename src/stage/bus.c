/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `bus`: where sends come together. The engine adds the sends, each through its own gain and pan, into the
 * input wire; this stage is what the summing amplifier or the mixer's arithmetic does to the sum. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/noise.h"
#include "dsp/pan.h"
#include "dsp/quantise.h"
#include "dsp/ramp.h"
#include "stage/sheet.h"

#include <math.h>
#include <string.h>

enum {
    GAIN,
    PAN_LAW,
    CEILING,
    NOISE,
    NOISE_WEIGHTING,
    BITS,
    DITHER,
    PARAMS
};

static const struct gs_param params[PARAMS] = {
    [GAIN] = GS_SHEET_FADER("Bus fader; -90 and below is off."),
    /* read by whoever mixes the sends */
    [PAN_LAW] = { .key = "pan_law",
                  .label = "Pan law",
                  .doc = "How loud a mono send is on each side of the sum.",
                  .type = GS_CHOICE,
                  .flags = GS_PARAM_SETUP,
                  .choices = gs_pan_laws },
    [CEILING] = GS_SHEET_CEILING,
    [NOISE] = { .key = "noise_db",
                .label = "Noise",
                .doc = "Noise of the summing amplifier with all its sends, in front of the bus fader, in the "
                       "unit "
                       "of its domain (dBu or dBFS). Not given: none.",
                .type = GS_NUMBER,
                .unit = GS_UNIT_DB,
                .min = -160,
                .max = 0,
                .def = NAN,
                .flags = GS_PARAM_OPTIONAL },
    [NOISE_WEIGHTING] = GS_SHEET_WEIGHTING("noise_weighting", "Noise weighting"),
    [BITS] = GS_SHEET_BITS,
    [DITHER] = GS_SHEET_DITHER,
};

struct state {
    struct gs_noise noise[GS_CHANNELS];
    struct gs_quantiser quantiser[GS_CHANNELS];
    float sheet[PARAMS - NOISE];
    float noise_rms;
    struct gs_ramp ceiling;
    double rate_hz;
    enum gs_domain domain;
    unsigned channels;
};

/* Fixed point is a matter of mixers that reckon; it clamps at full scale. */
static unsigned bits_of(double bits, enum gs_domain domain)
{
    return domain == GS_DIGITAL ? gs_bits_of(bits) : 0;
}

static double ceiling_of(const double *param, enum gs_domain domain)
{
    double ceiling = gs_sheet_peak(domain, param[CEILING]);
    return bits_of(param[BITS], domain) ? fmin(ceiling, 1.0) : ceiling;
}

static size_t size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static void init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *s = memory;
    s->channels = setup->channels_out;
    s->domain = setup->domain_out;
    s->rate_hz = setup->rate_hz;
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        gs_noise_init(&s->noise[c], GS_NOISE_CIRCUIT, setup->seed, c);
        gs_quantiser_init(&s->quantiser[c], 0, GS_DITHER_NONE, setup->seed, GS_CHANNELS + c);
    }
    gs_sheet_forget(s->sheet, PARAMS - NOISE);
    s->ceiling.now = (float)gs_sheet_peak(s->domain, setup->param[CEILING]);
}

static void read_sheet(struct state *s, const struct gs_ramp *param)
{
    if (!gs_sheet_changed(s->sheet, param + NOISE, PARAMS - NOISE)) {
        return;
    }
    double density =
        gs_sheet_density(s->domain, (double)param[NOISE].now, (double)param[NOISE_WEIGHTING].now);
    s->noise_rms = (float)gs_sheet_rms(density, s->rate_hz);
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        gs_quantiser_set(&s->quantiser[c], bits_of((double)param[BITS].now, s->domain),
                         (enum gs_dither)param[DITHER].now);
    }
}

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    read_sheet(s, io->param);
    struct gs_ramp ceiling = s->ceiling;
    if (bits_of((double)io->param[BITS].now, s->domain)) {
        ceiling.now = ceiling.now < 1.0f ? ceiling.now : 1.0f;
    }
    for (unsigned c = 0; c < s->channels; c++) {
        float *real = io->out->ch[GS_REAL][c];
        memcpy(real, io->in->ch[GS_REAL][c], io->frames * sizeof *real);
        gs_noise_add(&s->noise[c], real, s->noise_rms, io->frames);
        gs_ramp_multiply(real, real, &io->param[GAIN], io->frames);
        gs_ramp_multiply(io->out->ch[GS_IDEAL][c], io->in->ch[GS_IDEAL][c], &io->param[GAIN], io->frames);
        io->out->clip[c] = gs_clip_hard(real, &ceiling, io->frames);
        gs_quantiser_run(&s->quantiser[c], real, io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    unsigned bits = bits_of(param[BITS], setup->domain_out);
    enum gs_dither dither = (enum gs_dither)param[DITHER];
    out->gain = gs_db_to_gain(param[GAIN]);
    out->noise_in = gs_sheet_density(setup->domain_out, param[NOISE], param[NOISE_WEIGHTING]);
    double rms =
        out->gain * hypot(hypot(probe->rms, probe->noise_rms), gs_sheet_rms(out->noise_in, setup->rate_hz));
    if (gs_quantiser_works(bits, dither, rms)) {
        out->noise_out = out->step_noise = gs_quantiser_density(bits, dither, setup->rate_hz);
    }
    out->step = gs_quantiser_step(bits);
    out->dithered = dither == GS_DITHER_TPDF;
    out->ceiling = ceiling_of(param, setup->domain_out);
    out->nominal_db = gs_nominal_db(setup->domain_out, &setup->alignment);
    if (!bits && gs_bits_of(param[BITS])) {
        out->remark = "an analog bus has no word length: bits is not used";
    }
}

const struct gs_stage_kind gs_stage_bus = {
    .key = "bus",
    .label = "Bus",
    .doc = "Adds up any number of stages, each with its own level and pan.",
    .domains_in = 1 << GS_ANALOG | 1 << GS_DIGITAL,
    .domain_out = GS_OUT_SAME,
    .flags = GS_STAGE_SUMS | GS_STAGE_BYPASS,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
