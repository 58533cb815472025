/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the meters of a stage say: peaks before and after it, RMS, how far it is from its ceiling, whether it
 * has clipped. Levels stand in the unit of their wire; deflections compare across domains, because there the
 * alignment turns everything into full scale. */
#include "session/state.h"

#include "base/deflection.h"

#include <math.h>

#define FLOOR_DB (-GS_SCALE_END_DB)

/* The level that stands for full scale on a wire of this domain. */
static double full_scale_db(const struct gs_chain *chain, enum gs_domain domain)
{
    return gs_nominal_db(domain, &chain->alignment) - chain->alignment.nominal_dbfs;
}

static double peak_db(const struct gs_session *session, const struct gs_reader *reader,
                      const struct gs_plan_wire *wire)
{
    const struct gs_readout *readout = gs_engine_readout(session->engine);
    double loudest = -INFINITY;
    if (!reader) {
        loudest = gs_readout_loudest(readout, wire->first_lane, wire->channels, session->reading.peak_now);
    }
    for (unsigned c = 0; reader && c < wire->channels; c++) {
        loudest = fmax(loudest, gs_reader_value(reader, wire->first_lane + c, session->reading.peak));
    }
    return fmax(loudest, FLOOR_DB);
}

static double rms_db(const struct gs_session *session, const struct gs_plan_wire *wire)
{
    const struct gs_readout *readout = gs_engine_readout(session->engine);
    return fmax(gs_readout_loudest(readout, wire->first_lane, wire->channels, session->reading.rms),
                FLOOR_DB);
}

static uint64_t clips_of(const struct gs_readout *readout, const struct gs_plan_wire *wire)
{
    uint64_t clips = 0;
    for (unsigned c = 0; c < wire->channels; c++) {
        clips += gs_readout_clips(readout, wire->first_lane + c);
    }
    return clips;
}

static const struct gs_plan_wire *wire_after(const struct gs_session *session, unsigned stage)
{
    const struct gs_plan *plan = gs_engine_plan(session->engine);
    return plan && gs_engine_readout(session->engine) && stage < plan->n_wires ? &plan->wires[stage] : NULL;
}

static const struct gs_plan_wire *wire_before(const struct gs_session *session, unsigned stage)
{
    const struct gs_plan *plan = gs_engine_plan(session->engine);
    int wire = plan && gs_engine_readout(session->engine) && stage < plan->n_wires
                   ? gs_plan_wire_in(plan, stage)
                   : -1;
    return wire >= 0 ? &plan->wires[wire] : NULL;
}

static const struct gs_stage_setup *setup_of(const struct gs_session *session, unsigned stage)
{
    const struct gs_plan *plan = gs_engine_plan(session->engine);
    for (size_t i = 0; plan && i < plan->n_steps; i++) {
        if (plan->steps[i].stage == stage) {
            return &plan->steps[i].setup;
        }
    }
    return NULL;
}

static double ask_ceiling_db(const struct gs_session *session, unsigned stage)
{
    const struct gs_chain *chain = session->chain;
    const struct gs_chain_stage *s = &chain->stages[stage];
    const struct gs_stage_setup *setup = setup_of(session, stage);
    double full_scale = full_scale_db(chain, s->domain_out);
    if (!setup || !s->kind->levels) {
        return full_scale;
    }
    double nominal = gs_db_to_peak(s->domain_in, gs_nominal_db(s->domain_in, &chain->alignment));
    struct gs_probe probe = {
        .frequency_hz = 1000, .peak = nominal, .rms = nominal / GS_FRAC_SQRT2, .tone = true
    };
    struct gs_levels levels = gs_levels_default();
    s->kind->levels(&chain->value[s->first_slot], setup, &probe, &levels);
    double gain = fabs(levels.gain), ceiling = levels.ceiling;
    if (isfinite(levels.ceiling_in) && gain > 0) {
        ceiling = fmin(ceiling, levels.ceiling_in * gain);
    }
    return isfinite(ceiling) && ceiling > 0 ? gs_peak_to_db(s->domain_out, ceiling) : full_scale;
}

