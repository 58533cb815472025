/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The prediction: every level, noise and headroom of a chain by arithmetic alone, no audio. What the meters
 * will show, in the unit of each wire and referred to the source.
 *
 * Noise is carried as a density over frequency, so that filters shape it; a tone as a complex amplitude, so
 * that a signal which meets itself at a bus adds with its sign and phase; noise-like programme as its own
 * spectrum. What one stage made and what reaches a bus over two ways is the same noise, and adds as such.
 * Where a stage is driven beyond its straight part, the working point comes from its static curve. [control] */
#ifndef CHAIN_PREDICT_H
#define CHAIN_PREDICT_H

#include "chain/chain.h"
#include "chain/grid.h"

struct gs_predictor;

enum {
    GS_PREDICT_SILENT = 1 << 0,    /* no signal here: source off, mute, fader down */
    GS_PREDICT_ASSUMED = 1 << 1,   /* fed by live audio of unknown level: reckoned with the nominal level */
    GS_PREDICT_PROGRAMME = 1 << 2, /* noise-like: levels are RMS, the peak is an estimate */
    GS_PREDICT_CURVED = 1 << 3,    /* this stage is driven into its curve: "not linear" */
    GS_PREDICT_BENT = 1 << 4,      /* this or an earlier stage is: no promise of 0.1 dB here */
    GS_PREDICT_DYNAMIC = 1 << 5,   /* this or an earlier stage turns the gain by the programme itself */
    GS_PREDICT_BYPASSED = 1 << 6,
    GS_PREDICT_MUTED = 1 << 7,
    GS_PREDICT_COARSE =
        1 << 8 /* here or before, a word length without dither meets too little that is random: its
                                  error is no noise, and no promise is made for noise here */
};

/* One channel of a wire, in dB of the wire's unit (AES17). -INFINITY: nothing. */
struct gs_predicted_channel {
    double level_db;      /* of the signal; of its fundamental where a stage distorts */
    double peak_db;       /* of the signal; several tones and noise: an estimate */
    double noise_db;      /* 20 Hz..20 kHz */
    double noise_a_db;    /* A-weighted, up to 20 kHz */
    double distortion_db; /* what the stages so far have made of a tone or of programme beside it */
    double rms_db;        /* what an RMS meter over the whole bandwidth shows: signal, distortion and noise */
    /* A reading over t seconds strays by chance by 4.34 / sqrt(spread_hz * t) dB (one sigma). */
    double noise_spread_hz; /* of noise_db and noise_a_db: the smaller one */
    /* of rms_db: noise in it, sounds that are strangers only in the long run; INFINITY: no chance in it */
    double rms_spread_hz;
};

/* The output wire of one stage. Of its channels the one with the most signal (without any: noise) speaks. */
struct gs_predicted {
    enum gs_domain domain, domain_in;
    unsigned channels, latency; /* frames since the source */
    unsigned flags;             /* GS_PREDICT_* */
    struct gs_predicted_channel channel[GS_CHANNELS];
    unsigned loudest; /* channel that speaks */
    double level_db, peak_db, noise_db, noise_a_db;
    double in_level_db, in_peak_db; /* at the input (of a bus: of the sum), unit of domain_in */
    double gain_db; /* output over input of this stage; between two domains: of the numbers in their units */
    double ceiling_db; /* INFINITY: none; an input that clips first counts, seen from the output */
    bool soft;         /* the ceiling is a knee or a limiter */
    double nominal_db;
    double headroom_db; /* ceiling over the peak that this stage would give if it did not clip */
    double snr_db, snr_a_db;
    double range_db, range_a_db; /* dynamic range at this point: ceiling over noise */
    double thd;                  /* of this stage at this level, 0..; of programme: distortion over signal */
    const char *remark;          /* what the kind says: "no noise figure: assumed noiseless"; NULL: nothing */

    unsigned source;     /* stage that the next five are referred to: the source that is loudest here */
    double to_source_db; /* subtract from levels here to see them at the source; NAN: silent */
    double source_level_db, source_noise_db, source_noise_a_db, source_ceiling_db;

    /* Rise of all sources together at which this stage clips; INFINITY: never. Where a compressor or gate turns the
     * gain: seen from the rise at which the first stage of the chain does. */
    double margin_db;
    double share_a; /* part of the A-weighted noise power at the end of the chain that this stage makes */
    double knee_gain_db; /* preamps: gain beyond which everything behind its input costs less than 1 dB of
                            noise, so that more buys nothing; NAN: no preamp, or no noise to compare */
};

struct gs_prediction {
    size_t n;
    struct gs_predicted *stage;
    unsigned end;         /* the stage that the whole is judged at: last one behind the master */
    int clips_first;      /* stage, -1: nothing ever clips */
    int noise_bottleneck; /* stage whose part of the A-weighted noise at the end is the largest, -1: no noise */
    double clip_win_db;   /* all sources could go this much higher if clips_first never clipped */
    double noise_win_db;                         /* A-weighted SNR at the end if noise_bottleneck made none */
    double dynamic_range_db, dynamic_range_a_db; /* from the noise at the end to the level that clips first */
    double ceiling_spread_db; /* 0: all stages clip together; NAN: fewer than two ceilings */
};

/* Plans memory and looks at the sounds; `takes` (one a stage, as in gs_plan; NULL: none) is not kept, `chain`
 * is and must outlive it. A live source with a take is reckoned with that sound, played into its input. NULL:
 * no memory. */
struct gs_predictor *gs_predictor_create(const struct gs_chain *chain, const struct gs_take *takes,
                                         double rate_hz);
void gs_predictor_destroy(struct gs_predictor *predictor);

/* Predicts under `value` (laid out as chain->value; NULL: chain->value). Allocates nothing; well under 1 ms for
 * 64 stages, so that it can follow every turn of a knob; up to ten times as long where a compressor or gate
 * would have another gain before something clips. Values that need a recompiled chain (GS_PARAM_SETUP)
 * may differ as long as no other sound follows from them. The result is the predictor's, until the next run. */
const struct gs_prediction *gs_predictor_run(struct gs_predictor *predictor, const double *value);

/* What a steady sine of `in_db` before a stage (unit of its input) leaves behind it under the values of the last run:
 * the level of its fundamental, and the same without knee, ceiling or anything else that is wrong. Gain reduction is
 * not wrong, filters are left out. False: there is nothing before it, or no such stage. */
bool gs_predictor_transfer(const struct gs_predictor *predictor, unsigned stage, double in_db, double *out_db,
                           double *straight_db);

#endif
