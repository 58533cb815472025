/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Overs: frames in which the stage clipped, and runs of such frames. No standard says how many clipped
 * samples in a row make an over; practice counts runs of 1 to 4 (the DMU-30 of the Sony PCM-1630 had a
 * switch), so runs of at least 1, 2, 3 and 4 frames are counted side by side. A run goes on across cells
 * and bins and counts where it reaches its length. */
#include "meter/lanes.h"

#include <math.h>

#define RUNS 4

struct state {
    uint32_t offset;         /* frames of this bin so far */
    uint32_t past[GS_LANES]; /* bits 0..3: the last four frames, bit 3 the newest */
    uint32_t frames[GS_LANES];
    uint32_t run[RUNS][GS_LANES];
    float first[GS_LANES]; /* offset in the bin, INFINITY: none */
};

static void open_bin(struct state *s)
{
    s->offset = 0;
    for (int lane = 0; lane < GS_LANES; lane++) {
        s->frames[lane] = 0;
        s->first[lane] = INFINITY;
        for (int n = 0; n < RUNS; n++) {
            s->run[n][lane] = 0;
        }
    }
}

static void init(void *state, const void *shared)
{
    (void)shared;
    open_bin(state);
}

static void count(struct state *s, unsigned lane, uint32_t clip)
{
    uint64_t frames = (uint64_t)clip << RUNS | s->past[lane];
    uint64_t row = frames; /* bit i: frame i ends a row of at least n clipped frames */
    for (int n = 0; n < RUNS; n++) {
        uint64_t longer = row & frames << (n + 1);
        uint64_t reaches = row & ~longer; /* ... of n + 1 frames exactly */
        s->run[n][lane] += (uint32_t)__builtin_popcountll(reaches >> RUNS & UINT32_MAX);
        row = longer;
    }
    if (s->frames[lane] == 0 && clip) {
        s->first[lane] = (float)(s->offset + (uint32_t)__builtin_ctz(clip));
    }
    s->frames[lane] += (uint32_t)__builtin_popcount(clip);
}

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    (void)shared;
    struct state *s = state;
    uint32_t any = 0;
    for (unsigned lane = 0; lane < cell->lanes; lane++) {
        any |= cell->clip[lane];
    }
    for (unsigned lane = 0; any && lane < cell->lanes; lane++) {
        count(s, lane, cell->clip[lane]);
    }
    for (unsigned lane = 0; lane < cell->lanes; lane++) {
        s->past[lane] = cell->clip[lane] >> (GS_CELL - RUNS);
    }
    s->offset += GS_CELL;
}

enum {
    FRAMES,
    FIRST,
    RUN_1,
    RUN_2,
    RUN_3,
    RUN_4,
    FIELDS
};

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    (void)shared;
    struct state *s = state;
    for (int lane = 0; lane < GS_LANES; lane++) {
        field[FRAMES][lane] = (float)s->frames[lane];
        field[FIRST][lane] = s->first[lane];
        for (int n = 0; n < RUNS; n++) {
            field[RUN_1 + n][lane] = (float)s->run[n][lane];
        }
    }
    open_bin(s);
}

static const struct gs_meter_field fields[FIELDS] = {
    [FRAMES] = { "frames", GS_FOLD_SUM }, [FIRST] = { "first", GS_FOLD_EARLIEST },
    [RUN_1] = { "run_1", GS_FOLD_SUM },   [RUN_2] = { "run_2", GS_FOLD_SUM },
    [RUN_3] = { "run_3", GS_FOLD_SUM },   [RUN_4] = { "run_4", GS_FOLD_SUM },
};

#define COUNT(name, which)                                                                                   \
    static double name(const double *field, double frames, const struct gs_meter_site *site)                 \
    {                                                                                                        \
        (void)frames;                                                                                        \
        (void)site;                                                                                          \
        return field[which];                                                                                 \
    }
COUNT(clipped, FRAMES)
COUNT(over_1, RUN_1)
COUNT(over_2, RUN_2)
COUNT(over_3, RUN_3)
COUNT(over_4, RUN_4)

static double first_s(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    return isfinite(field[FIRST]) ? field[FIRST] / site->rate_hz : -INFINITY;
}

static const struct gs_reading readings[] = {
    { .key = "clipped",
      .label = "Clipped frames",
      .doc = "Frames since reset in which the stage clipped.",
      .unit = "",
      .low = 0,
      .high = INFINITY,
      .span = GS_SPAN_HOLD,
      .value = clipped },
    { .key = "first_clip",
      .label = "First clip",
      .doc = "Time of the first clipped frame since reset, in seconds of audio since the start.",
      .unit = "s",
      .low = 0,
      .high = INFINITY,
      .span = GS_SPAN_HOLD,
      .value = first_s },
    { .key = "over1",
      .label = "Overs (1)",
      .doc = "Runs of one clipped frame or more since reset.",
      .unit = "",
      .low = 0,
      .high = INFINITY,
      .span = GS_SPAN_HOLD,
      .value = over_1 },
    { .key = "over2",
      .label = "Overs (2)",
      .doc = "Runs of two clipped frames or more since reset.",
      .unit = "",
      .low = 0,
      .high = INFINITY,
      .span = GS_SPAN_HOLD,
      .value = over_2 },
    { .key = "over3",
      .label = "Overs (3)",
      .doc = "Runs of three clipped frames or more since reset: the usual meaning of OVER.",
      .unit = "",
      .low = 0,
      .high = INFINITY,
      .span = GS_SPAN_HOLD,
      .value = over_3 },
    { .key = "over4",
      .label = "Overs (4)",
      .doc = "Runs of four clipped frames or more since reset: OVER in CD mastering.",
      .unit = "",
      .low = 0,
      .high = INFINITY,
      .span = GS_SPAN_HOLD,
      .value = over_4 },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_over) = {
    .key = "over",
    .doc = "Clipping of the stage that drives the wire: frames, the first one, and runs by length.",
    .standard = "",
    .ballistics = "Counts frame by frame, without ballistics.",
    .fields = fields,
    .n_fields = FIELDS,
    .readings = readings,
    .n_readings = sizeof readings / sizeof readings[0],
    .size = sizeof(struct state),
    .init = init,
    .cell = cell,
    .take = take,
};
