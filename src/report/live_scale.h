/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scales of a live picture: what moves the bar, where the marks stand, which numbers belong to it. [any] */
#ifndef REPORT_LIVE_SCALE_H
#define REPORT_LIVE_SCALE_H

#include <stdbool.h>

#define GS_LIVE_NUMBERS 4

enum gs_live_law {
    GS_LIVE_LINEAR,   /* in the scale's own unit */
    GS_LIVE_AMPLITUDE /* the way is proportional to the amplitude, full at `high` */
};

struct gs_live_mark {
    double value;
    const char *text; /* NULL ends a list */
};

struct gs_live_scale {
    const char *key;   /* "vu" */
    const char *label; /* with its standard */
    const char *bar;   /* reading that moves the bar */
    const char *unit;
    double low, high; /* foot and head of the bar */
    enum gs_live_law law;
    double reference; /* a line across */
    double amber, red;
    const struct gs_live_mark *marks;
    struct {
        const char *name, *reading; /* NULL: no further one */
        bool ripens;                /* not stable before a minute */
    } number[GS_LIVE_NUMBERS];
};
extern const struct gs_live_scale gs_live_scales[]; /* ends with key NULL */

/* By its key, or by its beginning of three letters and more; NULL: none. */
const struct gs_live_scale *gs_live_scale(const char *word);
/* Where a value stands between foot (0) and head (1). */
double gs_live_way(const struct gs_live_scale *scale, double value);
int gs_live_numbers(const struct gs_live_scale *scale);

#endif
