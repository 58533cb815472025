/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two numbers of struct gs_alignment as parameter rows, so that they are checked, explained and
 * defaulted as every other number of a chain. [any] */
#ifndef BASE_ALIGNMENT_H
#define BASE_ALIGNMENT_H

#include "gainstage/param.h"
#include "gainstage/unit.h"

enum {
    GS_ALIGNMENT_DBU,
    GS_ALIGNMENT_NOMINAL,
    GS_ALIGNMENT_PARAMS
};
extern const struct gs_param gs_alignment_rows[GS_ALIGNMENT_PARAMS];

/* What a chain has that says nothing. */
struct gs_alignment gs_alignment_default(void);

#endif
