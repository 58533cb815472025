/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Building what the audio thread is lent: a plan with its meters, its values and its bins. [control] */
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include "engine/link.h"

/* Takes the plan over, on success only. NULL: no memory. */
struct gs_run *gs_run_create(struct gs_plan *plan, const struct gs_chain *chain);
void gs_run_destroy(struct gs_run *run);

/* A readout that fits the plan's lanes; the caller's. NULL: no memory. */
struct gs_readout *gs_run_readout(const struct gs_plan *plan);
/* The programme measurements of wires that are in both plans go over. */
void gs_run_hand_over(const struct gs_plan *before, struct gs_readout *from, const struct gs_plan *plan,
                      struct gs_readout *to);

#endif
