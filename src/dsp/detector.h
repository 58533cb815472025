/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What turns a level into a gain reduction, in decibels: the static curve with a soft knee and the smooth
 * decoupled peak detector of D. Giannoulis, M. Massberg and J. D. Reiss, "Digital Dynamic Range Compressor
 * Design - A Tutorial and Analysis", J. AES 60 (2012), equations 4 and 17. [any, rt] */
#ifndef DSP_DETECTOR_H
#define DSP_DETECTOR_H

#include <math.h>

/* One pole's share of the old value for a time constant (63 %) of `ms`; 0 ms: 0. */
static inline double gs_detector_pole(double ms, double rate_hz)
{
    return ms > 0 ? exp(-1000.0 / (ms * rate_hz)) : 0.0;
}

/* Reduction in dB (>= 0) for a level in dB. `slope` = 1 - 1 / ratio. */
static inline double gs_detector_curve(double level_db, double threshold_db, double knee_db, double slope)
{
    double over = level_db - threshold_db;
    if (2.0 * over <= -knee_db) {
        return 0.0;
    }
    if (2.0 * over < knee_db) {
        double into = over + knee_db / 2.0;
        return slope * into * into / (2.0 * knee_db);
    }
    return slope * over;
}

struct gs_detector {
    double peak;   /* falls with the release, rises at once */
    double smooth; /* what is applied, dB */
};

/* Next value of the applied reduction for the wanted one. Below a millionth of a dB it is none, so that a
 * stage at rest is transparent. */
static inline double gs_detector_step(struct gs_detector *detector, double wanted_db, double attack,
                                      double release)
{
    double fallen = release * detector->peak + (1.0 - release) * wanted_db;
    detector->peak = wanted_db > fallen ? wanted_db : fallen;
    detector->smooth = attack * detector->smooth + (1.0 - attack) * detector->peak;
    detector->peak = detector->peak < 1e-6 ? 0.0 : detector->peak;
    detector->smooth = detector->smooth < 1e-6 ? 0.0 : detector->smooth;
    return detector->smooth;
}

#endif
