/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a chain begins: live audio from outside, a tone, or a sound in a loop, put into the unit of its
 * domain at a stated level. Position and phase follow from the absolute frame number, so that a chain
 * loaded anew goes on where the old one was. */
#include "gainstage/stage.h"

#include "dsp/noise.h"
#include "dsp/oscillator.h"
#include "dsp/ramp.h"
#include "stage/refuse.h"
#include "stage/sheet.h"

#include <string.h>

enum {
    SIGNAL,
    DOMAIN,
    CHANNELS,
    SPL_DB,
    LEVEL_DBU,
    LEVEL_DBFS,
    FREQUENCY_HZ,
    FILE_NAME,
    SOURCE_IMPEDANCE_OHM,
    NOISE_DBU,
    NOISE_WEIGHTING,
    PARAMS
};

enum {
    SIGNAL_JACK,
    SIGNAL_SINE,
    SIGNAL_PINK,
    SIGNAL_WHITE,
    SIGNAL_FILE
};

/* Beyond this a sample from outside is rubbish, not sound: +96 dBFS. Keeps every product finite. */
#define EXTERNAL_MAX 65536.0f

#define LEVEL_DOC                                                                                            \
    "RMS by AES17 (a sine's RMS equals its peak) of a tone, of noise or of a whole file; for signal jack "   \
    "what the nominal digital level stands for. Not given: the nominal level; a file: as recorded."

static const struct gs_choice signals[] = {
    { "jack", "live audio from the input ports in_N" },
    { "sine", "a steady tone" },
    { "pink", "pink noise" },
    { "white", "white noise" },
    { "file", "a sound file, looped" },
    { NULL, NULL },
};

/* In the order of enum gs_domain. */
static const struct gs_choice domains[] = {
    { "acoustic", "sound pressure; feeds a microphone" },
    { "line", "voltage; feeds a preamp or a converter" },
    { "digital", "full scale; feeds plugins, faders and buses" },
    { NULL, NULL },
};

static const struct gs_param params[PARAMS] = {
    [SIGNAL] = { .key = "signal",
                 .label = "Signal",
                 .doc = "What sounds.",
                 .type = GS_CHOICE,
                 .choices = signals,
                 .flags = GS_PARAM_SETUP },
    [DOMAIN] = { .key = "domain",
                 .label = "Domain",
                 .doc = "What the signal is: sound in air, a voltage, or numbers.",
                 .type = GS_CHOICE,
                 .choices = domains,
                 .def = GS_ANALOG,
                 .flags = GS_PARAM_SETUP },
    [CHANNELS] = { .key = "channels",
                   .label = "Channels",
                   .doc = "1 mono, 2 stereo.",
                   .type = GS_NUMBER,
                   .min = 1,
                   .max = GS_CHANNELS,
                   .step = 1,
                   .def = 1,
                   .flags = GS_PARAM_SETUP },
    [SPL_DB] = { .key = "spl_db",
                 .label = "Level",
                 .doc = "Sound pressure level, domain acoustic. " LEVEL_DOC,
                 .type = GS_NUMBER,
                 .unit = GS_UNIT_DBSPL,
                 .min = -20,
                 .max = 170,
                 .def = NAN,
                 .smooth = GS_SMOOTH_GAIN,
                 .flags = GS_PARAM_OPTIONAL },
    [LEVEL_DBU] = { .key = "level_dbu",
                    .label = "Level",
                    .doc = "Level, domain line. " LEVEL_DOC,
                    .type = GS_NUMBER,
                    .unit = GS_UNIT_DBU,
                    .min = -140,
                    .max = 40,
                    .def = NAN,
                    .smooth = GS_SMOOTH_GAIN,
                    .flags = GS_PARAM_OPTIONAL },
    [LEVEL_DBFS] = { .key = "level_dbfs",
                     .label = "Level",
                     .doc = "Level, domain digital. " LEVEL_DOC,
                     .type = GS_NUMBER,
                     .unit = GS_UNIT_DBFS,
                     .min = -160,
                     .max = 24,
                     .def = NAN,
                     .smooth = GS_SMOOTH_GAIN,
                     .flags = GS_PARAM_OPTIONAL },
    [FREQUENCY_HZ] = { .key = "frequency_hz",
                       .label = "Frequency",
                       .doc = "Of signal sine; changes without a break in phase.",
                       .type = GS_NUMBER,
                       .unit = GS_UNIT_HZ,
                       .min = 1,
                       .max = 20000,
                       .def = 1000,
                       .taper = GS_TAPER_LOG },
    [FILE_NAME] = { .key = "file",
                    .label = "File",
                    .doc = "Sound file of signal file; a relative name is looked up beside the chain file.",
                    .type = GS_TEXT,
                    .def = NAN,
                    .flags = GS_PARAM_SETUP | GS_PARAM_OPTIONAL | GS_PARAM_FILE },
    [SOURCE_IMPEDANCE_OHM] = GS_SHEET_SOURCE_IMPEDANCE(
        "Domain line: makes thermal noise, and loses voltage to the next stage's input impedance; the level "
        "is "
        "the open circuit's. A line output has 50..150 ohm, an instrument 5..20 k. Not given: neither."),
    [NOISE_DBU] = { .key = "noise_dbu",
                    .label = "Noise",
                    .doc = "Domain line: noise of the source's electronics. Not given: none.",
                    .type = GS_NUMBER,
                    .unit = GS_UNIT_DBU,
                    .min = -140,
                    .max = 0,
                    .def = NAN,
                    .flags = GS_PARAM_OPTIONAL },
    [NOISE_WEIGHTING] = GS_SHEET_WEIGHTING("noise_weighting", "Noise weighting"),
};

