/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine: takes chains and values from the control thread, runs them in the audio thread, hands meter
 * bins and events back. Everything that crosses between the two threads crosses in link.h.
 *
 * One control thread calls everything marked [control]; one audio thread calls gs_engine_process(). While
 * no audio thread runs (before JACK, after its death, offline between blocks) the engine is PARKED, and
 * the control side does both halves. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "chain/plan.h"
#include "engine/pcm.h"
#include "engine/readout.h"

struct gs_engine;

struct gs_engine_setup {
    double out_ceiling_db; /* of the safety stage, dBFS; default -1 */
    double fade_in_ms;     /* from silence after start; default 50 */
    bool safety;           /* false: outputs are the bare wire (offline measuring) */
};

struct gs_engine *gs_engine_create(const struct gs_engine_setup *setup);
void gs_engine_destroy(struct gs_engine *engine); /* parked only */

/* Compiles `chain` for the engine's rate and hands it over; the old chain is crossfaded out and freed when
 * it comes back. The engine keeps no reference to `chain`. On error the old chain plays on. [control] */
enum gs_status gs_engine_load(struct gs_engine *engine, const struct gs_chain *chain,
                              struct gs_errors *errors);

/* The same for the chain of today with other values: where a wire keeps its channels and its unit, its programme
 * measurement (readout.h) goes on. [control] */
enum gs_status gs_engine_reload(struct gs_engine *engine, const struct gs_chain *chain,
                                struct gs_errors *errors);

/* Called for each chain that is loaded or reloaded (`goes_on`), when nothing can refuse it any more and before it is
 * handed over: what is said there by gs_engine_listen_gain() is how it begins. The plan lives as long as the chain
 * does. NULL: nobody. [control] */
void gs_engine_on_arrival(struct gs_engine *engine,
                          void (*arrives)(void *context, const struct gs_chain *chain,
                                          const struct gs_plan *plan, bool goes_on),
                          void *context);

/* Sample rate of what comes next: takes effect with the next gs_engine_load(). Parked only. [control] */
void gs_engine_set_rate(struct gs_engine *engine, double rate_hz);
double gs_engine_rate(const struct gs_engine *engine);

/* Writes into the control side's array of the newest chain; gs_engine_publish() makes all writes since the
 * last one heard in one block: all or nothing. Values as in gs_chain.value (dB, switches 0/1). [control] */
void gs_engine_set(struct gs_engine *engine, size_t slot, double value);
void gs_engine_listen(struct gs_engine *engine, unsigned stage, enum gs_path path);
/* Linear gain on what is heard, of every chain from now on; the safety stage comes behind it. */
void gs_engine_listen_gain(struct gs_engine *engine, double gain);
void gs_engine_publish(struct gs_engine *engine);

/* Values that are set from here to the next publication are heard from the frame on that the clock of the sound has
 * at `time_ns` (monotonic): all of them from the same one, and the values that are published meanwhile do not undo
 * them. False: there is no such frame ahead (no clock, parked, a chain on its way in, too near or too far): they are
 * heard as usual. 0 ends it. [control] */
bool gs_engine_at(struct gs_engine *engine, uint64_t time_ns);
/* How far ahead of its time gs_engine_at() must be told, at most. [control] */
uint64_t gs_engine_lead_ns(const struct gs_engine *engine);
/* The next frame to be processed is that of `time_ns`, by the clock that drives the audio. Before each
 * gs_engine_process() where such a clock exists. [rt] */
void gs_engine_clock(struct gs_engine *engine, uint64_t time_ns);

/* Mutes the outputs with a short fade, whatever the chain does; opens them again when no reason is left. Nobody lifts
 * another's. [control] */
enum gs_mute {
    GS_MUTE_PANIC = 1 << 0,      /* somebody said so */
    GS_MUTE_UNPLAYABLE = 1 << 1, /* the chain could not be made for the rate */
    GS_MUTE_END = 1 << 2
};
void gs_engine_mute(struct gs_engine *engine, enum gs_mute why, bool mute);
bool gs_engine_muted(const struct gs_engine *engine); /* the fade-out has arrived at silence [control] */

/* Between these two an audio thread may call gs_engine_process(). Unparking fades in from silence.
 * gs_engine_park() only after the audio thread can no longer be inside. [control] */
void gs_engine_unpark(struct gs_engine *engine);
void gs_engine_park(struct gs_engine *engine);

/* One period of any length. Channels may be NULL (silence in, not wanted out). Out channel 0 and 1 carry
 * the wire named by listen; a mono wire goes to both. [rt] */
void gs_engine_process(struct gs_engine *engine, const float *const *in, unsigned n_in, float *const *out,
                       unsigned n_out, unsigned frames);
/* Where the real path of the wires behind each stage is to be written in this period, full scale by the
 * alignment, for tap ports: tap[2 * stage + channel]; channels that a wire lacks are left as they are. Must be
 * called before gs_engine_process() of the period with the destinations; NULL entries are skipped. [rt] */
void gs_engine_taps(struct gs_engine *engine, float *const *tap, unsigned n_taps);

/* One of GS_PCM_TAPS taps brings the sound behind a stage of the newest chain, in pieces, until told otherwise (stage -1)
 * or until another chain is loaded. take: all that has come since, in order; call it every 50 ms at least, or pieces
 * are lost. [control] */
void gs_engine_pcm(struct gs_engine *engine, unsigned tap, int stage, enum gs_path path);
void gs_engine_pcm_take(struct gs_engine *engine,
                        void (*visit)(void *context, const struct gs_pcm_piece *piece), void *context);

/* Drains bins into the readout, frees what came back. Call at least every 100 ms; nothing is lost when it
 * comes later. Returns true when there was something new. [control] */
bool gs_engine_poll(struct gs_engine *engine);

/* From now on gs_engine_poll() calls `visitor` for each bin of the newest chain, behind the readout; NULL: nobody.
 * `bin_hz` is GS_BIN_HZ. While bins are fine it sees their parts too, each before the whole, as GS_BIN_HZ_MAX.
 * [control] */
typedef void gs_bin_visitor(void *context, const struct gs_bin *bin, unsigned bin_hz);
void gs_engine_watch_bins(struct gs_engine *engine, gs_bin_visitor *visitor, void *context);
/* From the next cell on the audio thread closes bins GS_BIN_HZ_MAX times a second, or no more. The readout has
 * whole ones as ever. [control] */
void gs_engine_fine_bins(struct gs_engine *engine, bool fine);

/* Closes the open bin, whole cell or not, so that a finished render reads every frame it made. Only between
 * calls of gs_engine_process(), by whoever makes them. [rt] */
void gs_engine_flush(struct gs_engine *engine);

/* Readings of the newest chain; NULL before the first load. Valid until the next gs_engine_load(). [control] */
struct gs_readout *gs_engine_readout(struct gs_engine *engine);
const struct gs_plan *
gs_engine_plan(const struct gs_engine *engine); /* newest; static facts only [control] */

/* Counters that any thread may read. */
struct gs_engine_status {
    uint64_t frames; /* processed since creation */
    uint64_t periods;
    uint64_t safety_trips; /* times that the safety stage had to act */
    uint64_t not_finite;   /* input or wire samples that were NaN or infinite */
    bool parked;
    bool swapping; /* a chain is on its way in */
};
struct gs_engine_status gs_engine_get_status(const struct gs_engine *engine);

#endif
