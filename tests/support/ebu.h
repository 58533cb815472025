/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The minimum requirement signals of EBU Tech 3341 (November 2023, table 1) and Tech 3342 (table 1), made
 * from the standards' own description. Cases 7, 8 of 3341 and 5, 6 of 3342 are recorded programmes and
 * cannot be made. */
#ifndef SUPPORT_EBU_H
#define SUPPORT_EBU_H

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

/* A row of tones of 1 kHz, phase-continuous: {seconds, peak dBFS} pairs; below -200 dBFS it is silence. */
struct ebu_step {
    double seconds, dbfs;
};
struct ebu_signal ebu_steps(const struct ebu_step *steps, size_t n_steps, double rate_hz);

#endif
