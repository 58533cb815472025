/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `eq`: high-pass, low shelf, three bells, high shelf and low-pass in a row, after the Audio EQ Cookbook. It
 * does nothing wrong: both paths pass the same filters, in float it has no ceiling, and what it lifts may
 * overload whatever comes next. While a knob moves, its filter is tuned anew at every frame; at rest it is
 * not touched. */
#include "gainstage/stage.h"

#include "dsp/ramp.h"
#include "dsp/sane.h"
#include "dsp/svf.h"

enum {
    HIGHPASS, /* each filter starts with the row that makes it act: a switch or its gain */
    HIGHPASS_HZ,
    HIGHPASS_Q,
    LOW_SHELF,
    LOW_SHELF_HZ,
    LOW_SHELF_Q,
    PEAK1,
    PEAK1_HZ,
    PEAK1_Q,
    PEAK2,
    PEAK2_HZ,
    PEAK2_Q,
    PEAK3,
    PEAK3_HZ,
    PEAK3_Q,
    HIGH_SHELF,
    HIGH_SHELF_HZ,
    HIGH_SHELF_Q,
    LOWPASS,
    LOWPASS_HZ,
    LOWPASS_Q,
    GAIN,
    PARAMS
};

static const struct {
    unsigned row;
    enum gs_svf_shape shape;
} bands[] = {
    { HIGHPASS, GS_SVF_HIGHPASS }, { LOW_SHELF, GS_SVF_LOWSHELF }, { PEAK1, GS_SVF_BELL },
    { PEAK2, GS_SVF_BELL },        { PEAK3, GS_SVF_BELL },         { HIGH_SHELF, GS_SVF_HIGHSHELF },
    { LOWPASS, GS_SVF_LOWPASS },
};
#define BANDS (sizeof bands / sizeof *bands)

#define ROW_SWITCH(KEY, LABEL, DOC)                                                                          \
    {                                                                                                        \
        .key = KEY, .label = LABEL, .doc = DOC, .type = GS_SWITCH, .max = 1, .smooth = GS_SMOOTH_LINEAR      \
    }
#define ROW_DB(KEY, LABEL)                                                                                   \
    {                                                                                                        \
        .key = KEY, .label = LABEL, .doc = "How much it lifts or lowers; at 0 the filter is not there.",     \
        .type = GS_NUMBER, .unit = GS_UNIT_DB, .min = -24, .max = 24, .smooth = GS_SMOOTH_LINEAR             \
    }
#define ROW_HZ(KEY, LABEL, DOC, DEFAULT)                                                                     \
    {                                                                                                        \
        .key = KEY, .label = LABEL, .doc = DOC, .type = GS_NUMBER, .unit = GS_UNIT_HZ, .min = 20,            \
        .max = 20000, .def = DEFAULT, .taper = GS_TAPER_LOG, .smooth = GS_SMOOTH_LINEAR                      \
    }
#define ROW_Q(KEY, LABEL, DEFAULT)                                                                           \
    {                                                                                                        \
        .key = KEY, .label = LABEL, .doc = "Quality as in the Audio EQ Cookbook: higher is narrower.",       \
        .type = GS_NUMBER, .min = 0.1, .max = 16, .def = DEFAULT, .taper = GS_TAPER_LOG,                     \
        .smooth = GS_SMOOTH_LINEAR                                                                           \
    }
#define CORNER     "Corner: 3 dB down at a Q of 0.707."
#define MIDPOINT   "Where half of the gain in dB is reached."
#define CENTRE     "Where the whole gain is reached."
#define MAX_FLAT_Q 0.7071067811865476

