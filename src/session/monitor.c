/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How loud what is heard is made, behind every meter: the error is lifted so that ears find it, and of two
 * settings under comparison the louder one is turned down, because the louder one always wins.
 *
 * How loud a setting makes the chain is measured against its sources at the same time, so that what the singer
 * does between the two does not count; turning a source itself does, by what is predicted of it. Until the
 * setting has been heard for a while the prediction speaks alone. The trim is found when the setting changes
 * and made exact once; what a hand turns after that is heard as it is turned. */
#include "session/state.h"

#include "chain/predict.h"

#include <math.h>

#define LOOK_NS   ((uint64_t)100 * GS_NS_PER_MS)
#define SETTLE_NS ((uint64_t)600 * GS_NS_PER_MS) /* the window of momentary loudness, and glides on top */
#define LOOKS     5                              /* that make a measurement */
#define FADE      0.98                           /* a look: what is older than 5 s counts little */
#define GATE_LUFS (-70.0)                        /* absolute gate, ITU-R BS.1770-5 */

/* ---- gain ---- */

void gs_monitor_gain(struct gs_session *session, const struct gs_chain *chain, double trim_db)
{
    bool error = chain && chain->listen_path == GS_ERROR;
    double db = trim_db + (error ? session->monitor.boost_db : 0.0) + gs_landing_db(session);
    gs_engine_listen_gain(session->engine, gs_db_to_gain(db));
}

static void apply(struct gs_session *session)
{
    gs_monitor_gain(session, session->chain, session->monitor.trim_db);
    session->publish = true;
}

void gs_monitor_listen(struct gs_session *session)
{
    session->monitor.side[0] = session->monitor.side[1] = (struct gs_heard_side){ 0 };
    apply(session);
}

static void set_trim(struct gs_session *session, double db)
{
    struct gs_monitor *monitor = &session->monitor;
    db = fmax(-GS_TRIM_MAX_DB, fmin(0.0, db));
    if (fabs(db - monitor->trim_db) < 0.01) {
        return;
    }
    monitor->trim_db = db;
    apply(session);
    gs_feedback_changed(session, gs_item_fact(session, GS_ITEM_AB_TRIM));
}

/* ---- how loud a setting is ---- */

static double level_here(struct gs_session *session)
{
    return gs_forecast_stage(session, session->chain->listen_stage, offsetof(struct gs_predicted, level_db));
}

static double loudness_of(const struct gs_session *session, unsigned wire)
{
    const struct gs_plan *plan = gs_engine_plan(session->engine);
    return gs_readout_value(gs_engine_readout(session->engine), plan->wires[wire].first_lane,
                            session->reading.momentary);
}

/* Energy of all sources, each over what is predicted of it. */
static double sources(struct gs_session *session)
{
    const struct gs_plan *plan = gs_engine_plan(session->engine);
    double sum = 0.0;
    for (unsigned stage = 0; stage < plan->n_steps; stage++) {
        double loudness = gs_plan_wire_in(plan, stage) < 0 ? loudness_of(session, stage) : -INFINITY;
        double level = gs_forecast_stage(session, stage, offsetof(struct gs_predicted, level_db));
        if (loudness > GATE_LUFS) {
            sum += pow(10.0, (loudness - (level > -GS_SCALE_END_DB ? level : 0.0)) / 10.0);
        }
    }
    return sum;
}

static bool is_measured(const struct gs_heard_side *side)
{
    return side->looks >= LOOKS && side->in > 0.0;
}

static double measured_db(const struct gs_heard_side *side)
{
    return 10.0 * log10(side->out / side->in);
}

static void look(struct gs_session *session)
{
    struct gs_monitor *monitor = &session->monitor;
    struct gs_heard_side *side = &monitor->side[session->scenes.on_b];
    double loudness = loudness_of(session, session->chain->listen_stage), in = sources(session);
    if (!(loudness > GATE_LUFS) || !(in > 0.0)) {
        return;
    }
    side->out = FADE * side->out + pow(10.0, loudness / 10.0);
    side->in = FADE * side->in + in;
    side->looks++;
    const struct gs_heard_side *other = &monitor->side[!session->scenes.on_b];
    if (monitor->guessed && is_measured(side) && is_measured(other)) {
        monitor->guessed = false;
        set_trim(session, measured_db(other) - measured_db(side));
    }
}

