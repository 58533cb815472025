/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mean square over the last 400 ms, bin by bin and channel by channel: see rms_highest.h. */
#include "meter/rms_highest.h"

#include "meter/window.h"

#include <math.h>

#define WINDOW_BINS 40

struct highest {
    double nominal_frames;
    struct gs_window window;
    double place[WINDOW_BINS];
    unsigned wait; /* bins until the window holds nothing from before the reset */
};

static size_t size(const struct gs_meter_setup *setup)
{
    (void)setup;
    return sizeof(struct highest);
}

static void init(void *state, const struct gs_meter_setup *setup)
{
    struct highest *s = state;
    s->nominal_frames = setup->rate_hz / GS_BIN_HZ;
    s->window = (struct gs_window){ .place = s->place, .n = WINDOW_BINS };
}

static void reset(void *state)
{
    ((struct highest *)state)->wait = WINDOW_BINS - 1;
}

static void bin(void *state, const struct gs_meter_wire_bin *bin, float *derived)
{
    struct highest *s = state;
    double mean_square = bin->frames > 0 ? bin->field[0] / bin->frames : 0;
    derived[0] = -INFINITY;
    for (long n = lround(fmax(1, bin->frames / s->nominal_frames)); n > 0; n--) {
        double sum = gs_window_push(&s->window, mean_square);
        if (s->wait > 0) {
            s->wait--;
        } else {
            derived[0] = fmaxf(derived[0], (float)(sum / WINDOW_BINS));
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
