/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stage kind: one file in src/stage that ends in one const descriptor, named once in stage_table.c.
 * A kind knows its physics and nothing else: no files, no network, no threads, no other kind. It owns no
 * memory: size() says how many bytes, init() fills them, process() runs in the audio thread, levels() says
 * by arithmetic alone what process() will do. */
#ifndef GAINSTAGE_STAGE_H
#define GAINSTAGE_STAGE_H

#include "gainstage/param.h"
#include "gainstage/rt.h"
#include "gainstage/unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GS_STAGE_PARAMS_MAX 48

struct gs_take_stock;

/* Sound that a source plays in a loop: a file or a computed noise, at the chain's own rate. Owned by the
 * compiled chain, read only. */
struct gs_take {
    const float *ch[GS_CHANNELS]; /* full scale */
    uint64_t frames;
    unsigned channels;
    double rms;                  /* true RMS of the whole loop, over all channels, full scale */
    double peak;                 /* largest absolute sample, full scale */
    struct gs_take_stock *stock; /* owner of the samples, which takes may share (chain/take.h); else NULL */
};

/* All that is fixed while a compiled chain lives. */
struct gs_stage_setup {
    double rate_hz;
    unsigned channels_in; /* 0 for a source */
    unsigned channels_out;
    enum gs_domain domain_in, domain_out;
    struct gs_alignment alignment;
    const double *param;         /* values in the order of kind->params; NAN where not given */
    double source_impedance_ohm; /* of what feeds this stage, 0 when unknown */
    double load_impedance_ohm;   /* of what this stage feeds, INFINITY when unknown */
    uint64_t seed;               /* for this stage's own noise; differs per stage, equal in every run */
    const struct gs_take *take;  /* sources with a sound; else NULL */
    unsigned input;              /* sources of signal "jack": index of the first external input channel */
};

/* One call of process(): 1..GS_CELL frames that lie inside one cell of the grid. `in` and `out` never
 * overlap. process() writes every channel of both paths of `out` and sets out->clip (cleared before the
 * call). Results must not depend on how a cell is cut into calls. [rt] */
struct gs_stage_io {
    unsigned frames;
    uint64_t frame;           /* absolute number of the first frame */
    const struct gs_span *in; /* NULL for a source */
    struct gs_span *out;
    const struct gs_ramp *param;  /* in the order of kind->params, smoothed as the rows say */
    const float *const *external; /* external input channels at the first frame; entries may be NULL */
    unsigned externals;
};

/* The signal for which levels() is asked: a steady tone or a noise-like programme. */
struct gs_probe {
    double frequency_hz; /* of the tone; for noise-like programme 1000 */
    double peak;         /* peak amplitude at the stage's input, in the unit of its input domain */
    double rms;          /* true RMS at the stage's input */
    double noise_rms;    /* of the noise that comes along, over the whole band; 0 when not known */
    bool tone;
};

/* What a stage does to levels. Amplitudes and densities are linear, in the stage's own units. */
struct gs_levels {
    double gain;                    /* out per in for the probe, small signal: below every knee, without
                                       response(); 0: silent; negative: polarity turned */
    double balance[GS_CHANNELS];    /* factor on `gain` for each output channel (pan); default 1, 1 */
    double noise_in;                /* added before the gain: density, input unit^2/Hz */
    double noise_out;               /* added after the gain: density, output unit^2/Hz */
    double ceiling_in;              /* peak at the input above which the stage clips; INFINITY: none */
    double ceiling;                 /* peak at the output above which it clips; INFINITY: none */
    bool soft;                      /* the ceiling is a knee or limiter, not a hard edge */
    double nominal_db;              /* level the output is meant to run at, dB in the unit of domain_out */
    double source_rms, source_peak; /* sources: what they emit (true RMS, peak), output unit; else 0 */
    unsigned latency;               /* frames */
    double step;                    /* of a word length at the output, output unit; 0: none */
    double
        step_noise; /* part of noise_out that its rounding makes while the signal crosses steps at random */
    bool dithered;  /* with TPDF: rounding makes that noise whatever the signal does */
    const char *remark; /* "no noise figure: assumed noiseless"; NULL: nothing to say */
};

/* What `out` holds when levels() is called: passes everything, adds nothing. [any] */
static inline struct gs_levels gs_levels_default(void)
{
    return (struct gs_levels){
        .gain = 1.0, .balance = { 1.0, 1.0 }, .ceiling_in = INFINITY, .ceiling = INFINITY
    };
}

