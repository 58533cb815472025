/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reference of all stage kinds, from their tables alone: as text, as part of gainstage-chain(5) (mdoc).
 * [control] */
#ifndef CATALOG_KINDS_H
#define CATALOG_KINDS_H

#include "gainstage/stage.h"

#include <stdio.h>

/* One line a kind: what it turns into what, and its first sentence. */
void gs_kinds_list(FILE *to);
/* All parameters of one kind. */
void gs_kinds_describe(FILE *to, const struct gs_stage_kind *kind);
/* All kinds, the keys of every stage and of a send, as subsections of a manual page. */
void gs_kinds_man(FILE *to);

/* "volts -> full scale", "-> volts, pascal or full scale", "any unit -> the same". Returns `text`. */
#define GS_KINDS_JOIN_SIZE 96
char *gs_kinds_join(const struct gs_stage_kind *kind, char text[GS_KINDS_JOIN_SIZE]);

#endif
