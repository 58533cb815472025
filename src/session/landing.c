/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chain that comes, loaded or made anew from another data sheet, may be louder than what is heard now. A gain that
 * jumps glides (glides.c); what shapes a chain cannot. So what is heard of a louder chain begins as loud as it was
 * before and takes the same second to its own level, behind every meter. How much louder it will be is what the
 * prediction says, of the wire that one listens to. */
#include "session/state.h"

#include "chain/predict.h"

#include <math.h>

#define STEP_NS ((uint64_t)20 * GS_NS_PER_MS) /* longer than the engine takes from one to the next */

double gs_landing_db(const struct gs_session *session)
{
    const struct gs_landing *landing = &session->landing;
    double left_ns = session->now_ns < landing->end_ns ? (double)(landing->end_ns - session->now_ns) : 0.0;
    return -landing->rise_db * fmin(1.0, left_ns / (GS_JUMP_S * 1e9));
}

/* What somebody who listens to it hears, in dBFS, under the values of this moment; NAN: nobody can say. */
static double level_heard(struct gs_predictor *predictor, const struct gs_chain *chain)
{
    const struct gs_prediction *prediction = predictor ? gs_predictor_run(predictor, NULL) : NULL;
    if (!prediction || chain->listen_path == GS_ERROR) {
        return NAN;
    }
    enum gs_domain domain = chain->stages[chain->listen_stage].domain_out;
    double scale = gs_reference_peak(domain) * gs_listen_gain(domain, &chain->alignment);
    double level_db = prediction->stage[chain->listen_stage].level_db + gs_gain_to_db(scale);
    return level_db > GS_JUMP_FLOOR_DB ? level_db : GS_JUMP_FLOOR_DB;
}

void gs_landing_note(struct gs_session *session)
{
    struct gs_landing *landing = &session->landing;
    if (!landing->noted) {
        landing->noted = true;
        gs_glides_lend(session, session->chain->value, true);
        landing->before_db = level_heard(session->predictor, session->chain);
        gs_glides_lend(session, session->chain->value, false);
        session->prediction = NULL;
    }
}

void gs_landing_arrives(void *context, const struct gs_chain *chain, const struct gs_plan *plan, bool goes_on)
{
    struct gs_session *session = context;
    struct gs_landing *landing = &session->landing;
    bool again = goes_on || chain == session->chain; /* with other values, or at another sample rate */
    double trim_db = session->monitor.trim_db, kept_db = again ? trim_db : 0.0;
    gs_predictor_destroy(session->arriving);
    session->arriving = gs_predictor_create(chain, plan->takes, plan->rate_hz);
    if (!session->chain) {
        return;
    }
    gs_landing_note(session);
    bool known = !isnan(landing->before_db); /* the error may have been next to nothing */
    double heard_db = known ? landing->before_db + gs_landing_db(session) + trim_db : GS_JUMP_FLOOR_DB;
    double rise_db = level_heard(session->arriving, chain) + kept_db - heard_db;
    bool jump = rise_db > GS_JUMP_DB;
    landing->noted = false;
    landing->rise_db = jump ? rise_db : 0.0;
    landing->end_ns = jump ? session->now_ns + (uint64_t)(GS_JUMP_S * 1e9) : 0;
    gs_monitor_gain(session, chain, kept_db);
    gs_session_want(session, session->now_ns + STEP_NS);
}

uint64_t gs_landing_step(struct gs_session *session)
{
    struct gs_landing *landing = &session->landing;
    if (!landing->end_ns) {
        return GS_NEVER;
    }
    landing->end_ns = session->now_ns < landing->end_ns ? landing->end_ns : 0;
    gs_monitor_gain(session, session->chain, session->monitor.trim_db);
    gs_engine_publish(session->engine);
    return landing->end_ns ? session->now_ns + STEP_NS : GS_NEVER;
}
