/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data sheets that lie beside a chain file go along when the chain is saved elsewhere. [control] */
#ifndef CHAIN_CARRY_H
#define CHAIN_CARRY_H

#include "chain/chain.h"

struct gs_carried {
    char **path; /* files that were not there before */
    size_t n;
};

/* Copies each sheet that a stage of `chain` is made from, and that would not be found from the file `path`, to `models`
 * beside it. Refused, with nothing copied: GS_E_DUPLICATE where another one stands there under its name; GS_E_NOFILE,
 * GS_E_IO, GS_E_MEMORY. Owner of *carried: the caller, in any case. */
enum gs_status gs_sheets_carry(const struct gs_chain *chain, const char *path, struct gs_carried *carried,
                               struct gs_error *error);
/* `keep`: they stay; else they are taken away again. */
void gs_carried_finish(struct gs_carried *carried, bool keep);

#endif
