/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See grid.h. */
#include "chain/grid.h"

#include "chain/take.h"
#include "dsp/fft.h"
#include "meter/weighting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOWEST_EDGE_HZ   5.0
#define CELLS_PER_OCTAVE 13
#define SLICES           12      /* of a cell, for the mean of a weight */
#define BLOCK_FRAMES     32768   /* of a sound too long, or of an awkward length, to transform at once */
#define WHOLE_MAX        1000000 /* frames transformed at once: exact for sounds that loop */

struct weights {
    double z, a;
};

/* Power response of the noise meters. */
static struct weights weights_at(const struct gs_band *band, const struct gs_a_weighting *a, double w)
{
    double z = gs_band_power(band, w);
    double weight = a->power * gs_high_pass_power(&a->low[0], w) * gs_high_pass_power(&a->low[1], w);
    return (struct weights){ z, z * weight * gs_biquad_power(&a->high, w) };
}

static void weigh(struct gs_grid *grid)
{
    struct gs_band band;
    struct gs_a_weighting a;
    gs_band_design(&band, grid->rate_hz);
    gs_a_weighting_design(&a, &band, grid->rate_hz);
    double sum = 0, slice_w = 2 * M_PI / grid->rate_hz / SLICES;
    for (size_t i = 0; i < grid->n; i++) {
        for (int k = 0; k < SLICES; k++) {
            double w = grid->edge[i] * SLICES + grid->width[i] * (k + 0.5);
            struct weights at = weights_at(&band, &a, w * slice_w);
            grid->z[i] += at.z / SLICES;
            grid->a[i] += at.a / SLICES;
        }
        sum += grid->z[i] * grid->width[i];
    }
    /* the meter's noise bandwidth by its design; what the slices miss of it is rounding */
    double exact = band.bandwidth_hz / sum;
    for (size_t i = 0; i < grid->n; i++) {
        grid->z[i] *= exact;
        grid->a[i] *= exact;
    }
}

static double next_edge(double edge, double limit)
{
    double next = edge < LOWEST_EDGE_HZ ? LOWEST_EDGE_HZ : edge * exp2(1.0 / CELLS_PER_OCTAVE);
    return next * 1.02 >= limit ? limit : next; /* no sliver of a cell before a limit */
}

void gs_grid_init(struct gs_grid *grid, double rate_hz)
{
    *grid = (struct gs_grid){ .rate_hz = rate_hz };
    double top = rate_hz / 2, band = fmin(top, GS_BANDWIDTH_HZ), edge = 0;
    while (edge < top && grid->n < GS_GRID_MAX) {
        double low = edge;
        edge = next_edge(low, low < band ? band : top);
        size_t i = grid->n++;
        grid->edge[i] = low;
        grid->edge[i + 1] = edge;
        grid->hz[i] = low > 0 ? sqrt(low * edge) : edge / 2;
        grid->width[i] = edge - low;
    }
    weigh(grid);
}

/* ---- what a sound consists of ---- */

struct analysis {
    const struct gs_grid *grid;
    const struct gs_take *take;
    const struct gs_grid_power *power;
    double complex *twiddle, *in, *out;
    size_t n;
    bool windowed;
};

/* The two channels go in as real and imaginary part of one transform. */
static void load_block(struct analysis *a, uint64_t at)
{
    const struct gs_take *take = a->take;
    for (size_t i = 0; i < a->n; i++) {
        uint64_t frame = (at + i) % take->frames;
        double w = a->windowed ? 1.0 - cos(2 * M_PI * (double)i / (double)a->n) : 1.0;
        double left = take->ch[0][frame], right = take->channels > 1 ? take->ch[1][frame] : 0;
        a->in[i] = w * (left + I * right);
    }
}

static void add_block(struct analysis *a)
{
    size_t cell = 0, n = a->n;
    double bin_hz = a->grid->rate_hz / (double)n;
    for (size_t k = 0; k <= n / 2; k++) {
        while (cell + 1 < a->grid->n && (double)k * bin_hz >= a->grid->edge[cell + 1]) {
            cell++;
        }
        double complex up = a->out[k], down = conj(a->out[(n - k) % n]);
        double complex left = (up + down) / 2, right = (up - down) / (2 * I);
        double sides = k == 0 || 2 * k == n ? 1 : 2;
        a->power->ll[cell] += sides * creal(left * conj(left));
        if (a->take->channels > 1) {
            a->power->rr[cell] += sides * creal(right * conj(right));
            a->power->lr[cell] += sides * creal(left * conj(right));
        }
    }
}

static double sum(const double *x, size_t n)
{
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        total += x[i];
    }
    return total;
}

/* The take's RMS is known exactly, so windows and block counts need no bookkeeping. */
static void settle(struct analysis *a)
{
    size_t n = a->grid->n;
    unsigned channels = a->take->channels;
    double total = sum(a->power->ll, n) + (channels > 1 ? sum(a->power->rr, n) : 0);
    double scale = total > 0 ? a->take->rms * a->take->rms * channels / total : 0;
    for (size_t i = 0; i < n; i++) {
        a->power->ll[i] *= scale;
        if (channels > 1) {
            a->power->rr[i] *= scale;
            a->power->lr[i] *= scale;
        }
    }
}

static enum gs_status analyse(const struct gs_grid *grid, const struct gs_take *take,
                              const struct gs_grid_power *power)
{
    uint64_t frames = take->frames;
    bool whole = frames && frames <= WHOLE_MAX && gs_fft_length((size_t)frames) == frames;
    struct analysis a = { .grid = grid, .take = take, .power = power, .windowed = !whole };
    a.n = whole ? (size_t)frames : BLOCK_FRAMES;
    a.twiddle = frames ? malloc(3 * a.n * sizeof *a.twiddle) : NULL;
    if (!a.twiddle) {
        return GS_E_MEMORY;
    }
    a.in = a.twiddle + a.n;
    a.out = a.in + a.n;
    gs_fft_twiddle(a.twiddle, a.n, -1);
    for (uint64_t at = 0; at < frames; at += whole ? frames : BLOCK_FRAMES / 2) {
        load_block(&a, at);
        gs_fft(a.in, a.out, a.twiddle, a.n);
        add_block(&a);
    }
    free(a.twiddle);
    settle(&a);
    return GS_OK;
}

enum gs_status gs_grid_analyse(const struct gs_grid *grid, const struct gs_take *take,
                               const struct gs_grid_power *power)
{
    struct gs_take_stock *stock = take->stock;
    if (!stock) {
        return analyse(grid, take, power);
    }
    const struct gs_grid_power known = { stock->power[0], stock->power[1], stock->power[2] };
    enum gs_status status = stock->analysed ? GS_OK : analyse(grid, take, &known);
    stock->analysed = !status;
    for (size_t i = 0; !status && i < grid->n; i++) {
        power->ll[i] = known.ll[i];
        power->rr[i] = known.rr[i];
        power->lr[i] = known.lr[i];
    }
    return status;
}
