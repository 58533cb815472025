/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of the predictor, shared by the files predict*.c alone.
 *
 * A wire carries a FIELD: noise and programme as power in the cells of the frequency grid, for the left and
 * the right channel and for what they share. Powers of different origin add, so nothing else is needed as
 * long as no signal meets itself. Where a wire has several listeners whose ways meet again at a bus, that
 * wire is a FORK: from there on its content stands for one origin, and the field carries the complex
 * transfer from the fork instead, until the last bus where its ways meet. */
#ifndef CHAIN_PREDICT_CORE_H
#define CHAIN_PREDICT_CORE_H

#include "base/arena.h"
#include "chain/predict.h"
#include "chain/working_point.h"

/* Transfers that one chain may carry at once; more ways than that are added as if independent. */
#define GS_WAYS_MAX 1024

/* Transfer from a fork to a wire: [wire's channel][fork's channel], a complex number a cell. */
struct gs_way {
    unsigned fork;
    double *re[GS_CHANNELS][GS_CHANNELS], *im[GS_CHANNELS][GS_CHANNELS];
};

enum gs_power {
    GS_NOISE,
    GS_PROGRAMME,
    GS_POWERS
};

struct gs_field {
    unsigned channels;
    struct gs_grid_power power[GS_POWERS]; /* what is not behind an open fork */
    struct gs_way *way;                    /* ascending by fork */
    size_t n_ways;
};

struct gs_fork {
    unsigned channels;
    struct gs_grid_power power[GS_POWERS]; /* what the fork's wire carries beside the ways of earlier forks */
};

/* Amplitude of one source at one wire, per unit of the source's own; programme: at its RMS. */
struct gs_trace {
    double re[GS_CHANNELS], im[GS_CHANNELS]; /* as it really is */
    double ideal_re[GS_CHANNELS], ideal_im[GS_CHANNELS];
};

struct gs_source {
    unsigned stage;
    bool tone;        /* else programme with a spectrum of its own */
    bool assumed;     /* live: level unknown */
    unsigned same_as; /* source that plays the very same sound: adds as amplitudes; itself when none does */
    double hz;
    double rms, peak; /* that the source emits */
    double ideal_rms; /* the same; nominal where the source is silent, so that gains stay known */
    double ideal_peak;
    struct gs_grid_power shape; /* of its sound, for a true RMS of 1; programme only */
    int fork;                   /* it shares its sound with other sources: index of the fork; else -1 */
};

/* What the signal is on one channel of one wire. */
struct gs_signal {
    double rms, peak;  /* with distortion left out; peak as bent by the stages so far */
    double sum_peak;   /* the peak that the sources' amplitudes add up to, capped as noise is */
    double ideal_peak; /* if no stage had bent anything, sources at ideal level */
    double bend;       /* peak / sum_peak */
    double distortion; /* RMS */
    double hz, purity; /* of the strongest tone; its part of the power */
    unsigned source;   /* the loudest */
    double squared;    /* integral of the squared programme density, unit^4/Hz */
    double chance;     /* by which strangers in the sum are not strangers in finite time, unit^4/Hz */
};

/* Noise on one channel of one wire. */
struct gs_noise_power {
    double full, z, a; /* over the whole band, 20 Hz to 20 kHz, A-weighted */
    double squared;    /* integral of the squared density, unit^4/Hz */
    double spread_hz;  /* bandwidth of a white noise of which as little is known in a given time */
};

