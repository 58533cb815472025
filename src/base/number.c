/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See number.h. */
#include "base/number.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 17 /* enough for every double (IEEE 754 binary64) */

/* Between these exponents digits are written out: 0.00001 .. 999999999999999. */
#define PLAIN_FROM (-5)
#define PLAIN_TO   14

char *gs_number_text(char text[GS_NUMBER_SIZE], double value)
{
    if (!isfinite(value)) {
        snprintf(text, GS_NUMBER_SIZE, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return text;
    }
    int digits = 1;
    do {
        snprintf(text, GS_NUMBER_SIZE, "%.*e", digits - 1, value);
    } while (strtod(text, NULL) != value && digits++ < DIGITS_MAX);
    int exponent = atoi(strchr(text, 'e') + 1);
    if (exponent >= PLAIN_FROM && exponent <= PLAIN_TO) {
        int decimals = digits - 1 - exponent;
        snprintf(text, GS_NUMBER_SIZE, "%.*f", decimals > 0 ? decimals : 0, value == 0 ? 0.0 : value);
    }
    return text;
}

bool gs_number_read(const char *text, double *value)
{
    if (!*text || text[strspn(text, "+-.0123456789eE")]) {
        return false;
    }
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end || !isfinite(number)) {
        return false;
    }
    *value = number;
    return true;
}

bool gs_number_read_whole(const char *text, long *value)
{
    const char *figures = text + (*text == '-' || *text == '+');
    if (!*figures || figures[strspn(figures, "0123456789")]) {
        return false;
    }
    errno = 0;
    long number = strtol(text, NULL, 10);
    if (errno) {
        return false;
    }
    *value = number;
    return true;
}
