/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See knee.h. */
#include "dsp/knee.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

double gs_knee_residual(double x, double rail, double knee)
{
    double over = fabs(x) / rail - knee;
    if (!(over > 0) || isinf(rail)) {
        return 0.0;
    }
    double bend = fmin(over, 2.0 * (1.0 - knee));
    double r = (bend > 0 ? bend * bend / (4.0 * (1.0 - knee)) : 0.0) + (over - bend);
    return -copysign(r * rail, x);
}

typedef float quad __attribute__((vector_size(16)));
typedef int32_t mask __attribute__((vector_size(16)));

struct bend {
    float knee, width, curve; /* of the rail; width = 2 (1 - knee) is where the parabola has reached it */
};

static inline quad size_of(quad x)
{
    return (quad)((mask)x & 0x7FFFFFFF);
}

static inline quad residual(quad x, quad rail, const struct bend *b)
{
    quad over = size_of(x) - b->knee * rail;
    over = (quad)((mask)over & (over > 0.0f)) / rail;
    mask below = over < b->width;
    quad bend = (quad)(((mask)over & below) | ((mask)(b->width + (quad){ 0 }) & ~below));
    quad r = (bend * bend * b->curve + (over - bend)) * rail;
    return (quad)((mask)r | (~(mask)x & INT32_MIN)); /* against x */
}

static bool is_below(const float *in, const struct gs_ramp *rail, float knee, unsigned frames)
{
    bool below = true;
    for (unsigned i = 0; i < frames; i++) {
        below &= !(fabsf(in[i]) > knee * gs_ramp_at(rail, i));
    }
    return below;
}

static inline quad load(const float *x, unsigned n)
{
    quad q = { 0 };
    memcpy(&q, x, n * sizeof *x);
    return q;
}

bool gs_knee_run(float *out, const float *in, const struct gs_ramp *rail, float knee, unsigned frames)
{
    float width = 2.0f * (1.0f - knee);
    struct bend bend = { knee, width, width > 0 ? 0.5f / width : 0.0f };
    quad limit = { rail->now, rail->now, rail->now, rail->now };
    if (is_below(in, rail, knee, frames)) {
        memset(out, 0, frames * sizeof *out);
        return false;
    }
    for (unsigned i = 0; i < frames; i += 4) {
        unsigned n = frames - i < 4 ? frames - i : 4;
        if (rail->ramp) {
            limit = load(rail->ramp + i, n);
        }
        quad r = residual(n == 4 ? load(in + i, 4) : load(in + i, n), limit, &bend);
        memcpy(out + i, &r, n * sizeof *out);
    }
    return true;
}

/* dB re rail for knee 0, 0.025 .. 1, from the describing function of the curve above (test_knee.c derives them
 * again). */
#define LIMIT_STEPS 40
static const float limit_db[][LIMIT_STEPS + 1] = {
    [GS_KNEE_IN_1] = { -13.075f, -12.916f, -12.359f, -11.630f, -10.867f, -10.126f, -9.428f, -8.777f, -8.171f,
                       -7.607f,  -7.082f,  -6.590f,  -6.129f,  -5.696f,  -5.287f,  -4.901f, -4.536f, -4.189f,
                       -3.860f,  -3.547f,  -3.248f,  -2.963f,  -2.691f,  -2.431f,  -2.182f, -1.944f, -1.716f,
                       -1.498f,  -1.290f,  -1.091f,  -0.902f,  -0.722f,  -0.551f,  -0.390f, -0.240f, -0.101f,
                       0.023f,   0.131f,   0.213f,   0.252f,   0.251f },
    [GS_KNEE_OUT_1] = { -13.494f, -13.246f, -12.632f, -11.867f, -11.079f, -10.321f, -9.609f, -8.947f, -8.333f,
                        -7.761f,  -7.229f,  -6.732f,  -6.266f,  -5.828f,  -5.415f,  -5.026f, -4.657f, -4.307f,
                        -3.975f,  -3.659f,  -3.357f,  -3.070f,  -2.795f,  -2.532f,  -2.281f, -2.041f, -1.811f,
                        -1.591f,  -1.380f,  -1.179f,  -0.988f,  -0.805f,  -0.632f,  -0.469f, -0.316f, -0.174f,
                        -0.046f,  0.065f,   0.152f,   0.197f,   0.201f },
    [GS_KNEE_IN_HALF] = { -18.889f, -18.086f, -16.543f, -15.063f, -13.767f, -12.639f, -11.649f,
                          -10.768f, -9.978f,  -9.261f,  -8.606f,  -8.003f,  -7.445f,  -6.926f,
                          -6.441f,  -5.986f,  -5.558f,  -5.154f,  -4.771f,  -4.408f,  -4.063f,
                          -3.735f,  -3.422f,  -3.122f,  -2.836f,  -2.562f,  -2.300f,  -2.049f,
                          -1.808f,  -1.578f,  -1.357f,  -1.145f,  -0.943f,  -0.751f,  -0.569f,
                          -0.398f,  -0.238f,  -0.093f,  0.032f,   0.122f,   0.139f },
};

static double limit_at(const float *db, int i)
{
    return db[i < 0 ? 0 : i > LIMIT_STEPS ? LIMIT_STEPS : i];
}

/* Catmull-Rom between the steps. */
double gs_knee_limit(enum gs_knee_limit limit, double knee)
{
    const float *db = limit_db[limit];
    double x = fmin(fmax(knee, 0.0), 1.0) * LIMIT_STEPS;
    int i = (int)fmin(x, LIMIT_STEPS - 1);
    double t = x - i, p0 = limit_at(db, i - 1), p1 = limit_at(db, i), p2 = limit_at(db, i + 1);
    double p3 = limit_at(db, i + 2);
    double level =
        p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
    return fmin(pow(10.0, level / 20.0), 1.0);
}
