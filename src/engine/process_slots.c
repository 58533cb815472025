/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values on their way: from the control side's array to the ramps that kinds receive. [rt] */
#include "engine/process_inside.h"

#include <math.h>

static void aim(struct gs_plan *plan, size_t i, double target)
{
    struct gs_plan_slot *slot = &plan->slots[i];
    if (gs_param_same(slot->target, target)) {
        return;
    }
    bool jump = !slot->ramp || isnan(slot->target) || isnan(target);
    slot->target = target;
    if (jump) {
        slot->pole1 = slot->pole2 = target;
        plan->ramps[i] = (struct gs_ramp){ (float)target, NULL };
    } else if (!slot->moving) {
        slot->moving = true;
        plan->moving[plan->n_moving++] = i;
    }
}

/* Counters run around: what is ahead by less than half of them is newer. */
static void aim_newer(struct gs_plan *plan, size_t i, double target, uint32_t stamp)
{
    if ((int32_t)(stamp - plan->slots[i].stamp) > 0) {
        plan->slots[i].stamp = stamp;
        aim(plan, i, target);
    }
}

/* Gains may follow each other faster than they fade: the next one begins where the last one has come to. */
static float gain_on_the_way(const struct gs_listen *listen, unsigned frames)
{
    if (listen->fade >= frames || listen->wire != listen->old_wire || listen->path != listen->old_path) {
        return listen->gain;
    }
    float way = (float)listen->fade / (float)frames;
    return listen->old_gain + way * (listen->gain - listen->old_gain);
}

static void aim_listen(struct gs_run *run, const float *value)
{
    unsigned wire = (unsigned)value[GS_LISTEN_WIRE], path = (unsigned)value[GS_LISTEN_PATH];
    float gain = value[GS_LISTEN_GAIN];
    struct gs_listen *listen = &run->listen;
    if (listen->wire == wire && listen->path == path && !(listen->gain < gain) && !(listen->gain > gain)) {
        return;
    }
    listen->old_gain = gain_on_the_way(listen, run->listen_fade);
    listen->old_wire = listen->wire;
    listen->old_path = listen->path;
    listen->wire = wire;
    listen->path = path;
    listen->gain = gain;
    listen->fade = 0;
}

void gs_rt_take_values(struct gs_run *run)
{
    if (!gs_triple_update(&run->values)) {
        return;
    }
    const float *value = gs_triple_reading(&run->values);
    size_t n = run->plan->n_slots;
    const uint32_t *stamp = (const uint32_t *)(const void *)(value + n + GS_LISTEN_VALUES);
    for (size_t i = 0; i < n; i++) {
        aim_newer(run->plan, i, (double)value[i], stamp[i]);
    }
    aim_listen(run, value + n);
}

static void take_moment(struct gs_run *run)
{
    for (uint32_t left = 1; left; left--) {
        const struct gs_timed *timed = gs_ring_peek(&run->timed);
        left = timed->left + 1;
        aim_newer(run->plan, timed->slot, (double)timed->value, timed->stamp);
        gs_ring_release(&run->timed);
    }
}

unsigned gs_rt_take_timed(struct gs_run *run, uint64_t frame, unsigned frames)
{
    const struct gs_timed *timed;
    while ((timed = gs_ring_peek(&run->timed))) {
        if (timed->frame > frame) {
            uint64_t until = timed->frame - frame;
            return until < frames ? (unsigned)until : frames;
        }
        if (gs_ring_waiting(&run->timed) <= timed->left) {
            break; /* the rest of its moment is still being written: all of it, or nothing */
        }
        take_moment(run);
    }
    return frames;
}

/* Two one-pole filters of 10 ms in a row: a 6 dB step of a tone leaves -104 dB beyond 500 Hz from it. */
void gs_rt_move_slots(struct gs_run *run, unsigned frames)
{
    struct gs_plan *plan = run->plan;
    for (size_t m = 0; m < plan->n_moving; m++) {
        size_t i = plan->moving[m];
        struct gs_plan_slot *slot = &plan->slots[i];
        for (unsigned f = 0; f < frames; f++) {
            slot->pole1 += run->pole * (slot->target - slot->pole1);
            slot->pole2 += run->pole * (slot->pole1 - slot->pole2);
            slot->ramp[f] = (float)slot->pole2;
        }
        plan->ramps[i] = (struct gs_ramp){ slot->ramp[frames - 1], slot->ramp };
    }
}

/* At the end of a cell only, so that the moment does not depend on the period: 140 dB below is arrived. */
void gs_rt_settle_slots(struct gs_plan *plan)
{
    size_t kept = 0;
    for (size_t m = 0; m < plan->n_moving; m++) {
        size_t i = plan->moving[m];
        struct gs_plan_slot *slot = &plan->slots[i];
        double near = 1e-7 * fabs(slot->target) + 1e-9;
        if (fabs(slot->target - slot->pole1) < near && fabs(slot->target - slot->pole2) < near) {
            slot->pole1 = slot->pole2 = slot->target;
            slot->moving = false;
            plan->ramps[i] = (struct gs_ramp){ (float)slot->target, NULL };
        } else {
            plan->moving[kept++] = i;
        }
    }
    plan->n_moving = kept;
}
