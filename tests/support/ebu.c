/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * EBU test signals: see ebu.h. */
#include "ebu.h"

#undef NDEBUG
#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SILENCE (-1000.0)

struct ebu_signal ebu_steps(const struct ebu_step *steps, size_t n_steps, double rate_hz)
{
    double seconds = 0;
    for (size_t i = 0; i < n_steps; i++) {
        seconds += steps[i].seconds;
    }
    struct ebu_signal s = { .channels = 2, .frames = (size_t)lround(seconds * rate_hz), .rate_hz = rate_hz };
    s.ch[0] = s.ch[1] = calloc(s.frames + 1, sizeof *s.ch[0]);
    size_t at = 0;
    double end = 0;
    for (size_t i = 0; i < n_steps; i++) {
        end += steps[i].seconds;
        double amplitude = steps[i].dbfs < -200 ? 0 : pow(10, steps[i].dbfs / 20);
        for (; at < s.frames && (double)at < end * rate_hz - 1e-6; at++) {
            s.ch[0][at] = (float)(amplitude * sin(2 * M_PI * fmod(1000.0 * (double)at / rate_hz, 1)));
        }
    }
    return s;
}

static struct ebu_signal repeat(const struct ebu_step *steps, size_t n_steps, size_t times, double rate_hz)
{
    struct ebu_step *all = calloc(n_steps * times, sizeof *all);
    for (size_t i = 0; i < times; i++) {
        memcpy(all + i * n_steps, steps, n_steps * sizeof *steps);
    }
    struct ebu_signal s = ebu_steps(all, n_steps * times, rate_hz);
    free(all);
    return s;
}

/* Cases 11 and 14: bursts that come later and later in their slots, 1 dB louder each time. */
static struct ebu_signal live_bursts(double length, double slip, double rate_hz)
{
    struct ebu_step step[60];
    for (int i = 0; i < 20; i++) {
        step[3 * i] = (struct ebu_step){ i * slip, SILENCE };
        step[3 * i + 1] = (struct ebu_step){ length, -38 + i };
        step[3 * i + 2] = (struct ebu_step){ length - i * slip, SILENCE };
    }
    return ebu_steps(step, 60, rate_hz);
}

static struct ebu_signal surround(double rate_hz)
{
    static const double dbfs[EBU_CHANNELS_MAX] = { -28, -28, -24, -30, -30 };
    struct ebu_signal s = { .channels = EBU_CHANNELS_MAX,
                            .frames = (size_t)(20 * rate_hz),
                            .rate_hz = rate_hz };
    for (int c = 0; c < EBU_CHANNELS_MAX; c++) {
        struct ebu_signal one = ebu_steps(&(struct ebu_step){ 20, dbfs[c] }, 1, rate_hz);
        s.ch[c] = one.ch[0];
    }
    return s;
}

/* Cases 15..19: a steady tone at rate / divisor, with fades of 10 ms. */
static struct ebu_signal steady(double divisor, double amplitude, double degrees, double rate_hz)
{
    struct ebu_signal s = { .channels = 2, .frames = (size_t)rate_hz, .rate_hz = rate_hz };
    s.ch[0] = s.ch[1] = calloc(s.frames, sizeof *s.ch[0]);
    double fade = 0.01 * rate_hz;
    for (size_t i = 0; i < s.frames; i++) {
        double gain = fmin(1, fmin((double)i, (double)(s.frames - 1 - i)) / fade);
        s.ch[0][i] = (float)(gain * amplitude * sin(2 * M_PI * (double)i / divisor + degrees * M_PI / 180));
    }
    return s;
}

#define OVERSAMPLING   4
#define LOWPASS_TAPS   1025
#define LOWPASS_KAISER 10.0

