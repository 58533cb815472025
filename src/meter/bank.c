/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lane bank: groups of lanes, and for each group the state of every kind. See bank.h. */
#include "meter/bank.h"

#include "meter/flush.h"
#include "meter/gather.h"

#include <string.h>

#define ALIGNED(size) (((size) + 63) & ~(size_t)63)
#define KINDS_MAX     64
#define ROW           8 /* a row of a field is a whole number of these: small chains have small bins */

struct gs_bank {
    struct gs_lanes_cell cell; /* the one at hand */
    size_t n_lanes, n_groups, n_kinds;
    const struct gs_meter_isa *isa;
    size_t state_of_kind[KINDS_MAX];     /* offset in a group's state */
    size_t state_of_group;               /* bytes */
    size_t shared_of_kind[KINDS_MAX];    /* offset in `shared` */
    size_t from_at, shared_at, state_at; /* bytes behind the bank's own beginning */
};

static const float silent_cell[GS_CELL];
static const uint32_t no_clip;
static const float no_reduction;

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
    return (n_lanes + ROW - 1) / ROW * ROW;
}

/* Fills in the sizes; returns the size of the whole. */
static size_t lay_out(struct gs_bank *bank, size_t n_lanes)
{
    size_t state = 0, shared = 0;
    bank->n_lanes = n_lanes;
    bank->n_groups = (n_lanes + GS_LANES - 1) / GS_LANES;
    for (bank->n_kinds = 0; gs_meter_kinds[bank->n_kinds]; bank->n_kinds++) {
        const struct gs_meter_kind *kind = gs_meter_kinds[bank->n_kinds];
        bank->state_of_kind[bank->n_kinds] = state;
        state += ALIGNED(kind->size);
        bank->shared_of_kind[bank->n_kinds] = shared;
        shared += ALIGNED(kind->shared_size);
    }
    bank->state_of_group = state;
    bank->from_at = ALIGNED(sizeof *bank);
    bank->shared_at = bank->from_at + ALIGNED(bank->n_groups * sizeof(struct gs_gather));
    bank->state_at = bank->shared_at + shared;
    return bank->state_at + bank->n_groups * state;
}

size_t gs_bank_size(size_t n_lanes)
{
    struct gs_bank bank;
    return lay_out(&bank, n_lanes);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static struct gs_gather *from_of(struct gs_bank *bank, size_t group)
{
    return (struct gs_gather *)(void *)((char *)bank + bank->from_at) + group;
}

static void *state_of(struct gs_bank *bank, size_t group, size_t kind)
{
    return (char *)bank + bank->state_at + group * bank->state_of_group + bank->state_of_kind[kind];
}

static void *shared_of(struct gs_bank *bank, size_t kind)
{
    return (char *)bank + bank->shared_at + bank->shared_of_kind[kind];
}

static void connect_to_silence(struct gs_gather *from)
{
    for (int lane = 0; lane < GS_LANES; lane++) {
        from->real[lane] = silent_cell;
        from->ideal[lane] = silent_cell;
        from->clip[lane] = &no_clip;
        from->reduction_db[lane] = &no_reduction;
    }
}

static void init_kind(struct gs_bank *bank, size_t index, const struct gs_meter_setup *setup)
{
    const struct gs_meter_kind *kind = bank->isa->kind[index];
    if (kind->prepare) {
        kind->prepare(shared_of(bank, index), setup);
    }
    for (size_t group = 0; kind->init && group < bank->n_groups; group++) {
        kind->init(state_of(bank, group, index), shared_of(bank, index));
    }
}

struct gs_bank *gs_bank_init_isa(void *memory, size_t n_lanes, double rate_hz, const struct gs_meter_isa *isa)
{
    const struct gs_meter_setup setup = { .rate_hz = rate_hz, .bin_hz = GS_BIN_HZ };
    memset(memory, 0, gs_bank_size(n_lanes));
    struct gs_bank *bank = memory;
    bank->isa = isa;
    lay_out(bank, n_lanes);
    for (size_t group = 0; group < bank->n_groups; group++) {
        connect_to_silence(from_of(bank, group));
    }
    for (size_t kind = 0; kind < bank->n_kinds; kind++) {
        init_kind(bank, kind, &setup);
    }
    return bank;
}

struct gs_bank *gs_bank_init(void *memory, size_t n_lanes, double rate_hz)
{
    return gs_bank_init_isa(memory, n_lanes, rate_hz, gs_meter_isa(0));
}

void gs_bank_connect(struct gs_bank *bank, size_t lane, const float *real, const float *ideal,
                     const uint32_t *clip)
{
    struct gs_gather *from = from_of(bank, lane / GS_LANES);
    from->real[lane % GS_LANES] = real;
    from->ideal[lane % GS_LANES] = ideal;
    from->clip[lane % GS_LANES] = clip;
}

void gs_bank_connect_reduction(struct gs_bank *bank, size_t lane, const float *reduction_db)
{
    from_of(bank, lane / GS_LANES)->reduction_db[lane % GS_LANES] = reduction_db;
}

void gs_bank_cell(struct gs_bank *bank)
{
    unsigned mode = gs_flush_begin();
    const struct gs_meter_isa *isa = bank->isa;
    for (size_t group = 0; group < bank->n_groups; group++) {
        bank->cell.lanes = (unsigned)smaller(bank->n_lanes - group * GS_LANES, GS_LANES);
        isa->gather(from_of(bank, group), &bank->cell);
        for (size_t kind = 0; kind < bank->n_kinds; kind++) {
            isa->kind[kind]->cell(state_of(bank, group, kind), shared_of(bank, kind), &bank->cell);
        }
    }
    gs_flush_end(mode);
}

void gs_bank_take(struct gs_bank *bank, float *field)
{
    size_t row = gs_bank_lanes(bank->n_lanes);
    for (size_t group = 0; group < bank->n_groups; group++) {
        float *to = field + group * GS_LANES;
        size_t bytes = smaller(row - group * GS_LANES, GS_LANES) * sizeof *to;
        for (size_t kind = 0; kind < bank->n_kinds; kind++) {
            float taken[GS_METER_FIELDS_MAX][GS_LANES] GS_LANES_ALIGNED;
            bank->isa->kind[kind]->take(state_of(bank, group, kind), shared_of(bank, kind), taken);
            for (size_t f = 0; f < gs_meter_kinds[kind]->n_fields; f++, to += row) {
                memcpy(to, taken[f], bytes);
            }
        }
    }
}
