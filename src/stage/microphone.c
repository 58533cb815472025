/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A microphone: pascal in, volt out. Sound gets weaker with distance, the room's noise does not; the capsule
 * turns pressure into voltage, its amplifier bends where the maximum level is reached, the next stage's input
 * loads it, and it adds its own noise: a condenser's self-noise, a coil's or ribbon's thermal noise. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/noise.h"
#include "dsp/rail.h"
#include "dsp/ramp.h"
#include "stage/refuse.h"
#include "stage/sheet.h"

#include <math.h>
#include <string.h>

enum {
    SENSITIVITY_MV_PA,
    DISTANCE_M,
    MAX_SPL_DB,
    SELF_NOISE_DBA,
    ROOM_NOISE_DBA,
    MAX_SPL_THD,
    KNEE,
    SOURCE_IMPEDANCE_OHM,
    QUALITY,
    PARAMS
};

static const struct gs_param params[PARAMS] = {
    [SENSITIVITY_MV_PA] = { .key = "sensitivity_mv_pa",
                            .label = "Sensitivity",
                            .doc =
                                "Open-circuit voltage for 1 Pa, the level that data sheets call 94 dB SPL.",
                            .type = GS_NUMBER,
                            .unit = GS_UNIT_MV_PA,
                            .min = 0.01,
                            .max = 1000,
                            .def = 10,
                            .taper = GS_TAPER_LOG,
                            .smooth = GS_SMOOTH_LINEAR },
    [DISTANCE_M] = { .key = "distance_m",
                     .label = "Distance",
                     .doc = "From the source, whose level is stated at 1 m: -6.02 dB for each doubling. The "
                            "room's "
                            "noise stays as it is.",
                     .type = GS_NUMBER,
                     .unit = GS_UNIT_M,
                     .min = 0.01,
                     .max = 100,
                     .def = 1,
                     .taper = GS_TAPER_LOG,
                     .smooth = GS_SMOOTH_LINEAR },
    [MAX_SPL_DB] = { .key = "max_spl_db",
                     .label = "Maximum level",
                     .doc = "Level at the microphone at which it reaches its stated distortion. Not given: "
                            "it never "
                            "clips.",
                     .type = GS_NUMBER,
                     .unit = GS_UNIT_DBSPL,
                     .min = 60,
                     .max = 190,
                     .def = NAN,
                     .smooth = GS_SMOOTH_GAIN,
                     .flags = GS_PARAM_OPTIONAL },
    [SELF_NOISE_DBA] = { .key = "self_noise_dba",
                         .label = "Self-noise",
                         .doc = "Equivalent level of a condenser's own noise, its thermal noise included. "
                                "Not given: "
                                "only the thermal noise of the source impedance.",
                         .type = GS_NUMBER,
                         .unit = GS_UNIT_DBA,
                         .min = -20,
                         .max = 80,
                         .def = NAN,
                         .flags = GS_PARAM_OPTIONAL },
    [ROOM_NOISE_DBA] = { .key = "room_noise_dba",
                         .label = "Room noise",
                         .doc = "Noise of the room at the microphone. Not given: a silent room.",
                         .type = GS_NUMBER,
                         .unit = GS_UNIT_DBA,
                         .min = -20,
                         .max = 110,
                         .def = NAN,
                         .flags = GS_PARAM_OPTIONAL },
    [MAX_SPL_THD] = { .key = "max_spl_thd_percent",
                      .label = "Distortion at maximum",
                      .doc = "Distortion at which the maximum level is stated.",
                      .type = GS_NUMBER,
                      .unit = GS_UNIT_PERCENT,
                      .min = 0.5,
                      .max = 1,
                      .step = 0.5,
                      .def = 0.5 },
    [KNEE] = { .key = "knee",
               .label = "Knee",
               .doc = "Where bending begins, as a part of the rail; 1: a hard edge.",
               .type = GS_NUMBER,
               .max = 1,
               .def = 0.7 },
    [SOURCE_IMPEDANCE_OHM] = GS_SHEET_SOURCE_IMPEDANCE(
        "Makes thermal noise, and loses voltage to the next stage's input impedance. Not given: neither."),
    [QUALITY] = GS_SHEET_QUALITY,
};

/* Rows that are not smoothed and that something is derived from. */
enum {
    SHEET_FIRST = SELF_NOISE_DBA,
    SHEET_ROWS = KNEE - SELF_NOISE_DBA + 1
};

