/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `master`: the last level before the signal leaves. Its ceiling is the edge beyond which there is nothing:
 * full scale, or in an analog chain the level that stands for it. What is above it is cut off sample by
 * sample, or, with the limiter on, turned down in time. The word length comes last, with its dither. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/detector.h"
#include "dsp/limiter.h"
#include "dsp/quantise.h"
#include "dsp/ramp.h"
#include "stage/sheet.h"

enum {
    GAIN,
    CEILING,
    LIMITER,
    LOOKAHEAD,
    RELEASE,
    BITS,
    DITHER,
    PARAMS
};

static const struct gs_param params[PARAMS] = {
    [GAIN] = GS_SHEET_FADER("Master fader; -90 and below is off."),
    [CEILING] = { .key = "ceiling_dbtp",
                  .label = "Ceiling",
                  .doc = "Level above which nothing leaves: the limiter holds true peaks below it, without "
                         "the limiter samples are cut off at it. In an analog chain relative to the level "
                         "that stands for 0 dBFS.",
                  .type = GS_NUMBER,
                  .unit = GS_UNIT_DBTP,
                  .min = -40,
                  .max = 0,
                  .smooth = GS_SMOOTH_GAIN },
    [LIMITER] = { .key = "limiter",
                  .label = "Limiter",
                  .doc = "Looks ahead and turns down before a true peak would pass the ceiling.",
                  .type = GS_SWITCH,
                  .max = 1,
                  .flags = GS_PARAM_SETUP },
    [LOOKAHEAD] = { .key = "lookahead_ms",
                    .label = "Look-ahead",
                    .doc = "How early the limiter knows; everything leaves later by as much.",
                    .type = GS_NUMBER,
                    .unit = GS_UNIT_MS,
                    .min = 1.5,
                    .max = 5,
                    .def = 2,
                    .flags = GS_PARAM_SETUP },
    [RELEASE] = { .key = "release_ms",
                  .label = "Release",
                  .doc = "Time in which the limiter comes 63 % of the way back.",
                  .type = GS_NUMBER,
                  .unit = GS_UNIT_MS,
                  .min = 10,
                  .max = 2000,
                  .def = 100,
                  .taper = GS_TAPER_LOG,
                  .smooth = GS_SMOOTH_LINEAR },
    [BITS] = { .key = "bits",
               .label = "Word length",
               .doc = "Bits of the words that leave; float rounds nothing. Means nothing in an analog chain.",
               .type = GS_NUMBER,
               .unit = GS_UNIT_BIT,
               .min = 16,
               .max = 32,
               .step = 1,
               .def = NAN,
               .flags = GS_PARAM_SETUP | GS_PARAM_OPTIONAL,
               .choices = gs_bits_float },
    [DITHER] = { .key = "dither",
                 .label = "Dither",
                 .doc = "Noise added before rounding to the word length.",
                 .type = GS_CHOICE,
                 .def = GS_DITHER_TPDF,
                 .flags = GS_PARAM_SETUP,
                 .choices = gs_dither_words },
};

struct state {
    unsigned channels;
    float full_scale; /* peak in the unit of the domain */
    bool limits;
    struct gs_quantiser quantiser[GS_CHANNELS];
    struct gs_limiter limiter; /* and behind it, its room */
};

static double full_scale(const struct gs_stage_setup *setup)
{
    return setup->domain_out == GS_DIGITAL ? 1.0 : gs_full_scale_volt(setup->alignment.dbu_at_0dbfs);
}

static unsigned bits_of(const double *param, const struct gs_stage_setup *setup)
{
    return setup->domain_out == GS_DIGITAL ? gs_bits_of(param[BITS]) : 0;
}

static size_t size(const struct gs_stage_setup *setup)
{
    const double *p = setup->param;
    return sizeof(struct state) +
           (p[LIMITER] != 0.0 ? gs_limiter_room(setup->rate_hz, p[LOOKAHEAD], setup->channels_out) : 0);
}

static void init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *state = memory;
    state->channels = setup->channels_out;
    state->full_scale = (float)full_scale(setup);
    state->limits = setup->param[LIMITER] != 0.0;
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        gs_quantiser_init(&state->quantiser[c], bits_of(setup->param, setup),
                          (enum gs_dither)setup->param[DITHER], setup->seed, c);
    }
    if (state->limits) {
        gs_limiter_init(&state->limiter, state + 1, setup->rate_hz, setup->param[LOOKAHEAD],
                        setup->channels_out);
    }
}

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *state = memory;
    float values[GS_CELL];
    struct gs_ramp ceiling = gs_ramp_scaled(&io->param[CEILING], state->full_scale, values, io->frames);
    for (unsigned c = 0; c < state->channels; c++) {
        for (int path = 0; path < GS_PATHS; path++) {
            gs_ramp_multiply(io->out->ch[path][c], io->in->ch[path][c], &io->param[GAIN], io->frames);
        }
        if (!state->limits) {
            io->out->clip[c] = gs_clip_hard(io->out->ch[GS_REAL][c], &ceiling, io->frames);
        }
    }
    if (state->limits) {
        gs_limiter_run(&state->limiter, io->out, &ceiling, &io->param[RELEASE], io->frames);
    }
    for (unsigned c = 0; c < state->channels; c++) {
        gs_quantiser_run(&state->quantiser[c], io->out->ch[GS_REAL][c], io->frames);
    }
}

