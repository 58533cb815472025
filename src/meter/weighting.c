/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Design of the weighting networks: see weighting.h. Low corners are placed by matched poles, exp(-2 pi f /
 * fs) with zeros at 0 Hz; what remains at high frequencies is fitted by a three-tap numerator, least squares
 * on the power response. */
#include "meter/weighting.h"

#include "meter/elliptic.h"

#include <complex.h>
#include <math.h>

double gs_biquad_power(const struct gs_biquad *c, double w)
{
    double complex z = cexp(-I * w);
    double complex h = (1 + z * (c->b1 + z * c->b2)) / (1 + z * (c->a1 + z * c->a2));
    return creal(h) * creal(h) + cimag(h) * cimag(h);
}

double gs_high_pass_power(const struct gs_high_pass *c, double w)
{
    double alpha = c->alpha, beta = c->beta;
    double complex z = cexp(-I * w), d = 1 - z;
    double complex h = d * d / (d * d + alpha * z * (d + beta * z));
    return creal(h) * creal(h) + cimag(h) * cimag(h);
}

double gs_half_pole_power(const struct gs_half_pole *c, double w)
{
    double complex z = cexp(-I * w), h = (1 + z) / (1 + c->a1 * z);
    return creal(h) * creal(h) + cimag(h) * cimag(h);
}

/* Poles at exp(s1 / fs) and exp(s2 / fs), a conjugate pair or both real. */
static struct gs_high_pass high_pass(double complex s1, double complex s2, double rate_hz)
{
    double complex p1 = cexp(s1 / rate_hz), p2 = cexp(s2 / rate_hz);
    double alpha = creal(2 - p1 - p2);
    double alpha_beta = creal((1 - p1) * (1 - p2));
    return (struct gs_high_pass){ (float)alpha, (float)(alpha_beta / alpha) };
}

/* ---- 20 Hz..20 kHz ----------------------------------------------------------------------------------------- */

#define BAND_LOW_HZ    7.0 /* Butterworth: -0.07 dB at 20 Hz */
#define BAND_RIPPLE_DB 0.09
#define BAND_GRID      2000

/* The bilinear transform puts infinity at half the rate: the nearer that is to 20 kHz, the fewer sections fall
 * as fast. AES17 wants 60 dB above 24 kHz, which lower rates do not have. */
static const struct band_row {
    double rate_max_hz;
    unsigned pairs;
    double stop_db;
} band_rows[] = {
    { 50000, 2, 40 },
    { INFINITY, 4, 62 },
};

static struct gs_biquad band_pair(double zero, double complex pole)
{
    double square = zero * zero, b = -2 * creal(pole), c = creal(pole * conj(pole)), a0 = 1 + b + c;
    return (struct gs_biquad){ .b1 = (float)(2 * (square - 1) / (square + 1)),
                               .b2 = 1,
                               .a1 = (float)(2 * (c - 1) / a0),
                               .a2 = (float)((1 - b + c) / a0) };
}

/* Power gain of all sections but the low one. */
static double high_power(const struct gs_band *band, double w)
{
    double power = band->power * gs_half_pole_power(&band->half, w);
    for (unsigned i = 0; i < band->sections; i++) {
        power *= gs_biquad_power(&band->high[i], w);
    }
    return power;
}

double gs_band_power(const struct gs_band *band, double w)
{
    return gs_high_pass_power(&band->low, w) * high_power(band, w);
}

/* By the trapezoid rule, exact for what repeats. The low section is too narrow for the grid and takes nothing
 * that counts (8 Hz); its gain above counts. */
static double noise_bandwidth(const struct gs_band *band, double rate_hz)
{
    double sum = (high_power(band, 0) + high_power(band, M_PI)) / 2;
    for (int i = 1; i < BAND_GRID; i++) {
        sum += high_power(band, M_PI * i / BAND_GRID);
    }
    return gs_high_pass_power(&band->low, M_PI) * sum * rate_hz / 2 / BAND_GRID;
}

