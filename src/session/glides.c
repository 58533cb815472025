/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values on their way. What is set is the value at once, for everybody who reads it; what is heard may take its
 * time: a jump upwards of more than 12 dB takes a second, because somebody may wear headphones, and a recalled
 * snapshot takes as long as it was asked to. The engine smooths between the steps taken here. */
#include "session/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEP_NS ((uint64_t)10 * GS_NS_PER_MS)

static struct gs_glide *glide_of(struct gs_session *session, size_t slot)
{
    for (size_t i = 0; i < session->n_glides; i++) {
        if (session->glide[i].slot == slot) {
            return &session->glide[i];
        }
    }
    return NULL;
}

static double on_floor(double value)
{
    return isinf(value) ? GS_JUMP_FLOOR_DB : value;
}

static double heard_now(const struct gs_glide *glide, uint64_t now_ns)
{
    if (now_ns < glide->start_ns) {
        return glide->from;
    }
    double way = glide->end_ns > glide->start_ns
                     ? (double)(now_ns - glide->start_ns) / (double)(glide->end_ns - glide->start_ns)
                     : 1.0;
    double from = on_floor(glide->from), to = on_floor(glide->to);
    return way >= 1.0 ? glide->to : from + (to - from) * way;
}

static struct gs_glide *new_glide(struct gs_session *session)
{
    if (session->n_glides == session->room_glides) {
        size_t room = session->room_glides ? 2 * session->room_glides : 32;
        struct gs_glide *grown = realloc(session->glide, room * sizeof *grown);
        if (!grown) {
            return NULL;
        }
        session->glide = grown;
        session->room_glides = room;
    }
    return &session->glide[session->n_glides++];
}

static void drop_glide(struct gs_session *session, struct gs_glide *glide)
{
    *glide = session->glide[--session->n_glides];
}

/* How much louder it becomes; 0: no louder, or not so that it could be said of one value. */
static double rise_db(const struct gs_param *row, double from, double to)
{
    if (row->smooth == GS_SMOOTH_GAIN) {
        return on_floor(to) - on_floor(from);
    }
    bool sensitivity = row->unit == GS_UNIT_MV_PA, distance = row->unit == GS_UNIT_M;
    return sensitivity || distance ? gs_gain_to_db(sensitivity ? to / from : from / to) : 0.0;
}

/* How long the way takes: asked for, or because it is a jump. 0: none. */
static double seconds_for(const struct gs_session *session, const struct gs_param *row, double from,
                          double to)
{
    if (row->smooth == GS_SMOOTH_NONE || isnan(from) || isnan(to)) {
        return 0.0;
    }
    return fmax(session->glide_s, rise_db(row, from, to) > GS_JUMP_DB ? GS_JUMP_S : 0.0);
}

void gs_glide_to(struct gs_session *session, size_t slot, const struct gs_param *row, double before,
                 double to)
{
    struct gs_glide *glide = glide_of(session, slot);
    double from = glide ? heard_now(glide, session->now_ns) : before;
    double seconds = seconds_for(session, row, from, to);
    if (seconds <= 0.0 && glide) {
        drop_glide(session, glide);
        glide = NULL;
    }
    if (seconds > 0.0 && !glide) {
        glide = new_glide(session);
    }
    if (!glide || seconds <= 0.0) {
        gs_engine_set(session->engine, slot, to);
        return;
    }
    uint64_t start_ns = session->at_ns > session->now_ns ? session->at_ns : session->now_ns;
    *glide = (struct gs_glide){ .slot = slot,
                                .from = from,
                                .to = to,
                                .start_ns = start_ns,
                                .end_ns = start_ns + (uint64_t)(seconds * 1e9) };
    gs_session_want(session, session->now_ns);
}

uint64_t gs_glides_step(struct gs_session *session)
{
    if (!session->n_glides) {
        return GS_NEVER;
    }
    for (size_t i = session->n_glides; i-- > 0;) {
        struct gs_glide *glide = &session->glide[i];
        gs_engine_set(session->engine, glide->slot, heard_now(glide, session->now_ns));
        if (session->now_ns >= glide->end_ns) {
            drop_glide(session, glide);
        }
    }
    gs_engine_publish(session->engine);
    return session->n_glides ? session->now_ns + STEP_NS : GS_NEVER;
}

void gs_glides_forget(struct gs_session *session)
{
    session->n_glides = 0;
}

void gs_glide_end(struct gs_session *session, size_t slot)
{
    struct gs_glide *glide = glide_of(session, slot);
    if (glide) {
        drop_glide(session, glide);
    }
}

/* A chain made anew starts with the values it is given: those that are heard, not those that are wanted. */
void gs_glides_lend(struct gs_session *session, double *value, bool heard)
{
    for (size_t i = 0; i < session->n_glides; i++) {
        const struct gs_glide *glide = &session->glide[i];
        value[glide->slot] = heard ? heard_now(glide, session->now_ns) : glide->to;
    }
}
