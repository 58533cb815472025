/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Another data sheet for a stage of a chain that is there already: what its values become, by the rules of a chain
 * file. [control] */
#ifndef CHAIN_CHOOSE_H
#define CHAIN_CHOOSE_H

#include "chain/chain.h"
#include "chain/models.h"

/* "" and "none" stand for no data sheet. */
bool gs_model_is_none(const char *name);

/* `shelf`: the sheets that this chain can name. Fills value[0 .. kind->n_params - 1] with what the stage would hold with
 * this sheet: what was given stays; the rest is the sheet's, or the default where it says nothing. A knob that the sheet
 * leaves other positions stands on the nearest, also where its position was given: it is a hand's way, no fact. The chain
 * stays as it is. GS_E_UNKNOWN: no such sheet, or none for this kind; GS_E_IMPOSSIBLE: it contradicts what was given; or
 * what a sheet is refused for. */
enum gs_status gs_chain_with_model(const struct gs_chain *chain, size_t stage, const char *name,
                                   const struct gs_model_shelf *shelf, double *value, struct gs_error *error);

#endif