void gs_band_design(struct gs_band *band, double rate_hz)
{
    const struct band_row *row = band_rows;
    while (rate_hz > row->rate_max_hz) {
        row++;
    }
    struct gs_elliptic prototype;
    gs_elliptic_design(&prototype, row->pairs, BAND_RIPPLE_DB, row->stop_db);
    double k = tan(M_PI * fmin(GS_BANDWIDTH_HZ / rate_hz, GS_BAND_HIGH_RATIO)); /* the edge, warped */
    double corner = 2 * M_PI * BAND_LOW_HZ * M_SQRT1_2, pole = k * prototype.real_pole;
    band->low = high_pass(corner * (-1 + I), corner * (-1 - I), rate_hz);
    band->half = (struct gs_half_pole){ (float)(-(1 + pole) / (1 - pole)) };
    band->sections = row->pairs;
    for (unsigned i = 0; i < row->pairs; i++) {
        band->high[i] = band_pair(k * prototype.zero[i], k * prototype.pole[i]);
    }
    band->bandwidth_hz = fmin(GS_BANDWIDTH_HZ, GS_BAND_HIGH_RATIO * rate_hz);
    band->power = 1;
    band->power = band->bandwidth_hz / noise_bandwidth(band, rate_hz);
}

/* ---- a numerator for a wanted response --------------------------------------------------------------------- */

#define FIT_LOW_HZ     200.0
#define FIT_HIGH_HZ    20000.0
#define FIT_HIGH_RATIO 0.46 /* of the rate, where that is lower */
#define FIT_POINTS     400

/* Solves the symmetric 3 x 3 system by elimination; it is positive definite. */
static void solve3(double m[3][4], double x[3])
{
    for (int i = 0; i < 3; i++) {
        for (int row = i + 1; row < 3; row++) {
            double factor = m[row][i] / m[i][i];
            for (int column = i; column < 4; column++) {
                m[row][column] -= factor * m[i][column];
            }
        }
    }
    for (int i = 2; i >= 0; i--) {
        x[i] = m[i][3];
        for (int column = i + 1; column < 3; column++) {
            x[i] -= m[i][column] * x[column];
        }
        x[i] /= m[i][i];
    }
}

/* Where |N|^2 is zero in terms of u = z + 1/z, the root of N inside the unit circle. */
static double complex root_inside(double complex u)
{
    double complex root = (u + csqrt(u * u - 4)) / 2;
    return cabs(root) > 1 ? 1 / root : root;
}

/* Taps of |N|^2 = c0 + c1 cos w + c2 cos 2w, minimum phase, the first one 1; returns what the power of such a
 * numerator must be multiplied with. */
static double factor(const double c[3], struct gs_biquad *to)
{
    double complex square = csqrt(c[1] * c[1] / 4 - 2 * c[2] * (c[0] - c[2]));
    double complex z1 = root_inside((-c[1] / 2 + square) / c[2]),
                   z2 = root_inside((-c[1] / 2 - square) / c[2]);
    double n1 = creal(-z1 - z2), n2 = creal(z1 * z2);
    to->b1 = (float)n1;
    to->b2 = (float)n2;
    return (c[0] + c[1] + c[2]) / ((1 + n1 + n2) * (1 + n1 + n2));
}

/* Sets the numerator of `to`, whose poles are given, so that its power response times `rest` comes closest to
 * `wanted`: least squares over 200 Hz..20 kHz of the error relative to wanted^(1 - emphasis): 1 weighs the
 * power itself, 0 decibels alike. Returns what the power must be multiplied with. */
static double fit_numerator(struct gs_biquad *to, double rate_hz, double emphasis,
                            double (*wanted)(double hz), double (*rest)(const void *network, double w),
                            const void *network)
{
    double m[3][4] = { { 0 } }, c[3];
    double high_hz = fmin(FIT_HIGH_HZ, FIT_HIGH_RATIO * rate_hz);
    const struct gs_biquad poles = { 0, 0, to->a1, to->a2 };
    for (int i = 0; i < FIT_POINTS; i++) {
        double hz = FIT_LOW_HZ + (high_hz - FIT_LOW_HZ) * i / (FIT_POINTS - 1);
        double w = 2 * M_PI * hz / rate_hz;
        double weight = pow(wanted(hz), emphasis - 1);
        double have = weight * gs_biquad_power(&poles, w) * rest(network, w);
        double basis[3] = { have, have * cos(w), have * cos(2 * w) };
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++) {
                m[row][column] += basis[row] * basis[column];
            }
            m[row][3] += basis[row] * weight * wanted(hz);
        }
    }
    solve3(m, c);
    return factor(c, to);
}

