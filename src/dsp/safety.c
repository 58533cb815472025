/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See safety.h. */
#include "dsp/safety.h"

#include <math.h>
#include <string.h>

/* Four poles at 2 Hz pass a full-scale tone of 20 Hz at -80 dB. The onset of a low note looks like DC to any
 * filter, but not for a whole second with one sign. */
#define DC_POLE_HZ   2.0
#define DC_THRESHOLD 0.001
#define DC_WAIT_S    1.0
#define DC_FADE_S    0.1
#define RELEASE_S    0.2

void gs_safety_init(struct gs_safety *safety, double rate_hz, double ceiling_db, double fade_ms)
{
    memset(safety, 0, sizeof *safety);
    safety->ceiling = (float)pow(10.0, ceiling_db / 20.0);
    safety->dc_pole = 1.0 - exp(-2.0 * M_PI * DC_POLE_HZ / rate_hz);
    safety->dc_wait = (unsigned)(DC_WAIT_S * rate_hz);
    safety->dc_step = (float)(1.0 / (DC_FADE_S * rate_hz));
    safety->limit = 1.0;
    safety->limit_release = 1.0 - exp(-1.0 / (RELEASE_S * rate_hz));
    safety->gate_step = (float)(1000.0 / (fmax(fade_ms, 0.1) * rate_hz));
}

/* By bit pattern: a comparison with NaN may be optimised away, an exponent of all ones may not. */
static float finite_or_zero(struct gs_safety *s, float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7F800000u) != 0x7F800000u) {
        return x;
    }
    s->not_finite++;
    s->trips += s->gate > 0.0f;
    s->gate = 0.0f; /* silence in the same frame, then fade in again */
    return 0.0f;
}

static float within(float x, float ceiling)
{
    return x > ceiling ? ceiling : x < -ceiling ? -ceiling : x;
}

static double find_dc(struct gs_safety *s, unsigned channel, float x)
{
    double *pole = s->dc[channel];
    double in = within(x, s->ceiling); /* the rest is the limiter's, and must not linger here */
    for (unsigned i = 0; i < 4; i++) {
        pole[i] += s->dc_pole * (in - pole[i]);
        in = pole[i];
    }
    return in;
}

/* True once DC has stood for a whole wait with one sign. */
static bool dc_stands(struct gs_safety *s, double dc)
{
    int sign = dc > DC_THRESHOLD ? 1 : dc < -DC_THRESHOLD ? -1 : 0;
    s->dc_since = sign && sign == s->dc_sign ? s->dc_since + 1 : 0;
    s->dc_since = s->dc_since > s->dc_wait ? s->dc_wait : s->dc_since;
    s->dc_sign = sign;
    return s->dc_since == s->dc_wait;
}

static void take_out_dc(struct gs_safety *s, float *x)
{
    double left = find_dc(s, 0, x[0]), right = find_dc(s, 1, x[1]);
    double larger = fabs(left) > fabs(right) ? left : right;
    if (dc_stands(s, larger)) {
        s->trips += s->dc_engaged == 0.0f;
        s->dc_engaged = fminf(1.0f, s->dc_engaged + s->dc_step);
    } else if (fabs(larger) < DC_THRESHOLD / 10) { /* gone for good, or it would come and go for ever */
        s->dc_engaged = fmaxf(0.0f, s->dc_engaged - s->dc_step);
    }
    if (s->dc_engaged > 0.0f) {
        x[0] -= (float)(s->dc_engaged * left);
        x[1] -= (float)(s->dc_engaged * right);
    }
}

/* Attack within the frame, so nothing ever passes the ceiling; both channels together, so that the image
 * does not wander; release slow enough not to fold the waveform. */
static void limit(struct gs_safety *s, float *x)
{
    double peak = fmaxf(fabsf(x[0]), fabsf(x[1]));
    if (s->limit < 1.0) {
        s->limit += s->limit_release * (1.0 - s->limit);
        if (s->limit > 0.99999) {
            s->limit = 1.0;
            s->limiting = false;
        }
    }
    if (peak * s->limit > s->ceiling) {
        s->trips += !s->limiting;
        s->limiting = true;
        s->limit = s->ceiling / peak;
    }
    if (s->limit < 1.0) {
        x[0] = within((float)(x[0] * s->limit), s->ceiling);
        x[1] = within((float)(x[1] * s->limit), s->ceiling);
    }
}

void gs_safety_process(struct gs_safety *s, float *left, float *right, unsigned frames, bool open)
{
    for (unsigned i = 0; i < frames; i++) {
        float x[2] = { finite_or_zero(s, left[i]), finite_or_zero(s, right[i]) };
        take_out_dc(s, x);
        limit(s, x);
        if (!open || s->gate < 1.0f) {
            s->gate = open ? fminf(1.0f, s->gate + s->gate_step) : fmaxf(0.0f, s->gate - s->gate_step);
            x[0] *= s->gate;
            x[1] *= s->gate;
        }
        left[i] = x[0];
        right[i] = x[1];
    }
}
