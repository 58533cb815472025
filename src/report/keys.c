/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See keys.h. */
#include "report/keys.h"

#include "chain/predict.h"
#include "report/render_report.h"

#include <stdint.h>

#define APART(name, text)                                                                                    \
    {                                                                                                        \
        .key = name, .doc = text, .offset = GS_KEY_APART                                                     \
    }
#define PREDICTION(name, field, text)                                                                        \
    {                                                                                                        \
        .key = name, .doc = text, .offset = offsetof(struct gs_prediction, field)                            \
    }
#define STAGE(name, field, text)                                                                             \
    {                                                                                                        \
        .key = name, .doc = text, .offset = offsetof(struct gs_predicted, field)                             \
    }
#define PERCENT(name, field, text)                                                                           \
    {                                                                                                        \
        .key = name, .doc = text, .offset = offsetof(struct gs_predicted, field), .scale = 100               \
    }
#define MEASURED(name, field, text)                                                                          \
    {                                                                                                        \
        .key = name, .doc = text, .offset = offsetof(struct gs_measured, field)                              \
    }
#define CHANNEL(name, field, text)                                                                           \
    {                                                                                                        \
        .key = name, .doc = text, .offset = offsetof(struct gs_report_channel, field)                        \
    }
#define FORETOLD(name, field, text)                                                                          \
    {                                                                                                        \
        .key = name, .doc = text, .offset = offsetof(struct gs_predicted_channel, field)                     \
    }

const struct gs_key gs_prediction_keys[] = {
    APART("gainstage_prediction", "1: the format of this object."),
    APART("chain", "Name of the chain."),
    APART("rate_hz", "Sample rate that it is predicted for."),
    APART("stages", "One object for each stage, in the order of the chain."),
    APART("clips_first", "Id of the stage that clips first when all sources get louder together."),
    PREDICTION("clip_win_db", clip_win_db, "How much louder all could be if that stage never clipped."),
    APART("noise_bottleneck", "Id of the stage that makes the largest part of the noise at the end."),
    PREDICTION("noise_win_db", noise_win_db,
               "How much less noise there would be, A-weighted, if it made none."),
    PREDICTION("dynamic_range_db", dynamic_range_db,
               "From the noise at the end of the chain up to the level at which the first stage clips."),
    PREDICTION("dynamic_range_a_db", dynamic_range_a_db, "The same, A-weighted."),
    APART("knee_gain_db",
          "For each preamp's id the gain beyond which more gain buys less than 1 dB of noise."),
    PREDICTION("ceiling_spread_db", ceiling_spread_db, "0 where all stages clip together."),
    { 0 },
};

const struct gs_key gs_stage_keys[] = {
    APART("id", "As in the chain file."),
    APART("label", "Its name for people."),
    APART("kind", "As in the chain file."),
    APART("unit", "Of all levels behind the stage: dBSPL, dBu or dBFS."),
    STAGE("gain_db", gain_db, "Output over input; between two domains of the numbers in their units."),
    STAGE("level_db", level_db, "Of the signal, RMS; of its fundamental where the stage distorts."),
    STAGE("peak_db", peak_db, "Of the signal; of noise and of sums an estimate."),
    STAGE("noise_db", noise_db, "That has gathered up to here, 20 Hz to 20 kHz."),
    STAGE("noise_a_db", noise_a_db, "The same, A-weighted."),
    STAGE("ceiling_db", ceiling_db,
          "Level at which the stage clips; an input that clips first as seen here."),
    STAGE("nominal_db", nominal_db, "Level that counts as nominal."),
    STAGE("headroom_db", headroom_db, "Ceiling over the peak that there would be without a ceiling."),
    STAGE("snr_db", snr_db, "Signal over noise."),
    STAGE("snr_a_db", snr_a_db, "Signal over A-weighted noise."),
    STAGE("dynamic_range_db", range_db, "Ceiling over noise."),
    STAGE("dynamic_range_a_db", range_a_db, "Ceiling over A-weighted noise."),
    APART("input_referred", "An object: the same seen from the source."),
    APART("latency_frames", "How much later than the source the stage gives its signal."),
    APART("soft_ceiling", "Whether the ceiling is a knee or a limiter."),
    APART("linear", "Whether nothing up to here is driven into its curve."),
    APART("level_assumed", "Whether live audio is reckoned with at its nominal level."),
    PERCENT("thd_percent", thd, "Distortion of this stage at this level."),
    PERCENT("noise_share_percent", share_a, "Its part of the A-weighted noise power at the end."),
    APART("note", "What is special, in words."),
    APART("remark", "What its data leave open, in words."),
    APART("measured", "An object, with --report: what was measured here."),
    APART("agreement_db", "With --report: measured minus predicted, the largest of level and noises."),
    APART("model_error",
          "With --report: whether they differ by more than 0.1 dB and more than chance where they may not."),
    { 0 },
};

