/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a chain begins: live audio from outside, a tone, or a sound in a loop, put into the unit of its
 * domain at a stated level. Position and phase follow from the absolute frame number, so that a chain
 * loaded anew goes on where the old one was. */
#include "stage/source.h"

#include "stage/refuse.h"
#include "stage/sheet.h"

#include <math.h>

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

static const struct gs_param params[SOURCE_PARAMS] = {
    [SOURCE_SIGNAL] = { .key = "signal",
                        .label = "Signal",
                        .doc = "What sounds.",
                        .type = GS_CHOICE,
                        .choices = signals,
                        .flags = GS_PARAM_SETUP },
    [SOURCE_DOMAIN] = { .key = "domain",
                        .label = "Domain",
                        .doc = "What the signal is: sound in air, a voltage, or numbers.",
                        .type = GS_CHOICE,
                        .choices = domains,
                        .def = GS_ANALOG,
                        .flags = GS_PARAM_SETUP },
    [SOURCE_CHANNELS] = { .key = "channels",
                          .label = "Channels",
                          .doc = "1 mono, 2 stereo.",
                          .type = GS_NUMBER,
                          .min = 1,
                          .max = GS_CHANNELS,
                          .step = 1,
                          .def = 1,
                          .flags = GS_PARAM_SETUP },
    [SOURCE_SPL_DB] = { .key = "spl_db",
                        .label = "Level",
                        .doc = "Sound pressure level, domain acoustic. " LEVEL_DOC,
                        .type = GS_NUMBER,
                        .unit = GS_UNIT_DBSPL,
                        .min = -20,
                        .max = 170,
                        .def = NAN,
                        .smooth = GS_SMOOTH_GAIN,
                        .flags = GS_PARAM_OPTIONAL },
    [SOURCE_LEVEL_DBU] = { .key = "level_dbu",
                           .label = "Level",
                           .doc = "Level, domain line. " LEVEL_DOC,
                           .type = GS_NUMBER,
                           .unit = GS_UNIT_DBU,
                           .min = -140,
                           .max = 40,
                           .def = NAN,
                           .smooth = GS_SMOOTH_GAIN,
                           .flags = GS_PARAM_OPTIONAL },
    [SOURCE_LEVEL_DBFS] = { .key = "level_dbfs",
                            .label = "Level",
                            .doc = "Level, domain digital. " LEVEL_DOC,
                            .type = GS_NUMBER,
                            .unit = GS_UNIT_DBFS,
                            .min = -160,
                            .max = 24,
                            .def = NAN,
                            .smooth = GS_SMOOTH_GAIN,
                            .flags = GS_PARAM_OPTIONAL },
    [SOURCE_FREQUENCY_HZ] = { .key = "frequency_hz",
                              .label = "Frequency",
                              .doc = "Of signal sine; changes without a break in phase.",
                              .type = GS_NUMBER,
                              .unit = GS_UNIT_HZ,
                              .min = 1,
                              .max = 20000,
                              .def = 1000,
                              .taper = GS_TAPER_LOG },
    [SOURCE_FILE_NAME] = { .key = "file",
                           .label = "File",
                           .doc = "Sound file of signal file; a relative name is looked up beside the chain "
                                  "file.",
                           .type = GS_TEXT,
                           .def = NAN,
                           .flags = GS_PARAM_SETUP | GS_PARAM_OPTIONAL | GS_PARAM_FILE },
    [SOURCE_IMPEDANCE_OHM] = GS_SHEET_SOURCE_IMPEDANCE(
        "Domain line: makes thermal noise, and loses voltage to the next input impedance; the level is the "
        "open circuit's. A line output has 50..150 ohm, an instrument 5..20 k. Not given: neither."),
    [SOURCE_NOISE_DBU] = { .key = "noise_dbu",
                           .label = "Noise",
                           .doc = "Domain line: noise of the source's electronics. Not given: none.",
                           .type = GS_NUMBER,
                           .unit = GS_UNIT_DBU,
                           .min = -140,
                           .max = 0,
                           .def = NAN,
                           .flags = GS_PARAM_OPTIONAL },
    [SOURCE_NOISE_WEIGHTING] = GS_SHEET_WEIGHTING("noise_weighting", "Noise weighting"),
};

const unsigned char gs_source_level_row[GS_DOMAIN_COUNT] = { SOURCE_SPL_DB, SOURCE_LEVEL_DBU,
                                                             SOURCE_LEVEL_DBFS };

static bool loops(unsigned signal)
{
    return signal == SOURCE_SIGNAL_PINK || signal == SOURCE_SIGNAL_WHITE || signal == SOURCE_SIGNAL_FILE;
}

