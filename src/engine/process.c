/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ALL that runs in the audio thread (with process_slots.c and process_mix.c): takes new chains and values, walks the plan over the grid of cells,
 * feeds the meters, and sends one wire through the safety stage to the outputs. Nothing here allocates,
 * locks, logs, waits or calls the system. */
#include "engine/process_inside.h"

#include <string.h>

/* ---- one step of the plan ---- */

static void run_step(struct gs_run *run, struct gs_plan_step *step, const struct gs_rt *rt, unsigned offset,
                     unsigned frames)
{
    struct gs_plan *plan = run->plan;
    struct gs_plan_wire *wire = &plan->wires[step->out_wire];
    struct gs_span in = { 0 }, out = gs_rt_span(wire, offset);
    if (step->n_sends) {
        gs_rt_mix_sends(plan, step, offset, frames);
    }
    if (step->in_wire >= 0) {
        in = gs_rt_span(&plan->wires[step->in_wire], offset);
    }
    const struct gs_ramp *param = &plan->ramps[step->first_slot];
    struct gs_stage_io io = {
        .frames = frames,
        .frame = rt->frame,
        .in = step->in_wire >= 0 ? &in : NULL,
        .out = &out,
        .param = param,
        .external = rt->external,
        .externals = GS_EXTERNALS_MAX,
    };
    step->kind->process(step->state, &io);
    const struct gs_ramp *rows = param + step->kind->n_params;
    if (step->can_bypass) {
        gs_rt_bypass(step, &in, &out, &rows[GS_COMMON_BYPASS], frames);
    }
    gs_rt_mute(&out, wire->channels, &rows[GS_COMMON_MUTE], frames);
    for (unsigned c = 0; c < wire->channels; c++) {
        wire->clip[c] |= out.clip[c] << offset;
    }
    /* A bypassed stage goes on working, but nobody hears it. */
    bool bypassed = step->can_bypass && rows[GS_COMMON_BYPASS].now >= 0.5f;
    if (step->kind->reduction_db && !bypassed) {
        float reduction_db = step->kind->reduction_db(step->state);
        wire->reduction_db = reduction_db < wire->reduction_db ? reduction_db : wire->reduction_db;
    }
}

/* ---- meters ---- */

static void close_bin(struct gs_run *run, uint32_t bin_hz)
{
    struct gs_bin *bin = gs_ring_reserve(&run->bins);
    if (!bin) {
        return; /* the reader is slow: this bin grows */
    }
    bin->first_frame = run->bin_start;
    bin->frames = (uint32_t)(run->clock - run->bin_start);
    bin->n_fields = (uint32_t)gs_bank_fields();
    bin->n_lanes = (uint32_t)gs_bank_lanes(run->plan->n_lanes);
    bin->bin_hz = bin_hz;
    gs_bank_take(run->bank, bin->field);
    gs_ring_commit(&run->bins);
    run->bin_start = run->clock;
}

static void meter_cell(struct gs_run *run)
{
    gs_bank_cell(run->bank);
    for (size_t w = 0; w < run->plan->n_wires; w++) {
        memset(run->plan->wires[w].clip, 0, sizeof run->plan->wires[w].clip);
        run->plan->wires[w].reduction_db = 0;
    }
}

static void end_cell(struct gs_run *run)
{
    struct gs_plan *plan = run->plan;
    gs_rt_settle_slots(plan);
    meter_cell(run);
    uint32_t bin_hz = atomic_load_explicit(&run->bin_hz, memory_order_relaxed);
    if (gs_bin_ends_at(run->clock / GS_CELL - 1, plan->rate_hz, bin_hz)) {
        close_bin(run, bin_hz);
    }
}

/* Lanes of a cut cell hold the last whole cell's samples behind the cut: silence them first. */
static void flush_run(struct gs_run *run)
{
    unsigned offset = (unsigned)(run->clock % GS_CELL);
    struct gs_plan *plan = run->plan;
    for (size_t w = 0; offset && w < plan->n_wires; w++) {
        for (unsigned path = 0; path < GS_PATHS; path++) {
            for (unsigned c = 0; c < plan->wires[w].channels; c++) {
                memset(plan->wires[w].ch[path][c] + offset, 0, (GS_CELL - offset) * sizeof(float));
            }
        }
    }
    if (offset) {
        meter_cell(run);
    }
    if (run->clock > run->bin_start) {
        close_bin(run, GS_BIN_HZ);
    }
}

void gs_rt_flush(struct gs_rt *rt)
{
    if (rt->run) {
        flush_run(rt->run);
    }
}

/* ---- one chain over the frames at hand ---- */

