/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes out of a source. See source.h. */
#include "stage/source.h"

#include "dsp/noise.h"
#include "dsp/oscillator.h"
#include "dsp/ramp.h"
#include "stage/sheet.h"

#include <math.h>
#include <string.h>

/* Beyond this a sample from outside is rubbish, not sound: +96 dBFS. Keeps every product finite. */
#define EXTERNAL_MAX 65536.0f

/* Rows that are not smoothed and that something is derived from. */
enum {
    SHEET_FIRST = SOURCE_NOISE_DBU,
    SHEET_ROWS = 2
};

struct state {
    struct gs_noise noise[GS_CHANNELS];
    float sheet[SHEET_ROWS];
    double thermal; /* V^2/Hz */
    float rms;      /* of thermal and other noise */
    const struct gs_take *take;
    double rate_hz;
    uint64_t phase, step;
    float frequency_hz;
    float per_gain; /* sample out per sample of the signal and unit of 10^(level/20) */
    float as_given; /* sample out per sample of the signal where no level is given */
    unsigned signal, level, channels, input;
};

size_t gs_source_size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

void gs_source_init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *s = memory;
    s->rate_hz = setup->rate_hz;
    s->take = setup->take && setup->take->frames ? setup->take : NULL;
    s->signal = (unsigned)setup->param[SOURCE_SIGNAL];
    s->level = (unsigned)gs_source_level_row[gs_source_domain(setup->param)];
    s->channels = setup->channels_out;
    s->input = setup->input;
    s->per_gain = (float)gs_source_per_gain(setup->param, setup);
    s->as_given = (float)gs_source_as_given(setup->param, setup);
    s->thermal = gs_sheet_thermal(setup->param[SOURCE_IMPEDANCE_OHM], setup->load_impedance_ohm);
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        gs_noise_init(&s->noise[c], GS_NOISE_CIRCUIT, setup->seed, c);
    }
    gs_sheet_forget(s->sheet, SHEET_ROWS);
}

/* A hole or an explosion in the input must not poison every filter behind it. Tested by bit pattern, since
 * a compiler may be told that NAN does not exist. */
static float sane(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7f800000u) == 0x7f800000u) {
        return 0.0f;
    }
    x = x < EXTERNAL_MAX ? x : EXTERNAL_MAX;
    return x > -EXTERNAL_MAX ? x : -EXTERNAL_MAX;
}

static void take_external(const struct state *s, const struct gs_stage_io *io, unsigned channel, float *out)
{
    unsigned index = s->input + channel;
    const float *in = io->external && index < io->externals ? io->external[index] : NULL;
    for (unsigned i = 0; i < io->frames; i++) {
        out[i] = in ? sane(in[i]) : 0.0f;
    }
}

static void take_loop(const struct state *s, const struct gs_stage_io *io, unsigned channel, float *out)
{
    if (!s->take) {
        memset(out, 0, io->frames * sizeof *out);
        return;
    }
    const float *sound = s->take->ch[channel % s->take->channels];
    uint64_t at = io->frame % s->take->frames;
    for (unsigned i = 0; i < io->frames; i++) {
        out[i] = sound[at];
        at = at + 1 == s->take->frames ? 0 : at + 1;
    }
}

static void take_sine(const struct state *s, const struct gs_stage_io *io, float *out)
{
    for (unsigned i = 0; i < io->frames; i++) {
        out[i] = (float)gs_oscillator_sine(s->phase + i * s->step);
    }
}

static void read_sheet(struct state *s, const struct gs_ramp *param)
{
    if (gs_sheet_changed(s->sheet, param + SHEET_FIRST, SHEET_ROWS)) {
        double noise =
            gs_sheet_density(GS_ANALOG, param[SOURCE_NOISE_DBU].now, param[SOURCE_NOISE_WEIGHTING].now);
        s->rms = (float)gs_sheet_rms(noise + s->thermal, s->rate_hz);
    }
}

/* A new frequency goes on from the phase at hand; the first one takes the phase of the frame counter. */
static void tune(struct state *s, const struct gs_stage_io *io)
{
    float hz = io->param[SOURCE_FREQUENCY_HZ].now;
    if (hz != s->frequency_hz) {
        bool first = s->frequency_hz == 0.0f;
        s->step = gs_oscillator_step(fmin((double)hz / s->rate_hz, 0.5));
        s->phase = first ? s->step * io->frame : s->phase;
        s->frequency_hz = hz;
    }
}

void gs_source_process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    const struct gs_ramp *level = &io->param[s->level];
    float values[GS_CELL];
    struct gs_ramp gain = { .now = s->as_given };
    if (!isnan(level->now)) {
        gain = gs_ramp_scaled(level, s->per_gain, values, io->frames);
    }
    tune(s, io);
    read_sheet(s, io->param);
    for (unsigned c = 0; c < s->channels; c++) {
        float *real = io->out->ch[GS_REAL][c];
        if (s->signal == SOURCE_SIGNAL_JACK) {
            take_external(s, io, c, real);
        } else if (s->signal == SOURCE_SIGNAL_SINE) {
            take_sine(s, io, real);
        } else {
            take_loop(s, io, c, real);
        }
        gs_ramp_multiply(real, real, &gain, io->frames);
        memcpy(io->out->ch[GS_IDEAL][c], real, io->frames * sizeof *real);
        gs_noise_add(&s->noise[c], real, s->rms, io->frames);
    }
    s->phase += s->step * io->frames;
}
