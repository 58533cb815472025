/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far a meter of IEC 60268-18 goes out at a level, as meterbridge draws it: six straight lines, -70 dBFS
 * at the bottom (0), 0 dBFS at the top (1). [any] */
#ifndef BASE_DEFLECTION_H
#define BASE_DEFLECTION_H

static inline double gs_iec_deflection(double dbfs)
{
    double way = dbfs < -70.0   ? 0.0
                 : dbfs < -60.0 ? (dbfs + 70.0) * 0.0025
                 : dbfs < -50.0 ? (dbfs + 60.0) * 0.005 + 0.025
                 : dbfs < -40.0 ? (dbfs + 50.0) * 0.0075 + 0.075
                 : dbfs < -30.0 ? (dbfs + 40.0) * 0.015 + 0.15
                 : dbfs < -20.0 ? (dbfs + 30.0) * 0.02 + 0.3
                                : (dbfs + 20.0) * 0.025 + 0.5;
    return way > 1.0 ? 1.0 : way;
}

#endif
