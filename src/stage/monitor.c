/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `monitor`: volt in, pascal at the ear out. The controller's trim and dim, the loudspeaker's sensitivity and
 * maximum level, its own noise, all stated at 1 m; then the way to the ear, where the room's noise waits. */
#include "gainstage/stage.h"

#include "dsp/clip.h"
#include "dsp/noise.h"
#include "dsp/rail.h"
#include "dsp/ramp.h"
#include "stage/refuse.h"
#include "stage/sheet.h"

#include <math.h>

enum {
    TRIM_DB,
    DIM,
    SENSITIVITY_DB_SPL,
    DISTANCE_M,
    MAX_SPL_DB,
    SELF_NOISE_DBA,
    ROOM_NOISE_DBA,
    KNEE,
    QUALITY,
    PARAMS
};

#define DIMMED 0.1 /* -20 dB: what the button takes away */

/* Calibrated listening: pink noise at -20 dBFS RMS, one loudspeaker, 83 dB SPL (C, slow): SMPTE RP 200, and
 * the 0 of the K-20 scale. */
#define NOMINAL_DB_SPL 83.0

static const struct gs_param params[PARAMS] = {
    [TRIM_DB] = { .key = "trim_db",
                  .label = "Trim",
                  .doc = "The volume knob: gain in front of the loudspeaker.",
                  .type = GS_NUMBER,
                  .unit = GS_UNIT_DB,
                  .min = -90,
                  .max = 24,
                  .smooth = GS_SMOOTH_GAIN,
                  .flags = GS_PARAM_GAIN | GS_PARAM_MINUS_INF },
    [DIM] = { .key = "dim",
              .label = "Dim",
              .doc = "Takes 20 dB away.",
              .type = GS_SWITCH,
              .max = 1,
              .smooth = GS_SMOOTH_LINEAR },
    [SENSITIVITY_DB_SPL] = { .key = "sensitivity_db_spl",
                             .label = "Sensitivity",
                             .doc = "Level at 1 m for 0 dBu at the input. 85 is calibrated listening where 0 "
                                    "dBu "
                                    "is -18 dBFS: -20 dBFS makes 83 dB SPL.",
                             .type = GS_NUMBER,
                             .unit = GS_UNIT_DBSPL,
                             .min = 40,
                             .max = 140,
                             .def = 85,
                             .smooth = GS_SMOOTH_GAIN },
    [DISTANCE_M] = { .key = "distance_m",
                     .label = "Distance",
                     .doc = "From the loudspeaker to the ear: -6.02 dB for each doubling. The room's noise "
                            "stays "
                            "as it is.",
                     .type = GS_NUMBER,
                     .unit = GS_UNIT_M,
                     .min = 0.1,
                     .max = 100,
                     .def = 1,
                     .taper = GS_TAPER_LOG,
                     .smooth = GS_SMOOTH_LINEAR },
    [MAX_SPL_DB] = { .key = "max_spl_db",
                     .label = "Maximum level",
                     .doc = "Level at 1 m at which it reaches 1 % THD. Not given: it never clips.",
                     .type = GS_NUMBER,
                     .unit = GS_UNIT_DBSPL,
                     .min = 60,
                     .max = 160,
                     .def = NAN,
                     .smooth = GS_SMOOTH_GAIN,
                     .flags = GS_PARAM_OPTIONAL },
    [SELF_NOISE_DBA] = { .key = "self_noise_dba",
                         .label = "Self-noise",
                         .doc = "Noise of the loudspeaker's amplifier at 1 m, whatever the trim. Not given: "
                                "none.",
                         .type = GS_NUMBER,
                         .unit = GS_UNIT_DBA,
                         .min = -30,
                         .max = 80,
                         .def = NAN,
                         .flags = GS_PARAM_OPTIONAL },
    [ROOM_NOISE_DBA] = { .key = "room_noise_dba",
                         .label = "Room noise",
                         .doc = "Noise of the room at the ear. Not given: a silent room.",
                         .type = GS_NUMBER,
                         .unit = GS_UNIT_DBA,
                         .min = -30,
                         .max = 110,
                         .def = NAN,
                         .flags = GS_PARAM_OPTIONAL },
    [KNEE] = { .key = "knee",
               .label = "Knee",
               .doc = "Where bending begins, as a part of the rail; 1: a hard edge.",
               .type = GS_NUMBER,
               .max = 1,
               .def = 0.7,
               .flags = GS_PARAM_SETUP },
    [QUALITY] = GS_SHEET_QUALITY,
};

