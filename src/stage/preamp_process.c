/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a preamplifier does to samples. See preamp.h. */
#include "stage/preamp.h"

#include "dsp/clip.h"
#include "dsp/highpass.h"
#include "dsp/noise.h"
#include "dsp/ramp.h"
#include "stage/sheet.h"

#include <math.h>
#include <string.h>

/* Rows that are not smoothed and that something is derived from. */
enum {
    SHEET_FIRST = PREAMP_EIN_DBU,
    SHEET_ROWS = PREAMP_DISTORTION_DBU - PREAMP_EIN_DBU + 1
};

/* The input clip has its own way up; what it does wrong is then amplified and filtered like the signal. */
struct input_clip {
    struct gs_upsampler up[GS_CHANNELS];
    struct gs_highpass highpass[GS_CHANNELS];
    bool rings[GS_CHANNELS]; /* the high-pass still moves */
};

struct state {
    struct gs_highpass highpass;
    struct input_clip input;
    struct gs_rail rail;
    struct gs_noise noise_in[GS_CHANNELS], noise_out[GS_CHANNELS];
    unsigned channels;
    double rate_hz, source_impedance_ohm;
    float sheet[SHEET_ROWS];
    float rms_in, rms_out;
    float per_max_input, per_max_output; /* rail per 10^(dBu/20) */
    struct gs_bend bend;
};

/* What holds for the frames at hand. Ramps point into it: it is not copied. */
struct moment {
    struct gs_ramp through_pad, gain, max_input, rail_input, max_output, polarity;
    float values[6][GS_CELL];
};

/* What the input clip did wrong, amplified and filtered, on the detour. */
struct wrong {
    float phase[GS_OVERSAMPLE_PHASES][GS_CELL];
};

enum {
    STREAM_IN = 0,
    STREAM_OUT = GS_CHANNELS
};

size_t gs_preamp_size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

void gs_preamp_init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *s = memory;
    unsigned order = gs_preamp_order(setup->param[PREAMP_HIGHPASS_SLOPE]);
    s->channels = setup->channels_out;
    s->rate_hz = setup->rate_hz;
    s->source_impedance_ohm = setup->source_impedance_ohm;
    gs_rail_init(&s->rail, gs_preamp_accurate(setup->param), setup->rate_hz);
    s->highpass.order = order;
    s->highpass.rate_hz = setup->rate_hz;
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        s->input.highpass[c].order = order;
        s->input.highpass[c].rate_hz = setup->rate_hz * gs_rail_phases(&s->rail);
        gs_noise_init(&s->noise_in[c], GS_NOISE_CIRCUIT, setup->seed, STREAM_IN + c);
        gs_noise_init(&s->noise_out[c], GS_NOISE_CIRCUIT, setup->seed, STREAM_OUT + c);
    }
    gs_sheet_forget(s->sheet, SHEET_ROWS);
}

static void read_sheet(struct state *s, const struct gs_stage_io *io)
{
    if (!gs_sheet_changed(s->sheet, io->param + SHEET_FIRST, SHEET_ROWS)) {
        return;
    }
    const struct gs_ramp *p = io->param;
    double ein =
        gs_preamp_input_noise(p[PREAMP_EIN_DBU].now, p[PREAMP_EIN_WEIGHTING].now, s->source_impedance_ohm);
    double out =
        gs_sheet_density(GS_ANALOG, p[PREAMP_OUTPUT_NOISE_DBU].now, p[PREAMP_OUTPUT_NOISE_WEIGHTING].now);
    double volt = gs_reference_peak(GS_ANALOG), knee = p[PREAMP_KNEE].now;
    s->rms_in = (float)gs_sheet_rms(ein, s->rate_hz);
    s->rms_out = (float)gs_sheet_rms(out, s->rate_hz);
    s->per_max_input = (float)(volt / gs_knee_limit(GS_KNEE_IN_1, knee));
    s->per_max_output = (float)(volt / gs_knee_limit(GS_KNEE_OUT_1, knee));
    s->bend.knee = p[PREAMP_KNEE].now;
    gs_bend_colour(&s->bend, p[PREAMP_D2_PERCENT].now / 100.0, p[PREAMP_D3_PERCENT].now / 100.0,
                   gs_db_to_peak(GS_ANALOG, p[PREAMP_DISTORTION_DBU].now));
}