static void listen_to(const struct gs_plan *plan, unsigned wire_number, unsigned path, float gain,
                      unsigned offset, float out[2][GS_CELL], unsigned frames)
{
    const struct gs_plan_wire *wire = &plan->wires[wire_number];
    float scale =
        wire->domain == GS_DIGITAL ? gain : gain * (float)gs_listen_gain(wire->domain, &plan->alignment);
    for (unsigned c = 0; c < 2; c++) {
        unsigned from = c < wire->channels ? c : 0;
        const float *real = wire->ch[GS_REAL][from] + offset, *ideal = wire->ch[GS_IDEAL][from] + offset;
        for (unsigned f = 0; f < frames; f++) {
            float x = path == GS_REAL ? real[f] : path == GS_IDEAL ? ideal[f] : real[f] - ideal[f];
            out[c][f] = x * scale;
        }
    }
}

static void listen_part(struct gs_run *run, unsigned offset, float out[2][GS_CELL], unsigned frames)
{
    struct gs_listen *listen = &run->listen;
    listen_to(run->plan, listen->wire, listen->path, listen->gain, offset, out, frames);
    if (listen->fade >= run->listen_fade) {
        return;
    }
    float old[2][GS_CELL];
    listen_to(run->plan, listen->old_wire, listen->old_path, listen->old_gain, offset, old, frames);
    for (unsigned f = 0; f < frames; f++, listen->fade += listen->fade < run->listen_fade) {
        float way = (float)listen->fade / (float)run->listen_fade;
        out[0][f] = old[0][f] + way * (out[0][f] - old[0][f]);
        out[1][f] = old[1][f] + way * (out[1][f] - old[1][f]);
    }
}

static void run_part(struct gs_run *run, const struct gs_rt *rt, float out[2][GS_CELL], unsigned frames)
{
    unsigned offset = (unsigned)(run->clock % GS_CELL);
    gs_rt_move_slots(run, frames);
    for (size_t s = 0; s < run->plan->n_steps; s++) {
        run_step(run, &run->plan->steps[s], rt, offset, frames);
    }
    listen_part(run, offset, out, frames);
    run->clock += frames;
    if (offset + frames == GS_CELL) {
        end_cell(run);
    }
}

static void write_taps(const struct gs_rt *rt, const struct gs_run *run, unsigned done, unsigned frames)
{
    const struct gs_plan *plan = run->plan;
    unsigned offset = (unsigned)((run->clock - frames) % GS_CELL);
    for (unsigned t = 0; t < rt->n_taps && t < plan->n_steps * GS_CHANNELS; t++) {
        const struct gs_plan_wire *wire = &plan->wires[t / GS_CHANNELS];
        unsigned c = t % GS_CHANNELS;
        if (!rt->taps[t] || c >= wire->channels) {
            continue;
        }
        float scale = (float)gs_listen_gain(wire->domain, &plan->alignment);
        for (unsigned f = 0; f < frames; f++) {
            rt->taps[t][done + f] = wire->ch[GS_REAL][c][offset + f] * scale;
        }
    }
}

static void write_piece(struct gs_rt *rt, const struct gs_run *run, unsigned tap, uint32_t wish,
                        unsigned frames)
{
    const struct gs_plan *plan = run->plan;
    unsigned stage = (wish - 1) >> 2, path = (wish - 1) & 3;
    struct gs_pcm_piece *piece = stage < plan->n_steps ? gs_ring_reserve(&rt->pcm) : NULL;
    if (!piece) {
        return; /* the reader is slow: the counter of frames shows the gap */
    }
    const struct gs_plan_wire *wire = &plan->wires[stage];
    unsigned offset = (unsigned)((run->clock - frames) % GS_CELL);
    float scale = (float)gs_listen_gain(wire->domain, &plan->alignment);
    piece->frame = rt->frame;
    piece->tap = (uint16_t)tap;
    piece->stage = (uint16_t)stage;
    piece->path = path;
    piece->frames = (uint16_t)frames;
    piece->channels = (uint16_t)wire->channels;
    for (unsigned c = 0; c < wire->channels; c++) {
        const float *real = wire->ch[GS_REAL][c] + offset, *ideal = wire->ch[GS_IDEAL][c] + offset;
        for (unsigned f = 0; f < frames; f++) {
            float x = path == GS_REAL ? real[f] : path == GS_IDEAL ? ideal[f] : real[f] - ideal[f];
            piece->sample[f * wire->channels + c] = x * scale;
        }
    }
    gs_ring_commit(&rt->pcm);
}

static void write_pcm(struct gs_rt *rt, struct gs_run *run, unsigned frames)
{
    for (unsigned tap = 0; tap < GS_PCM_TAPS; tap++) {
        uint32_t wish = atomic_load_explicit(&run->pcm_wish[tap], memory_order_relaxed);
        if (wish) {
            write_piece(rt, run, tap, wish, frames);
        }
    }
}

