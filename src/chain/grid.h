/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The frequency axis of the prediction: 0 Hz to half the sample rate in cells, 13 to the octave above 5 Hz,
 * with the weight of each cell in a noise reading. White noise of density n then reads n * sum(width * weight);
 * filters are taken as flat inside a cell. The weights are those of the noise meters' own networks, skirts and all:
 * noise that a filter has heaped up below 20 Hz or above 20 kHz reads as the meter reads it, not as if the edges
 * of its band were cliffs. [any] */
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
    double z[GS_GRID_MAX];        /* mean weight of unweighted noise, 20 Hz..20 kHz (AES17) */
    double a[GS_GRID_MAX];        /* of A-weighted noise in the same band (IEC 61672-1) */
};

/* Power of a sound in each cell, unit^2: of the left and the right channel and of what they share. */
struct gs_grid_power {
    double *ll, *rr, *lr;
};

/* `rate_hz` 8000..384000. */
void gs_grid_init(struct gs_grid *grid, double rate_hz);

/* Power of a take in each cell, from its Fourier transform, in full scale squared; a mono take fills ll
 * alone. The grid is the one of the take's own rate; what was found once is kept beside the samples. Errors:
 * GS_E_MEMORY. [control] */
enum gs_status gs_grid_analyse(const struct gs_grid *grid, const struct gs_take *take,
                               const struct gs_grid_power *power);

#endif
