/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Look-ahead limiter: see dsp/limiter.h. Times, in frames: a peak between the samples p and p + 1 is known
 * GS_FINEPEAK_DELAY after p has come. The gain has to be down from MARGIN before to MARGIN behind it, because the
 * interpolation of the limited signal looks at more than two samples. */
#include "dsp/limiter.h"

#include "dsp/sane.h"

#include <math.h>
#include <string.h>

#define MARGIN   4
#define MEAN_MIN 8            /* of both means together, at very low rates */
#define ONE      1073741824.0 /* 2^30: a reduction to nothing */
#define GONE     1e-7         /* of a reduction: it has been let go */

unsigned gs_limiter_latency(double rate_hz, double lookahead_ms)
{
    unsigned wanted = (unsigned)lrint(lookahead_ms * rate_hz / 1000.0);
    unsigned least = GS_FINEPEAK_DELAY + MARGIN + MEAN_MIN;
    return wanted > least ? wanted : least;
}

/* The hold lasts until the last sample that a peak concerns has left. */
static unsigned window_for(unsigned latency)
{
    return latency - GS_FINEPEAK_DELAY + MARGIN + 2;
}

/* Frames of both running means together: then the gain is down in time. */
static unsigned means_for(unsigned latency)
{
    return latency - GS_FINEPEAK_DELAY - MARGIN + 2;
}

size_t gs_limiter_room(double rate_hz, double lookahead_ms, unsigned channels)
{
    unsigned latency = gs_limiter_latency(rate_hz, lookahead_ms), window = window_for(latency);
    return (window + means_for(latency)) * sizeof(uint64_t) + window * sizeof(uint32_t) +
           (size_t)GS_PATHS * channels * latency * sizeof(float);
}

void gs_limiter_init(struct gs_limiter *limiter, void *room, double rate_hz, double lookahead_ms,
                     unsigned channels)
{
    gs_finepeak_init(&limiter->kernel);
    limiter->rate_hz = rate_hz;
    limiter->channels = channels;
    limiter->latency = gs_limiter_latency(rate_hz, lookahead_ms);
    limiter->window = limiter->hold.room = window_for(limiter->latency);
    limiter->mean[0].length = means_for(limiter->latency) / 2;
    limiter->mean[1].length = means_for(limiter->latency) - limiter->mean[0].length;
    limiter->least = 1.0f;
    limiter->release_ms = -1.0f;

    uint64_t *large = room;
    limiter->hold.when = large;
    limiter->mean[0].value = large + limiter->window;
    limiter->mean[1].value = limiter->mean[0].value + limiter->mean[0].length;
    limiter->hold.need = (uint32_t *)(limiter->mean[1].value + limiter->mean[1].length);
    float *late = (float *)(limiter->hold.need + limiter->window);
    for (unsigned c = 0; c < channels; c++) {
        for (int path = 0; path < GS_PATHS; path++) {
            limiter->late[path][c] = late;
            late += limiter->latency;
        }
    }
}

/* ---- what each frame needs ---- */

static float least_ceiling(const struct gs_ramp *ceiling, unsigned frames)
{
    float least = ceiling->now;
    for (unsigned i = 0; ceiling->ramp && i < frames; i++) {
        least = ceiling->ramp[i] < least ? ceiling->ramp[i] : least;
    }
    return least;
}

/* True peaks of the louder channel; false: nothing comes near `quiet`. */
static bool find_peaks(struct gs_limiter *limiter, const struct gs_span *span, float quiet, float *peak,
                       unsigned frames)
{
    float most = 0.0f, one[GS_CELL];
    for (unsigned c = 0; c < limiter->channels; c++) {
        memcpy(limiter->past[c] + GS_FINEPEAK_PAST, span->ch[GS_REAL][c], frames * sizeof(float));
        for (unsigned i = 0; i < GS_FINEPEAK_PAST + frames; i++) {
            float size = fabsf(limiter->past[c][i]);
            most = size > most ? size : most;
        }
    }
    bool near = most * limiter->kernel.gain_max * 1.0001f >= quiet;
    for (unsigned c = 0; c < limiter->channels; c++) {
        float *past = limiter->past[c];
        if (near) {
            gs_finepeak_run(&limiter->kernel, past + GS_FINEPEAK_PAST, c ? one : peak, frames);
        }
        for (unsigned i = 0; near && c && i < frames; i++) {
            peak[i] = one[i] > peak[i] ? one[i] : peak[i];
        }
        memmove(past, past + frames, GS_FINEPEAK_PAST * sizeof *past);
    }
    return near;
}