/* ---- chains coming and going ---- */

static void retire(struct gs_rt *rt, struct gs_run *old)
{
    struct gs_event *event = gs_ring_reserve(&rt->events);
    /* There are never more runs alive than the ring is long: gs_engine_load() sees to that. */
    event->retired = old;
    gs_ring_commit(&rt->events);
}

static void take_order(struct gs_rt *rt, bool at_once)
{
    struct gs_order *order = rt->next ? NULL : gs_ring_peek(&rt->orders);
    if (order) {
        rt->next = order->swap_in;
        rt->fade = 0;
        gs_ring_release(&rt->orders);
    }
    if (rt->next && (at_once || !rt->run || rt->fade >= rt->fade_frames)) {
        if (rt->run) {
            retire(rt, rt->run);
        }
        rt->run = rt->next;
        rt->next = NULL;
        if (rt->run->clock == 0) { /* taken without a crossfade, perhaps inside a cell */
            rt->run->clock = rt->run->bin_start = rt->frame % GS_CELL;
        }
    }
}

void gs_rt_settle(struct gs_rt *rt)
{
    do {
        take_order(rt, true);
    } while (gs_ring_peek(&rt->orders));
}

static void fade_over(struct gs_rt *rt, float out[2][GS_CELL], float next[2][GS_CELL], unsigned frames)
{
    for (unsigned f = 0; f < frames; f++, rt->fade++) {
        float way = rt->fade < rt->fade_frames ? (float)rt->fade / (float)rt->fade_frames : 1.0f;
        out[0][f] += way * (next[0][f] - out[0][f]);
        out[1][f] += way * (next[1][f] - out[1][f]);
    }
}

static void process_part(struct gs_rt *rt, float *const *out, unsigned n_out, unsigned done, unsigned frames)
{
    float(*mix)[GS_CELL] = rt->mix, next[2][GS_CELL];
    memset(rt->mix, 0, sizeof rt->mix);
    if (rt->run) {
        run_part(rt->run, rt, mix, frames);
    }
    if (rt->next) {
        run_part(rt->next, rt, next, frames);
        fade_over(rt, mix, next, frames);
    }
    if (rt->run && rt->n_taps) {
        write_taps(rt, rt->run, done, frames);
    }
    if (rt->run) {
        write_pcm(rt, rt->run, frames);
    }
    if (rt->use_safety) {
        bool open = !atomic_load_explicit(&rt->mute, memory_order_relaxed);
        gs_safety_process(&rt->safety, mix[0], mix[1], frames, open);
    }
    for (unsigned c = 0; c < n_out && c < 2; c++) {
        if (out[c]) {
            memcpy(out[c] + done, mix[c], frames * sizeof(float));
        }
    }
}

static void point_externals(struct gs_rt *rt, const float *const *in, unsigned n_in, unsigned done)
{
    for (unsigned i = 0; i < n_in && i < GS_EXTERNALS_MAX; i++) {
        rt->external[i] = in[i] ? in[i] + done : NULL;
    }
}

static void publish_counters(struct gs_rt *rt)
{
    atomic_store_explicit(&rt->frames, rt->frame, memory_order_relaxed);
    atomic_fetch_add_explicit(&rt->periods, 1, memory_order_relaxed);
    atomic_store_explicit(&rt->trips, rt->safety.trips, memory_order_relaxed);
    atomic_store_explicit(&rt->not_finite, rt->safety.not_finite, memory_order_relaxed);
    atomic_store_explicit(&rt->silent, gs_safety_silent(&rt->safety), memory_order_relaxed);
}

void gs_rt_process(struct gs_rt *rt, const float *const *in, unsigned n_in, float *const *out, unsigned n_out,
                   unsigned frames)
{
    if (rt->run) {
        gs_rt_take_values(rt->run);
    }
    if (rt->next) {
        gs_rt_take_values(rt->next);
    }
    for (unsigned done = 0; done < frames;) {
        unsigned left = GS_CELL - (unsigned)(rt->frame % GS_CELL);
        unsigned part = frames - done < left ? frames - done : left;
        if (left == GS_CELL) {
            take_order(rt, false);
        }
        if (rt->run) {
            part = gs_rt_take_timed(rt->run, rt->frame, part);
        }
        if (rt->next) {
            part = gs_rt_take_timed(rt->next, rt->frame, part);
        }
        point_externals(rt, in, n_in, done);
        process_part(rt, out, n_out, done, part);
        rt->frame += part;
        done += part;
    }
    memset(rt->external, 0, sizeof rt->external);
    atomic_store_explicit(&rt->period, frames, memory_order_relaxed);
    publish_counters(rt);
}