static double loaded(const double *param, const struct gs_stage_setup *setup)
{
    return gs_sheet_loaded(param[SOURCE_IMPEDANCE_OHM], setup->load_impedance_ohm);
}

/* Sample out per sample of the signal and unit of 10^(level/20). */
double gs_source_per_gain(const double *param, const struct gs_stage_setup *setup)
{
    double peak = gs_reference_peak(gs_source_domain(param)) * loaded(param, setup);
    unsigned signal = (unsigned)param[SOURCE_SIGNAL];
    if (signal == SOURCE_SIGNAL_SINE) {
        return peak;
    }
    if (loops(signal)) {
        double rms = setup->take ? setup->take->rms : 0.0;
        return rms > 0 ? peak / GS_FRAC_SQRT2 / rms : 0.0;
    }
    return peak / gs_db_to_peak(GS_DIGITAL, setup->alignment.nominal_dbfs);
}

/* Sample out per sample of the signal where the chain gives no level. */
double gs_source_as_given(const double *param, const struct gs_stage_setup *setup)
{
    unsigned signal = (unsigned)param[SOURCE_SIGNAL];
    if (signal == SOURCE_SIGNAL_JACK || signal == SOURCE_SIGNAL_FILE) {
        return loaded(param, setup) / gs_listen_gain(gs_source_domain(param), &setup->alignment);
    }
    return gs_source_per_gain(param, setup) *
           gs_db_to_gain(gs_nominal_db(gs_source_domain(param), &setup->alignment));
}

static unsigned channels(const double *param, unsigned channels_in)
{
    (void)channels_in;
    return (unsigned)param[SOURCE_CHANNELS];
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
        if (d != (int)gs_source_domain(param) && !isnan(param[gs_source_level_row[d]])) {
            return gs_refuse(key, params[gs_source_level_row[d]].key, text, size,
                             sentence[gs_source_domain(param)]);
        }
    }
    if (gs_source_domain(param) != GS_ANALOG && !isnan(param[SOURCE_IMPEDANCE_OHM])) {
        return gs_refuse(key, params[SOURCE_IMPEDANCE_OHM].key, text, size,
                         "only a source of domain line has an impedance");
    }
    if (gs_source_domain(param) != GS_ANALOG && !isnan(param[SOURCE_NOISE_DBU])) {
        return gs_refuse(key, params[SOURCE_NOISE_DBU].key, text, size,
                         "only a source of domain line has noise in dBu");
    }
    if ((unsigned)param[SOURCE_SIGNAL] == SOURCE_SIGNAL_FILE && isnan(param[SOURCE_FILE_NAME])) {
        return gs_refuse(key, params[SOURCE_FILE_NAME].key, text, size,
                         "signal file plays a sound file that it names");
    }
    return true;
}

static void levels(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out)
{
    (void)probe;
    double db = param[gs_source_level_row[gs_source_domain(param)]];
    double gain =
        isnan(db) ? gs_source_as_given(param, setup) : gs_source_per_gain(param, setup) * gs_db_to_gain(db);
    unsigned signal = (unsigned)param[SOURCE_SIGNAL];
    double peak =
        signal == SOURCE_SIGNAL_JACK ? gs_db_to_peak(GS_DIGITAL, setup->alignment.nominal_dbfs) : 1.0;
    double rms = peak / GS_FRAC_SQRT2;
    if (loops(signal)) {
        peak = setup->take ? setup->take->peak : 0.0;
        rms = setup->take ? setup->take->rms : 0.0;
    }
    out->noise_out = gs_sheet_density(GS_ANALOG, param[SOURCE_NOISE_DBU], param[SOURCE_NOISE_WEIGHTING]) +
                     gs_sheet_thermal(param[SOURCE_IMPEDANCE_OHM], setup->load_impedance_ohm);
    out->nominal_db = gs_nominal_db(gs_source_domain(param), &setup->alignment);
    out->source_peak = peak * gain;
    out->source_rms = rms * gain;
}

const struct gs_stage_kind gs_stage_source = {
    .key = "source",
    .label = "Source",
    .doc = "Where a chain begins: live audio, a tone, noise or a sound file, in pascal, volt or full scale.",
    .domain_out = GS_OUT_BY_PARAM,
    .params = params,
    .n_params = SOURCE_PARAMS,
    .channels = channels,
    .validate = validate,
    .size = gs_source_size,
    .init = gs_source_init,
    .process = gs_source_process,
    .levels = levels,
};
