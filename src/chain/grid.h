/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The frequency axis of the prediction: 0 Hz to half the sample rate in cells, 13 to the octave above 10 Hz,
 * with the weight of each cell in a noise reading. White noise of density n then reads n * sum(width * weight);
 * filters are taken as flat inside a cell. [any] */
#ifndef CHAIN_GRID_H
#define CHAIN_GRID_H

#include "gainstage/stage.h"
#include "gainstage/status.h"

#include <stddef.h>

#define GS_GRID_MAX 224

struct gs_grid {
    size_t n;
    double rate_hz;
    double edge[GS_GRID_MAX + 1]; /* Hz */
    double hz[GS_GRID_MAX];       /* centre of the cell */
    double width[GS_GRID_MAX];    /* its bandwidth in Hz */
    double z[GS_GRID_MAX];        /* 1 from 20 Hz to 20 kHz, else 0: unweighted noise as AES17 reads it */
    double a[GS_GRID_MAX];        /* mean |A|^2 up to 20 kHz, 0 beyond: A-weighted noise (IEC 61672-1) */
};

/* Power of a sound in each cell, unit^2: of the left and the right channel and of what they share. */
struct gs_grid_power {
    double *ll, *rr, *lr;
};

/* `rate_hz` 8000..384000. */
void gs_grid_init(struct gs_grid *grid, double rate_hz);

/* |A(f)|^2, 1 at 1 kHz: IEC 61672-1, 5.4.6, with the pole frequencies of its annex E. */
double gs_a_weight(double hz);

/* Power of a take in each cell, from its Fourier transform, in full scale squared; a mono take fills ll
 * alone. Errors: GS_E_MEMORY. [control] */
enum gs_status gs_grid_analyse(const struct gs_grid *grid, const struct gs_take *take,
                               const struct gs_grid_power *power);

#endif
