/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See working_point.h. */
#include "chain/working_point.h"

#include <math.h>

#define POINTS   512 /* of one period: domain knowledge says that this predicts H1 of a hard clip to 0.001 dB */
#define HALF     (POINTS / 2)
#define STRAIGHT 1e-7 /* relative: -140 dB is no curvature; single-precision arithmetic has as much */

double gs_curve_at(const struct gs_curve *curve, double x)
{
    const struct gs_levels *l = curve->levels;
    if (curve->kind->curve) {
        return curve->kind->curve(curve->setup->param, curve->setup, x);
    }
    double in = fmax(fmin(x, l->ceiling_in), -l->ceiling_in);
    return fmax(fmin(in * l->gain, l->ceiling), -l->ceiling);
}

/* Curves bend more and more towards their ends, so a few points towards the end tell. */
static bool straight(const struct gs_curve *curve, double peak)
{
    static const double at[] = { 1.0, 0.97, 0.85, 0.6, 0.25 };
    double slope = curve->levels->gain, room = STRAIGHT * fabs(slope) * peak;
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        double x = at[i] * peak;
        if (fabs(gs_curve_at(curve, x) - slope * x) > room ||
            fabs(gs_curve_at(curve, -x) + slope * x) > room) {
            return false;
        }
    }
    return true;
}

static struct gs_working_point line(const struct gs_curve *curve, double peak)
{
    double gain = curve->levels->gain;
    return (struct gs_working_point){ gain, fabs(gain), fabs(gain) * peak, 0.0, true };
}

/* Sums along the signal: x and y with weights that add up to 1. */
struct sums {
    double y, yy, xy, xx, slopes, steps, low, high, last_x, last_y;
    bool started;
};

static void add(struct sums *s, double weight, double x, double y)
{
    s->y += weight * y;
    s->yy += weight * y * y;
    s->xy += weight * x * y;
    s->xx += weight * x * x;
    s->low = s->started ? fmin(s->low, y) : y;
    s->high = s->started ? fmax(s->high, y) : y;
    if (s->started && x != s->last_x) {
        double slope = (y - s->last_y) / (x - s->last_x);
        s->slopes += weight * slope * slope;
        s->steps += weight;
    }
    s->last_x = x;
    s->last_y = y;
    s->started = true;
}

/* The part of y that follows x has gain E[xy]/E[x^2] - for a sine that is H1, for Gaussian noise Bussgang's
 * gain - and what is left is distortion. */
static struct gs_working_point point_of(const struct sums *s)
{
    double gain = s->xx > 0 ? s->xy / s->xx : 0;
    double rest = s->yy - s->y * s->y - gain * gain * s->xx;
    return (struct gs_working_point){
        .gain = gain,
        .slope = s->steps > 0 ? sqrt(s->slopes / s->steps) : 0,
        .peak = fmax(s->high - s->y, s->y - s->low),
        .distortion = sqrt(fmax(rest, 0)),
    };
}

struct gs_working_point gs_working_point_sine(const struct gs_curve *curve, double peak)
{
    if (!(peak > 0) || straight(curve, peak)) {
        return line(curve, peak);
    }
    struct sums s = { 0 };
    for (int i = 0; i <= HALF; i++) { /* the other half of the period is its mirror image */
        double x = peak * cos(M_PI * i / HALF);
        add(&s, (i == 0 || i == HALF ? 1.0 : 2.0) / POINTS, x, gs_curve_at(curve, x));
    }
    return point_of(&s);
}

struct gs_working_point gs_working_point_noise(const struct gs_curve *curve, double rms, double peak)
{
    if (!(rms > 0) || straight(curve, peak)) {
        return line(curve, peak);
    }
    double reach = fmin(peak / rms, 6.0), total = 0;
    struct sums s = { 0 };
    for (int pass = 0; pass < 2; pass++) { /* first the weights' sum, then the sums */
        double norm = pass ? 1.0 / total : 0;
        for (int i = 0; i <= HALF; i++) {
            double t = reach * (2.0 * i / HALF - 1.0), weight = exp(-0.5 * t * t);
            total += pass ? 0 : weight;
            if (pass) {
                add(&s, weight * norm, rms * t, gs_curve_at(curve, rms * t));
            }
        }
    }
    return point_of(&s);
}
