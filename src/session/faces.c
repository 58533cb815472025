/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every stage shows beside its parameters: names, meters, the lamp that stays lit, the listen button. One
 * row each; reading, feeding and the address reference all come from these rows. */
#include "session/state.h"

#include "chain/predict.h"

#include <math.h>

static const struct gs_chain_stage *stage_at(const struct gs_session *session, unsigned stage)
{
    return &session->chain->stages[stage];
}

static void get_name(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    (void)text;
    *atom = gs_atom_text(stage_at(session, stage)->label);
}

static void get_id(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    (void)text;
    *atom = gs_atom_text(stage_at(session, stage)->id);
}

static void get_kind(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    (void)text;
    *atom = gs_atom_text(stage_at(session, stage)->kind->key);
}

static void get_unit_in(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    (void)text;
    *atom = gs_atom_text(gs_domain_unit(stage_at(session, stage)->domain_in));
}

static void get_unit_out(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    (void)text;
    *atom = gs_atom_text(gs_domain_unit(stage_at(session, stage)->domain_out));
}

static void get_ceiling(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    (void)text;
    *atom = gs_atom_float(gs_ceiling_db(session, stage));
}

static void get_nominal(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    (void)text;
    *atom = gs_atom_float(gs_nominal_db(stage_at(session, stage)->domain_out, &session->chain->alignment));
}

static void get_clip_count(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    (void)text;
    uint64_t clips = gs_meters_clips(session, stage);
    *atom = gs_atom_int(clips > INT32_MAX ? INT32_MAX : (int64_t)clips);
}

static void get_clip_first(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    (void)text;
    *atom = gs_atom_float(gs_meters_first_clip_s(session, stage));
}

static void set_clip(struct gs_session *session, unsigned stage, const struct gs_message *message)
{
    struct gs_atom off = gs_atom_float(0.0);
    gs_meters_reset(session, stage);
    gs_reply(session, message->address, &off, 1);
}

static void get_listen(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    (void)text;
    *atom = gs_atom_float(session->chain->listen_stage == stage);
}

static void set_listen(struct gs_session *session, unsigned stage, const struct gs_message *message)
{
    double pressed;
    if (!gs_atom_number(&message->atoms[0], &pressed)) {
        gs_reply_error(session, message->address, "bad-type", "expected a number: 1 listens here");
    } else if (pressed != 0.0) {
        gs_listen_to(session, stage, session->chain->listen_path);
    }
}

/* A double of the prediction as a face: the key as `gainstage predict --json` has it. */
#define PREDICTED(key, field, text)                                                                          \
    {                                                                                                        \
        .path = "predict/" key, .answer = "f", .unit = "dB", .min = NAN, .max = NAN, .doc = text,            \
        .predicted = offsetof(struct gs_predicted, field) + 1                                                \
    }