/* Where the stage itself clips, seen at its output; a stage that cannot clip is measured against full scale. */
double gs_ceiling_db(const struct gs_session *session, unsigned stage)
{
    double *known = &session->ceiling_db[stage];
    if (isnan(*known)) {
        *known = ask_ceiling_db(session, stage);
    }
    return *known;
}

void gs_ceilings_stale(struct gs_session *session)
{
    for (size_t i = 0; i < GS_CHAIN_STAGES_MAX; i++) {
        session->ceiling_db[i] = NAN;
    }
}

void gs_meters_of_stage(const struct gs_session *session, unsigned stage, const struct gs_reader *reader,
                        double meter[GS_METERS])
{
    const struct gs_chain *chain = session->chain;
    const struct gs_chain_stage *s = &chain->stages[stage];
    const struct gs_plan_wire *before = wire_before(session, stage), *after = wire_after(session, stage);
    double in_db = before ? peak_db(session, reader, before) : FLOOR_DB;
    double out_db = after ? peak_db(session, reader, after) : FLOOR_DB;
    meter[GS_METER_NONE] = 0.0;
    meter[GS_METER_IN_DB] = in_db;
    meter[GS_METER_OUT_DB] = out_db;
    meter[GS_METER_IN_WAY] =
        gs_iec_deflection(in_db - full_scale_db(chain, before ? before->domain : s->domain_in));
    meter[GS_METER_OUT_WAY] = gs_iec_deflection(out_db - full_scale_db(chain, s->domain_out));
    meter[GS_METER_OUT_RMS] = after ? rms_db(session, after) : FLOOR_DB;
    meter[GS_METER_HEADROOM] = gs_ceiling_db(session, stage) - out_db;
    meter[GS_METER_CLIP] = after && clips_of(gs_engine_readout(session->engine), after) > 0;
    meter[GS_METER_MODEL_ERROR] = gs_verify_doubts(session, stage);
    meter[GS_METER_AGREEMENT] = gs_verify_db(session, stage);
}

void gs_meters_linear(const struct gs_session *session, unsigned stage, const struct gs_reader *reader,
                      float linear[2])
{
    const struct gs_plan_wire *wire[2] = { wire_before(session, stage), wire_after(session, stage) };
    for (unsigned side = 0; side < 2; side++) {
        double db = wire[side] ? peak_db(session, reader, wire[side]) : FLOOR_DB;
        double dbfs = wire[side] ? db - full_scale_db(session->chain, wire[side]->domain) : FLOOR_DB;
        linear[side] = dbfs > FLOOR_DB ? (float)pow(10.0, dbfs / 20.0) : 0.0f;
    }
}

uint64_t gs_meters_clips(const struct gs_session *session, unsigned stage)
{
    const struct gs_plan_wire *after = wire_after(session, stage);
    return after ? clips_of(gs_engine_readout(session->engine), after) : 0;
}

double gs_meters_first_clip_s(const struct gs_session *session, unsigned stage)
{
    const struct gs_plan_wire *after = wire_after(session, stage);
    uint64_t first = UINT64_MAX;
    for (unsigned c = 0; after && c < after->channels; c++) {
        uint64_t one = gs_readout_first_clip(gs_engine_readout(session->engine), after->first_lane + c);
        first = one < first ? one : first;
    }
    return first == UINT64_MAX ? -1.0 : (double)first / gs_engine_rate(session->engine);
}

void gs_meters_reset(struct gs_session *session, unsigned stage)
{
    struct gs_readout *readout = gs_engine_readout(session->engine);
    if (!readout) {
        return;
    }
    if (stage == UINT_MAX) {
        gs_readout_reset(readout, SIZE_MAX);
        return;
    }
    const struct gs_plan_wire *after = wire_after(session, stage);
    for (unsigned c = 0; after && c < after->channels; c++) {
        gs_readout_reset(readout, after->first_lane + c);
    }
}
