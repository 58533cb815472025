/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A microphone preamplifier, volt in, volt out: its rows and its arithmetic. Order inside: pad, input clip,
 * input noise, gain, high-pass, colour, knee and rail, output noise, polarity. */
#include "stage/preamp.h"

#include "dsp/highpass.h"
#include "stage/refuse.h"
#include "stage/sheet.h"

#include <math.h>

/* Preamplifier noise is stated with a 150 ohm resistor at the input, whose own noise is in the figure. */
#define EIN_OHM 150.0

#define IF_NOT_GIVEN_NOISELESS " Not given: adds no noise."

static const struct gs_param params[PREAMP_PARAMS] = {
    [PREAMP_GAIN_DB] = { .key = "gain_db",
                         .label = "Gain",
                         .doc = "Gain behind the pad.",
                         .type = GS_NUMBER,
                         .unit = GS_UNIT_DB,
                         .min = 0,
                         .max = 75,
                         .smooth = GS_SMOOTH_GAIN,
                         .flags = GS_PARAM_GAIN },
    [PREAMP_PAD_DB] = { .key = "pad_db",
                        .label = "Pad",
                        .doc = "Attenuation of the resistors in front of everything.",
                        .type = GS_NUMBER,
                        .unit = GS_UNIT_DB,
                        .min = 0,
                        .max = 40,
                        .step = 1,
                        .smooth = GS_SMOOTH_GAIN },
    [PREAMP_POLARITY] = { .key = "polarity",
                          .label = "Polarity",
                          .doc = "Turns the signal upside down.",
                          .type = GS_SWITCH,
                          .max = 1,
                          .smooth = GS_SMOOTH_LINEAR },
    [PREAMP_HIGHPASS] = { .key = "highpass",
                          .label = "High-pass",
                          .doc = "Switches the high-pass on.",
                          .type = GS_SWITCH,
                          .max = 1,
                          .smooth = GS_SMOOTH_LINEAR },
    [PREAMP_HIGHPASS_HZ] = { .key = "highpass_hz",
                             .label = "High-pass frequency",
                             .doc = "Where the high-pass is 3 dB down.",
                             .type = GS_NUMBER,
                             .unit = GS_UNIT_HZ,
                             .min = 5,
                             .max = 1000,
                             .def = 80,
                             .taper = GS_TAPER_LOG,
                             .smooth = GS_SMOOTH_LINEAR },
    [PREAMP_HIGHPASS_SLOPE] = { .key = "highpass_slope",
                                .label = "High-pass slope",
                                .doc = "Decibels per octave of the high-pass (Butterworth).",
                                .type = GS_NUMBER,
                                .unit = GS_UNIT_DB,
                                .min = 6,
                                .max = 18,
                                .step = 6,
                                .def = 12,
                                .flags = GS_PARAM_SETUP },
    [PREAMP_EIN_DBU] = { .key = "ein_dbu",
                         .label = "Equivalent input noise",
                         .doc =
                             "EIN with 150 ohm at the input, whose own noise is taken off where the source's "
                             "impedance is known." IF_NOT_GIVEN_NOISELESS,
                         .type = GS_NUMBER,
                         .unit = GS_UNIT_DBU,
                         .min = -140,
                         .max = -60,
                         .def = NAN,
                         .flags = GS_PARAM_OPTIONAL },
    [PREAMP_EIN_WEIGHTING] = GS_SHEET_WEIGHTING("ein_weighting", "EIN weighting"),
    [PREAMP_OUTPUT_NOISE_DBU] = { .key = "output_noise_dbu",
                                  .label = "Output noise",
                                  .doc =
                                      "Noise behind the gain, the same at every gain." IF_NOT_GIVEN_NOISELESS,
                                  .type = GS_NUMBER,
                                  .unit = GS_UNIT_DBU,
                                  .min = -140,
                                  .max = -30,
                                  .def = NAN,
                                  .flags = GS_PARAM_OPTIONAL },
    [PREAMP_OUTPUT_NOISE_WEIGHTING] = GS_SHEET_WEIGHTING("output_noise_weighting", "Output noise weighting"),
    [PREAMP_MAX_INPUT_DBU] = { .key = "max_input_dbu",
                               .label = "Maximum input",
                               .doc =
                                   "Level behind the pad above which the input clips, whatever the gain. Not "
                                   "given: it never does.",
                               .type = GS_NUMBER,
                               .unit = GS_UNIT_DBU,
                               .min = -40,
                               .max = 40,
                               .def = NAN,
                               .smooth = GS_SMOOTH_GAIN,
                               .flags = GS_PARAM_OPTIONAL },
    [PREAMP_MAX_OUTPUT_DBU] = { .key = "max_output_dbu",
                                .label = "Maximum output",
                                .doc = "Level above which the output clips: 1 % THD, of a hard edge the "
                                       "edge. Not "
                                       "given: it never does.",
                                .type = GS_NUMBER,
                                .unit = GS_UNIT_DBU,
                                .min = -20,
                                .max = 40,
                                .def = NAN,
                                .smooth = GS_SMOOTH_GAIN,
                                .flags = GS_PARAM_OPTIONAL },
    [PREAMP_KNEE] = { .key = "knee",
                      .label = "Knee",
                      .doc = "Where clipping begins, as a part of the rail: 1 a hard edge, 0.95 transistors, "
                             "0.7 a "
                             "console, 0.5 tubes, 0 soft from the start.",
                      .type = GS_NUMBER,
                      .max = 1,
                      .def = 1 },
    [PREAMP_D2_PERCENT] = { .key = "d2_percent",
                            .label = "Second harmonic",
                            .doc = "Second harmonic at the level distortion_dbu; falls 1 dB per dB below it.",
                            .type = GS_NUMBER,
                            .unit = GS_UNIT_PERCENT,
                            .max = 5 },
    [PREAMP_D3_PERCENT] = { .key = "d3_percent",
                            .label = "Third harmonic",
                            .doc = "Third harmonic at the level distortion_dbu; falls 2 dB per dB below it.",
                            .type = GS_NUMBER,
                            .unit = GS_UNIT_PERCENT,
                            .max = 5 },
    [PREAMP_DISTORTION_DBU] = { .key = "distortion_dbu",
                                .label = "Distortion measured at",
                                .doc = "Output level at which the harmonics are stated.",
                                .type = GS_NUMBER,
                                .unit = GS_UNIT_DBU,
                                .min = -20,
                                .max = 40,
                                .def = 4 },
    [PREAMP_INPUT_IMPEDANCE_OHM] = GS_SHEET_INPUT_IMPEDANCE,
    [PREAMP_GAIN_MIN_DB] = { .key = "gain_min_db",
                             .label = "Least gain",
                             .doc = "Gain with the knob at its left end.",
                             .type = GS_NUMBER,
                             .unit = GS_UNIT_DB,
                             .max = 75,
                             .flags = GS_PARAM_SETUP },
    [PREAMP_GAIN_MAX_DB] = { .key = "gain_max_db",
                             .label = "Most gain",
                             .doc = "Gain with the knob at its right end.",
                             .type = GS_NUMBER,
                             .unit = GS_UNIT_DB,
                             .max = 75,
                             .def = 75,
                             .flags = GS_PARAM_SETUP },
    [PREAMP_GAIN_STEP_DB] = { .key = "gain_step_db",
                              .label = "Gain step",
                              .doc = "Steps of the gain knob, from its least gain on; 0: it turns freely.",
                              .type = GS_NUMBER,
                              .unit = GS_UNIT_DB,
                              .max = 10,
                              .flags = GS_PARAM_SETUP },
    [PREAMP_QUALITY] = GS_SHEET_QUALITY,
};