struct state {
    struct gs_rail rail;
    struct gs_noise noise[GS_CHANNELS];
    float sheet[SHEET_ROWS];
    double loaded, thermal, rate_hz; /* thermal: V^2/Hz */
    double acoustic;                 /* noise in Pa^2/Hz: room and self */
    double limit;                    /* maximum over rail */
    float knee;
    float volt_rms; /* of the thermal noise */
    unsigned channels;
};

static bool accurate(const double *param)
{
    return !isnan(param[MAX_SPL_DB]) && param[QUALITY] == GS_QUALITY_ACCURATE;
}

static double thermal(const double *param, double load_ohm)
{
    return isnan(param[SELF_NOISE_DBA]) ? gs_sheet_thermal(param[SOURCE_IMPEDANCE_OHM], load_ohm) : 0.0;
}

/* Pa^2/Hz at the capsule. */
static double acoustic_noise(double self_dba, double room_dba)
{
    return gs_sheet_density(GS_ACOUSTIC, self_dba, GS_WEIGHTING_A) +
           gs_sheet_density(GS_ACOUSTIC, room_dba, GS_WEIGHTING_A);
}

static double limit(double thd, double knee)
{
    return gs_knee_limit(thd > 0.75 ? GS_KNEE_IN_1 : GS_KNEE_IN_HALF, knee);
}

static bool validate(const double *param, const struct gs_alignment *alignment, const char **key, char *text,
                     size_t size)
{
    double sensitivity = param[SENSITIVITY_MV_PA] / 1000.0;
    double self = gs_sheet_density(GS_ACOUSTIC, param[SELF_NOISE_DBA], GS_WEIGHTING_A);
    if (param[MAX_SPL_DB] < gs_nominal_db(GS_ACOUSTIC, alignment)) {
        return gs_refuse(key, "max_spl_db", text, size,
                         "it would clip below the 94 dB SPL at which its sensitivity is measured");
    }
    if (!isnan(param[SELF_NOISE_DBA]) &&
        self * sensitivity * sensitivity < gs_sheet_thermal(param[SOURCE_IMPEDANCE_OHM], INFINITY)) {
        return gs_refuse(key, "self_noise_dba", text, size,
                         "less than the thermal noise of its own source impedance at 20 degrees Celsius");
    }
    return true;
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
    s->rate_hz = setup->rate_hz;
    s->loaded = gs_sheet_loaded(setup->param[SOURCE_IMPEDANCE_OHM], setup->load_impedance_ohm);
    s->thermal = gs_sheet_thermal(setup->param[SOURCE_IMPEDANCE_OHM], setup->load_impedance_ohm);
    gs_rail_init(&s->rail, accurate(setup->param), setup->rate_hz);
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        gs_noise_init(&s->noise[c], GS_NOISE_CIRCUIT, setup->seed, c);
    }
    gs_sheet_forget(s->sheet, SHEET_ROWS);
}

static void read_sheet(struct state *s, const struct gs_ramp *param)
{
    if (gs_sheet_changed(s->sheet, param + SHEET_FIRST, SHEET_ROWS)) {
        bool condenser = !isnan(param[SELF_NOISE_DBA].now);
        s->acoustic = acoustic_noise(param[SELF_NOISE_DBA].now, param[ROOM_NOISE_DBA].now);
        s->volt_rms = (float)gs_sheet_rms(condenser ? 0.0 : s->thermal, s->rate_hz);
        s->limit = limit(param[MAX_SPL_THD].now, param[KNEE].now);
        s->knee = param[KNEE].now;
    }
}

/* Volt per pascal at 1 m. */
static struct gs_ramp gain_from(const struct gs_ramp *volt_per_pascal, const struct gs_ramp *distance,
                                float *values, unsigned frames)
{
    struct gs_ramp gain = { .now = volt_per_pascal->now / distance->now };
    if (volt_per_pascal->ramp || distance->ramp) {
        for (unsigned i = 0; i < frames; i++) {
            values[i] = gs_ramp_at(volt_per_pascal, i) / gs_ramp_at(distance, i);
        }
        gain.ramp = values;
    }
    return gain;
}

/* The maximum is a pressure; the rail behind the capsule a voltage. */
static struct gs_ramp maximum(const struct gs_ramp *spl, const struct gs_ramp *volt_per_pascal, double factor,
                              float *values, unsigned frames)
{
    struct gs_ramp none = { .now = INFINITY },
                   product = { .now = spl->now * volt_per_pascal->now * (float)factor };
    if (isnan(spl->now)) {
        return none;
    }
    if (spl->ramp || volt_per_pascal->ramp) {
        for (unsigned i = 0; i < frames; i++) {
            values[i] = gs_ramp_at(spl, i) * gs_ramp_at(volt_per_pascal, i) * (float)factor;
        }
        product.ramp = values;
    }
    return product;
}

