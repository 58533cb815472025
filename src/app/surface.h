/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a control surface must know of a chain, gathered from the chain and its prediction. [control] */
#ifndef APP_SURFACE_H
#define APP_SURFACE_H

#include "catalog/layout.h"
#include "chain/chain.h"
#include "chain/predict.h"

/* Fills name and stages; strings stay the chain's. `prediction` (may be NULL) says where ceilings stand. False: no
 * memory. Free with gs_surface_finish(). */
bool gs_surface_init(struct gs_surface *surface, const struct gs_chain *chain,
                     const struct gs_prediction *prediction);
void gs_surface_finish(struct gs_surface *surface);

#endif