const struct gs_key gs_referred_keys[] = {
    APART("source", "Id of the source that is loudest here."),
    APART("unit", "Of its levels."),
    STAGE("level_db", source_level_db, "Of the signal."),
    STAGE("noise_db", source_noise_db, "20 Hz to 20 kHz."),
    STAGE("noise_a_db", source_noise_a_db, "A-weighted."),
    STAGE("ceiling_db", source_ceiling_db, "Of this stage."),
    { 0 },
};

const struct gs_key gs_measured_keys[] = {
    MEASURED("level_db", level_db, "RMS of the whole wire, noise and distortion included."),
    MEASURED("peak_db", peak_db, "Sample peak."),
    MEASURED("noise_db", noise_db, "Of the error, 20 Hz to 20 kHz; of the wire where there is no signal."),
    MEASURED("noise_a_db", noise_a_db, "The same, A-weighted."),
    MEASURED("sinad_db", sinad_db, "Signal over all that the stages so far did wrong."),
    APART("overs", "Clipped frames."),
    { 0 },
};

const struct gs_key gs_report_keys[] = {
    APART("gainstage_report", "1: the format of this object."),
    APART("chain", "Name of the chain."),
    APART("rate_hz", "Sample rate."),
    APART("frames", "Length."),
    APART("wires", "One object for the output of each stage, in the order of the chain."),
    { 0 },
};

const struct gs_key gs_wire_keys[] = {
    APART("stage", "Id of the stage."),
    APART("domain", "acoustic, line or digital."),
    APART("unit", "Of its levels: dBSPL, dBu or dBFS."),
    APART("linear", "Whether nothing up to here is driven into its curve."),
    APART("thd_percent", "Where it is not: predicted distortion of this stage."),
    APART("channels", "One object for each channel."),
    APART("meters",
          "All meters, as in the JSON of measure: channels, loudness and, of two channels, correlation."),
    { 0 },
};

const struct gs_key gs_channel_keys[] = {
    CHANNEL("peak_db", peak_db, "Sample peak."),
    CHANNEL("rms_db", rms_db, "RMS of the whole wire; a sine's RMS equals its peak."),
    APART("overs", "Clipped frames."),
    APART("first_over_s", "When the first of them was; only where there are any."),
    CHANNEL("ideal_peak_db", ideal_peak_db, "Peak that there would have been if nothing had clipped."),
    CHANNEL("sinad_db", sinad_db,
            "Signal over all that the stages so far did wrong; null where they did nothing wrong."),
    CHANNEL("noise_db", noise_db, "Of the error, 20 Hz to 20 kHz; of the wire where there is no signal."),
    CHANNEL("noise_a_db", noise_a_db, "The same, A-weighted."),
    APART("predicted", "An object: what was foretold."),
    APART("agreement_db",
          "Measured minus predicted, the largest of level and noises; null where they cannot be compared."),
    APART("model_error", "Whether they differ by more than 0.1 dB and more than chance."),
    { 0 },
};

const struct gs_key gs_foretold_keys[] = {
    FORETOLD("level_db", level_db, "Of the signal alone."),
    FORETOLD("peak_db", peak_db, "Of the signal."),
    FORETOLD("rms_db", rms_db, "What an RMS meter shows: signal, distortion and noise."),
    FORETOLD("noise_db", noise_db, "20 Hz to 20 kHz."),
    FORETOLD("noise_a_db", noise_a_db, "A-weighted."),
    { 0 },
};
