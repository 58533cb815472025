/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The control side of the engine: builds runs, lends them to the audio thread, takes them back. See
 * engine.h. */
#include "engine/engine.h"

#include "base/arena.h"
#include "engine/fold.h"
#include "engine/run.h"
#include "meter/flush.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_RATE_HZ 48000.0
#define SWAP_FADE_S     0.02              /* old chain to new */
#define LEAD_NS         UINT64_C(5000000) /* for the control thread to wake and write */
#define AHEAD_S         10.0

struct gs_engine {
    struct gs_engine_setup setup;
    double rate_hz;
    struct gs_rt *rt;
    void *rings;
    bool parked;
    unsigned muted;         /* why: enum gs_mute */
    struct gs_run *newest;  /* the last one handed over; values and readings belong to it */
    struct gs_run *waiting; /* compiled, but the audio thread still crossfades to `newest` */
    unsigned lent;          /* runs that the audio thread has */
    double *value;          /* views of newest (or waiting) chain's slots, then GS_LISTEN_VALUES */
    double listen_gain;     /* whatever chain comes */
    void (*arrives)(void *context, const struct gs_chain *chain, const struct gs_plan *plan, bool goes_on);
    void *arrives_context;
    size_t n_values;
    uint32_t *stamp; /* when each slot was written last */
    uint32_t last_stamp;
    bool dirty;
    uint64_t at_frame; /* of what is being set; 0: at once */
    uint64_t last_frame;
    struct gs_timed *timed; /* GS_TIMED: set, not yet published */
    uint32_t n_timed;
    struct gs_readout *readout;
    uint32_t bin_hz;
    gs_bin_visitor *visit_bin;
    void *visit_context;
};

/* ---- life ---- */

static struct gs_rt *rt_create(void **rings)
{
    struct gs_rt *rt = gs_arena_memory(sizeof *rt);
    size_t orders = gs_ring_size(sizeof(struct gs_order), GS_COMMANDS);
    size_t events = gs_ring_size(sizeof(struct gs_event), GS_EVENTS);
    char *memory =
        gs_arena_memory(orders + events + gs_ring_size(sizeof(struct gs_pcm_piece), GS_PCM_PIECES));
    if (!rt || !memory) {
        free(rt);
        free(memory);
        return NULL;
    }
    gs_ring_init(&rt->orders, memory, sizeof(struct gs_order), GS_COMMANDS);
    gs_ring_init(&rt->events, memory + orders, sizeof(struct gs_event), GS_EVENTS);
    gs_ring_init(&rt->pcm, memory + orders + events, sizeof(struct gs_pcm_piece), GS_PCM_PIECES);
    atomic_init(&rt->silent, true);
    *rings = memory;
    return rt;
}

struct gs_engine *gs_engine_create(const struct gs_engine_setup *setup)
{
    struct gs_engine *engine = calloc(1, sizeof *engine);
    if (!engine) {
        return NULL;
    }
    engine->setup = *setup;
    engine->parked = true;
    engine->listen_gain = 1.0;
    engine->bin_hz = GS_BIN_HZ;
    engine->rt = rt_create(&engine->rings);
    engine->timed = calloc(GS_TIMED, sizeof *engine->timed);
    if (!engine->rt || !engine->timed) {
        if (engine->rt) {
            free(engine->rings);
        }
        free(engine->rt);
        free(engine->timed);
        free(engine);
        return NULL;
    }
    gs_engine_set_rate(engine, DEFAULT_RATE_HZ);
    return engine;
}

static void collect(struct gs_engine *engine)
{
    struct gs_event *event;
    while ((event = gs_ring_peek(&engine->rt->events))) {
        gs_run_destroy(event->retired);
        gs_ring_release(&engine->rt->events);
        engine->lent--;
    }
}

void gs_engine_destroy(struct gs_engine *engine)
{
    if (!engine) {
        return;
    }
    gs_rt_settle(engine->rt);
    collect(engine);
    gs_run_destroy(engine->rt->run);
    gs_run_destroy(engine->waiting);
    gs_readout_destroy(engine->readout);
    free(engine->value);
    free(engine->stamp);
    free(engine->timed);
    free(engine->rings);
    free(engine->rt);
    free(engine);
}

void gs_engine_set_rate(struct gs_engine *engine, double rate_hz)
{
    engine->rate_hz = rate_hz;
    engine->rt->fade_frames = (unsigned)(SWAP_FADE_S * rate_hz);
}

void gs_engine_on_arrival(struct gs_engine *engine,
                          void (*arrives)(void *context, const struct gs_chain *chain,
                                          const struct gs_plan *plan, bool goes_on),
                          void *context)
{
    engine->arrives = arrives;
    engine->arrives_context = context;
}