bool gs_preamp_accurate(const double *param)
{
    bool bends = !isnan(param[PREAMP_MAX_INPUT_DBU]) || !isnan(param[PREAMP_MAX_OUTPUT_DBU]) ||
                 param[PREAMP_D2_PERCENT] > 0 || param[PREAMP_D3_PERCENT] > 0;
    return bends && param[PREAMP_QUALITY] == GS_QUALITY_ACCURATE;
}

double gs_preamp_input_noise(double ein_dbu, double weighting, double source_impedance_ohm)
{
    double density = gs_sheet_density(GS_ANALOG, ein_dbu, weighting);
    double resistor = source_impedance_ohm > 0 ? gs_thermal_density(EIN_OHM) : 0.0;
    return fmax(density - resistor, 0.0);
}

static double snap(const double *param, size_t index, double value)
{
    double low = param[PREAMP_GAIN_MIN_DB], high = param[PREAMP_GAIN_MAX_DB],
           step = param[PREAMP_GAIN_STEP_DB];
    if (index != PREAMP_GAIN_DB) {
        return value;
    }
    value = fmax(fmin(value, high), low);
    double last = step > 0 ? floor((high - low) / step + 1e-9) : 0.0;
    return step > 0 ? low + step * fmin(round((value - low) / step), last) : value;
}

