/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lane bank: groups of eight lanes, and for each group the state of every kind. See bank.h. */
#include "meter/bank.h"

#include "meter/gather.h"

#include <string.h>

#define ALIGNED(size) (((size) + 63) & ~(size_t)63)
#define KINDS_MAX     64

struct gs_bank {
    struct gs_lanes_cell cell; /* the one at hand */
    size_t n_groups, n_kinds;
    size_t state_of_kind[KINDS_MAX]; /* offset in a group's state */
    size_t state_of_group;           /* bytes */
    struct gs_gather *from;          /* one a group */
    char *state;
};

static const float silent_cell[GS_CELL];
static const uint32_t no_clip;

size_t gs_bank_fields(void)
{
    size_t n = 0;
    for (const struct gs_meter_kind *const *kind = gs_meter_kinds; *kind; kind++) {
        n += (*kind)->n_fields;
    }
    return n;
}

size_t gs_bank_lanes(size_t n_lanes)
{
    return (n_lanes + GS_LANES - 1) / GS_LANES * GS_LANES;
}

/* Fills in the sizes; returns the size of the whole. */
static size_t lay_out(struct gs_bank *bank, size_t n_lanes, const struct gs_meter_setup *setup)
{
    bank->n_groups = gs_bank_lanes(n_lanes) / GS_LANES;
    size_t at = 0;
    for (bank->n_kinds = 0; gs_meter_kinds[bank->n_kinds]; bank->n_kinds++) {
        bank->state_of_kind[bank->n_kinds] = at;
        at += ALIGNED(gs_meter_kinds[bank->n_kinds]->size(setup));
    }
    bank->state_of_group = at;
    return ALIGNED(sizeof *bank) + ALIGNED(bank->n_groups * sizeof *bank->from) + bank->n_groups * at;
}

size_t gs_bank_size(size_t n_lanes, double rate_hz)
{
    struct gs_bank bank;
    return lay_out(&bank, n_lanes, &(struct gs_meter_setup){ .rate_hz = rate_hz });
}

static void *state_of(const struct gs_bank *bank, size_t group, size_t kind)
{
    return bank->state + group * bank->state_of_group + bank->state_of_kind[kind];
}

static void connect_to_silence(struct gs_gather *from)
{
    for (int lane = 0; lane < GS_LANES; lane++) {
        from->real[lane] = silent_cell;
        from->ideal[lane] = silent_cell;
        from->clip[lane] = &no_clip;
    }
}

struct gs_bank *gs_bank_init(void *memory, size_t n_lanes, double rate_hz)
{
    const struct gs_meter_setup setup = { .rate_hz = rate_hz };
    memset(memory, 0, gs_bank_size(n_lanes, rate_hz));
    struct gs_bank *bank = memory;
    lay_out(bank, n_lanes, &setup);
    char *behind = (char *)memory + ALIGNED(sizeof *bank);
    bank->from = (void *)behind;
    bank->state = behind + ALIGNED(bank->n_groups * sizeof *bank->from);
    for (size_t group = 0; group < bank->n_groups; group++) {
        connect_to_silence(&bank->from[group]);
        for (size_t kind = 0; kind < bank->n_kinds; kind++) {
            gs_meter_kinds[kind]->init(state_of(bank, group, kind), &setup);
        }
    }
    return bank;
}

void gs_bank_connect(struct gs_bank *bank, size_t lane, const float *real, const float *ideal,
                     const uint32_t *clip)
{
    struct gs_gather *from = &bank->from[lane / GS_LANES];
    from->real[lane % GS_LANES] = real;
    from->ideal[lane % GS_LANES] = ideal;
    from->clip[lane % GS_LANES] = clip;
}

void gs_bank_cell(struct gs_bank *bank)
{
    for (size_t group = 0; group < bank->n_groups; group++) {
        gs_gather_cell(&bank->from[group], &bank->cell);
        for (size_t kind = 0; kind < bank->n_kinds; kind++) {
            gs_meter_kinds[kind]->cell(state_of(bank, group, kind), &bank->cell);
        }
    }
}

void gs_bank_take(struct gs_bank *bank, float *field)
{
    size_t row = bank->n_groups * GS_LANES;
    for (size_t group = 0; group < bank->n_groups; group++) {
        float *to = field + group * GS_LANES;
        for (size_t kind = 0; kind < bank->n_kinds; kind++) {
            float taken[GS_METER_FIELDS_MAX][GS_LANES] __attribute__((aligned(32)));
            gs_meter_kinds[kind]->take(state_of(bank, group, kind), taken);
            for (size_t f = 0; f < gs_meter_kinds[kind]->n_fields; f++, to += row) {
                memcpy(to, taken[f], sizeof taken[f]);
            }
        }
    }
}