/* ---- A ----------------------------------------------------------------------------------------------------- */

/* Pole frequencies of IEC 61672-1 annex E; the first and the last are double. */
#define A_F1 20.598997
#define A_F2 107.65265
#define A_F3 737.86223
#define A_F4 12194.217

static double a_power(double hz)
{
    double f = hz * hz;
    double r = A_F4 * A_F4 * f * f /
               ((f + A_F1 * A_F1) * sqrt((f + A_F2 * A_F2) * (f + A_F3 * A_F3)) * (f + A_F4 * A_F4));
    return r * r * 1.584893192461114; /* +2.000 dB: 1 at 1 kHz */
}

struct banded {
    const struct gs_a_weighting *a;
    const struct gs_band *band;
};

static double a_rest(const void *network, double w)
{
    const struct banded *n = network;
    return gs_band_power(n->band, w) * gs_high_pass_power(&n->a->low[0], w) *
           gs_high_pass_power(&n->a->low[1], w);
}

/* What the power of the network must be multiplied with for white noise to read as the curve passes it. */
static double a_scale(const struct gs_a_weighting *a, const struct gs_band *band, double rate_hz)
{
    double wanted = 0, have = 0;
    for (int i = 0; i < BAND_GRID; i++) {
        double w = M_PI * (i + 0.5) / BAND_GRID, hz = w * rate_hz / (2 * M_PI);
        wanted += hz < band->bandwidth_hz ? a_power(hz) : 0;
        have += a_rest(&(struct banded){ a, band }, w) * gs_biquad_power(&a->high, w);
    }
    return wanted / have;
}

void gs_a_weighting_design(struct gs_a_weighting *a, const struct gs_band *band, double rate_hz)
{
    a->low[0] = high_pass(-2 * M_PI * A_F1, -2 * M_PI * A_F1, rate_hz);
    a->low[1] = high_pass(-2 * M_PI * A_F2, -2 * M_PI * A_F3, rate_hz);
    double pole = exp(-2 * M_PI * A_F4 / rate_hz);
    a->high.a1 = (float)(-2 * pole);
    a->high.a2 = (float)(pole * pole);
    fit_numerator(&a->high, rate_hz, 1, a_power, a_rest, &(struct banded){ a, band });
    a->power = a_scale(a, band, rate_hz);
}

/* ---- ITU-R BS.468-4 ---------------------------------------------------------------------------------------- */

/* Magnitude of the network of figure 1a: the rational function whose poles are these, one zero at 0 Hz. Poles
 * in rad/s, the roots of the standard's ladder of 600 ohm. */
#define W468_PAIR_1_RE (-18743.746690721386)
#define W468_PAIR_1_IM 62460.15645250664
#define W468_PAIR_2_RE (-23615.535213635012)
#define W468_PAIR_2_IM 36379.90893732893
#define W468_REAL_1    (-62675.17005846767)
#define W468_REAL_2    (-25903.701047816852)

static double w468_magnitude(double hz)
{
    double complex s = 2 * M_PI * hz * I;
    double complex pair_1 = W468_PAIR_1_RE + W468_PAIR_1_IM * I, pair_2 = W468_PAIR_2_RE + W468_PAIR_2_IM * I;
    return cabs(s) / (cabs(s - pair_1) * cabs(s - conj(pair_1)) * cabs(s - pair_2) * cabs(s - conj(pair_2)) *
                      cabs(s - W468_REAL_1) * cabs(s - W468_REAL_2));
}