static const struct gs_param params[PARAMS] = {
    [HIGHPASS] = ROW_SWITCH("highpass", "High-pass", "Takes the lows away, 12 dB an octave."),
    [HIGHPASS_HZ] = ROW_HZ("highpass_hz", "High-pass frequency", CORNER, 80),
    [HIGHPASS_Q] = ROW_Q("highpass_q", "High-pass Q", MAX_FLAT_Q),
    [LOW_SHELF] = ROW_DB("low_shelf_db", "Low shelf"),
    [LOW_SHELF_HZ] = ROW_HZ("low_shelf_hz", "Low shelf frequency", MIDPOINT, 100),
    [LOW_SHELF_Q] = ROW_Q("low_shelf_q", "Low shelf Q", MAX_FLAT_Q),
    [PEAK1] = ROW_DB("peak1_db", "Bell 1"),
    [PEAK1_HZ] = ROW_HZ("peak1_hz", "Bell 1 frequency", CENTRE, 250),
    [PEAK1_Q] = ROW_Q("peak1_q", "Bell 1 Q", 1),
    [PEAK2] = ROW_DB("peak2_db", "Bell 2"),
    [PEAK2_HZ] = ROW_HZ("peak2_hz", "Bell 2 frequency", CENTRE, 1000),
    [PEAK2_Q] = ROW_Q("peak2_q", "Bell 2 Q", 1),
    [PEAK3] = ROW_DB("peak3_db", "Bell 3"),
    [PEAK3_HZ] = ROW_HZ("peak3_hz", "Bell 3 frequency", CENTRE, 4000),
    [PEAK3_Q] = ROW_Q("peak3_q", "Bell 3 Q", 1),
    [HIGH_SHELF] = ROW_DB("high_shelf_db", "High shelf"),
    [HIGH_SHELF_HZ] = ROW_HZ("high_shelf_hz", "High shelf frequency", MIDPOINT, 8000),
    [HIGH_SHELF_Q] = ROW_Q("high_shelf_q", "High shelf Q", MAX_FLAT_Q),
    [LOWPASS] = ROW_SWITCH("lowpass", "Low-pass", "Takes the highs away, 12 dB an octave."),
    [LOWPASS_HZ] = ROW_HZ("lowpass_hz", "Low-pass frequency", CORNER, 12000),
    [LOWPASS_Q] = ROW_Q("lowpass_q", "Low-pass Q", MAX_FLAT_Q),
    [GAIN] = { .key = "gain_db",
               .label = "Gain",
               .doc = "Level behind the filters.",
               .type = GS_NUMBER,
               .unit = GS_UNIT_DB,
               .min = -24,
               .max = 24,
               .smooth = GS_SMOOTH_GAIN,
               .flags = GS_PARAM_GAIN },
};

struct band {
    struct gs_svf memory;
    struct gs_svf_tuning tuning;
    float tuned[3]; /* row, frequency, Q that `tuning` was made from */
};

struct state {
    struct band band[BANDS];
    unsigned channels;
    double rate_hz;
};

static bool is_switched(size_t b)
{
    return params[bands[b].row].type == GS_SWITCH;
}

static void tune(struct gs_svf_tuning *tuning, size_t b, double rate_hz, const double *value)
{
    gs_svf_tune(tuning, bands[b].shape, value[1] / rate_hz, value[2], is_switched(b) ? 0.0 : value[0]);
}

static size_t size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static void init(void *memory, const struct gs_stage_setup *setup)
{
    struct state *state = memory;
    state->channels = setup->channels_out;
    state->rate_hz = setup->rate_hz;
    for (size_t b = 0; b < BANDS; b++) {
        state->band[b].tuned[1] = NAN; /* like nothing: the first call tunes */
    }
}

static void retune(struct band *band, size_t b, double rate_hz, const float at[3])
{
    if ((is_switched(b) || at[0] == band->tuned[0]) && at[1] == band->tuned[1] && at[2] == band->tuned[2]) {
        return;
    }
    for (int i = 0; i < 3; i++) {
        band->tuned[i] = at[i];
    }
    tune(&band->tuning, b, rate_hz, (const double[3]){ (double)at[0], (double)at[1], (double)at[2] });
}