enum {
    GS_STAGE_SUMS = 1 << 0,   /* takes a list in "from"; its input wire is the sum of the sends */
    GS_STAGE_MASTER = 1 << 1, /* a chain has exactly one */
    GS_STAGE_BYPASS = 1 << 2  /* bypass makes sense: input and output share domain and channels */
};

enum gs_domain_out {
    GS_OUT_SAME = -1,
    GS_OUT_BY_PARAM = -2
};

struct gs_stage_kind {
    const char *key;     /* "preamp" */
    const char *label;   /* "Preamp" */
    const char *doc;     /* what it models, one or two sentences */
    unsigned domains_in; /* mask of 1 << enum gs_domain; 0: a source */
    int domain_out;      /* enum gs_domain, or GS_OUT_SAME, or GS_OUT_BY_PARAM: parameter "domain" */
    unsigned flags;
    const struct gs_param *params;
    size_t n_params; /* <= GS_STAGE_PARAMS_MAX */

    /* Output channels for `channels_in`; NULL: the same. [control] */
    unsigned (*channels)(const double *param, unsigned channels_in);
    /* Contradictions between values that single rows cannot see ("impossible sheet"). Writes a sentence
     * and the key it is about, returns false. NULL: none. [control] */
    bool (*validate)(const double *param, const struct gs_alignment *alignment, const char **key, char *text,
                     size_t size);
    /* Nearest value to `value` that parameter `index` can have beside the others, where its steps or range are
     * themselves parameters (a stepped gain knob); `value` has been through gs_param_snap(). NULL: any. Pure.
     * [any] */
    double (*snap)(const double *param, size_t index, double value);
    size_t (*size)(const struct gs_stage_setup *setup);            /* bytes of state, 0 allowed [control] */
    void (*init)(void *state, const struct gs_stage_setup *setup); /* zeroed, 64-byte aligned [control] */
    void (*process)(void *state, const struct gs_stage_io *io);    /* [rt] */
    void (*levels)(const double *param, const struct gs_stage_setup *setup, const struct gs_probe *probe,
                   struct gs_levels *out); /* pure [any]; out holds defaults */
    /* |H(f)|: what depends on frequency and is NOT in levels().gain; at f the stage has levels().gain times
     * this, whatever the probe's frequency. noise_in passes it, noise_out does not. NULL: flat. Pure. [any] */
    double (*response)(const double *param, const struct gs_stage_setup *setup, double frequency_hz);
    /* Phase of H(f) in radians, latency left out: what decides when a signal meets itself at a bus. NULL: 0.
     * Pure. [any] */
    double (*phase)(const double *param, const struct gs_stage_setup *setup, double frequency_hz);
    /* Static transfer curve around the small-signal gain, out unit from in unit, for describing-function
     * prediction; NULL: linear up to the hard ceilings. Pure. [any] */
    double (*curve)(const double *param, const struct gs_stage_setup *setup, double x);
    /* Gain reduction in dB (<= 0) of a dynamics stage over the last call; NULL: not a dynamics stage. [rt] */
    float (*reduction_db)(const void *state);
};

/* Rows that every stage has behind its kind's own: "mute" and "bypass". The engine acts on them. */
enum {
    GS_COMMON_MUTE,
    GS_COMMON_BYPASS,
    GS_COMMON_PARAMS
};
extern const struct gs_param gs_stage_common[GS_COMMON_PARAMS];

/* Rows of one send of a summing stage: "gain_db" and "pan". */
enum {
    GS_SEND_GAIN,
    GS_SEND_PAN,
    GS_SEND_PARAMS
};
extern const struct gs_param gs_stage_send[GS_SEND_PARAMS];

/* The list of kinds, ends with NULL; lookup by key, NULL when there is none. [any] */
extern const struct gs_stage_kind *const gs_stage_kinds[];
const struct gs_stage_kind *gs_stage_kind(const char *key);

/* Index of a kind's parameter by key, -1 when there is none; the row behind an index, common rows
 * following the kind's own. [any] */
int gs_stage_param_index(const struct gs_stage_kind *kind, const char *key);
const struct gs_param *gs_stage_param(const struct gs_stage_kind *kind, size_t index);

#endif
