/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Phase correlation, bin by bin: see correlation.h. r = <LR> / sqrt(<LL> <RR>) over 400 ms; independent of
 * level, and nothing at all while a side is silent. */
#include "meter/correlation.h"

#include "meter/window.h"

#include <math.h>

#define WINDOW_MS 400
#define SILENCE   1e-15 /* mean square to full scale, -150 dB: below it a side counts as silent */

struct correlation {
    double nominal_frames, last;
    struct gs_window window[GS_STEREO_FIELDS];
    double place[];
};

static size_t bins_of(const struct gs_meter_setup *setup)
{
    return (size_t)WINDOW_MS * setup->bin_hz / 1000;
}

static size_t size(const struct gs_meter_setup *setup)
{
    return sizeof(struct correlation) + GS_STEREO_FIELDS * bins_of(setup) * sizeof(double);
}

static void init(void *state, const struct gs_meter_setup *setup)
{
    struct correlation *s = state;
    s->last = -INFINITY;
    s->nominal_frames = setup->rate_hz / setup->bin_hz;
    size_t bins = bins_of(setup);
    for (size_t f = 0; f < GS_STEREO_FIELDS; f++) {
        s->window[f] = (struct gs_window){ .place = s->place + f * bins, .n = bins };
    }
}

/* The windows are not part of what counts since reset; the folds are the readout's. */
static void reset(void *state)
{
    (void)state;
}

static double of_sums(const double sum[GS_STEREO_FIELDS], double floor)
{
    double left = sum[GS_STEREO_OWN], right = sum[GS_STEREO_OTHER];
    if (left < floor || right < floor) {
        return -INFINITY;
    }
    double cross = sum[GS_STEREO_MID] - sum[GS_STEREO_SIDE]; /* LR = ((L + R)^2 - (L - R)^2) / 4 */
    return fmax(-1, fmin(1, cross / sqrt(left * right)));
}

static void bin(void *state, const struct gs_meter_wire_bin *bin, float *derived)
{
    struct correlation *s = state;
    double sum[GS_STEREO_FIELDS], gain = bin->site->to_full_scale;
    double floor = SILENCE * s->nominal_frames * (double)s->window[0].n / (gain * gain);
    long n = gs_window_bins(bin->frames, s->nominal_frames);
    for (long i = 0; i < n; i++) {
        for (size_t f = 0; f < GS_STEREO_FIELDS; f++) {
            sum[f] = gs_window_push(&s->window[f], (double)bin->field[f * bin->row] / (double)n);
        }
    }
    if (n > 0) {
        s->last = bin->channels >= 2 ? of_sums(sum, floor) : -INFINITY;
    }
    bool defined = isfinite(s->last);
    derived[GS_CORRELATION_LAST - GS_STEREO_FIELDS] = (float)s->last;
    derived[GS_CORRELATION_LOWEST - GS_STEREO_FIELDS] = defined ? (float)s->last : INFINITY;
    derived[GS_CORRELATION_SUM - GS_STEREO_FIELDS] = defined ? (float)s->last : 0;
    derived[GS_CORRELATION_COUNT - GS_STEREO_FIELDS] = defined;
}

static const struct gs_meter_field fields[GS_CORRELATION_END - GS_STEREO_FIELDS] = {
    [GS_CORRELATION_LAST - GS_STEREO_FIELDS] = { "correlation", GS_FOLD_LAST },
    [GS_CORRELATION_LOWEST - GS_STEREO_FIELDS] = { "correlation_min", GS_FOLD_MIN },
    [GS_CORRELATION_SUM - GS_STEREO_FIELDS] = { "correlation_sum", GS_FOLD_SUM },
    [GS_CORRELATION_COUNT - GS_STEREO_FIELDS] = { "correlation_count", GS_FOLD_SUM },
};

const struct gs_meter_after gs_correlation_after = {
    .fields = fields,
    .n_fields = GS_CORRELATION_END - GS_STEREO_FIELDS,
    .size = size,
    .init = init,
    .bin = bin,
    .reset = reset,
};