static uint32_t need_of(float peak, float ceiling)
{
    double to = (double)ceiling * GS_LIMITER_UNDER;
    return (double)peak > to ? (uint32_t)ceil((1.0 - to / (double)peak) * ONE) : 0;
}

/* ---- from needs to gains ---- */

/* Largest need of the last `window` frames. What is older than a larger one will never be asked for. */
static uint32_t held(struct gs_limiter_hold *hold, uint32_t need, uint64_t frame, unsigned window)
{
    while (hold->count && hold->when[hold->oldest] + window <= frame) {
        hold->oldest = hold->oldest + 1 == hold->room ? 0 : hold->oldest + 1;
        hold->count--;
    }
    unsigned behind = (hold->oldest + hold->count) % hold->room;
    while (hold->count) {
        unsigned newest = (behind ? behind : hold->room) - 1;
        if (hold->need[newest] > need) {
            break;
        }
        behind = newest;
        hold->count--;
    }
    if (need) {
        hold->need[behind] = need;
        hold->when[behind] = frame;
        hold->count++;
    }
    return hold->count ? hold->need[hold->oldest] : 0;
}

static uint64_t average(struct gs_limiter_mean *mean, uint64_t value)
{
    mean->sum += value - mean->value[mean->at];
    mean->value[mean->at] = value;
    mean->at = mean->at + 1 == mean->length ? 0 : mean->at + 1;
    return mean->sum;
}

static float gain_for(struct gs_limiter *limiter, uint32_t need)
{
    double wanted = held(&limiter->hold, need, limiter->frame++, limiter->window) / ONE;
    double *now = &limiter->reduction;
    *now = wanted >= *now ? wanted : wanted + limiter->release * (*now - wanted);
    if (*now < GONE) {
        *now = 0.0;
    }
    uint64_t sum = average(&limiter->mean[1], average(&limiter->mean[0], (uint64_t)ceil(*now * ONE)));
    return (float)(1.0 - (double)sum / (ONE * limiter->mean[0].length * limiter->mean[1].length));
}

static bool at_rest(const struct gs_limiter *limiter)
{
    return limiter->hold.count == 0 && limiter->reduction == 0.0 && limiter->mean[0].sum == 0 &&
           limiter->mean[1].sum == 0;
}

static void set_release(struct gs_limiter *limiter, float ms)
{
    if (ms != limiter->release_ms) {
        limiter->release_ms = ms;
        limiter->release = exp(-1000.0 / ((double)ms * limiter->rate_hz));
    }
}

/* ---- signals ---- */

static void delay(float *x, float *late, unsigned at, unsigned length, unsigned frames)
{
    for (unsigned i = 0; i < frames; i++) {
        float now = x[i];
        x[i] = late[at];
        late[at] = now;
        at = at + 1 == length ? 0 : at + 1;
    }
}

void gs_limiter_run(struct gs_limiter *limiter, const struct gs_span *span, const struct gs_ramp *ceiling,
                    const struct gs_ramp *release, unsigned frames)
{
    float peak[GS_CELL], gain[GS_CELL];
    for (unsigned c = 0; c < limiter->channels; c++) {
        gs_sane_copy(span->ch[GS_REAL][c], span->ch[GS_REAL][c], frames);
        gs_sane_copy(span->ch[GS_IDEAL][c], span->ch[GS_IDEAL][c], frames);
    }
    bool near =
        find_peaks(limiter, span, least_ceiling(ceiling, frames) * (float)GS_LIMITER_UNDER, peak, frames);
    bool rest = !near && at_rest(limiter);
    limiter->least = 1.0f;
    for (unsigned i = 0; !rest && i < frames; i++) {
        set_release(limiter, gs_ramp_at(release, i));
        gain[i] = gain_for(limiter, near ? need_of(peak[i], gs_ramp_at(ceiling, i)) : 0);
        limiter->least = gain[i] < limiter->least ? gain[i] : limiter->least;
    }
    for (unsigned c = 0; c < limiter->channels; c++) {
        for (int path = 0; path < GS_PATHS; path++) {
            float *x = span->ch[path][c];
            delay(x, limiter->late[path][c], limiter->at, limiter->latency, frames);
            for (unsigned i = 0; !rest && i < frames; i++) {
                x[i] *= gain[i];
            }
        }
    }
    limiter->at = (limiter->at + frames) % limiter->latency;
}
