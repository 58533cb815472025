/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See elliptic.h. Cauer's approximation: |H|^2 = 1 / (1 + ripple^2 F^2(w)), F an elliptic rational function,
 * solved as in S. J. Orfanidis, "Lecture Notes on Elliptic Filter Design" (2006); arguments of the elliptic
 * functions are in quarter periods, as there. */
#include "meter/elliptic.h"

#include <math.h>

#define DESCENTS 6 /* of a modulus: each squares it and more, so that after them sn is sin to the last bit */

struct modulus {
    double k[DESCENTS + 1]; /* Landen's descending sequence, the modulus itself first */
};

static struct modulus modulus(double k)
{
    struct modulus m = { { k } };
    for (int i = 1; i <= DESCENTS; i++) {
        double root = m.k[i - 1] / (1 + sqrt(1 - m.k[i - 1] * m.k[i - 1]));
        m.k[i] = root * root;
    }
    return m;
}

/* From sine or cosine to sn or cd of the same argument: Landen's (Gauss') transformation, upwards. */
static double complex ascend(double complex w, const struct modulus *m)
{
    for (int i = DESCENTS; i > 0; i--) {
        w = (1 + m->k[i]) * w / (1 + m->k[i] * w * w);
    }
    return w;
}

static double complex cd(double complex u, const struct modulus *m)
{
    return ascend(ccos(M_PI / 2 * u), m);
}

static double complex sn(double complex u, const struct modulus *m)
{
    return ascend(csin(M_PI / 2 * u), m);
}

/* The v with sn(i v) = i y: the same downwards, where everything is imaginary. */
static double inverse_sn_imaginary(double y, const struct modulus *m)
{
    for (int i = 1; i <= DESCENTS; i++) {
        double k = m->k[i - 1];
        y = 2 * y / ((1 + m->k[i]) * (1 + sqrt(1 + k * k * y * y)));
    }
    return 2 / M_PI * asinh(y);
}

/* Selectivity (edge of the passband over that of the stopband) that the order reaches with the given
 * discrimination (ripple over stopband): the degree equation. */
static double selectivity(unsigned pairs, double discrimination)
{
    double complement = sqrt(1 - discrimination * discrimination);
    const struct modulus m = modulus(complement);
    unsigned order = 2 * pairs + 1;
    double k = pow(complement, order);
    for (unsigned i = 1; i <= pairs; i++) {
        k *= pow(creal(sn((2 * i - 1.0) / order, &m)), 4);
    }
    return sqrt(1 - k * k);
}

/* Of |H|^2 = 1 / (1 + x^2). */
static double x_at(double attenuation_db)
{
    return sqrt(expm1(attenuation_db * M_LN10 / 10));
}

void gs_elliptic_design(struct gs_elliptic *to, unsigned pairs, double ripple_db, double stop_db)
{
    unsigned order = 2 * pairs + 1;
    double ripple = x_at(ripple_db), discrimination = ripple / x_at(stop_db);
    const struct modulus outer = modulus(discrimination), m = modulus(selectivity(pairs, discrimination));
    /* Zeros: F is infinite. Poles: F = i / ripple, all at the same distance v from the line of the zeros. */
    double v = inverse_sn_imaginary(1 / ripple, &outer) / order;
    *to = (struct gs_elliptic){ .pairs = pairs, .stop = 1 / m.k[0] };
    to->real_pole = -cimag(sn(I * v, &m));
    for (unsigned i = 0; i < pairs; i++) {
        double u = (2.0 * (pairs - i) - 1) / order;
        to->zero[i] = 1 / (m.k[0] * creal(cd(u, &m)));
        to->pole[i] = I * cd(u - I * v, &m);
    }
}