/* What is wrong with the position of the knob, NULL: nothing. */
static const char *misplaced(const double *param)
{
    double gain = param[PREAMP_GAIN_DB];
    if (gain < param[PREAMP_GAIN_MIN_DB] || gain > param[PREAMP_GAIN_MAX_DB]) {
        return "beyond the end of the knob: see gain_min_db and gain_max_db";
    }
    return fabs(snap(param, PREAMP_GAIN_DB, gain) - gain) > 1e-6
               ? "between two positions of the knob: see gain_step_db"
               : NULL;
}

static bool validate(const double *param, const struct gs_alignment *alignment, const char **key, char *text,
                     size_t size)
{
    double ein = gs_sheet_density(GS_ANALOG, param[PREAMP_EIN_DBU], param[PREAMP_EIN_WEIGHTING]);
    if (!isnan(param[PREAMP_EIN_DBU]) && ein < gs_thermal_density(EIN_OHM)) {
        return gs_refuse(
            key, "ein_dbu", text, size,
            "less than the thermal noise of the 150 ohm resistor it is measured with: at 20 degrees "
            "Celsius -130.9 dBu is the limit, -133.0 dBu A-weighted");
    }
    if (param[PREAMP_MAX_OUTPUT_DBU] < gs_nominal_db(GS_ANALOG, alignment)) {
        return gs_refuse(key, "max_output_dbu", text, size,
                         "the output would clip below the chain's nominal level (alignment: dbu_at_0dbfs + "
                         "nominal_dbfs)");
    }
    if (param[PREAMP_GAIN_MAX_DB] < param[PREAMP_GAIN_MIN_DB]) {
        return gs_refuse(key, "gain_max_db", text, size, "less than the least gain, gain_min_db");
    }
    const char *wrong = misplaced(param);
    return !wrong || gs_refuse(key, "gain_db", text, size, wrong);
}

