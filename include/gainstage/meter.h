/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A meter kind: one file in src/meter that ends in one const descriptor, named once in meter_table.c.
 *
 * Meters sit on wires. One lane = one channel of one wire; a kind is written once, for 32 lanes: what
 * cannot be vectorised in time is vectorised across wires. The audio thread does sample-rate work only and
 * hands it up in BINS: every 10 ms (on the grid of cells, whatever the JACK period) each kind closes its
 * bin and writes a few numbers a lane. Bins are events: they travel through a ring and every one counts;
 * when the ring is full the bin stays open and grows, so nothing is ever lost, only time resolution. The
 * control side folds bins into holds, windows and since-reset values, for as many readers as there are. */
#ifndef GAINSTAGE_METER_H
#define GAINSTAGE_METER_H

#include "gainstage/rt.h"
#include "gainstage/unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GS_LANES         32
#define GS_LANES_ALIGNED __attribute__((aligned(64))) /* rows of lanes are */

#define GS_BIN_HZ     100 /* bins a second */
#define GS_BIN_HZ_MAX 200 /* where somebody wants to look more often than that: these are halves of those */

/* One grid cell of one group of lanes, both paths. Lanes in use without a wire carry zeros, lanes that are not in use
 * anything. The channels of a stereo wire are neighbours, the first on an even lane, so that a pair never lies in two
 * groups. */
struct gs_lanes_cell {
    float real[GS_CELL][GS_LANES];
    float ideal[GS_CELL][GS_LANES];
    float real_peak[GS_LANES]; /* largest absolute value of the cell */
    float ideal_peak[GS_LANES];
    uint32_t clip[GS_LANES];      /* bit i: frame i clipped */
    float reduction_db[GS_LANES]; /* deepest gain reduction of the stage that drives the wire, 0 or more */
    unsigned lanes;               /* the first so many are in use; nobody asks for the others */
} GS_LANES_ALIGNED;

struct gs_meter_setup {
    double rate_hz;
    unsigned bin_hz; /* bins a second */
};

/* How two bins of a field become one. */
enum gs_fold {
    GS_FOLD_MAX,
    GS_FOLD_MIN,
    GS_FOLD_SUM,
    GS_FOLD_LAST,
    GS_FOLD_EARLIEST /* a bin's offset in frames, INFINITY: none; folded: absolute frame of the first one */
};

/* One number a lane and bin. Fields are float: sums over one bin (some hundred frames) are exact enough;
 * windows and totals add bins in double on the control side. */
struct gs_meter_field {
    const char *key;
    enum gs_fold fold;
};

#define GS_METER_FIELDS_MAX 8 /* of one kind, derived ones included */

/* What a reading must know of the channel that it is taken from. */
struct gs_meter_site {
    enum gs_domain domain;
    struct gs_alignment alignment;
    double rate_hz;
    unsigned channels;    /* of its wire */
    double to_full_scale; /* gs_listen_gain(): where a standard speaks of full scale */
    double weight;        /* in sums over channels, ITU-R BS.1770-5 table 3: 1, 1.41 (surround), 0 (LFE) */
};

/* A closed bin of one wire, on its way through gs_meter_after. */
struct gs_meter_wire_bin {
    unsigned channels;
    const struct gs_meter_site *site; /* one a channel */
    const float *field;               /* field f of channel c is field[f * row + c] */
    size_t row;
    double frames;
    bool paused; /* the measurement rests: what counts since reset must leave this bin out */
};

/* What the control side makes of a kind's bins before they are folded, wire by wire or channel by channel:
 * fields that need the past or all channels. [control] */
struct gs_meter_after {
    const struct gs_meter_field *fields; /* derived: they follow the kind's own in every reading's `field` */
    size_t n_fields;
    bool per_channel;                                              /* each channel is a wire of its own */
    size_t (*size)(const struct gs_meter_setup *setup);            /* state of one wire */
    void (*init)(void *state, const struct gs_meter_setup *setup); /* zeroed, aligned for doubles */
    void (*bin)(void *state, const struct gs_meter_wire_bin *bin, float *derived);
    void (*reset)(void *state); /* starts anew what counts since reset */
};

/* A number that people read. Either `value` of folded fields, or `state` of what gs_meter_after keeps, or the
 * difference of two other readings. */
#define GS_NEWEST_BIN_MS 1 /* shorter than any: a needle, or what has a window of its own */
enum gs_reading_span {
    GS_SPAN_NOW,  /* over the last `window_ms`, at least the newest bin */
    GS_SPAN_HOLD, /* since reset */
};
struct gs_reading {
    const char *key;   /* OSC leaf: "peak", "rms" */
    const char *label; /* for people */
    const char *doc;   /* one sentence: definition, standard and clause */
    const char *unit;  /* NULL: the unit of the wire's domain (dBSPL, dBu, dBFS); "": a count or a ratio */
    double low, high;  /* what it can be; both 0: a level or a ratio in dB, told from -144 to 144 */
    enum gs_reading_span span;
    unsigned window_ms; /* GS_SPAN_NOW */
    bool maximum;       /* GS_SPAN_NOW of maxima alone: a reader may have it since his own last look */
    bool wire;          /* one for all channels of the wire; asked of its first lane */
    /* The reading from folded fields: `field` in the kind's own order, folded over the span; `frames` =
     * frames folded, more than 0. -INFINITY: nothing there; INFINITY: a ratio to nothing. Pure. [control] */
    double (*value)(const double *field, double frames, const struct gs_meter_site *site);
    double (*state)(void *state, const struct gs_meter_site *site); /* may keep what it reckoned */
    const char *of, *minus; /* keys; of a wire's reading `of` is the loudest channel's */
    double plus;
};

struct gs_meter_kind {
    const char *key;
    const char *doc;
    const char *standard;   /* and clause, where not the readings say it; "": none speaks of it */
    const char *ballistics; /* how its readings rise and fall */
    const struct gs_meter_field *fields;
    size_t n_fields;
    const struct gs_reading *readings;
    size_t n_readings;
    const struct gs_meter_after *after; /* NULL: bins are folded as they come */
    /* What counts since reset describes a programme (EBU Tech 3341, 2.5): a pause leaves out what lies in it, it begins
     * anew together with the other kinds that say so, and outlives a new compilation of the chain. */
    bool programme;
    /* What all lanes of a bank have in common, coefficients above all; 0 bytes: nothing. [control] */
    size_t shared_size;
    void (*prepare)(void *shared, const struct gs_meter_setup *setup); /* zeroed, 64-byte aligned */
    /* State of one group of lanes. init NULL: zeros will do. [control] */
    size_t size;
    void (*init)(void *state, const void *shared); /* zeroed, 64-byte aligned */
    void (*cell)(void *state, const void *shared, const struct gs_lanes_cell *cell); /* [rt] */
    /* Writes the fields, opens a new bin. [rt] */
    void (*take)(void *state, const void *shared, float (*field)[GS_LANES]);
};

extern const struct gs_meter_kind *const gs_meter_kinds[]; /* ends with NULL */
const struct gs_meter_kind *gs_meter_kind(const char *key);

#endif