/* A filter that is off - switch at 0, gain at 0 dB - passes everything as it is, and forgets. */
static void run(struct band *band, size_t b, double rate_hz, const float at[3], float *const *signal,
                unsigned signals, unsigned frames)
{
    if (at[0] == 0.0f) {
        band->memory = (struct gs_svf){ 0 };
        return;
    }
    retune(band, b, rate_hz, at);
    gs_svf_run(&band->memory, &band->tuning, signal, signals, frames);
}

/* Frame by frame while a knob moves; a switch fades between the signal before and behind the filter. */
static void run_moving(struct band *band, size_t b, double rate_hz, const struct gs_ramp *param,
                       float *const *signal, unsigned signals, unsigned frames)
{
    for (unsigned i = 0; i < frames; i++) {
        float *one[GS_SVF_SIGNALS], dry[GS_SVF_SIGNALS];
        const float at[3] = { gs_ramp_at(&param[0], i), gs_ramp_at(&param[1], i), gs_ramp_at(&param[2], i) };
        for (unsigned s = 0; s < signals; s++) {
            one[s] = signal[s] + i;
            dry[s] = *one[s];
        }
        run(band, b, rate_hz, at, one, signals, 1);
        for (unsigned s = 0; is_switched(b) && at[0] < 1.0f && s < signals; s++) {
            *one[s] = dry[s] + at[0] * (*one[s] - dry[s]);
        }
    }
}

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *state = memory;
    float *signal[GS_SVF_SIGNALS];
    unsigned signals = 0;
    for (unsigned c = 0; c < state->channels; c++) {
        for (int path = 0; path < GS_PATHS; path++) {
            signal[signals] = io->out->ch[path][c];
            gs_sane_copy(signal[signals++], io->in->ch[path][c], io->frames);
        }
    }
    for (size_t b = 0; b < BANDS; b++) {
        const struct gs_ramp *p = &io->param[bands[b].row];
        if (p[0].ramp || p[1].ramp || p[2].ramp) {
            run_moving(&state->band[b], b, state->rate_hz, p, signal, signals, io->frames);
        } else {
            const float at[3] = { p[0].now, p[1].now, p[2].now };
            run(&state->band[b], b, state->rate_hz, at, signal, signals, io->frames);
        }
    }
    for (unsigned s = 0; s < signals; s++) {
        gs_ramp_multiply(signal[s], signal[s], &io->param[GAIN], io->frames);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    out->gain = gs_db_to_gain(param[GAIN]);
    out->nominal_db = gs_nominal_db(setup->domain_out, &setup->alignment);
}

static double response(const double *param, const struct gs_stage_setup *setup, double frequency_hz)
{
    double gain = 1.0;
    for (size_t b = 0; b < BANDS; b++) {
        struct gs_svf_tuning tuning;
        if (param[bands[b].row] != 0.0) {
            tune(&tuning, b, setup->rate_hz, &param[bands[b].row]);
            gain *= gs_svf_gain(&tuning, frequency_hz / setup->rate_hz);
        }
    }
    return gain;
}

static double phase(const double *param, const struct gs_stage_setup *setup, double frequency_hz)
{
    double radians = 0.0;
    for (size_t b = 0; b < BANDS; b++) {
        struct gs_svf_tuning tuning;
        if (param[bands[b].row] != 0.0) {
            tune(&tuning, b, setup->rate_hz, &param[bands[b].row]);
            radians += gs_svf_phase(&tuning, frequency_hz / setup->rate_hz);
        }
    }
    return radians;
}

const struct gs_stage_kind gs_stage_eq = {
    .key = "eq",
    .label = "Equaliser",
    .doc = "High-pass, low shelf, three bells, high shelf and low-pass after the Audio EQ Cookbook.",
    .domains_in = 1 << GS_DIGITAL,
    .domain_out = GS_OUT_SAME,
    .flags = GS_STAGE_BYPASS,
    .params = params,
    .n_params = PARAMS,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
    .response = response,
    .phase = phase,
};
