/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sum over the last n values, made of additions alone: nothing is ever subtracted, so nothing drifts and
 * silence after noise is silence. Places behind `at` hold the suffix sums of the round before, places before
 * it the values of this one. */
#ifndef METER_WINDOW_H
#define METER_WINDOW_H

#include <math.h>
#include <stddef.h>

struct gs_window {
    double *place; /* n of them, zeroed */
    size_t n, at;
    double front; /* sum of this round */
};

/* Takes the next value, gives the sum of the last n. */
static inline double gs_window_push(struct gs_window *w, double value)
{
    w->place[w->at++] = value;
    w->front += value;
    if (w->at < w->n) {
        return w->front + w->place[w->at];
    }
    double all = w->front, sum = 0;
    for (size_t i = w->n; i-- > 0;) {
        w->place[i] = sum += w->place[i];
    }
    w->at = 0;
    w->front = 0;
    return all;
}

/* As how many bins of the nominal length one counts: one that had to wait for room as several, the short rest
 * at the end of a file as one or none. */
static inline long gs_window_bins(double frames, double nominal_frames)
{
    return lround(frames / nominal_frames);
}

#endif
