/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The prediction of the chain of today, made anew when something has changed and somebody asks. Numbers that
 * do not exist travel as the ends of the scale: -144 nothing there, +144 no ceiling, nothing to compare. */
#include "session/state.h"

#include "chain/predict.h"

#include <math.h>
#include <string.h>

void gs_forecast_renew(struct gs_session *session)
{
    const struct gs_plan *plan = gs_engine_plan(session->engine);
    gs_predictor_destroy(session->predictor);
    session->predictor = session->arriving; /* of this plan and, where it has taken its place, this chain */
    session->arriving = NULL;
    session->prediction = NULL;
    gs_ceilings_stale(session);
    gs_verify_again(&session->verify);
    if (session->chain && plan && !session->predictor) {
        session->predictor = gs_predictor_create(session->chain, plan->takes, plan->rate_hz);
    }
}

void gs_forecast_stale(struct gs_session *session)
{
    session->prediction = NULL;
    gs_ceilings_stale(session);
    gs_verify_again(&session->verify);
}

const struct gs_prediction *gs_forecast_today(struct gs_session *session)
{
    if (!session->prediction && session->predictor) {
        session->prediction = gs_predictor_run(session->predictor, NULL);
    }
    return session->prediction;
}

double gs_forecast_stage(struct gs_session *session, unsigned stage, size_t offset)
{
    const struct gs_prediction *prediction = gs_forecast_today(session);
    if (!prediction || stage >= prediction->n) {
        return -GS_SCALE_END_DB;
    }
    const char *predicted = (const char *)&prediction->stage[stage];
    return gs_on_scale(*(const double *)(const void *)(predicted + offset));
}

#define CURVE_POINTS  61
#define CURVE_STEP_DB 1.5
#define ABOVE_DB      12.0 /* of the curve, over the level at which the stage clips */
#define ABOVE_NOMINAL 30.0 /* where it never does */

static char *put_float(char *at, double number)
{
    float narrow = (float)number;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    for (int shift = 24; shift >= 0; shift -= 8) {
        *at++ = (char)(bits >> shift);
    }
    return at;
}

/* Level before the stage at which the curve ends. */
static double top_of_curve(const struct gs_session *session, const struct gs_predicted *now)
{
    double ceiling_db = now->ceiling_db - now->gain_db;
    return isfinite(ceiling_db) ? ceiling_db + ABOVE_DB
                                : gs_nominal_db(now->domain_in, &session->chain->alignment) + ABOVE_NOMINAL;
}

void gs_forecast_curve(struct gs_session *session, unsigned stage, struct gs_atom *atom, char *text)
{
    _Static_assert(CURVE_POINTS * 3 * sizeof(float) <= GS_ATOM_TEXT_SIZE, "the curve must fit");
    const struct gs_prediction *prediction = gs_forecast_today(session);
    char *at = text;
    if (prediction && stage < prediction->n) {
        double top_db = top_of_curve(session, &prediction->stage[stage]), out_db, straight_db;
        for (int i = CURVE_POINTS - 1; i >= 0; i--) {
            double in_db = top_db - i * CURVE_STEP_DB;
            if (gs_predictor_transfer(session->predictor, stage, in_db, &out_db, &straight_db)) {
                at = put_float(at, in_db);
                at = put_float(at, gs_on_scale(out_db));
                at = put_float(at, gs_on_scale(straight_db));
            }
        }
    }
    *atom = (struct gs_atom){ .tag = 'b' };
    atom->blob.data = text;
    atom->blob.size = (uint32_t)(at - text);
}

static void answer_stage(struct gs_session *session, const struct gs_message *message, int stage)
{
    struct gs_atom atom = gs_atom_text(stage < 0 ? "" : session->chain->stages[stage].id);
    gs_reply(session, message->address, &atom, 1);
}

static void answer_db(struct gs_session *session, const struct gs_message *message, double db)
{
    struct gs_atom atom = gs_atom_float(gs_on_scale(db));
    gs_reply(session, message->address, &atom, 1);
}

void gs_verb_clips_first(struct gs_session *session, const struct gs_message *message)
{
    const struct gs_prediction *prediction = gs_forecast_today(session);
    answer_stage(session, message, prediction ? prediction->clips_first : -1);
}

void gs_verb_noise_bottleneck(struct gs_session *session, const struct gs_message *message)
{
    const struct gs_prediction *prediction = gs_forecast_today(session);
    answer_stage(session, message, prediction ? prediction->noise_bottleneck : -1);
}

void gs_verb_dynamic_range(struct gs_session *session, const struct gs_message *message)
{
    const struct gs_prediction *prediction = gs_forecast_today(session);
    answer_db(session, message, prediction ? prediction->dynamic_range_db : NAN);
}

void gs_verb_dynamic_range_a(struct gs_session *session, const struct gs_message *message)
{
    const struct gs_prediction *prediction = gs_forecast_today(session);
    answer_db(session, message, prediction ? prediction->dynamic_range_a_db : NAN);
}

void gs_verb_ceiling_spread(struct gs_session *session, const struct gs_message *message)
{
    const struct gs_prediction *prediction = gs_forecast_today(session);
    answer_db(session, message, prediction ? prediction->ceiling_spread_db : NAN);
}

const struct gs_prediction *gs_session_prediction(struct gs_session *session)
{
    return gs_forecast_today(session);
}
