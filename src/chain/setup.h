/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a stage is told about its place in a chain: rate, channels, domains, and the impedances of its
 * neighbours. Compiling and predicting both ask here, so that they cannot disagree. [any] */
#ifndef CHAIN_SETUP_H
#define CHAIN_SETUP_H

#include "chain/chain.h"

/* Setup of one stage under the values `value` (laid out as chain->value). param points into `value`; take
 * and input are left empty: they belong to whoever has the sounds and the ports. */
struct gs_stage_setup gs_chain_setup(const struct gs_chain *chain, const double *value, size_t stage,
                                     double rate_hz);

/* Value of a stage's parameter by key; `fallback` where the kind has no such key or none is given. */
double gs_chain_value_of(const struct gs_chain *chain, const double *value, size_t stage, const char *key,
                         double fallback);

#endif
