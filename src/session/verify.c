/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Does what plays measure as predicted? Where it does not, our model of a stage is wrong, and that is said while
 * it plays.
 *
 * The rule: a second after the last change of a value, a glide or a chain the measurement begins; it lasts as
 * long as computed noise takes to repeat, by the count of frames, and then begins anew. A stage that differs by
 * more than 0.1 dB, and by more than chance, in two measurements in a row is in doubt, until something is
 * turned or a measurement agrees. Only what is known exactly is compared: nothing that live audio or a sound file
 * has a part in, nothing bent or turned by its own level (gs_agree() and the flags of the prediction say so),
 * nothing that clipped meanwhile. */
#include "session/state.h"

#include "chain/predict.h"
#include "chain/take.h"
#include "report/agreement.h"

#include <math.h>
#include <string.h>

#define SETTLE_S      1.0
#define DOUBTS_NEEDED 2

bool gs_verify_start(struct gs_verify *verify)
{
    static const char *const keys[GS_VERIFY_READINGS] = {
        [GS_VERIFY_RMS] = "rms_total",
        [GS_VERIFY_NOISE] = "noise_total",
        [GS_VERIFY_NOISE_A] = "noise_a_total",
        [GS_VERIFY_ERROR_NOISE] = "error_noise_total",
        [GS_VERIFY_ERROR_NOISE_A] = "error_noise_a_total",
        [GS_VERIFY_CLIPPED] = "clipped",
    };
    for (int i = 0; i < GS_VERIFY_READINGS; i++) {
        verify->reading[i] = gs_reading_find(NULL, keys[i]);
    }
    verify->reader = gs_reader_create();
    gs_verify_again(verify);
    return verify->reader;
}

void gs_verify_finish(struct gs_verify *verify)
{
    gs_reader_destroy(verify->reader);
    verify->reader = NULL;
}

void gs_verify_again(struct gs_verify *verify)
{
    verify->frames = 0;
    verify->measuring = false;
    for (size_t i = 0; i < GS_CHAIN_STAGES_MAX; i++) {
        verify->stage[i] = (struct gs_verified){ .db = NAN };
    }
}

/* ---- one measurement ---- */

/* A sound that does not repeat with the measurement: another part of it was heard than its whole, which is what the
 * prediction reckons with. */
static bool is_recorded(const struct gs_plan *plan, size_t stage)
{
    const struct gs_take *take = &plan->takes[stage];
    return take->frames && take->frames != (uint64_t)llround(GS_TAKE_NOISE_SECONDS * plan->rate_hz);
}

static struct gs_measured measure(const struct gs_verify *verify, size_t lane, bool silent, double seconds)
{
    int flat = silent ? GS_VERIFY_NOISE : GS_VERIFY_ERROR_NOISE;
    int weighted = silent ? GS_VERIFY_NOISE_A : GS_VERIFY_ERROR_NOISE_A;
    return (struct gs_measured){
        .given = true,
        .level_db = gs_reader_value(verify->reader, lane, verify->reading[GS_VERIFY_RMS]),
        .noise_db = gs_reader_value(verify->reader, lane, verify->reading[flat]),
        .noise_a_db = gs_reader_value(verify->reader, lane, verify->reading[weighted]),
        .seconds = seconds,
    };
}

static bool has_clipped(const struct gs_verify *verify, const struct gs_plan_wire *wire)
{
    for (unsigned c = 0; c < wire->channels; c++) {
        if (gs_reader_value(verify->reader, wire->first_lane + c, verify->reading[GS_VERIFY_CLIPPED]) > 0) {
            return true;
        }
    }
    return false;
}

/* The channel that is off the most speaks. */
static struct gs_agreement compare(const struct gs_verify *verify, const struct gs_predicted *predicted,
                                   const struct gs_plan_wire *wire, double seconds)
{
    struct gs_agreement worst = { .db = NAN };
    for (unsigned c = 0; c < wire->channels; c++) {
        const struct gs_predicted_channel *channel = &predicted->channel[c];
        struct gs_measured measured =
            measure(verify, wire->first_lane + c, !isfinite(channel->level_db), seconds);
        struct gs_agreement one = gs_agree(predicted->flags, channel, &measured);
        worst.model_error |= one.model_error;
        worst.db = isnan(worst.db) || fabs(one.db) > fabs(worst.db) ? one.db : worst.db;
    }
    return worst;
}

static void judge_stage(struct gs_verified *stage, const struct gs_agreement *agreement)
{
    bool same = agreement->model_error && (isnan(stage->db) || (agreement->db > 0) == (stage->db > 0));
    stage->doubts = !agreement->model_error                 ? 0
                    : same && stage->doubts < DOUBTS_NEEDED ? stage->doubts + 1
                    : same                                  ? stage->doubts
                                                            : 1;
    stage->db = agreement->db;
}

static void judge(struct gs_session *session)
{
    struct gs_verify *verify = &session->verify;
    const struct gs_plan *plan = gs_engine_plan(session->engine);
    const struct gs_chain *chain = session->chain;
    const struct gs_prediction *prediction = gs_forecast_today(session);
    bool unsure[GS_CHAIN_STAGES_MAX];
    for (size_t i = 0; prediction && i < prediction->n; i++) {
        const struct gs_chain_stage *s = &chain->stages[i];
        unsure[i] = prediction->stage[i].flags & GS_PREDICT_ASSUMED || is_recorded(plan, i) ||
                    has_clipped(verify, &plan->wires[i]);
        for (size_t k = 0; k < s->n_sends; k++) {
            unsure[i] = unsure[i] || unsure[s->sends[k].stage];
        }
        struct gs_agreement agreement = { .db = NAN };
        if (!unsure[i]) {
            agreement = compare(verify, &prediction->stage[i], &plan->wires[i],
                                (double)verify->frames / plan->rate_hz);
        }
        judge_stage(&verify->stage[i], &agreement);
    }
}

/* ---- time, by the frames that come in ---- */

void gs_verify_bin(struct gs_session *session, const struct gs_bin *bin)
{
    struct gs_verify *verify = &session->verify;
    struct gs_readout *readout = gs_engine_readout(session->engine);
    const struct gs_plan *plan = gs_engine_plan(session->engine);
    if (!plan || !session->chain || plan->n_takes != session->chain->n_stages || session->n_glides) {
        gs_verify_again(verify);
        return;
    }
    double wanted_s = verify->measuring ? GS_TAKE_NOISE_SECONDS : SETTLE_S;
    verify->frames += bin->frames;
    if ((double)verify->frames < wanted_s * plan->rate_hz) {
        return;
    }
    gs_reader_look(verify->reader, readout);
    if (verify->measuring) {
        judge(session);
    }
    verify->measuring = true;
    verify->frames = 0;
}

/* ---- what is said of it ---- */

bool gs_verify_doubts(const struct gs_session *session, unsigned stage)
{
    return session->verify.stage[stage].doubts >= DOUBTS_NEEDED;
}

double gs_verify_db(const struct gs_session *session, unsigned stage)
{
    return gs_on_scale(session->verify.stage[stage].db);
}
