/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every meter on every wire, by address: /stage/<id>/meter/<in|out>/<reading>[/<channel>]. The readings come
 * from the meters' own rows, so that a new meter has its addresses the day it is born. Without a channel the
 * loudest speaks. What does not exist travels as the ends of the scale: -144 nothing there, +144 without an
 * end (nothing is wrong, so the ratio to it has none). */
#include "session/state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const struct gs_plan_wire *gs_wire_at(const struct gs_session *session, unsigned stage, bool before)
{
    const struct gs_plan *plan = gs_engine_plan(session->engine);
    if (!plan || !gs_engine_readout(session->engine) || stage >= plan->n_steps) {
        return NULL;
    }
    int wire = before ? gs_plan_wire_in(plan, stage) : (int)stage;
    return wire >= 0 ? &plan->wires[wire] : NULL;
}

/* A reading of maxima alone can be asked for "since I last looked"; a window or a sum cannot. */
static bool is_maximum(const struct gs_reading *row)
{
    if (row->maximum) {
        return true;
    }
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        if (row < (*kind)->readings || row >= (*kind)->readings + (*kind)->n_readings) {
            continue;
        }
        for (size_t i = 0; i < (*kind)->n_fields; i++) {
            if ((*kind)->fields[i].fold != GS_FOLD_MAX) {
                return false;
            }
        }
        return row->span == GS_SPAN_HOLD;
    }
    return false;
}

double gs_reading_read(const struct gs_session *session, const struct gs_target *target,
                       const struct gs_reader *reader)
{
    const struct gs_plan_wire *wire = gs_wire_at(session, target->stage, target->before);
    if (!wire || target->channel > (int)wire->channels) {
        return -GS_SCALE_END_DB;
    }
    unsigned first = target->channel ? (unsigned)target->channel - 1 : 0;
    unsigned end = target->channel ? (unsigned)target->channel : wire->channels;
    bool since = reader && is_maximum(gs_reading_row(target->reading));
    double loudest = -INFINITY;
    for (unsigned c = first; c < end; c++) {
        size_t lane = wire->first_lane + c;
        loudest = fmax(loudest,
                       since ? gs_reader_value(reader, lane, target->reading)
                             : gs_readout_value(gs_engine_readout(session->engine), lane, target->reading));
    }
    /* counts and times are no levels: they may be larger than the scale */
    return loudest < 0 || isinf(loudest) ? gs_on_scale(loudest) : loudest;
}

static bool is_face(const char *path)
{
    for (const struct gs_face *face = gs_faces; face->path; face++) {
        if (strcmp(face->path, path) == 0) {
            return true;
        }
    }
    return false;
}

void gs_readings_each(bool (*offer)(void *context, const char *path, const struct gs_target *target),
                      void *context)
{
    static const char *const sides[] = { "out", "in" };
    for (int side = 0; side < 2; side++) {
        for (int reading = 0; reading < gs_reading_count(); reading++) {
            for (int channel = 0; channel <= GS_CHANNELS; channel++) {
                char path[64], number[4];
                snprintf(number, sizeof number, "/%d", channel);
                snprintf(path, sizeof path, "meter/%s/%s%s", sides[side], gs_reading_row(reading)->key,
                         channel ? number : "");
                struct gs_target target = { .is_reading = true,
                                            .reading = reading,
                                            .before = side == 1,
                                            .channel = channel,
                                            .text = -1 };
                if (!is_face(path) && !offer(context, path, &target)) {
                    return;
                }
            }
        }
    }
}
