/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `compressor`: feed-forward, in decibels, soft knee, both channels turned down together. It listens to the
 * real path and turns both paths down alike, so that what it does on purpose is no error. Below the knee it
 * is transparent to the bit. Makeup is off until asked for: louder would only seem better. */
#include "gainstage/stage.h"

#include "dsp/cosines.h"
#include "dsp/detector.h"

enum {
    THRESHOLD,
    RATIO,
    KNEE,
    ATTACK,
    RELEASE,
    MAKEUP,
    PARAMS
};

#define DB_PER_OCTAVE    6.020599913279624 /* 20 log10 2 */
#define REDUCTION_MAX_DB 200.0             /* for infinite input: the detector must come back */

static const struct gs_param params[PARAMS] = {
    [THRESHOLD] = { .key = "threshold_db",
                    .label = "Threshold",
                    .doc = "Peak level above which it turns down.",
                    .type = GS_NUMBER,
                    .unit = GS_UNIT_DBFS,
                    .min = -80,
                    .max = 20,
                    .def = -20,
                    .smooth = GS_SMOOTH_LINEAR },
    [RATIO] = { .key = "ratio",
                .label = "Ratio",
                .doc = "Decibels above the threshold going in for one coming out.",
                .type = GS_NUMBER,
                .min = 1,
                .max = 100,
                .def = 2,
                .taper = GS_TAPER_LOG,
                .smooth = GS_SMOOTH_LINEAR },
    [KNEE] = { .key = "knee_db",
               .label = "Knee",
               .doc = "Width of the bend around the threshold.",
               .type = GS_NUMBER,
               .unit = GS_UNIT_DB,
               .min = 0,
               .max = 24,
               .def = 6,
               .smooth = GS_SMOOTH_LINEAR },
    [ATTACK] = { .key = "attack_ms",
                 .label = "Attack",
                 .doc = "Time in which it comes 63 % of the way down.",
                 .type = GS_NUMBER,
                 .unit = GS_UNIT_MS,
                 .min = 0.05,
                 .max = 500,
                 .def = 10,
                 .taper = GS_TAPER_LOG,
                 .smooth = GS_SMOOTH_LINEAR },
    [RELEASE] = { .key = "release_ms",
                  .label = "Release",
                  .doc = "Time in which it comes 63 % of the way back.",
                  .type = GS_NUMBER,
                  .unit = GS_UNIT_MS,
                  .min = 1,
                  .max = 5000,
                  .def = 100,
                  .taper = GS_TAPER_LOG,
                  .smooth = GS_SMOOTH_LINEAR },
    [MAKEUP] = { .key = "makeup_db",
                 .label = "Makeup",
                 .doc = "Gain behind the reduction.",
                 .type = GS_NUMBER,
                 .unit = GS_UNIT_DB,
                 .min = 0,
                 .max = 40,
                 .smooth = GS_SMOOTH_GAIN,
                 .flags = GS_PARAM_GAIN },
};

/* The knobs as the arithmetic wants them. */
struct settings {
    float at[MAKEUP]; /* what the rest was computed from */
    double slope, attack, release;
    float floor; /* a little below where the knee begins; nothing under it is looked at */
};

struct state {
    struct settings settings;
    struct gs_detector detector;
    double most_db; /* in the last call */
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
    struct state *state = memory;
    state->rate_hz = setup->rate_hz;
    state->channels = setup->channels_out;
    state->settings.at[RATIO] = NAN; /* like nothing: the first frame computes */
}

static void refresh(struct settings *settings, const struct gs_ramp *param, unsigned frame, double rate_hz)
{
    bool same = true;
    for (int i = 0; i < MAKEUP; i++) {
        float at = gs_ramp_at(&param[i], frame);
        same = same && at == settings->at[i];
        settings->at[i] = at;
    }
    if (same) {
        return;
    }
    settings->slope = 1.0 - 1.0 / (double)settings->at[RATIO];
    settings->attack = gs_detector_pole((double)settings->at[ATTACK], rate_hz);
    settings->release = gs_detector_pole((double)settings->at[RELEASE], rate_hz);
    double knee_begins = (double)settings->at[THRESHOLD] - (double)settings->at[KNEE] / 2.0;
    settings->floor = (float)(0.9999 * gs_db_to_gain(knee_begins));
}

static double wanted_db(const struct settings *settings, float level)
{
    if (!(level > settings->floor)) {
        return 0.0;
    }
    double db = DB_PER_OCTAVE * (double)log2f(level);
    double wanted =
        gs_detector_curve(db, (double)settings->at[THRESHOLD], (double)settings->at[KNEE], settings->slope);
    return wanted < REDUCTION_MAX_DB ? wanted : REDUCTION_MAX_DB;
}

/* Louder channel of the real path, frame by frame. */
static float listen(float *level, const struct gs_stage_io *io, unsigned channels)
{
    float most = 0.0f;
    for (unsigned i = 0; i < io->frames; i++) {
        float left = fabsf(io->in->ch[GS_REAL][0][i]);
        float right = channels > 1 ? fabsf(io->in->ch[GS_REAL][1][i]) : 0.0f;
        level[i] = left > right ? left : right;
        most = level[i] > most ? level[i] : most;
    }
    return most;
}