struct state {
    struct gs_rail rail;
    struct gs_noise self[GS_CHANNELS], room[GS_CHANNELS];
    float sheet[ROOM_NOISE_DBA - SELF_NOISE_DBA + 1];
    float self_rms, room_rms; /* pascal, at 1 m and at the ear */
    float knee, limit;
    double rate_hz;
    unsigned channels;
};

static bool accurate(const double *param)
{
    return !isnan(param[MAX_SPL_DB]) && param[QUALITY] == GS_QUALITY_ACCURATE;
}

static bool validate(const double *param, const struct gs_alignment *alignment, const char **key, char *text,
                     size_t size)
{
    (void)alignment;
    if (param[MAX_SPL_DB] < NOMINAL_DB_SPL) {
        return gs_refuse(key, "max_spl_db", text, size,
                         "it would clip below the 83 dB SPL of calibrated listening");
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
    s->knee = (float)setup->param[KNEE];
    s->limit = (float)gs_knee_limit(GS_KNEE_OUT_1, setup->param[KNEE]);
    gs_rail_init(&s->rail, accurate(setup->param), setup->rate_hz);
    for (unsigned c = 0; c < GS_CHANNELS; c++) {
        gs_noise_init(&s->self[c], GS_NOISE_CIRCUIT, setup->seed, c);
        gs_noise_init(&s->room[c], GS_NOISE_CIRCUIT, setup->seed, GS_CHANNELS + c);
    }
    gs_sheet_forget(s->sheet, sizeof s->sheet / sizeof *s->sheet);
}

static double noise_rms(double dba, double rate_hz)
{
    return gs_sheet_rms(gs_sheet_density(GS_ACOUSTIC, dba, GS_WEIGHTING_A), rate_hz);
}

static void read_sheet(struct state *s, const struct gs_ramp *param)
{
    if (gs_sheet_changed(s->sheet, param + SELF_NOISE_DBA, sizeof s->sheet / sizeof *s->sheet)) {
        s->self_rms = (float)noise_rms((double)param[SELF_NOISE_DBA].now, s->rate_hz);
        s->room_rms = (float)noise_rms((double)param[ROOM_NOISE_DBA].now, s->rate_hz);
    }
}

/* Pascal at 1 m per volt. */
static struct gs_ramp sensitivity(const struct gs_ramp *param, float *values, unsigned frames)
{
    float unit = (float)(gs_reference_peak(GS_ACOUSTIC) / gs_reference_peak(GS_ANALOG));
    const struct gs_ramp *trim = &param[TRIM_DB], *dim = &param[DIM], *level = &param[SENSITIVITY_DB_SPL];
    struct gs_ramp gain = { 0 };
    if (trim->ramp || dim->ramp || level->ramp) {
        for (unsigned i = 0; i < frames; i++) {
            float dimmed = 1.0f + gs_ramp_at(dim, i) * (float)(DIMMED - 1.0);
            values[i] = unit * gs_ramp_at(level, i) * gs_ramp_at(trim, i) * dimmed;
        }
        gain.ramp = values;
    }
    gain.now = unit * level->now * trim->now * (1.0f + dim->now * (float)(DIMMED - 1.0));
    return gain;
}

static struct gs_ramp distance_loss(const struct gs_ramp *distance, float *values, unsigned frames)
{
    struct gs_ramp loss = { .now = 1.0f / distance->now };
    if (distance->ramp) {
        for (unsigned i = 0; i < frames; i++) {
            values[i] = 1.0f / distance->ramp[i];
        }
        loss.ramp = values;
    }
    return loss;
}

/* A maximum that is not given is no number. */
static struct gs_ramp maximum(const struct gs_ramp *spl, float factor, float *values, unsigned frames)
{
    struct gs_ramp none = { .now = INFINITY };
    return isnan(spl->now) ? none : gs_ramp_scaled(spl, factor, values, frames);
}

static void process(void *memory, const struct gs_stage_io *io)
{
    struct state *s = memory;
    float values[4][GS_CELL], pascal = (float)gs_reference_peak(GS_ACOUSTIC);
    unsigned n = io->frames;
    read_sheet(s, io->param);
    struct gs_ramp gain = sensitivity(io->param, values[0], n);
    struct gs_ramp loss = distance_loss(&io->param[DISTANCE_M], values[1], n);
    struct gs_ramp ceiling = maximum(&io->param[MAX_SPL_DB], pascal, values[2], n);
    struct gs_bend bend = { .knee = s->knee };
    bend.rail = maximum(&io->param[MAX_SPL_DB], pascal / s->limit, values[3], n);
    for (unsigned c = 0; c < s->channels; c++) {
        float *real = io->out->ch[GS_REAL][c], *ideal = io->out->ch[GS_IDEAL][c];
        gs_ramp_multiply(real, io->in->ch[GS_REAL][c], &gain, n);
        gs_ramp_multiply(ideal, io->in->ch[GS_IDEAL][c], &gain, n);
        uint32_t over = gs_clip_mask(real, &ceiling, n);
        gs_rail_run(&s->rail, c, &bend, NULL, real, ideal, n);
        io->out->clip[c] = gs_rail_flags(&s->rail, c, over, 0, n);
        gs_noise_add(&s->self[c], real, s->self_rms, n);
        gs_ramp_multiply(real, real, &loss, n);
        gs_ramp_multiply(ideal, ideal, &loss, n);
        gs_noise_add(&s->room[c], real, s->room_rms, n);
    }
}

static double pascal_per_volt(const double *param)
{
    double at_0_dbu = gs_db_to_peak(GS_ACOUSTIC, param[SENSITIVITY_DB_SPL]) / gs_db_to_peak(GS_ANALOG, 0.0);
    return at_0_dbu * gs_db_to_gain(param[TRIM_DB]) * (1.0 + param[DIM] * (DIMMED - 1.0));
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    double away = param[DISTANCE_M];
    out->gain = pascal_per_volt(param) / away;
    out->noise_out = gs_sheet_density(GS_ACOUSTIC, param[SELF_NOISE_DBA], GS_WEIGHTING_A) / (away * away) +
                     gs_sheet_density(GS_ACOUSTIC, param[ROOM_NOISE_DBA], GS_WEIGHTING_A);
    out->ceiling = gs_sheet_peak(GS_ACOUSTIC, param[MAX_SPL_DB]) / away;
    out->soft = param[KNEE] < 1.0;
    out->nominal_db = NOMINAL_DB_SPL;
    out->latency = accurate(setup->param ? setup->param : param) ? GS_OVERSAMPLE_LATENCY : 0;
    out->remark = gs_sheet_remark(out->noise_out > 0, !isnan(param[MAX_SPL_DB]));
}

static double curve(const double *param, const struct gs_stage_setup *setup, double x)
{
    (void)setup;
    double rail = gs_sheet_peak(GS_ACOUSTIC, param[MAX_SPL_DB]) / gs_knee_limit(GS_KNEE_OUT_1, param[KNEE]);
    double y = x * pascal_per_volt(param);
    return (y + gs_knee_residual(y, rail, param[KNEE])) / param[DISTANCE_M];
}

const struct gs_stage_kind gs_stage_monitor = {
    .key = "monitor",
    .label = "Monitor",
    .doc = "Voltage to sound at the ear: trim, dim, sensitivity, maximum level, distance, noise of "
           "loudspeaker and "
           "room.",
    .domains_in = 1 << GS_ANALOG,
    .domain_out = GS_ACOUSTIC,
    .params = params,
    .n_params = PARAMS,
    .validate = validate,
    .size = size,
    .init = init,
    .process = process,
    .levels = levels,
    .curve = curve,
};