/* Self-noise and the room's go through the capsule, thermal noise does not. */
static void add_noise(struct state *s, unsigned c, const struct gs_ramp *volt_per_pascal, float *real,
                      unsigned frames)
{
    float fresh[GS_CELL];
    float pascal_rms = (float)gs_sheet_rms(s->acoustic, s->rate_hz);
    if (!volt_per_pascal->ramp) {
        gs_noise_add(&s->noise[c], real, hypotf(pascal_rms * volt_per_pascal->now, s->volt_rms), frames);
        return;
    }
    gs_noise_fill(&s->noise[c], fresh, frames);
    for (unsigned i = 0; i < frames; i++) {
        real[i] += fresh[i] * hypotf(pascal_rms * volt_per_pascal->ramp[i], s->volt_rms);
    }
}

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    float values[4][GS_CELL];
    unsigned n = io->frames;
    read_sheet(s, io->param);
    double pascal = gs_reference_peak(GS_ACOUSTIC);
    struct gs_ramp volts =
        gs_ramp_scaled(&io->param[SENSITIVITY_MV_PA], (float)(s->loaded / 1000.0), values[0], n);
    struct gs_ramp gain = gain_from(&volts, &io->param[DISTANCE_M], values[1], n);
    struct gs_ramp ceiling = maximum(&io->param[MAX_SPL_DB], &volts, pascal, values[2], n);
    struct gs_bend bend = { .knee = s->knee };
    bend.rail = maximum(&io->param[MAX_SPL_DB], &volts, pascal / s->limit, values[3], n);
    for (unsigned c = 0; c < s->channels; c++) {
        float *real = io->out->ch[GS_REAL][c], *ideal = io->out->ch[GS_IDEAL][c];
        gs_ramp_multiply(real, io->in->ch[GS_REAL][c], &gain, n);
        gs_ramp_multiply(ideal, io->in->ch[GS_IDEAL][c], &gain, n);
        uint32_t over = gs_clip_mask(real, &ceiling, n);
        add_noise(s, c, &volts, real, n);
        gs_rail_run(&s->rail, c, &bend, NULL, real, ideal, n);
        io->out->clip[c] = gs_rail_flags(&s->rail, c, over, 0, n);
    }
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    double load = setup->load_impedance_ohm;
    double volts = param[SENSITIVITY_MV_PA] / 1000.0 * gs_sheet_loaded(param[SOURCE_IMPEDANCE_OHM], load);
    double acoustic = acoustic_noise(param[SELF_NOISE_DBA], param[ROOM_NOISE_DBA]);
    out->gain = volts / param[DISTANCE_M];
    out->noise_out = acoustic * volts * volts + thermal(param, load);
    out->ceiling = gs_sheet_peak(GS_ACOUSTIC, param[MAX_SPL_DB]) * volts;
    out->soft = param[KNEE] < 1.0;
    out->nominal_db = gs_peak_to_db(
        GS_ANALOG, volts * gs_db_to_peak(GS_ACOUSTIC, gs_nominal_db(GS_ACOUSTIC, &setup->alignment)));
    out->latency = accurate(setup->param ? setup->param : param) ? GS_OVERSAMPLE_LATENCY : 0;
    out->remark = gs_sheet_remark(out->noise_out > 0, !isnan(param[MAX_SPL_DB]));
}

static double curve(const double *param, const struct gs_stage_setup *setup, double x)
{
    double volts = param[SENSITIVITY_MV_PA] / 1000.0 *
                   gs_sheet_loaded(param[SOURCE_IMPEDANCE_OHM], setup->load_impedance_ohm);
    double rail =
        gs_sheet_peak(GS_ACOUSTIC, param[MAX_SPL_DB]) * volts / limit(param[MAX_SPL_THD], param[KNEE]);
    double y = x * volts / param[DISTANCE_M];
    return y + gs_knee_residual(y, rail, param[KNEE]);
}

const struct gs_stage_kind gs_stage_microphone = {
    .key = "microphone",
    .label = "Microphone",
    .doc = "Sound to voltage: distance, room noise, sensitivity, self-noise or thermal noise, loading, "
           "maximum level.",
    .domains_in = 1 << GS_ACOUSTIC,
    .domain_out = GS_ANALOG,
    .params = params,
    .n_params = PARAMS,
    .validate = validate,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
    .curve = curve,
};