/* A maximum that is not given is INFINITY from here on. */
static struct gs_ramp maximum(const struct gs_ramp *ramp, float factor, float *values, unsigned frames)
{
    struct gs_ramp none = { .now = INFINITY };
    return isnan(ramp->now) ? none : gs_ramp_scaled(ramp, factor, values, frames);
}

static struct gs_ramp inverse(const struct gs_ramp *ramp, float *values, unsigned frames)
{
    struct gs_ramp result = { .now = 1.0f / ramp->now };
    if (ramp->ramp) {
        for (unsigned i = 0; i < frames; i++) {
            values[i] = 1.0f / ramp->ramp[i];
        }
        result.ramp = values;
    }
    return result;
}

/* 0..1 of the switch is +1..-1 of the signal. */
static struct gs_ramp turned(const struct gs_ramp *ramp, float *values, unsigned frames)
{
    struct gs_ramp result = { .now = 1.0f - 2.0f * ramp->now };
    if (ramp->ramp) {
        for (unsigned i = 0; i < frames; i++) {
            values[i] = 1.0f - 2.0f * ramp->ramp[i];
        }
        result.ramp = values;
    }
    return result;
}

static void read_moment(const struct state *s, const struct gs_stage_io *io, struct moment *m)
{
    const struct gs_ramp *p = io->param;
    float volt = (float)gs_reference_peak(GS_ANALOG);
    unsigned n = io->frames;
    m->gain = p[PREAMP_GAIN_DB];
    m->through_pad = inverse(&p[PREAMP_PAD_DB], m->values[0], n);
    m->polarity = turned(&p[PREAMP_POLARITY], m->values[1], n);
    m->max_input = maximum(&p[PREAMP_MAX_INPUT_DBU], volt, m->values[2], n);
    m->rail_input = maximum(&p[PREAMP_MAX_INPUT_DBU], s->per_max_input, m->values[3], n);
    m->max_output = maximum(&p[PREAMP_MAX_OUTPUT_DBU], volt, m->values[4], n);
}

/* The residual of the input clip on the detour; false when there is none. */
static bool clip_input(struct state *s, unsigned c, const struct moment *m, const float *x,
                       struct wrong *wrong, unsigned frames)
{
    if (!s->rail.accurate) {
        return gs_knee_run(wrong->phase[0], x, &m->rail_input, s->bend.knee, frames);
    }
    struct gs_upsampler *up = &s->input.up[c];
    float edge = gs_ramp_lowest(&m->rail_input, frames) * s->bend.knee;
    bool any = gs_upsampler_push(up, x, frames) * s->rail.bands.crest > edge;
    if (any) {
        float fine[GS_OVERSAMPLE_PHASES][GS_CELL];
        any = false;
        gs_upsampler_run(up, &s->rail.bands, fine, frames);
        for (unsigned p = 0; p < GS_OVERSAMPLE_PHASES; p++) {
            any |= gs_knee_run(wrong->phase[p], fine[p], &m->rail_input, s->bend.knee, frames);
        }
    }
    gs_upsampler_next(up, frames);
    return any;
}

/* The high-pass on the residual, at the rate of the detour. It is retuned at the grid only, and at rest again
 * when what rings on is below everything, also judged at the grid: so nothing depends on how cells are cut. */