static double bessel_i0(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; k < 50; k++) {
        term *= x / (2 * k) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

static double lowpass_tap(int i)
{
    double t = i - (LOWPASS_TAPS - 1) / 2.0, edge = 0.5 / OVERSAMPLING; /* half the final rate */
    double u = 2.0 * i / (LOWPASS_TAPS - 1) - 1;
    double window = bessel_i0(LOWPASS_KAISER * sqrt(fmax(0, 1 - u * u))) / bessel_i0(LOWPASS_KAISER);
    return window * (t == 0 ? 2 * edge : sin(2 * M_PI * edge * t) / (M_PI * t));
}

/* Cases 20..23: rate/6 at 0.5 with one period of rate/4 at 1.0 in its midst, made at four times the rate,
 * low-passed and decimated with an offset of 0..3. */
static struct ebu_signal burst_between_samples(int offset, double rate_hz)
{
    enum {
        FRAMES = 6000,
        SLOW = 6 * OVERSAMPLING,
        FAST = 4 * OVERSAMPLING
    };
    size_t n = FRAMES * OVERSAMPLING, begin = n / 2 / SLOW * SLOW;
    double *dense = calloc(n, sizeof *dense), tap[LOWPASS_TAPS];
    for (size_t i = 0; i < n; i++) {
        bool in_burst = i >= begin && i < begin + FAST;
        size_t t = i < begin ? i : i - begin - (in_burst ? 0 : FAST);
        double fade = fmin(1, fmin((double)i, (double)(n - i)) / (0.01 * rate_hz * OVERSAMPLING));
        dense[i] = fade * (in_burst ? 1.0 : 0.5) * sin(2 * M_PI * (double)t / (in_burst ? FAST : SLOW));
    }
    for (int i = 0; i < LOWPASS_TAPS; i++) {
        tap[i] = lowpass_tap(i);
    }
    struct ebu_signal s = { .channels = 2, .frames = FRAMES, .rate_hz = rate_hz };
    s.ch[0] = s.ch[1] = calloc(s.frames, sizeof *s.ch[0]);
    for (size_t i = 0; i < s.frames; i++) {
        double sum = 0;
        for (int k = 0; k < LOWPASS_TAPS; k++) {
            long at = (long)(i * OVERSAMPLING) + offset + (LOWPASS_TAPS - 1) / 2 - k;
            sum += at >= 0 && at < (long)n ? tap[k] * dense[at] : 0;
        }
        s.ch[0][i] = (float)sum;
    }
    free(dense);
    return s;
}

#define STEPS(...)                                                                                           \
    ebu_steps((const struct ebu_step[]){ __VA_ARGS__ },                                                      \
              sizeof(const struct ebu_step[]){ __VA_ARGS__ } / sizeof(struct ebu_step), rate_hz)

struct ebu_signal ebu_3341(int number, int variant, double rate_hz)
{
    switch (number) {
    case 1:
        return STEPS({ 20, -23 });
    case 2:
        return STEPS({ 20, -33 });
    case 3:
        return STEPS({ 10, -36 }, { 60, -23 }, { 10, -36 });
    case 4:
        return STEPS({ 10, -72 }, { 10, -36 }, { 60, -23 }, { 10, -36 }, { 10, -72 });
    case 5:
        return STEPS({ 20, -26 }, { 20.1, -20 }, { 20, -26 });
    case 6:
        return surround(rate_hz);
    case 9:
        return repeat((const struct ebu_step[]){ { 1.34, -20 }, { 1.66, -30 } }, 2, 5, rate_hz);
    case 10:
        return STEPS({ variant * 0.15, SILENCE }, { 3, -23 }, { 1, SILENCE });
    case 11:
        return live_bursts(3, 0.15, rate_hz);
    case 12:
        return repeat((const struct ebu_step[]){ { 0.18, -20 }, { 0.22, -30 } }, 2, 25, rate_hz);
    case 13:
        return STEPS({ variant * 0.02, SILENCE }, { 0.4, -23 }, { 1, SILENCE });
    case 14:
        return live_bursts(0.4, 0.02, rate_hz);
    case 15:
        return steady(4, 0.50, 0, rate_hz);
    case 16:
        return steady(4, 0.50, 45, rate_hz);
    case 17:
        return steady(6, 0.50, 60, rate_hz);
    case 18:
        return steady(8, 0.50, 67.5, rate_hz);
    case 19:
        return steady(4, 1.41, 45, rate_hz);
    default:
        assert(number >= 20 && number <= 23);
        return burst_between_samples(number - 20, rate_hz);
    }
}

struct ebu_signal ebu_3342(int number, double rate_hz)
{
    switch (number) {
    case 1:
        return STEPS({ 20, -20 }, { 20, -30 });
    case 2:
        return STEPS({ 20, -20 }, { 20, -15 });
    case 3:
        return STEPS({ 20, -40 }, { 20, -20 });
    default:
        assert(number == 4);
        return STEPS({ 20, -50 }, { 20, -35 }, { 20, -20 }, { 20, -35 }, { 20, -50 });
    }
}

void ebu_free(struct ebu_signal *signal)
{
    for (unsigned c = 0; c < signal->channels; c++) {
        if (c == 0 || signal->ch[c] != signal->ch[c - 1]) {
            free(signal->ch[c]);
        }
    }
    *signal = (struct ebu_signal){ 0 };
}

static const struct ebu_requirement requirements[] = {
    { 3341, 1, 0, "momentary", -23, 0.1, 0.1, 0, 0 },    { 3341, 1, 0, "short_term", -23, 0.1, 0.1, 0, 0 },
    { 3341, 1, 0, "integrated", -23, 0.1, 0.1, 0, 0 },   { 3341, 2, 0, "momentary", -33, 0.1, 0.1, 0, 0 },
    { 3341, 2, 0, "short_term", -33, 0.1, 0.1, 0, 0 },   { 3341, 2, 0, "integrated", -33, 0.1, 0.1, 0, 0 },
    { 3341, 3, 0, "integrated", -23, 0.1, 0.1, 0, 0 },   { 3341, 4, 0, "integrated", -23, 0.1, 0.1, 0, 0 },
    { 3341, 5, 0, "integrated", -23, 0.1, 0.1, 0, 0 },   { 3341, 6, 0, "integrated", -23, 0.1, 0.1, 0, 0 },
    { 3341, 9, 0, "short_term", -23, 0.1, 0.1, 3.0, 0 }, { 3341, 11, 0, "short_term", -38, 0.1, 0.1, 0, 6.0 },
    { 3341, 12, 0, "momentary", -23, 0.1, 0.1, 1.0, 0 }, { 3341, 14, 0, "momentary", -38, 0.1, 0.1, 0, 0.8 },
    { 3341, 15, 0, "true_peak", -6, 0.2, 0.4, 0, 0 },    { 3341, 16, 0, "true_peak", -6, 0.2, 0.4, 0, 0 },
    { 3341, 17, 0, "true_peak", -6, 0.2, 0.4, 0, 0 },    { 3341, 18, 0, "true_peak", -6, 0.2, 0.4, 0, 0 },
    { 3341, 19, 0, "true_peak", 3, 0.2, 0.4, 0, 0 },     { 3341, 20, 0, "true_peak", 0, 0.2, 0.4, 0, 0 },
    { 3341, 21, 0, "true_peak", 0, 0.2, 0.4, 0, 0 },     { 3341, 22, 0, "true_peak", 0, 0.2, 0.4, 0, 0 },
    { 3341, 23, 0, "true_peak", 0, 0.2, 0.4, 0, 0 },     { 3342, 1, 0, "loudness_range", 10, 1, 1, 0, 0 },
    { 3342, 2, 0, "loudness_range", 5, 1, 1, 0, 0 },     { 3342, 3, 0, "loudness_range", 20, 1, 1, 0, 0 },
    { 3342, 4, 0, "loudness_range", 15, 1, 1, 0, 0 },
};

size_t ebu_requirements(struct ebu_requirement list[EBU_REQUIREMENTS_MAX])
{
    size_t n = sizeof requirements / sizeof requirements[0];
    memcpy(list, requirements, sizeof requirements);
    for (int variant = 0; variant < 20; variant++) {
        list[n++] = (struct ebu_requirement){ 3341, 10, variant, "short_term_max", -23, 0.1, 0.1, 0, 0 };
        list[n++] = (struct ebu_requirement){ 3341, 13, variant, "momentary_max", -23, 0.1, 0.1, 0, 0 };
    }
    return n;
}

struct ebu_signal ebu_signal_for(const struct ebu_requirement *r, double rate_hz)
{
    return r->standard == 3341 ? ebu_3341(r->number, r->variant, rate_hz) : ebu_3342(r->number, rate_hz);
}

bool ebu_same_signal(const struct ebu_requirement *a, const struct ebu_requirement *b)
{
    return a->standard == b->standard && a->number == b->number && a->variant == b->variant;
}

const char *ebu_name(const struct ebu_requirement *r)
{
    static char name[64];
    snprintf(name, sizeof name, "%d case %d (%d)", r->standard, r->number, r->variant);
    return name;
}