double gs_engine_rate(const struct gs_engine *engine)
{
    return engine->rate_hz;
}

/* ---- loading ---- */

static void hand_over(struct gs_engine *engine, struct gs_run *run)
{
    struct gs_order *order = gs_ring_reserve(&engine->rt->orders);
    atomic_store_explicit(&run->bin_hz, engine->bin_hz, memory_order_relaxed);
    order->swap_in = run;
    gs_ring_commit(&engine->rt->orders);
    engine->newest = run;
    engine->lent++;
    if (engine->parked) {
        gs_rt_settle(engine->rt);
        collect(engine);
    }
}

static void publish(struct gs_engine *engine, struct gs_run *run)
{
    float *value = gs_triple_writing(&run->values);
    for (size_t i = 0; i < engine->n_values; i++) {
        value[i] = (float)engine->value[i];
    }
    memcpy(value + engine->n_values, engine->stamp,
           (engine->n_values - GS_LISTEN_VALUES) * sizeof *engine->stamp);
    gs_triple_publish(&run->values);
    engine->dirty = false;
}

static double *make_values(const struct gs_run *run, const struct gs_chain *chain)
{
    size_t n = run->plan->n_slots;
    double *value = malloc((n + GS_LISTEN_VALUES) * sizeof *value);
    for (size_t i = 0; value && i < n; i++) {
        value[i] = gs_plan_view(run->plan->slots[i].row, chain->value[i]);
    }
    if (value) {
        value[n + GS_LISTEN_WIRE] = chain->listen_stage;
        value[n + GS_LISTEN_PATH] = chain->listen_path;
    }
    return value;
}

/* The run that values and readings belong to: the newest that was loaded. */
static struct gs_run *current(const struct gs_engine *engine)
{
    return engine->waiting ? engine->waiting : engine->newest;
}

/* Everything that can fail happens before anything changes. */
static enum gs_status load(struct gs_engine *engine, const struct gs_chain *chain, bool goes_on,
                           struct gs_errors *errors)
{
    struct gs_plan *plan;
    const struct gs_run *before = current(engine);
    enum gs_status status =
        gs_plan_compile(chain, engine->rate_hz, before ? before->plan : NULL, &plan, errors);
    if (status) {
        return status;
    }
    struct gs_run *run = gs_run_create(plan, chain);
    struct gs_readout *readout = run ? gs_run_readout(plan) : NULL;
    double *value = readout ? make_values(run, chain) : NULL;
    uint32_t *stamp = value ? calloc(plan->n_slots + 1, sizeof *stamp) : NULL;
    if (!stamp) {
        free(value);
        gs_readout_destroy(readout);
        if (run) {
            gs_run_destroy(run);
        } else {
            gs_plan_destroy(plan);
        }
        return gs_errors_add(errors, GS_E_MEMORY, "", "no memory for the compiled chain");
    }
    if (engine->arrives) {
        engine->arrives(engine->arrives_context, chain, plan, goes_on);
    }
    value[plan->n_slots + GS_LISTEN_GAIN] = engine->listen_gain;
    run->listen.gain = run->listen.old_gain = (float)engine->listen_gain;
    free(engine->value);
    free(engine->stamp);
    engine->value = value;
    engine->stamp = stamp;
    engine->n_timed = 0; /* what was set for the chain before is in `chain` too */
    engine->at_frame = engine->last_frame = 0;
    engine->n_values = plan->n_slots + GS_LISTEN_VALUES;
    if (goes_on && before) {
        gs_run_hand_over(before->plan, engine->readout, plan, readout);
    }
    gs_readout_destroy(engine->readout);
    engine->readout = readout;
    gs_run_destroy(engine->waiting); /* overtaken before it was ever heard */
    engine->waiting = NULL;
    collect(engine);
    if (engine->lent > 1) { /* a crossfade is under way: one at a time */
        engine->waiting = run;
    } else {
        hand_over(engine, run);
    }
    return GS_OK;
}

enum gs_status gs_engine_load(struct gs_engine *engine, const struct gs_chain *chain,
                              struct gs_errors *errors)
{
    return load(engine, chain, false, errors);
}

enum gs_status gs_engine_reload(struct gs_engine *engine, const struct gs_chain *chain,
                                struct gs_errors *errors)
{
    return load(engine, chain, true, errors);
}

/* ---- values ---- */

static void write_now(struct gs_engine *engine, size_t slot, double view, uint32_t stamp)
{
    engine->value[slot] = view;
    engine->stamp[slot] = stamp;
    engine->dirty = true;
}