static bool filter_wrong(struct state *s, unsigned c, const struct gs_stage_io *io, bool any,
                         struct wrong *wrong)
{
    struct gs_highpass *highpass = &s->input.highpass[c];
    unsigned phases = gs_rail_phases(&s->rail);
    bool grid = io->frame % GS_CELL == 0;
    if (grid && gs_highpass_rest(highpass)) {
        s->input.rings[c] = false;
    }
    s->input.rings[c] |= any;
    if (!s->input.rings[c]) {
        return false;
    }
    if (!any) {
        memset(wrong, 0, sizeof *wrong);
    }
    gs_highpass_run_phases(highpass, &io->param[PREAMP_HIGHPASS], &io->param[PREAMP_HIGHPASS_HZ], grid,
                           wrong->phase, phases, io->frames);
    return true;
}

static uint32_t enter(struct state *s, unsigned c, const struct gs_stage_io *io, const struct moment *m,
                      struct wrong *wrong, bool *any)
{
    float *real = io->out->ch[GS_REAL][c], *ideal = io->out->ch[GS_IDEAL][c];
    unsigned phases = gs_rail_phases(&s->rail), n = io->frames;
    gs_ramp_multiply(real, io->in->ch[GS_REAL][c], &m->through_pad, n);
    gs_ramp_multiply(ideal, io->in->ch[GS_IDEAL][c], &m->through_pad, n);
    uint32_t flags = gs_clip_mask(real, &m->max_input, n);
    *any = false;
    if (m->max_input.now < INFINITY) {
        bool clips = clip_input(s, c, m, real, wrong, n);
        for (unsigned p = 0; p < phases && clips; p++) {
            gs_ramp_multiply(wrong->phase[p], wrong->phase[p], &m->gain, n);
        }
        *any = filter_wrong(s, c, io, clips, wrong);
    }
    gs_noise_add(&s->noise_in[c], real, s->rms_in, n);
    gs_ramp_multiply(real, real, &m->gain, n);
    gs_ramp_multiply(ideal, ideal, &m->gain, n);
    return flags;
}

static void leave(struct state *s, unsigned c, const struct gs_stage_io *io, const struct moment *m,
                  const struct gs_bend *bend, const struct wrong *earlier, uint32_t flags)
{
    float *real = io->out->ch[GS_REAL][c], *ideal = io->out->ch[GS_IDEAL][c];
    unsigned n = io->frames;
    flags |= gs_clip_mask(real, &m->max_output, n);
    gs_rail_run(&s->rail, c, bend, earlier ? earlier->phase : NULL, real, ideal, n);
    io->out->clip[c] = gs_rail_flags(&s->rail, c, flags, 0, n);
    gs_noise_add(&s->noise_out[c], real, s->rms_out, n);
    gs_ramp_multiply(real, real, &m->polarity, n);
    gs_ramp_multiply(ideal, ideal, &m->polarity, n);
}

void gs_preamp_process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    struct moment m;
    struct wrong wrong[GS_CHANNELS];
    uint32_t flags[GS_CHANNELS];
    bool any[GS_CHANNELS];
    float *signal[GS_SVF_SIGNALS];
    read_sheet(s, io);
    read_moment(s, io, &m);
    for (unsigned c = 0; c < s->channels; c++) {
        flags[c] = enter(s, c, io, &m, &wrong[c], &any[c]);
        signal[2 * c] = io->out->ch[GS_REAL][c];
        signal[2 * c + 1] = io->out->ch[GS_IDEAL][c];
    }
    gs_highpass_run(&s->highpass, &io->param[PREAMP_HIGHPASS], &io->param[PREAMP_HIGHPASS_HZ], signal,
                    2 * s->channels, io->frames);
    struct gs_bend bend = s->bend;
    bend.rail = maximum(&io->param[PREAMP_MAX_OUTPUT_DBU], s->per_max_output, m.values[5], io->frames);
    for (unsigned c = 0; c < s->channels; c++) {
        leave(s, c, io, &m, &bend, any[c] ? &wrong[c] : NULL, flags[c]);
    }
}
