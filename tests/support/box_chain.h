/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chains of plain boxes for tests of the prediction: a box states its gain, noise, ceiling and a one-pole
 * high-pass, nothing else, so that a test can reckon by hand what must come out. Never processed. */
#ifndef SUPPORT_BOX_CHAIN_H
#define SUPPORT_BOX_CHAIN_H

#include "chain/chain.h"

/* Parameters of a box; noise is a level over 20 kHz in the unit of the wire, -inf: none. */
enum {
    BOX_GAIN,
    BOX_NOISE_IN,
    BOX_NOISE_OUT,
    BOX_CEILING, /* hard; INFINITY: none */
    BOX_HIGH_PASS_HZ,
    BOX_PARAMS
};

/* Kinds: a source of a tone (level in BOX_GAIN, frequency in BOX_HIGH_PASS_HZ), a box (key "preamp", so that
 * it has a knee gain), the same that sums, a master, an A/D, a hard tanh curve. */
extern const struct gs_stage_kind box_source, box_plain, box_sum, box_master, box_adc, box_tanh;

struct box_chain {
    struct gs_chain chain;
    struct gs_chain_stage stages[GS_CHAIN_STAGES_MAX];
    struct gs_chain_send sends[4 * GS_CHAIN_STAGES_MAX];
    double values[16 * GS_CHAIN_STAGES_MAX];
    size_t n_sends;
};

/* An empty chain. Owner: the caller (free). */
struct box_chain *box_chain_new(void);

/* Adds a stage behind the one before (a source: behind nothing) and returns its index. */
unsigned box_add(struct box_chain *boxes, const struct gs_stage_kind *kind, double gain_db);
/* Adds a summing stage that hears the n stages given, at 0 dB. */
unsigned box_add_sum(struct box_chain *boxes, const struct gs_stage_kind *kind, size_t n,
                     const unsigned *from);
/* Lets a stage hear another one than the one before. */
void box_hear(struct box_chain *boxes, unsigned stage, unsigned from);
void box_set(struct box_chain *boxes, unsigned stage, size_t param, double value);

#endif
