/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A parameter row in words: what it takes and what it is when nothing is said. The same words stand in
 * the text, the manual page and the schema. [any] */
#ifndef CATALOG_ROW_H
#define CATALOG_ROW_H

#include "gainstage/param.h"

#include <stddef.h>

/* "0 to 75 dB", "10 to 60 dB in steps of 5", "-90 to 10 dB, or \"-inf\"", "true or false", "sound file".
 * Choices are named elsewhere, each with its meaning: "one of". Returns `text`. */
#define GS_ROW_TEXT_SIZE 160
char *gs_row_range(const struct gs_param *row, char text[GS_ROW_TEXT_SIZE]);

/* "0 dB", "false", "jack"; "none" where it may be left out. Returns `text`. */
char *gs_row_default(const struct gs_param *row, char text[GS_ROW_TEXT_SIZE]);

/* What stands for it in a chain file: "number", "true|false", "word", "text". */
const char *gs_row_type(const struct gs_param *row);

#endif