/* ---- levels ---- */

#define STEPS 128

static double need(double peak, double ceiling)
{
    return peak > ceiling ? 1.0 - ceiling / peak : 0.0;
}

/* Gain that a tone's fundamental meets. One half wave from top to top: each top is held for the look-ahead,
 * half before and half behind it; between two tops the release lets go. */
static double limited_tone(const double *param, double peak, double ceiling, double frequency_hz)
{
    double step_s = 0.5 / frequency_hz / STEPS, reach = param[LOOKAHEAD] / 2000.0 / step_s;
    double keep = gs_detector_pole(param[RELEASE], 1.0 / step_s);
    double now = need(peak, ceiling), passed = 0.0, all = 0.0;
    for (int i = 0; i < STEPS; i++) {
        double behind = fmax(i - reach, 0.0), before = fmin(i + reach, STEPS);
        double top = fmax(cos(M_PI * behind / STEPS), -cos(M_PI * before / STEPS));
        double wanted = need(peak * fmax(top, 0.0), ceiling);
        now = wanted > now ? wanted : wanted + keep * (now - wanted);
        double weight = cos(M_PI * i / STEPS) * cos(M_PI * i / STEPS);
        passed += weight * (1.0 - now);
        all += weight;
    }
    return passed / all;
}

/* Where it settles for noise with a normal distribution: what a new peak pushes it down is what the release
 * lets it up towards the largest need within the look-ahead. */
static double limited_noise(const struct gs_stage_setup *setup, const double *param, double rms, double peak,
                            double ceiling)
{
    double needs[STEPS], weight[STEPS], held = 0.0, below = 0.0, low = 0.0, high = need(peak, ceiling);
    double window = param[LOOKAHEAD] * setup->rate_hz / 1000.0;
    double let_go = 1.0 - gs_detector_pole(param[RELEASE], setup->rate_hz);
    for (int i = 0; i < STEPS; i++) {
        double sigmas = (i + 0.5) * 6.0 / STEPS,
               under = pow(erf((i + 1) * 6.0 / STEPS / GS_FRAC_SQRT2), window);
        needs[i] = need(fmin(sigmas * rms, peak), ceiling);
        weight[i] = sqrt(2.0 / M_PI) * exp(-sigmas * sigmas / 2.0) * 6.0 / STEPS;
        held += (under - below) * needs[i];
        below = under;
    }
    for (int turn = 0; turn < 40; turn++) {
        double y = (low + high) / 2.0, pushed = 0.0;
        for (int i = 0; i < STEPS; i++) {
            pushed += needs[i] > y ? weight[i] * (needs[i] - y) : 0.0;
        }
        *(pushed > let_go * (y - held) ? &low : &high) = y;
    }
    return 1.0 - low;
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    double gain = gs_db_to_gain(param[GAIN]), ceiling = gs_db_to_gain(param[CEILING]) * full_scale(setup);
    unsigned bits = bits_of(param, setup);
    out->gain = gain;
    out->ceiling = ceiling;
    out->nominal_db = gs_nominal_db(setup->domain_out, &setup->alignment);
    out->noise_out = out->step_noise =
        gs_quantiser_density(bits, (enum gs_dither)param[DITHER], setup->rate_hz);
    out->step = gs_quantiser_step(bits);
    out->dithered = param[DITHER] == GS_DITHER_TPDF;
    if (param[LIMITER] != 0.0) {
        double held = ceiling * GS_LIMITER_UNDER;
        out->soft = true;
        out->latency = gs_limiter_latency(setup->rate_hz, param[LOOKAHEAD]);
        out->gain *= probe->tone ? limited_tone(param, gain * probe->peak, held, probe->frequency_hz)
                                 : limited_noise(setup, param, gain * probe->rms, gain * probe->peak, held);
    }
    if (!bits && !isnan(param[BITS])) {
        out->remark = "an analog chain has no word length: bits is not used";
    }
}

static float reduction_db(const void *memory)
{
    const struct state *state = memory;
    return state->limits ? (float)gs_gain_to_db((double)state->limiter.least) : 0.0f;
}

const struct gs_stage_kind gs_stage_master = {
    .key = "master",
    .label = "Master",
    .doc = "The last level before the signal leaves: ceiling, limiter, word length.",
    .domains_in = 1 << GS_ANALOG | 1 << GS_DIGITAL,
    .domain_out = GS_OUT_SAME,
    .flags = GS_STAGE_MASTER | GS_STAGE_BYPASS,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
    .reduction_db = reduction_db,
};
