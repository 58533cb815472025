/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programme loudness of one wire from the K-weighted energies of its bins: what gs_meter_loudness does on the
 * control side. [control] */
#ifndef METER_PROGRAMME_H
#define METER_PROGRAMME_H

#include "gainstage/meter.h"

/* Derived fields: channel-weighted mean square relative to full scale, K-weighted, of the newest bin's windows.
 * The counted ones are -INFINITY while the measurement rests. */
enum {
    GS_PROGRAMME_MOMENTARY,
    GS_PROGRAMME_SHORT_TERM,
    GS_PROGRAMME_MOMENTARY_COUNTED,
    GS_PROGRAMME_SHORT_TERM_COUNTED,
    GS_PROGRAMME_FIELDS
};
extern const struct gs_meter_after gs_programme_after;

/* Loudness of such a mean square: -0.691 + 10 lg z (ITU-R BS.1770-5, equation 2). */
double gs_programme_lufs(double mean_square);

/* Of gs_programme_after's state: integrated loudness, range, seconds measured. */
double gs_programme_integrated(void *state, const struct gs_meter_site *site);
double gs_programme_range(void *state, const struct gs_meter_site *site);
double gs_programme_seconds(void *state, const struct gs_meter_site *site);
/* 1 once they stand on so many seconds that they no longer wander (EBU Tech 3341, 2.5), else 0. */
#define GS_PROGRAMME_STABLE_S 60
double gs_programme_stable(void *state, const struct gs_meter_site *site);

#endif
