/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plain text as part of a manual page in mdoc(7). [control] */
#ifndef BASE_MDOC_H
#define BASE_MDOC_H

#include <stdio.h>

/* The text with a line for each sentence, nothing in it taken for a macro or an escape. */
void gs_mdoc_text(FILE *to, const char *text);

#endif