struct gs_node {
    const struct gs_stage_kind *kind;
    struct gs_stage_setup setup;
    struct gs_levels levels;
    bool bypass, mute, sums;
    double *cached;           /* values that h was computed for */
    bool fresh, was_bypassed; /* h is there; for which state */
    double *h_re, *h_im, *h2;
    struct gs_field field;            /* output wire */
    struct gs_signal in[GS_CHANNELS]; /* input wire (of a bus: the sum) */
    struct gs_signal out[GS_CHANNELS];
    double gain[GS_CHANNELS];   /* of the signal, signed, working point included, response not */
    double linear[GS_CHANNELS]; /* the same below every knee */
    double noise_gain[GS_CHANNELS];
    double response[GS_CHANNELS];     /* |H| for the signal at hand */
    double working_peak[GS_CHANNELS]; /* at the output where the curve is left; else NAN */
    double *wave[GS_CHANNELS];        /* half a period at the output, once a stage has bent a tone */
    bool has_wave[GS_CHANNELS];
    double noise_in_rms; /* all noise at the input, in the channel of the loudest signal */
    struct gs_noise_power noise[GS_CHANNELS]; /* at the output */
    double held; /* a limiter's gain over the one it has when nothing is held back; else 1 */
    double grid; /* every value at the output is a multiple of this; 0: any value */
    double thd;
    unsigned latency, flags, loudest;
    int fork; /* index when this wire is one, else -1 */
};

struct gs_predictor {
    const struct gs_chain *chain;
    const double *value;
    struct gs_grid grid;
    struct gs_node *node;
    struct gs_take *take; /* [stage]: facts about sounds, without the sounds */
    struct gs_source *source;
    size_t n_sources;
    struct gs_trace *trace; /* [stage][source] */
    struct gs_trace *mixed; /* [source]: at a bus before its own gain */
    struct gs_fork *fork;
    size_t n_forks;
    bool programme;      /* some source is noise-like: else its powers are 0 and stay untouched */
    bool at_rest;        /* noise stands still, as the last full pass left it: only levels are reckoned */
    struct gs_field mix; /* sum before a bus: has room for a way to every fork */
    struct gs_grid_power total; /* a wire's whole noise or programme, forks included */
    double *back_re, *back_im;  /* [stage][channel][cell]: from a wire to the end's loudest channel */
    double *step_re[GS_CHANNELS], *step_im[GS_CHANNELS]; /* the same from a stage's input, for the moment */
    double rise;                                         /* factor on what all sources emit, for the moment */
    double clip_rise_db; /* rise that margins are seen from; 0 where no stage turns the gain */
    double clip_peak_db; /* at the end's loudest channel, with that rise */
    double *margin_db;   /* [stage]: rise at which it clips, where some stage turns the gain */
    double *left_a;      /* [stage]: A-weighted noise power that it leaves at the end */
    struct gs_prediction result;
    void *memory;
};

static inline unsigned gs_from_channel(unsigned channel, unsigned channels_in)
{
    return channel < channels_in ? channel : 0;
}

static inline const struct gs_trace *gs_trace_at(const struct gs_predictor *p, size_t stage, size_t source)
{
    return &p->trace[stage * p->n_sources + source];
}

/* Topology: which sounds are forks, and which of them a stage's output must keep apart. predict_fork.c */
struct gs_stage_set {
    uint64_t word[GS_CHAIN_STAGES_MAX / 64];
};
struct gs_topology {
    struct gs_stage_set behind[GS_CHAIN_STAGES_MAX]; /* [stage]: itself and all it hears */
    struct gs_stage_set root[GS_CHAIN_STAGES_MAX];   /* [fork]: the stages that begin with its sound */
    size_t n_shared; /* of the forks: the first ones are sounds that several sources play */
    size_t n_forks;
};
void gs_topology_init(struct gs_topology *topology, const struct gs_chain *chain);
bool gs_topology_has(const struct gs_stage_set *set, unsigned stage);
/* Fork of a stage's own wire; fork of the sound that a source shares with others. -1: none. */
int gs_topology_fork(const struct gs_topology *topology, unsigned stage);
int gs_topology_shared(const struct gs_topology *topology, unsigned stage);
/* `stage` hears the fork and its output goes on to where the fork's ways meet. */
bool gs_topology_open(const struct gs_topology *topology, const struct gs_chain *chain, size_t fork,
                      unsigned stage);