/* In the order of enum gs_domain: the parameter that states the level, and the factor between 10^(dB/20)
 * and a peak is gs_reference_peak(). */
static const int level_param[GS_DOMAIN_COUNT] = { SPL_DB, LEVEL_DBU, LEVEL_DBFS };

/* Rows that are not smoothed and that something is derived from. */
enum {
    SHEET_FIRST = NOISE_DBU,
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

static enum gs_domain domain_of(const double *param)
{
    return (enum gs_domain)param[DOMAIN];
}

static bool loops(unsigned signal)
{
    return signal == SIGNAL_PINK || signal == SIGNAL_WHITE || signal == SIGNAL_FILE;
}

static double loaded(const double *param, const struct gs_stage_setup *setup)
{
    return gs_sheet_loaded(param[SOURCE_IMPEDANCE_OHM], setup->load_impedance_ohm);
}

/* Sample out per sample of the signal and unit of 10^(level/20). */
static double per_gain(const double *param, const struct gs_stage_setup *setup)
{
    double peak = gs_reference_peak(domain_of(param)) * loaded(param, setup);
    unsigned signal = (unsigned)param[SIGNAL];
    if (signal == SIGNAL_SINE) {
        return peak;
    }
    if (loops(signal)) {
        double rms = setup->take ? setup->take->rms : 0.0;
        return rms > 0 ? peak / GS_FRAC_SQRT2 / rms : 0.0;
    }
    return peak / gs_db_to_peak(GS_DIGITAL, setup->alignment.nominal_dbfs);
}

/* Sample out per sample of the signal where the chain gives no level. */
static double as_given(const double *param, const struct gs_stage_setup *setup)
{
    unsigned signal = (unsigned)param[SIGNAL];
    if (signal == SIGNAL_JACK || signal == SIGNAL_FILE) {
        return loaded(param, setup) / gs_listen_gain(domain_of(param), &setup->alignment);
    }
    return per_gain(param, setup) * gs_db_to_gain(gs_nominal_db(domain_of(param), &setup->alignment));
}

static unsigned channels(const double *param, unsigned channels_in)
{
    (void)channels_in;
    return (unsigned)param[CHANNELS];
}

static bool validate(const double *param, const struct gs_alignment *alignment, const char **key, char *text,
                     size_t size)
{
    static const char *const sentence[GS_DOMAIN_COUNT] = {
        "an acoustic source states its level as spl_db",
        "a source of domain line states its level as level_dbu",
        "a digital source states its level as level_dbfs",
    };
    (void)alignment;
    for (int d = 0; d < GS_DOMAIN_COUNT; d++) {
        if (d != (int)domain_of(param) && !isnan(param[level_param[d]])) {
            return gs_refuse(key, params[level_param[d]].key, text, size, sentence[domain_of(param)]);
        }
    }
    if (domain_of(param) != GS_ANALOG && !isnan(param[SOURCE_IMPEDANCE_OHM])) {
        return gs_refuse(key, params[SOURCE_IMPEDANCE_OHM].key, text, size,
                         "only a source of domain line has an impedance");
    }
    if (domain_of(param) != GS_ANALOG && !isnan(param[NOISE_DBU])) {
        return gs_refuse(key, params[NOISE_DBU].key, text, size,
                         "only a source of domain line has noise in dBu");
    }
    if ((unsigned)param[SIGNAL] == SIGNAL_FILE && isnan(param[FILE_NAME])) {
        return gs_refuse(key, params[FILE_NAME].key, text, size,
                         "signal file plays a sound file that it names");
    }
    return true;
}

static size_t size(const struct gs_stage_setup *setup)
{
    (void)setup;
    return sizeof(struct state);
}

static void init(void *state, const struct gs_stage_setup *setup)
{
    struct state *s = state;
    s->rate_hz = setup->rate_hz;
    s->take = setup->take && setup->take->frames ? setup->take : NULL;
    s->signal = (unsigned)setup->param[SIGNAL];
    s->level = (unsigned)level_param[domain_of(setup->param)];
    s->channels = setup->channels_out;
    s->input = setup->input;
    s->per_gain = (float)per_gain(setup->param, setup);
    s->as_given = (float)as_given(setup->param, setup);
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
        double noise = gs_sheet_density(GS_ANALOG, param[NOISE_DBU].now, param[NOISE_WEIGHTING].now);
        s->rms = (float)gs_sheet_rms(noise + s->thermal, s->rate_hz);
    }
}

