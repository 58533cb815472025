/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The address reference in words: what the session describes, for people and programs. [control] */
#ifndef CONTROL_OSC_REFERENCE_H
#define CONTROL_OSC_REFERENCE_H

#include "chain/chain.h"

#include <stdio.h>

/* Every address of a chain, or with NULL those of any chain. False: no memory. */
void gs_osc_reference_text(const struct gs_chain *chain, FILE *to);
void gs_osc_reference_markdown(const struct gs_chain *chain, FILE *to);
void gs_osc_reference_man(const struct gs_chain *chain, FILE *to); /* list items of mdoc(7) */
bool gs_osc_reference_json(const struct gs_chain *chain, FILE *to);

#endif
