/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See working_point.h. */
#include "chain/working_point.h"

#include "dsp/cosines.h"

#include <math.h>

#define HALF     (GS_WAVE_POINTS - 1) /* 512 points a period: H1 of a hard clip to 0.001 dB */
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

/* Sums along the signal, with weights that add up to 1: of the part that counts as signal s (the fundamental
 * of x), of x itself and of y. */
struct sums {
    double y, yy, sy, ss, slopes, steps, low, high, last_x, last_y;
    bool started;
};

static void add(struct sums *s, double weight, double signal, double x, double y)
{
    s->y += weight * y;
    s->yy += weight * y * y;
    s->sy += weight * signal * y;
    s->ss += weight * signal * signal;
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

/* The part of y that follows s has gain E[sy]/E[s^2] - for a sine that is H1, for Gaussian noise Bussgang's
 * gain - and what is left is distortion. */
static struct gs_working_point point_of(const struct sums *s)
{
    double gain = s->ss > 0 ? s->sy / s->ss : 0;
    double rest = s->yy - s->y * s->y - gain * gain * s->ss;
    return (struct gs_working_point){
        .gain = gain,
        .slope = s->steps > 0 ? sqrt(s->slopes / s->steps) : 0,
        .peak = fmax(s->high - s->y, s->y - s->low),
        .distortion = sqrt(fmax(rest, 0)),
    };
}

/* The other half of the period is the mirror image of the first. */
static double wave_weight(int i)
{
    return (i == 0 || i == HALF ? 0.5 : 1.0) / HALF;
}

static double fundamental(const double *wave)
{
    struct gs_cosines cosines = gs_cosines_from_top(M_PI / HALF);
    double sum = 0;
    for (int i = 0; i <= HALF; i++) {
        sum += wave_weight(i) * wave[i] * gs_cosines_next(&cosines);
    }
    return 2 * sum;
}

struct gs_working_point gs_working_point_sine(const struct gs_curve *curve, double peak, const double *wave,
                                              double *out_wave)
{
    if (!(peak > 0) || (!wave && straight(curve, peak))) {
        return line(curve, peak);
    }
    struct sums s = { 0 };
    double h1 = wave ? fundamental(wave) : peak;
    struct gs_cosines cosines = gs_cosines_from_top(M_PI / HALF);
    for (int i = 0; i <= HALF; i++) {
        double signal = h1 * gs_cosines_next(&cosines), x = wave ? wave[i] : signal;
        out_wave[i] = gs_curve_at(curve, x);
        add(&s, wave_weight(i), signal, x, out_wave[i]);
    }
    for (int i = 0; i <= HALF; i++) {
        out_wave[i] -= s.y;
    }
    struct gs_working_point point = point_of(&s);
    point.linear = straight(curve, peak);
    return point;
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
                add(&s, weight * norm, rms * t, rms * t, gs_curve_at(curve, rms * t));
            }
        }
    }
    return point_of(&s);
}
