/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chain in which any one stage can be made noiseless, whatever its kind: for finding by brute force who makes the
 * noise. The real path of the quiet stage passes what arrives as the kind's ideal path does: the same gains, filters
 * and reduction, and nothing of its own. */
#ifndef SUPPORT_QUIET_KIND_H
#define SUPPORT_QUIET_KIND_H

struct gs_chain;

/* Wraps the kinds of all stages. One chain at a time; it must not outlive the program. */
void quiet_wrap(struct gs_chain *chain);

/* The stage that is quiet from now on, in every prediction and in every chain that is compiled; -1: none. */
void quiet_stage(int stage);

#endif
