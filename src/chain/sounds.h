/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which sounds the sources of a chain want, and having them made: see take.h. [control] */
#ifndef CHAIN_SOUNDS_H
#define CHAIN_SOUNDS_H

#include "chain/chain.h"

/* Seed of a stage's own noise, from its id: it stays when stages are added or removed around it. */
uint64_t gs_sounds_seed(const char *id);

/* True when a stage has a parameter "signal" that is `word`. */
bool gs_sounds_signal_is(const struct gs_chain *chain, size_t stage, const char *word);

/* Makes the take of every source that loops a sound; `takes` has one zeroed entry a stage. Sounds that one of the
 * `known` takes plays already are shared with it. Complaints name the stage and the file. Owner of the takes: the
 * caller (gs_take_finish). */
enum gs_status gs_sounds_make(const struct gs_chain *chain, double rate_hz, const struct gs_take *known,
                              size_t n_known, struct gs_take *takes, struct gs_errors *errors);

#endif