void gs_engine_set(struct gs_engine *engine, size_t slot, double value)
{
    struct gs_run *run = current(engine);
    if (!run || slot >= run->plan->n_slots) {
        return;
    }
    double view = gs_plan_view(run->plan->slots[slot].row, value);
    engine->last_stamp++;
    if (engine->at_frame && engine->n_timed < GS_TIMED) {
        engine->timed[engine->n_timed++] =
            (struct gs_timed){ engine->at_frame, (uint32_t)slot, engine->last_stamp, (float)view, 0 };
        return;
    }
    write_now(engine, slot, view, engine->last_stamp);
}

void gs_engine_listen(struct gs_engine *engine, unsigned stage, enum gs_path path)
{
    struct gs_run *run = current(engine);
    if (run && stage < run->plan->n_steps && path <= GS_ERROR) {
        engine->value[run->plan->n_slots + GS_LISTEN_WIRE] = stage;
        engine->value[run->plan->n_slots + GS_LISTEN_PATH] = path;
        engine->dirty = true;
    }
}

void gs_engine_listen_gain(struct gs_engine *engine, double gain)
{
    struct gs_run *run = current(engine);
    engine->listen_gain = gain;
    if (run) {
        engine->value[run->plan->n_slots + GS_LISTEN_GAIN] = gain;
        engine->dirty = true;
    }
}

/* All of a moment go, or, when they find no room, are heard at once. */
static void publish_timed(struct gs_engine *engine)
{
    struct gs_run *run = current(engine);
    bool room = GS_TIMED - gs_ring_waiting(&run->timed) >= engine->n_timed;
    for (uint32_t i = 0; i < engine->n_timed; i++) {
        struct gs_timed *timed = &engine->timed[i];
        struct gs_timed *place = room ? gs_ring_reserve(&run->timed) : NULL;
        timed->left = engine->n_timed - i - 1;
        if (place) {
            *place = *timed;
            gs_ring_commit(&run->timed);
        } else {
            write_now(engine, timed->slot, (double)timed->value, timed->stamp);
        }
    }
    engine->n_timed = 0;
}

uint64_t gs_engine_lead_ns(const struct gs_engine *engine)
{
    double periods = 2.0 * atomic_load_explicit(&engine->rt->period, memory_order_relaxed);
    return (uint64_t)(periods * 1e9 / engine->rate_hz) + LEAD_NS;
}

bool gs_engine_at(struct gs_engine *engine, uint64_t time_ns)
{
    int64_t epoch_ns = atomic_load_explicit(&engine->rt->epoch_ns, memory_order_relaxed);
    engine->at_frame = 0;
    if (!time_ns || engine->parked || engine->waiting || !engine->newest || !epoch_ns) {
        return false;
    }
    double frame = round((double)((int64_t)time_ns - epoch_ns) * 1e-9 * engine->rate_hz);
    double now = (double)atomic_load_explicit(&engine->rt->frames, memory_order_relaxed);
    double period = (double)atomic_load_explicit(&engine->rt->period, memory_order_relaxed);
    if (frame < now + period || frame > now + AHEAD_S * engine->rate_hz) {
        return false;
    }
    uint64_t at = (uint64_t)frame;
    engine->at_frame = engine->last_frame = at > engine->last_frame ? at : engine->last_frame;
    return true;
}

void gs_engine_clock(struct gs_engine *engine, uint64_t time_ns)
{
    double since_ns = (double)engine->rt->frame * 1e9 / engine->rate_hz;
    atomic_store_explicit(&engine->rt->epoch_ns, (int64_t)time_ns - (int64_t)since_ns, memory_order_relaxed);
}

void gs_engine_publish(struct gs_engine *engine)
{
    if (engine->n_timed) {
        publish_timed(engine);
    }
    if (engine->dirty) {
        publish(engine, current(engine));
    }
}

/* ---- outputs ---- */

void gs_engine_mute(struct gs_engine *engine, enum gs_mute why, bool mute)
{
    engine->muted = mute ? engine->muted | why : engine->muted & ~(unsigned)why;
    atomic_store_explicit(&engine->rt->mute, engine->muted != 0, memory_order_relaxed);
}

bool gs_engine_muted(const struct gs_engine *engine)
{
    return engine->parked || atomic_load_explicit(&engine->rt->silent, memory_order_relaxed);
}

void gs_engine_unpark(struct gs_engine *engine)
{
    struct gs_rt *rt = engine->rt;
    rt->use_safety = engine->setup.safety;
    uint64_t trips = rt->safety.trips, not_finite = rt->safety.not_finite;
    gs_safety_init(&rt->safety, engine->rate_hz, engine->setup.out_ceiling_db, engine->setup.fade_in_ms);
    rt->safety.trips = trips;
    rt->safety.not_finite = not_finite;
    engine->parked = false;
}

void gs_engine_park(struct gs_engine *engine)
{
    engine->parked = true;
    gs_rt_settle(engine->rt);
    gs_engine_poll(engine);
}

