/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The prediction of the chain of today, made anew when something has changed and somebody asks. Numbers that
 * do not exist travel as the ends of the scale: -144 nothing there, +144 no ceiling, nothing to compare. */
#include "session/state.h"

#include "chain/predict.h"

#include <math.h>

#define NOTHING_DB (-144.0)
#define NO_END_DB  144.0

void gs_forecast_renew(struct gs_session *session)
{
    const struct gs_plan *plan = gs_engine_plan(session->engine);
    gs_predictor_destroy(session->predictor);
    session->predictor = NULL;
    session->prediction = NULL;
    gs_verify_again(&session->verify);
    if (session->chain && plan) {
        session->predictor = gs_predictor_create(session->chain, plan->takes, plan->rate_hz);
    }
}

void gs_forecast_stale(struct gs_session *session)
{
    session->prediction = NULL;
    gs_verify_again(&session->verify);
}

const struct gs_prediction *gs_forecast_today(struct gs_session *session)
{
    if (!session->prediction && session->predictor) {
        session->prediction = gs_predictor_run(session->predictor, NULL);
    }
    return session->prediction;
}

static double on_scale(double db)
{
    return isnan(db) ? NO_END_DB : db < NOTHING_DB ? NOTHING_DB : db > NO_END_DB ? NO_END_DB : db;
}

double gs_forecast_stage(struct gs_session *session, unsigned stage, size_t offset)
{
    const struct gs_prediction *prediction = gs_forecast_today(session);
    if (!prediction || stage >= prediction->n) {
        return NOTHING_DB;
    }
    const char *predicted = (const char *)&prediction->stage[stage];
    return on_scale(*(const double *)(const void *)(predicted + offset));
}

static void answer_stage(struct gs_session *session, const struct gs_message *message, int stage)
{
    struct gs_atom atom = gs_atom_text(stage < 0 ? "" : session->chain->stages[stage].id);
    gs_reply(session, message->address, &atom, 1);
}

static void answer_db(struct gs_session *session, const struct gs_message *message, double db)
{
    struct gs_atom atom = gs_atom_float(on_scale(db));
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