uint64_t gs_monitor_tick(struct gs_session *session)
{
    struct gs_monitor *monitor = &session->monitor;
    if (monitor->unmatched || !session->chain || !gs_engine_readout(session->engine)) {
        return GS_NEVER;
    }
    if (session->now_ns >= monitor->look_ns) {
        monitor->look_ns = session->now_ns + LOOK_NS;
        look(session);
        if (session->publish) {
            session->publish = false;
            gs_engine_publish(session->engine);
        }
    }
    return monitor->look_ns;
}

/* ---- what happens to it ---- */

void gs_monitor_changed(struct gs_session *session)
{
    struct gs_monitor *monitor = &session->monitor;
    monitor->side[session->scenes.on_b] = (struct gs_heard_side){ .level_db = NAN };
    monitor->guessed = false; /* what the hand turns from now on is heard */
    monitor->look_ns = session->now_ns + SETTLE_NS;
}

void gs_monitor_leaves(struct gs_session *session)
{
    session->monitor.side[session->scenes.on_b].level_db = level_here(session);
    session->monitor.switched = true;
}

void gs_monitor_arrives(struct gs_session *session)
{
    struct gs_monitor *monitor = &session->monitor;
    struct gs_heard_side *side = &monitor->side[session->scenes.on_b];
    const struct gs_heard_side *other = &monitor->side[!session->scenes.on_b];
    monitor->switched = false;
    side->level_db = level_here(session);
    monitor->look_ns = session->now_ns + SETTLE_NS;
    if (monitor->unmatched) {
        return;
    }
    bool sure = is_measured(side) && is_measured(other);
    monitor->guessed = !sure;
    set_trim(session, sure ? measured_db(other) - measured_db(side) : other->level_db - side->level_db);
}

void gs_monitor_start(struct gs_session *session)
{
    gs_monitor_listen(session);
    session->monitor.guessed = false;
    session->monitor.look_ns = session->now_ns + SETTLE_NS;
    set_trim(session, 0.0);
    if (session->publish && !session->in_packet) {
        session->publish = false;
        gs_engine_publish(session->engine);
    }
}

/* ---- verbs ---- */

static bool want_number(struct gs_session *session, const struct gs_message *message, double now,
                        double *value)
{
    struct gs_atom atom = gs_atom_float(now);
    if (message->n_atoms == 0) {
        gs_reply(session, message->address, &atom, 1);
        return false;
    }
    if (!gs_atom_number(&message->atoms[0], value) || !isfinite(*value)) {
        gs_reply_error(session, message->address, "bad-type", "expected a number");
        return false;
    }
    return true;
}

void gs_verb_listen_boost(struct gs_session *session, const struct gs_message *message)
{
    double db;
    if (want_number(session, message, session->monitor.boost_db, &db)) {
        session->monitor.boost_db = fmax(0.0, fmin(db, GS_BOOST_MAX_DB));
        apply(session);
        gs_feedback_changed(session, gs_item_fact(session, GS_ITEM_BOOST));
    }
}

void gs_verb_ab_match(struct gs_session *session, const struct gs_message *message)
{
    double on;
    if (want_number(session, message, !session->monitor.unmatched, &on)) {
        session->monitor.unmatched = !(on > 0.0 || on < 0.0);
        gs_feedback_changed(session, gs_item_fact(session, GS_ITEM_AB_MATCH));
        if (session->monitor.unmatched) {
            set_trim(session, 0.0);
        }
    }
}

void gs_verb_ab_trim(struct gs_session *session, const struct gs_message *message)
{
    struct gs_atom now = gs_atom_float(session->monitor.trim_db);
    gs_reply(session, message->address, &now, 1);
}
