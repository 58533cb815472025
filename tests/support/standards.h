/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the standards of needles, true peak and correlation ask for, as signals and looks at readings: for any way on
 * which a sound can reach the meters. Loudness is in ebu.h. */
#ifndef SUPPORT_STANDARDS_H
#define SUPPORT_STANDARDS_H

#include <stddef.h>

#define STANDARD_LOOKS_MAX 6
#define STANDARDS_MAX      80

/* At `at_s` (of the newest bin that ends there or before: up to 10 ms late) the reading lies from `low` to `high`. */
struct standard_look {
    double at_s;
    const char *reading;
    double low, high;
};

struct standard {
    char name[64];
    double seconds;
    /* A sample of the signal, time in seconds. */
    double (*sample)(const struct standard *s, unsigned channel, double t);
    double hz, amplitude, on_s, phase;
    struct standard_look look[STANDARD_LOOKS_MAX]; /* in the order of time */
    size_t n_looks;
};

/* All of them; returns how many. */
size_t standards(struct standard list[STANDARDS_MAX]);
/* Two channels of `frames` frames, one behind the other; to be freed. */
float *standard_sound(const struct standard *s, double rate_hz, size_t *frames);

#endif