static double w468_power(double hz)
{
    double r = w468_magnitude(hz) / w468_magnitude(1000);
    return r * r;
}

static double w468_rest(const void *network, double w)
{
    const struct gs_468_weighting *weighting = network;
    return gs_biquad_power(&weighting->section[1], w) * gs_biquad_power(&weighting->section[2], w);
}

static struct gs_biquad poles_at(double complex s1, double complex s2, double rate_hz)
{
    double complex p1 = cexp(s1 / rate_hz), p2 = cexp(s2 / rate_hz);
    return (struct gs_biquad){ .a1 = (float)creal(-p1 - p2), .a2 = (float)creal(p1 * p2) };
}

void gs_468_weighting_design(struct gs_468_weighting *weighting, double rate_hz)
{
    const double complex pair_1 = W468_PAIR_1_RE + W468_PAIR_1_IM * I;
    const double complex pair_2 = W468_PAIR_2_RE + W468_PAIR_2_IM * I;
    weighting->section[0] = poles_at(pair_1, conj(pair_1), rate_hz);
    weighting->section[1] = poles_at(pair_2, conj(pair_2), rate_hz);
    weighting->section[2] = poles_at(W468_REAL_1, W468_REAL_2, rate_hz);
    weighting->section[2].b1 = -1;
    weighting->power = fit_numerator(&weighting->section[0], rate_hz, 0, w468_power, w468_rest, weighting);
}

/* ---- K ----------------------------------------------------------------------------------------------------- */

#define K_RATE_HZ  48000.0
#define K_MATCH_HZ 997.0

/* ITU-R BS.1770-5 tables 1 and 2, at 48 kHz. */
static const double k_head_b[3] = { 1.53512485958697, -2.69169618940638, 1.19839281085285 };
static const double k_head_a[3] = { 1, -1.69065929318241, 0.73248077421585 };
static const double k_low_b[3] = { 1, -2, 1 };
static const double k_low_a[3] = { 1, -1.99004745483398, 0.99007225036621 };

/* c0 + c1/z + c2/z^2 at K_RATE_HZ as a polynomial in s, and that one at rate_hz, by the bilinear transform
 * there and back; up to a common factor. */
static void carry_over(const double from[3], double rate_hz, double to[3])
{
    double k = rate_hz / K_RATE_HZ;
    double s0 = from[0] + from[1] + from[2];
    double s1 = 2 * (from[0] - from[2]) * k;
    double s2 = (from[0] - from[1] + from[2]) * k * k;
    to[0] = s0 + s1 + s2;
    to[1] = 2 * (s0 - s2);
    to[2] = s0 - s1 + s2;
}

static double power_of(const double b[3], const double a[3], double w)
{
    double complex z = cexp(-I * w);
    double complex h = (b[0] + z * (b[1] + z * b[2])) / (a[0] + z * (a[1] + z * a[2]));
    return creal(h) * creal(h) + cimag(h) * cimag(h);
}

void gs_k_weighting_design(struct gs_k_weighting *k, double rate_hz)
{
    double b[3], a[3], low[3];
    carry_over(k_head_b, rate_hz, b);
    carry_over(k_head_a, rate_hz, a);
    carry_over(k_low_a, rate_hz, low);
    k->head = (struct gs_biquad){ (float)(b[1] / b[0]), (float)(b[2] / b[0]), (float)(a[1] / a[0]),
                                  (float)(a[2] / a[0]) };
    double alpha = 2 + low[1] / low[0];
    k->low = (struct gs_high_pass){ (float)alpha, (float)((low[0] + low[1] + low[2]) / low[0] / alpha) };
    double wanted = power_of(k_head_b, k_head_a, 2 * M_PI * K_MATCH_HZ / K_RATE_HZ) *
                    power_of(k_low_b, k_low_a, 2 * M_PI * K_MATCH_HZ / K_RATE_HZ);
    double w = 2 * M_PI * K_MATCH_HZ / rate_hz;
    k->power = wanted / (gs_biquad_power(&k->head, w) * gs_high_pass_power(&k->low, w));
}