static double volts(double dbu)
{
    return gs_db_to_peak(GS_ANALOG, dbu);
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    double pad = gs_db_to_gain(param[PREAMP_PAD_DB]);
    bool noisy = !isnan(param[PREAMP_EIN_DBU]) || !isnan(param[PREAMP_OUTPUT_NOISE_DBU]);
    bool limited = !isnan(param[PREAMP_MAX_INPUT_DBU]) || !isnan(param[PREAMP_MAX_OUTPUT_DBU]);
    out->gain = gs_db_to_gain(param[PREAMP_GAIN_DB]) / pad * (1.0 - 2.0 * param[PREAMP_POLARITY]);
    out->noise_in = pad * pad *
                    gs_preamp_input_noise(param[PREAMP_EIN_DBU], param[PREAMP_EIN_WEIGHTING],
                                          setup->source_impedance_ohm);
    out->noise_out =
        gs_sheet_density(GS_ANALOG, param[PREAMP_OUTPUT_NOISE_DBU], param[PREAMP_OUTPUT_NOISE_WEIGHTING]);
    out->ceiling_in = pad * gs_sheet_peak(GS_ANALOG, param[PREAMP_MAX_INPUT_DBU]);
    out->ceiling = gs_sheet_peak(GS_ANALOG, param[PREAMP_MAX_OUTPUT_DBU]);
    out->soft = param[PREAMP_KNEE] < 1.0;
    out->nominal_db = gs_nominal_db(GS_ANALOG, &setup->alignment);
    out->latency = gs_preamp_accurate(setup->param ? setup->param : param) ? GS_OVERSAMPLE_LATENCY : 0;
    out->remark = gs_sheet_remark(noisy, limited);
}

static struct gs_highpass_tuning highpass(const double *param, double rate_hz)
{
    struct gs_highpass_tuning tuning;
    gs_highpass_tune(&tuning, gs_preamp_order(param[PREAMP_HIGHPASS_SLOPE]),
                     param[PREAMP_HIGHPASS_HZ] / rate_hz);
    return tuning;
}

static double response(const double *param, const struct gs_stage_setup *setup, double frequency_hz)
{
    struct gs_highpass_tuning tuning = highpass(param, setup->rate_hz);
    return param[PREAMP_HIGHPASS] ? gs_highpass_gain(&tuning, frequency_hz / setup->rate_hz) : 1.0;
}

static double phase(const double *param, const struct gs_stage_setup *setup, double frequency_hz)
{
    struct gs_highpass_tuning tuning = highpass(param, setup->rate_hz);
    return param[PREAMP_HIGHPASS] ? gs_highpass_phase(&tuning, frequency_hz / setup->rate_hz) : 0.0;
}

static double curve(const double *param, const struct gs_stage_setup *setup, double x)
{
    (void)setup;
    double knee = param[PREAMP_KNEE];
    double rail_in =
        gs_sheet_peak(GS_ANALOG, param[PREAMP_MAX_INPUT_DBU]) / gs_knee_limit(GS_KNEE_IN_1, knee);
    struct gs_bend bend = {
        .rail.now = (float)(gs_sheet_peak(GS_ANALOG, param[PREAMP_MAX_OUTPUT_DBU]) /
                            gs_knee_limit(GS_KNEE_OUT_1, knee)),
        .knee = (float)knee,
    };
    gs_bend_colour(&bend, param[PREAMP_D2_PERCENT] / 100.0, param[PREAMP_D3_PERCENT] / 100.0,
                   volts(param[PREAMP_DISTORTION_DBU]));
    x /= gs_db_to_gain(param[PREAMP_PAD_DB]);
    x += gs_knee_residual(x, rail_in, knee);
    double y = gs_bend_curve(&bend, x * gs_db_to_gain(param[PREAMP_GAIN_DB]));
    return y * (1.0 - 2.0 * param[PREAMP_POLARITY]);
}

const struct gs_stage_kind gs_stage_preamp = {
    .key = "preamp",
    .label = "Preamp",
    .doc =
        "Microphone preamplifier: pad, input clip and noise, gain, high-pass, colour, knee and rail, output "
        "noise, polarity.",
    .domains_in = 1 << GS_ANALOG,
    .domain_out = GS_ANALOG,
    .flags = GS_STAGE_BYPASS,
    .params = params,
    .n_params = PREAMP_PARAMS,
    .validate = validate,
    .snap = snap,
    .size = gs_preamp_size,
    .init = gs_preamp_init,
    .process = gs_preamp_process,
    .levels = levels,
    .response = response,
    .phase = phase,
    .curve = curve,
};