/* Turns levels into gains without makeup. */
static void reduce(struct state *state, const struct gs_stage_io *io, float *level, bool moving)
{
    for (unsigned i = 0; i < io->frames; i++) {
        if (moving) {
            refresh(&state->settings, io->param, i, state->rate_hz);
        }
        const struct settings *s = &state->settings;
        double db = gs_detector_step(&state->detector, wanted_db(s, level[i]), s->attack, s->release);
        state->most_db = db > state->most_db ? db : state->most_db;
        level[i] = exp2f((float)(-db / DB_PER_OCTAVE));
    }
}

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *state = memory;
    float gain[GS_CELL];
    bool moving = false;
    for (int i = 0; i < MAKEUP; i++) {
        moving = moving || io->param[i].ramp;
    }
    refresh(&state->settings, io->param, 0, state->rate_hz);
    float most = listen(gain, io, state->channels);
    bool rest = !moving && !(most > state->settings.floor) && state->detector.peak == 0.0 &&
                state->detector.smooth == 0.0;
    state->most_db = 0.0;
    if (!rest) {
        reduce(state, io, gain, moving);
    }
    for (unsigned i = 0; i < io->frames; i++) {
        gain[i] = (rest ? 1.0f : gain[i]) * gs_ramp_at(&io->param[MAKEUP], i);
    }
    for (unsigned c = 0; c < state->channels; c++) {
        for (int path = 0; path < GS_PATHS; path++) {
            for (unsigned i = 0; i < io->frames; i++) {
                io->out->ch[path][c][i] = io->in->ch[path][c][i] * gain[i];
            }
        }
    }
}

/* Where the reduction settles for a tone: between two tops of the wave it falls with the release towards
 * what the wave itself wants; the attack only averages. One half wave, from top to top. */
static double settled_on_tone(const double *param, const struct gs_probe *probe)
{
    enum {
        STEPS = 128
    };
    double slope = 1.0 - 1.0 / param[RATIO], sum = 0.0;
    double release = gs_detector_pole(param[RELEASE], 2.0 * STEPS * probe->frequency_hz);
    double wanted = gs_detector_curve(gs_gain_to_db(probe->peak), param[THRESHOLD], param[KNEE], slope);
    double peak = wanted, idle = gs_db_to_gain(param[THRESHOLD] - param[KNEE] / 2);
    struct gs_cosines cosines = gs_cosines_from_top(M_PI / STEPS);
    for (int i = 0; wanted > 0.0 && i < STEPS; i++) {
        double level = probe->peak * fabs(gs_cosines_next(&cosines));
        double now = level > idle
                         ? gs_detector_curve(gs_gain_to_db(level), param[THRESHOLD], param[KNEE], slope)
                         : 0.0;
        double fallen = release * peak + (1.0 - release) * now;
        peak = now > fallen ? now : fallen;
        sum += peak / STEPS;
    }
    return sum;
}

/* Where it settles for noise with a normal distribution: at the value y where what pushes it up, the mean of
 * max(wanted - y, 0), is what the release takes away in a frame. */
static double settled_on_noise(const double *param, const struct gs_stage_setup *setup,
                               const struct gs_probe *probe)
{
    enum {
        POINTS = 64
    };
    double slope = 1.0 - 1.0 / param[RATIO], wanted[POINTS], weight[POINTS], mean = 0.0, low = 0.0;
    double release = gs_detector_pole(param[RELEASE], setup->rate_hz), high = 0.0;
    for (int i = 0; i < POINTS; i++) {
        double sigmas = (i + 0.5) * 5.0 / POINTS;
        double level = sigmas * probe->rms < probe->peak ? sigmas * probe->rms : probe->peak;
        weight[i] = sqrt(2.0 / M_PI) * exp(-sigmas * sigmas / 2.0) * 5.0 / POINTS;
        wanted[i] = gs_detector_curve(gs_gain_to_db(level), param[THRESHOLD], param[KNEE], slope);
        mean += weight[i] * wanted[i];
        high = wanted[i] > high ? wanted[i] : high;
    }
    for (int turn = 0; turn < 40; turn++) {
        double y = (low + high) / 2.0, up = 0.0;
        for (int i = 0; i < POINTS; i++) {
            up += wanted[i] > y ? weight[i] * (wanted[i] - y) : 0.0;
        }
        *(up > (1.0 - release) * (y - mean) ? &low : &high) = y;
    }
    return low;
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    double reduction_db = probe->tone ? settled_on_tone(param, probe) : settled_on_noise(param, setup, probe);
    out->gain = gs_db_to_gain(param[MAKEUP] - reduction_db);
    out->nominal_db = gs_nominal_db(setup->domain_out, &setup->alignment);
}

static float reduction_db(const void *memory)
{
    const struct state *state = memory;
    return (float)-state->most_db;
}

const struct gs_stage_kind gs_stage_compressor = {
    .key = "compressor",
    .label = "Compressor",
    .doc = "Turns down what is above its threshold, both channels together.",
    .domains_in = 1 << GS_DIGITAL,
    .domain_out = GS_OUT_SAME,
    .flags = GS_STAGE_BYPASS,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
    .reduction_db = reduction_db,
};
