/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loudness (ITU-R BS.1770-5, EBU R 128, Tech 3341 and 3342): the audio thread's half is the K-weighted energy
 * of each channel; windows, gates and range are in programme.c. Analogue and acoustic wires count as if
 * brought to full scale by the alignment. */
#include "meter/programme.h"
#include "meter/weighting.h"

#include <math.h>

struct state {
    struct part {
        gs_part in[2], head[2], low[2];
    } part[GS_PARTS];
    double energy[GS_LANES];
} __attribute__((aligned(64)));

static void prepare(void *shared, const struct gs_meter_setup *setup)
{
    gs_k_weighting_design(shared, setup->rate_hz);
}

static inline __attribute__((always_inline)) void weigh(struct state *s, const struct gs_k_weighting *c,
                                                        const struct gs_lanes_cell *cell, int p, int n)
{
    struct part f[GS_ABREAST];
    gs_part sum[GS_ABREAST] = { { 0 } };
    GS_EACH_ABREAST(k, n) f[k] = s->part[p + k];
    for (int i = 0; i < GS_CELL; i++) {
        GS_EACH_ABREAST(k, n)
        {
            gs_part x = gs_part_load(cell->real[i], p + k);
            gs_part head = gs_biquad_of_past(x, f[k].in, f[k].head, &c->head);
            gs_part y = gs_high_pass_step(head, f[k].low, &c->low);
            sum[k] += y * y;
            gs_past_push(f[k].in, x);
            gs_past_push(f[k].head, head);
        }
    }
    GS_EACH_ABREAST(k, n)
    {
        s->part[p + k] = f[k];
        gs_part_add_up(s->energy, p + k, sum[k]);
    }
}

static void cell(void *state, const void *shared, const struct gs_lanes_cell *cell)
{
    int p = 0;
    for (; p + GS_ABREAST <= gs_parts(cell); p += GS_ABREAST) {
        weigh(state, shared, cell, p, GS_ABREAST);
    }
    for (; p < gs_parts(cell); p++) {
        weigh(state, shared, cell, p, 1);
    }
}

static void take(void *state, const void *shared, float (*field)[GS_LANES])
{
    struct state *s = state;
    const struct gs_k_weighting *c = shared;
    for (int lane = 0; lane < GS_LANES; lane++) {
        field[0][lane] = (float)(c->power * s->energy[lane]);
        s->energy[lane] = 0;
    }
}

static const struct gs_meter_field fields[] = {
    { "k_energy", GS_FOLD_SUM },
};

enum {
    OWN, /* the kind's own field, then those of programme.c */
    MOMENTARY = OWN + 1 + GS_PROGRAMME_MOMENTARY,
    SHORT_TERM = OWN + 1 + GS_PROGRAMME_SHORT_TERM,
    MOMENTARY_COUNTED = OWN + 1 + GS_PROGRAMME_MOMENTARY_COUNTED,
    SHORT_TERM_COUNTED = OWN + 1 + GS_PROGRAMME_SHORT_TERM_COUNTED,
};

static double momentary(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    (void)site;
    return gs_programme_lufs(field[MOMENTARY]);
}

static double short_term(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    (void)site;
    return gs_programme_lufs(field[SHORT_TERM]);
}

static double momentary_max(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    (void)site;
    return gs_programme_lufs(field[MOMENTARY_COUNTED]);
}

static double short_term_max(const double *field, double frames, const struct gs_meter_site *site)
{
    (void)frames;
    (void)site;
    return gs_programme_lufs(field[SHORT_TERM_COUNTED]);
}

static const struct gs_reading readings[] = {
    { .key = "momentary",
      .label = "Momentary",
      .doc = "Loudness of the last 400 ms, all channels together (EBU Tech 3341, 2.2).",
      .unit = "LUFS",
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .wire = true,
      .value = momentary },
    { .key = "short_term",
      .label = "Short-term",
      .doc = "Loudness of the last 3 s, all channels together (EBU Tech 3341, 2.2).",
      .unit = "LUFS",
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .wire = true,
      .value = short_term },
    { .key = "momentary_max",
      .label = "Momentary maximum",
      .doc = "Highest momentary loudness since reset, pauses left out.",
      .unit = "LUFS",
      .span = GS_SPAN_HOLD,
      .wire = true,
      .value = momentary_max },
    { .key = "short_term_max",
      .label = "Short-term maximum",
      .doc = "Highest short-term loudness since reset, pauses left out.",
      .unit = "LUFS",
      .span = GS_SPAN_HOLD,
      .wire = true,
      .value = short_term_max },
    { .key = "integrated",
      .label = "Integrated",
      .doc = "Gated programme loudness since reset (ITU-R BS.1770-5 annex 1, EBU R 128).",
      .unit = "LUFS",
      .span = GS_SPAN_HOLD,
      .wire = true,
      .state = gs_programme_integrated },
    { .key = "loudness_range",
      .label = "Loudness range",
      .doc =
          "Range between the 10th and the 95th percentile of gated short-term loudness since reset (EBU Tech "
          "3342); not stable before 60 s.",
      .unit = "LU",
      .span = GS_SPAN_HOLD,
      .wire = true,
      .state = gs_programme_range },
    { .key = "loudness_time",
      .label = "Measured time",
      .doc = "Seconds that integrated loudness and range stand on: since reset, pauses left out.",
      .unit = "s",
      .low = 0,
      .high = INFINITY,
      .span = GS_SPAN_HOLD,
      .wire = true,
      .state = gs_programme_seconds },
    { .key = "loudness_stable",
      .label = "Stable",
      .doc =
          "1 once loudness range stands on 60 s or more, 0 while it is not stable yet (EBU Tech 3341, 2.5).",
      .unit = "",
      .low = 0,
      .high = 1,
      .span = GS_SPAN_HOLD,
      .wire = true,
      .state = gs_programme_stable },
    { .key = "plr",
      .label = "PLR",
      .doc = "Peak to loudness ratio: true peak since reset above integrated loudness (AES TD1004).",
      .unit = "dB",
      .span = GS_SPAN_HOLD,
      .wire = true,
      .of = "true_peak_fs",
      .minus = "integrated" },
    { .key = "psr",
      .label = "PSR",
      .doc = "Peak to short-term loudness ratio: true peak of the last 3 s above short-term loudness.",
      .unit = "dB",
      .span = GS_SPAN_NOW,
      .window_ms = GS_NEWEST_BIN_MS,
      .wire = true,
      .of = "true_peak_fs_3s",
      .minus = "short_term" },
};

const struct gs_meter_kind GS_ISA_NAME(gs_meter_loudness) = {
    .key = "loudness",
    .doc = "Loudness of the wire, momentary to integrated, and its range.",
    .standard = "ITU-R BS.1770-5, EBU Tech 3341 and 3342",
    .ballistics =
        "Momentary 400 ms, short-term 3 s, neither with ballistics; integrated gated over blocks of 400 ms.",
    .fields = fields,
    .n_fields = 1,
    .readings = readings,
    .n_readings = sizeof readings / sizeof readings[0],
    .after = &gs_programme_after,
    .programme = true,
    .shared_size = sizeof(struct gs_k_weighting),
    .prepare = prepare,
    .size = sizeof(struct state),
    .cell = cell,
    .take = take,
};
