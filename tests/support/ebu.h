/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The minimum requirement signals of EBU Tech 3341 (November 2023, table 1) and Tech 3342 (table 1), made
 * from the standards' own description. Cases 7, 8 of 3341 and 5, 6 of 3342 are recorded programmes and
 * cannot be made. */
#ifndef SUPPORT_EBU_H
#define SUPPORT_EBU_H

#include <stdbool.h>
#include <stddef.h>

#define EBU_CHANNELS_MAX 5

struct ebu_signal {
    unsigned channels; /* 2, or 5: L R C Ls Rs */
    size_t frames;
    double rate_hz;
    float *ch[EBU_CHANNELS_MAX]; /* may be the same array */
};

/* Case 1..6, 9..23 of Tech 3341. `variant` is the standard's i (0..19) for 10 and 13, else 0. */
struct ebu_signal ebu_3341(int number, int variant, double rate_hz);
/* Case 1..4 of Tech 3342. */
struct ebu_signal ebu_3342(int number, double rate_hz);
void ebu_free(struct ebu_signal *signal);

/* What a meter must show, reading by reading. */
struct ebu_requirement {
    int standard, number, variant; /* 3341 or 3342 */
    const char *reading;
    double expected, above, below; /* tolerance */
    double constant_after_s;       /* 0: at the end; else at every look after so many seconds */
    double slot_s; /* 0: at the end; else in slot i the highest is expected + i, for 20 slots */
};
#define EBU_REQUIREMENTS_MAX 80
/* All that can be made; returns how many. */
size_t ebu_requirements(struct ebu_requirement list[EBU_REQUIREMENTS_MAX]);
struct ebu_signal ebu_signal_for(const struct ebu_requirement *requirement, double rate_hz);
bool ebu_same_signal(const struct ebu_requirement *a, const struct ebu_requirement *b);
/* "3341 case 10 (3)". Overwritten by the next call. */
const char *ebu_name(const struct ebu_requirement *requirement);

/* A row of tones of 1 kHz, phase-continuous: {seconds, peak dBFS} pairs; below -200 dBFS it is silence. */
struct ebu_step {
    double seconds, dbfs;
};
struct ebu_signal ebu_steps(const struct ebu_step *steps, size_t n_steps, double rate_hz);

#endif
