/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See grid.h. */
#include "chain/grid.h"

#include "dsp/fft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BAND_LOW_HZ      20.0 /* AES17 */
#define LOWEST_EDGE_HZ   10.0
#define CELLS_PER_OCTAVE 13
#define SLICES           16      /* of a cell, for the integral of the A curve */
#define BLOCK_FRAMES     32768   /* of a sound too long, or of an awkward length, to transform at once */
#define WHOLE_MAX        1000000 /* frames transformed at once: exact for sounds that loop */

double gs_a_weight(double hz)
{
    const double f1 = 20.598997, f2 = 107.65265, f3 = 737.86223, f4 = 12194.217;
    const double at_1k = 0.63100739144; /* of the curve below at 1 kHz: -2.00 dB (A1000 of the standard) */
    double s = hz * hz;
    double low = s / (s + f1 * f1), high = f4 * f4 / (s + f4 * f4);
    double middle = s * s / ((s + f2 * f2) * (s + f3 * f3));
    return low * low * high * high * middle / at_1k;
}

static double mean_a(double low, double high)
{
    double sum = 0, slice = (high - low) / SLICES;
    for (int i = 0; i < SLICES; i++) {
        sum += gs_a_weight(low + (i + 0.5) * slice);
    }
    return sum / SLICES;
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
        bool heard = low < band;
        edge = next_edge(low, heard ? band : top);
        size_t i = grid->n++;
        grid->edge[i] = low;
        grid->edge[i + 1] = edge;
        grid->hz[i] = low > 0 ? sqrt(low * edge) : edge / 2;
        grid->width[i] = edge - low;
        /* white noise reads its density times 20 kHz, as everybody reckons, not 19.98 kHz */
        grid->z[i] =
            heard && low > 0.99 * BAND_LOW_HZ ? GS_BANDWIDTH_HZ / (GS_BANDWIDTH_HZ - BAND_LOW_HZ) : 0;
        grid->a[i] = heard ? mean_a(low, edge) : 0;
    }
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

enum gs_status gs_grid_analyse(const struct gs_grid *grid, const struct gs_take *take,
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