void gs_engine_process(struct gs_engine *engine, const float *const *in, unsigned n_in, float *const *out,
                       unsigned n_out, unsigned frames)
{
    unsigned mode =
        gs_flush_begin(); /* a file gets the same bits as the audio thread, which has none either */
    gs_rt_process(engine->rt, in, n_in, out, n_out, frames);
    gs_flush_end(mode);
}

void gs_engine_flush(struct gs_engine *engine)
{
    gs_rt_flush(engine->rt);
}

void gs_engine_taps(struct gs_engine *engine, float *const *tap, unsigned n_taps)
{
    engine->rt->taps = tap;
    engine->rt->n_taps = tap ? n_taps : 0;
}

/* ---- sound ---- */

void gs_engine_pcm(struct gs_engine *engine, unsigned tap, int stage, enum gs_path path)
{
    struct gs_run *run = current(engine);
    if (run && tap < GS_PCM_TAPS) {
        uint32_t wish = stage < 0 ? 0 : gs_pcm_wish((unsigned)stage, path);
        atomic_store_explicit(&run->pcm_wish[tap], wish, memory_order_relaxed);
    }
}

void gs_engine_pcm_take(struct gs_engine *engine,
                        void (*visit)(void *context, const struct gs_pcm_piece *piece), void *context)
{
    const struct gs_pcm_piece *piece;
    while ((piece = gs_ring_peek(&engine->rt->pcm))) {
        visit(context, piece);
        gs_ring_release(&engine->rt->pcm);
    }
}

/* ---- coming back ---- */

static void visit(struct gs_engine *engine, const struct gs_bin *bin, unsigned bin_hz)
{
    if (engine->visit_bin) {
        engine->visit_bin(engine->visit_context, bin, bin_hz);
    }
}

static void take_whole_bin(struct gs_engine *engine, const struct gs_bin *bin)
{
    gs_readout_bin(engine->readout, bin);
    visit(engine, bin, GS_BIN_HZ);
}

/* Readings have windows of so many whole bins, and the same value whoever looks closer: halves are joined first. */
static void take_bin(struct gs_engine *engine, const struct gs_bin *bin)
{
    struct gs_bin *whole = engine->newest->whole;
    uint64_t end = bin->first_frame + bin->frames;
    if (bin->bin_hz > GS_BIN_HZ) {
        visit(engine, bin, bin->bin_hz);
    } else if (whole->frames == 0) {
        take_whole_bin(engine, bin);
        return;
    }
    gs_fold_bins(whole, bin);
    if (bin->bin_hz == GS_BIN_HZ || gs_bin_ends(end / GS_CELL - 1, engine->rate_hz)) {
        take_whole_bin(engine, whole);
        whole->frames = 0;
    }
}

static bool fold_bins(struct gs_engine *engine)
{
    bool any = false;
    const struct gs_bin *bin;
    while (engine->newest && !engine->waiting && (bin = gs_ring_peek(&engine->newest->bins))) {
        take_bin(engine, bin);
        gs_ring_release(&engine->newest->bins);
        any = true;
    }
    return any;
}

void gs_engine_watch_bins(struct gs_engine *engine, gs_bin_visitor *visitor, void *context)
{
    engine->visit_bin = visitor;
    engine->visit_context = context;
}

void gs_engine_fine_bins(struct gs_engine *engine, bool fine)
{
    engine->bin_hz = fine ? GS_BIN_HZ_MAX : GS_BIN_HZ;
    if (engine->newest) {
        atomic_store_explicit(&engine->newest->bin_hz, engine->bin_hz, memory_order_relaxed);
    }
}

bool gs_engine_poll(struct gs_engine *engine)
{
    collect(engine);
    if (engine->waiting && engine->lent <= 1) {
        struct gs_run *run = engine->waiting;
        engine->waiting = NULL;
        hand_over(engine, run);
    }
    return fold_bins(engine);
}

struct gs_readout *gs_engine_readout(struct gs_engine *engine)
{
    return engine->readout;
}

const struct gs_plan *gs_engine_plan(const struct gs_engine *engine)
{
    struct gs_run *run = current(engine);
    return run ? run->plan : NULL;
}

struct gs_engine_status gs_engine_get_status(const struct gs_engine *engine)
{
    return (struct gs_engine_status){
        .frames = atomic_load_explicit(&engine->rt->frames, memory_order_relaxed),
        .periods = atomic_load_explicit(&engine->rt->periods, memory_order_relaxed),
        .safety_trips = atomic_load_explicit(&engine->rt->trips, memory_order_relaxed),
        .not_finite = atomic_load_explicit(&engine->rt->not_finite, memory_order_relaxed),
        .parked = engine->parked,
        .swapping = engine->lent > 1 || engine->waiting,
    };
}
