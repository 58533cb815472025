/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A number as text: the fewest digits that read back as the same double, without an exponent where people
 * would not write one. Used by complaints and by saving, so that both show what stands in the file. And a word
 * of a command line as a number. [any] */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>

#define GS_NUMBER_SIZE 32

/* "40", "-0.5", "1e+30", "-inf", "inf", "nan". Returns `text`. */
char *gs_number_text(char text[GS_NUMBER_SIZE], double value);

/* A decimal number and nothing else: no blanks, no hexadecimal, nothing endless. False: *value stays. */
bool gs_number_read(const char *text, double *value);
/* The same of figures alone, with a sign perhaps. */
bool gs_number_read_whole(const char *text, long *value);

#endif
