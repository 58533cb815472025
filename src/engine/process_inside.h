/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of process*.c call of each other. Nobody else includes this. All [rt]. */
#ifndef ENGINE_PROCESS_INSIDE_H
#define ENGINE_PROCESS_INSIDE_H

#include "engine/link.h"

/* process_slots.c: takes the newest publication; moves the ramps on; ends those that have arrived (at the
 * end of a cell only). */
void gs_rt_take_values(struct gs_run *run);
/* Takes what is due at `frame`; returns how many of `frames` may run before the next is. */
unsigned gs_rt_take_timed(struct gs_run *run, uint64_t frame, unsigned frames);
void gs_rt_move_slots(struct gs_run *run, unsigned frames);
void gs_rt_settle_slots(struct gs_plan *plan);

/* process_mix.c: the frames at hand of a wire, `offset` frames into the cell; the sum before a summing stage;
 * mute and bypass of what a stage made. */
struct gs_span gs_rt_span(const struct gs_plan_wire *wire, unsigned offset);
void gs_rt_mix_sends(struct gs_plan *plan, struct gs_plan_step *step, unsigned offset, unsigned frames);
void gs_rt_bypass(struct gs_plan_step *step, const struct gs_span *in, struct gs_span *out,
                  const struct gs_ramp *bypass, unsigned frames);
void gs_rt_mute(const struct gs_span *out, unsigned channels, const struct gs_ramp *mute, unsigned frames);

#endif