/* Field arithmetic. predict_field.c */
void gs_power_lay(struct gs_grid_power *power, struct gs_arena *arena, size_t cells);
void gs_way_lay(struct gs_way *way, struct gs_arena *arena, size_t cells);
void gs_field_clear(const struct gs_predictor *p, struct gs_field *field);
/* Adds a field through real gains [to's channel][from's channel]. */
void gs_field_add(const struct gs_predictor *p, struct gs_field *to, const struct gs_field *from,
                  double gain[GS_CHANNELS][GS_CHANNELS]);
/* Fills the output field of a node from its input field. */
void gs_field_through(const struct gs_predictor *p, const struct gs_field *in, struct gs_node *node);
/* Turns what a wire carries into the content of a fork. */
void gs_field_fork(const struct gs_predictor *p, struct gs_node *node);
/* One power of a field with all that comes over its ways, into p->total. */
void gs_field_total(struct gs_predictor *p, const struct gs_field *field, enum gs_power which);

/* How a send enters a sum: real gains [sum's channel][send's channel]. predict_mix.c */
void gs_predict_send_gains(const struct gs_predictor *p, size_t stage, size_t send,
                           double gain[GS_CHANNELS][GS_CHANNELS]);
/* The sum of a stage's sends: field into p->mix, amplitudes into p->mixed, the rest into node->in. */
void gs_predict_mix(struct gs_predictor *p, size_t stage);

/* What all sources emit. predict_source.c */
void gs_predict_sources(struct gs_predictor *p);
/* What amplitudes and a programme field make of one channel; bend and distortion are left alone. */
void gs_predict_signal(struct gs_predictor *p, const struct gs_trace *trace, const struct gs_field *field,
                       unsigned channel, struct gs_signal *signal);

/* Part of the power from which a signal counts as one tone. */
#define GS_TONE_PURITY 0.98

/* |H| and phase of a stage at one frequency, over the grid, and for the signal at hand: of a tone at its frequency,
 * of programme over its spectrum. predict_response.c */
double gs_predict_magnitude(const struct gs_node *node, double hz);
double gs_predict_phase(const struct gs_node *node, double hz);
void gs_predict_refresh(const struct gs_predictor *p, struct gs_node *node);
double gs_predict_response(struct gs_predictor *p, const struct gs_node *node, const struct gs_field *field,
                           const struct gs_signal *in, unsigned channel);

/* Asks the kind, with flags for what cannot be promised. predict_levels.c */
void gs_predict_ask(struct gs_predictor *p, size_t stage, const struct gs_field *field);
const struct gs_signal *gs_predict_loudest(const struct gs_node *node);
/* The kind's levels hold for the level that arrives: a compressor, a limiter. */
bool gs_predict_turns_gain(const struct gs_node *node);
/* Its gain for a tone of this peak at its input. */
double gs_predict_gain_at(const struct gs_node *node, double peak, double hz);
double gs_predict_grid_behind(const struct gs_predictor *p, size_t stage);

/* The working point of one output channel. predict_curve.c */
struct gs_working_point gs_predict_work(struct gs_predictor *p, size_t stage, unsigned channel,
                                        double response);

/* One stage. predict_stage.c */
void gs_predict_stage(struct gs_predictor *p, size_t stage);

/* Noise in numbers, into the node: what arrives, what leaves. At rest it is what the last full pass found.
 * predict_noise.c */
void gs_predict_noise_before(struct gs_predictor *p, struct gs_node *node, const struct gs_field *field);
void gs_predict_noise_behind(struct gs_predictor *p, struct gs_node *node);

/* From nodes to the result. predict_reading.c, predict_verdict.c */
void gs_predict_readings(struct gs_predictor *p, size_t stage);
void gs_predict_verdict(struct gs_predictor *p);
/* The last stage behind the master: what leaves the chain. */
unsigned gs_predict_end(const struct gs_predictor *p);

/* All stages with all sources `rise_db` higher. predict.c */
void gs_predict_pass(struct gs_predictor *p, double rise_db);
/* After a pass at 0 dB: margins of all stages, the sources turned up until the first one clips where a stage turns
 * the gain. Leaves the last pass at 0 dB. predict_rise.c */
void gs_predict_margins(struct gs_predictor *p);

#endif