/* A new frequency goes on from the phase at hand; the first one takes the phase of the frame counter. */
static void tune(struct state *s, const struct gs_stage_io *io)
{
    float hz = io->param[FREQUENCY_HZ].now;
    if (hz != s->frequency_hz) {
        bool first = s->frequency_hz == 0.0f;
        s->step = gs_oscillator_step(fmin((double)hz / s->rate_hz, 0.5));
        s->phase = first ? s->step * io->frame : s->phase;
        s->frequency_hz = hz;
    }
}

static void process(void *state, const struct gs_stage_io *io)
{
    struct state *s = state;
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
        if (s->signal == SIGNAL_JACK) {
            take_external(s, io, c, real);
        } else if (s->signal == SIGNAL_SINE) {
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

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    double db = param[level_param[domain_of(param)]];
    double gain = isnan(db) ? as_given(param, setup) : per_gain(param, setup) * gs_db_to_gain(db);
    unsigned signal = (unsigned)param[SIGNAL];
    double peak = signal == SIGNAL_JACK ? gs_db_to_peak(GS_DIGITAL, setup->alignment.nominal_dbfs) : 1.0;
    double rms = peak / GS_FRAC_SQRT2;
    if (loops(signal)) {
        peak = setup->take ? setup->take->peak : 0.0;
        rms = setup->take ? setup->take->rms : 0.0;
    }
    out->noise_out = gs_sheet_density(GS_ANALOG, param[NOISE_DBU], param[NOISE_WEIGHTING]) +
                     gs_sheet_thermal(param[SOURCE_IMPEDANCE_OHM], setup->load_impedance_ohm);
    out->nominal_db = gs_nominal_db(domain_of(param), &setup->alignment);
    out->source_peak = peak * gain;
    out->source_rms = rms * gain;
}

const struct gs_stage_kind gs_stage_source = {
    .key = "source",
    .label = "Source",
    .doc = "Where a chain begins: live audio, a tone, noise or a sound file, in pascal, volt or full scale.",
    .domain_out = GS_OUT_BY_PARAM,
    .params = params,
    .n_params = PARAMS,
    .channels = channels,
    .validate = validate,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
};