const struct gs_face gs_faces[] = {
    { .path = "name",
      .answer = "s",
      .min = NAN,
      .max = NAN,
      .doc = "Its label, for people.",
      .get = get_name },
    { .path = "id",
      .answer = "s",
      .min = NAN,
      .max = NAN,
      .doc = "Its id in the chain file.",
      .get = get_id },
    { .path = "kind", .answer = "s", .min = NAN, .max = NAN, .doc = "Its kind.", .get = get_kind },
    { .path = "model",
      .types = "s",
      .answer = "s",
      .min = NAN,
      .max = NAN,
      .doc =
          "Name of the data sheet that it is made from, \"\": none. Another one (/models lists them), or "
          "\"none\", makes the chain anew with a crossfade: what the chain file or a person gave stays, all "
          "else becomes what the sheet says, or the default. A gain between the positions that the knob has "
          "now goes to the nearest. Refused, with the nearest right name, if it is no sheet of this kind of "
          "stage or contradicts what was given. The same one again reads its file again. It is undone as one "
          "step; snapshots do not have it.",
      .get = gs_model_get,
      .set = gs_model_set,
      .words = gs_model_words },
    { .path = "listen",
      .types = "f",
      .answer = "f",
      .min = 0,
      .max = 1,
      .doc = "1: this stage is what the outputs carry. Any number but 0 listens here; 0, the release of a "
             "button, does nothing.",
      .get = get_listen,
      .set = set_listen },
    { .path = "meter/in",
      .answer = "f",
      .min = 0,
      .max = 1,
      .doc = "Peak before the stage as the deflection of an IEC 60268-18 meter; levels outside the digital "
             "domain by the alignment.",
      .meter = GS_METER_IN_WAY,
      .threshold = 1.0 / 512 },
    { .path = "meter/out",
      .answer = "f",
      .min = 0,
      .max = 1,
      .doc = "The same behind the stage.",
      .meter = GS_METER_OUT_WAY,
      .threshold = 1.0 / 512 },
    { .path = "meter/in/db",
      .answer = "f",
      .unit = "dB",
      .min = -144,
      .max = NAN,
      .doc = "Sample peak before the stage, loudest channel, in the unit that meter/in/unit says; -144 is "
             "silence. Fed to a subscriber: the highest since the last packet.",
      .meter = GS_METER_IN_DB,
      .threshold = 0.1 },
    { .path = "meter/out/db",
      .answer = "f",
      .unit = "dB",
      .min = -144,
      .max = NAN,
      .doc = "The same behind the stage.",
      .meter = GS_METER_OUT_DB,
      .threshold = 0.1 },
    { .path = "meter/out/rms",
      .answer = "f",
      .unit = "dB",
      .min = -144,
      .max = NAN,
      .doc = "RMS behind the stage over 400 ms; a sine's RMS equals its peak (AES17).",
      .meter = GS_METER_OUT_RMS,
      .threshold = 0.1 },
    { .path = "meter/in/unit",
      .answer = "s",
      .min = NAN,
      .max = NAN,
      .doc = "dBSPL, dBu or dBFS.",
      .get = get_unit_in },
    { .path = "meter/out/unit",
      .answer = "s",
      .min = NAN,
      .max = NAN,
      .doc = "dBSPL, dBu or dBFS.",
      .get = get_unit_out },
    { .path = "headroom",
      .answer = "f",
      .unit = "dB",
      .min = NAN,
      .max = NAN,
      .doc = "How far the peak behind the stage is below its ceiling; negative: above it.",
      .meter = GS_METER_HEADROOM,
      .threshold = 0.1 },
    { .path = "ceiling",
      .answer = "f",
      .unit = "dB",
      .min = NAN,
      .max = NAN,
      .doc = "Level behind the stage at which it clips; where it cannot clip, full scale by the alignment.",
      .get = get_ceiling },
    { .path = "nominal",
      .answer = "f",
      .unit = "dB",
      .min = NAN,
      .max = NAN,
      .doc = "Level behind the stage that counts as nominal (0 VU).",
      .get = get_nominal },
    { .path = "loudness",
      .types = "s",
      .answer = "s",
      .min = NAN,
      .max = NAN,
      .doc = "Whether loudness behind the stage is being measured: \"running\" or \"paused\". \"start\" "
             "begins anew, "
             "\"pause\" and \"continue\" leave out what lies between, \"reset\" begins anew without starting "
             "(EBU Tech 3341, 2.5). That is integrated loudness, range, both maxima, and true peak for PLR.",
      .get = gs_loudness_get,
      .set = gs_loudness_set },
    { .path = "clip",
      .types = "any",
      .answer = "f",
      .min = 0,
      .max = 1,
      .doc = "1 from the first clipped sample until it is reset. Any argument resets, whatever its value.",
      .meter = GS_METER_CLIP,
      .threshold = 0.5,
      .set = set_clip },
    { .path = "clip/count",
      .answer = "i",
      .min = 0,
      .max = NAN,
      .doc = "Clipped frames since the last reset, all channels together.",
      .get = get_clip_count },
    { .path = "clip/first",
      .answer = "f",
      .unit = "s",
      .min = -1,
      .max = NAN,
      .doc = "When the first of them was, in seconds of processed sound; -1: none.",
      .get = get_clip_first },
    { .path = "model_error",
      .answer = "f",
      .min = 0,
      .max = 1,
      .doc =
          "1: what the stage measures is not what was predicted, so our model of it is wrong: more than 0.1 "
          "dB, and more than chance, in two measurements of 5 s in a row, the first of which begins a second "
          "after the last change. 0 where they agree or cannot be compared: where live audio or a sound "
          "file has a part in it, where the stage is not linear or has clipped.",
      .meter = GS_METER_MODEL_ERROR,
      .threshold = 0.5 },
    { .path = "agreement_db",
      .answer = "f",
      .unit = "dB",
      .min = -144,
      .max = 144,
      .doc = "What the last of these measurements found: measured minus predicted, the largest of level and "
             "noises; 144: not compared.",
      .meter = GS_METER_AGREEMENT,
      .threshold = 0.01 },
    { .path = "curve",
      .answer = "b",
      .unit = "dB",
      .min = NAN,
      .max = NAN,
      .doc = "What the stage makes of a steady sine, with its values of now: big-endian 32-bit floats in "
             "threes, level "
             "before it in the unit of meter/in/unit, level of the fundamental behind it in that of "
             "meter/out/unit, and "
             "the same if nothing were wrong with the stage; -144 is silence. Without argument for a source.",
      .get = gs_forecast_curve },
    PREDICTED("level_db", level_db,
              "Predicted level of the signal behind the stage, in the unit of meter/out/unit (AES17)."),
    PREDICTED("peak_db", peak_db, "Predicted peak of the signal behind the stage."),
    PREDICTED("noise_db", noise_db, "Predicted noise that has gathered up to here, 20 Hz to 20 kHz."),
    PREDICTED("noise_a_db", noise_a_db, "Predicted the same, A-weighted."),
    PREDICTED("ceiling_db", ceiling_db,
              "Predicted level at which the stage clips, its input seen from the output; 144: never."),
    PREDICTED("nominal_db", nominal_db, "Predicted level that counts as nominal."),
    PREDICTED("headroom_db", headroom_db,
              "Predicted ceiling over the peak that the stage would give if it did not clip; 144: no ceiling "
              "or no signal."),
    PREDICTED("snr_db", snr_db, "Predicted signal over noise, 20 Hz to 20 kHz."),
    PREDICTED("snr_a_db", snr_a_db, "Predicted signal over noise, A-weighted."),
    PREDICTED("knee_gain_db", knee_gain_db,
              "Predicted of a preamp: the gain beyond which more gain buys less than 1 dB of noise; 144: not "
              "a preamp, or no noise to compare."),
    PREDICTED("input_referred/level_db", source_level_db,
              "Predicted level of the signal here, seen from the source."),
    PREDICTED("input_referred/noise_db", source_noise_db, "Predicted noise here, seen from the source."),
    PREDICTED("input_referred/noise_a_db", source_noise_a_db,
              "Predicted A-weighted noise here, seen from the source."),
    PREDICTED("input_referred/ceiling_db", source_ceiling_db,
              "Predicted ceiling of this stage, seen from the source; 144: none."),
    { 0 },
};

void gs_face_read(struct gs_session *session, const struct gs_face *face, unsigned stage,
                  struct gs_atom *atom, char *text)
{
    if (face->predicted) {
        *atom = gs_atom_float(gs_forecast_stage(session, stage, face->predicted - 1));
    } else if (face->meter) {
        double meter[GS_METERS];
        gs_meters_of_stage(session, stage, NULL, meter);
        *atom = gs_atom_float(meter[face->meter]);
    } else {
        face->get(session, stage, atom, text);
    }
}
