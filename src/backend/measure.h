/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lane bank over a sound file, without engine or chain: every channel a lane, all of them one wire.
 * [control] */
#ifndef BACKEND_MEASURE_H
#define BACKEND_MEASURE_H

#include "gainstage/status.h"
#include "report/measurement.h"

#define GS_MEASURE_RATE_MIN   8000
#define GS_MEASURE_RATE_MAX   384000
#define GS_MEASURE_SERIES_MAX GS_BIN_HZ_MAX

struct gs_measure {
    const char *path;                     /* "-": standard input */
    const struct gs_alignment *alignment; /* NULL: the default, and no own scales in the result */
    double series_hz;                     /* ticks a second, up to GS_MEASURE_SERIES_MAX; 0: none */
    void (*tick)(void *context, const struct gs_measurement *so_far, double time_s);
    void (*progress)(void *context, double done); /* 0..1, NULL: none */
    void *context;
};

/* Channels are weighted in loudness as in ITU-R BS.1770-5, by what the file says they are (the channel mask of a
 * WAV); where it says nothing five are L R C Ls Rs, six L R C LFE Ls Rs, and in all other numbers they count alike. A
 * sample clips that stands at the end of its format's range.
 * `measurement` is filled even where the call fails; free with gs_measurement_finish(). */
enum gs_status gs_measure_file(const struct gs_measure *measure, struct gs_measurement *measurement,
                               struct gs_error *error);
void gs_measurement_finish(struct gs_measurement *measurement);

#endif
