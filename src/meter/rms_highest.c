/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mean square over the last 400 ms, bin by bin and channel by channel: see rms_highest.h. */
#include "meter/rms_highest.h"

#include "meter/window.h"

#include <math.h>

#define WINDOW_MS 400

struct highest {
    double nominal_frames;
    struct gs_window window;
    size_t wait; /* bins until the window holds nothing from before the reset */
    double place[];
};

static size_t bins_of(const struct gs_meter_setup *setup)
{
    return (size_t)WINDOW_MS * setup->bin_hz / 1000;
}

static size_t size(const struct gs_meter_setup *setup)
{
    return sizeof(struct highest) + bins_of(setup) * sizeof(double);
}

static void init(void *state, const struct gs_meter_setup *setup)
{
    struct highest *s = state;
    s->nominal_frames = setup->rate_hz / setup->bin_hz;
    s->window = (struct gs_window){ .place = s->place, .n = bins_of(setup) };
}

static void reset(void *state)
{
    struct highest *s = state;
    s->wait = s->window.n - 1;
}

static void bin(void *state, const struct gs_meter_wire_bin *bin, float *derived)
{
    struct highest *s = state;
    double mean_square = bin->frames > 0 ? bin->field[0] / bin->frames : 0;
    derived[0] = -INFINITY;
    for (long n = gs_window_bins(bin->frames, s->nominal_frames); n > 0; n--) {
        double sum = gs_window_push(&s->window, mean_square);
        if (s->wait > 0) {
            s->wait--;
        } else {
            derived[0] = fmaxf(derived[0], (float)(sum / (double)s->window.n));
        }
    }
}

static const struct gs_meter_field fields[] = {
    { "highest", GS_FOLD_MAX },
};

const struct gs_meter_after gs_rms_highest_after = {
    .fields = fields,
    .n_fields = 1,
    .per_channel = true,
    .size = size,
    .init = init,
    .bin = bin,
    .reset = reset,
};
