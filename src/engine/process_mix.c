/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens on wires between stages: sends summed with gain, pan and delay, mute and bypass. [rt] */
#include "engine/process_inside.h"

#include "dsp/pan.h"

#include <string.h>

struct gs_span gs_rt_span(const struct gs_plan_wire *wire, unsigned offset)
{
    struct gs_span span = { 0 };
    for (unsigned path = 0; path < GS_PATHS; path++) {
        for (unsigned c = 0; c < wire->channels; c++) {
            span.ch[path][c] = wire->ch[path][c] + offset;
        }
    }
    return span;
}

/* Through a delay line of `length` frames, in place. */
static void delay(float *line, unsigned length, unsigned at, const float *in, float *out, unsigned frames)
{
    for (unsigned f = 0; f < frames; f++) {
        float old = line[at];
        line[at] = in[f];
        out[f] = old;
        at = at + 1 == length ? 0 : at + 1;
    }
}

static void add_mono(float *to, const float *from, const struct gs_ramp *gain, unsigned frames)
{
    for (unsigned f = 0; f < frames; f++) {
        to[f] += from[f] * gs_ramp_at(gain, f);
    }
}

/* Mono into stereo pans, stereo into stereo balances; the law is the summing stage's. */
static void add_panned(const struct gs_span *to, unsigned path, const float *const *from,
                       unsigned channels_in, const struct gs_ramp *gain, const struct gs_ramp *pan,
                       enum gs_pan_law law, unsigned frames)
{
    struct gs_pan side = gs_pan_gains(law, channels_in, pan->now);
    const float *left = from[0], *right = from[channels_in - 1];
    for (unsigned f = 0; f < frames; f++) {
        if (pan->ramp) {
            side = gs_pan_gains(law, channels_in, pan->ramp[f]);
        }
        float g = gs_ramp_at(gain, f);
        to->ch[path][0][f] += left[f] * (g * side.left);
        to->ch[path][1][f] += right[f] * (g * side.right);
    }
}

static void add_send(const struct gs_plan *plan, struct gs_plan_send *send, const struct gs_span *mix,
                     unsigned channels, enum gs_pan_law law, unsigned offset, unsigned frames)
{
    const struct gs_plan_wire *wire = &plan->wires[send->wire];
    const struct gs_ramp *gain = &plan->ramps[send->gain_slot + GS_SEND_GAIN];
    const struct gs_ramp *pan = &plan->ramps[send->gain_slot + GS_SEND_PAN];
    float late[GS_CHANNELS][GS_CELL];
    for (unsigned path = 0; path < GS_PATHS; path++) {
        const float *from[GS_CHANNELS] = { NULL, NULL };
        for (unsigned c = 0; c < wire->channels; c++) {
            from[c] = wire->ch[path][c] + offset;
            if (send->delay_frames) {
                delay(send->delay[path][c], send->delay_frames, send->delay_at, from[c], late[c], frames);
                from[c] = late[c];
            }
        }
        if (channels == 1) {
            add_mono(mix->ch[path][0], from[0], gain, frames);
        } else {
            add_panned(mix, path, from, wire->channels, gain, pan, law, frames);
        }
    }
    if (send->delay_frames) {
        send->delay_at = (send->delay_at + frames) % send->delay_frames;
    }
}

void gs_rt_mix_sends(struct gs_plan *plan, struct gs_plan_step *step, unsigned offset, unsigned frames)
{
    const struct gs_plan_wire *wire = &plan->wires[step->in_wire];
    struct gs_span mix = gs_rt_span(wire, offset);
    enum gs_pan_law law =
        step->pan_law_slot < 0 ? GS_PAN_SINCOS : (enum gs_pan_law)plan->ramps[step->pan_law_slot].now;
    for (unsigned path = 0; path < GS_PATHS; path++) {
        for (unsigned c = 0; c < wire->channels; c++) {
            memset(mix.ch[path][c], 0, frames * sizeof(float));
        }
    }
    for (size_t s = 0; s < step->n_sends; s++) {
        add_send(plan, &step->sends[s], &mix, wire->channels, law, offset, frames);
    }
}

void gs_rt_mute(const struct gs_span *out, unsigned channels, const struct gs_ramp *mute, unsigned frames)
{
    if (!mute->ramp && mute->now == 0.0f) {
        return;
    }
    for (unsigned path = 0; path < GS_PATHS; path++) {
        for (unsigned c = 0; c < channels; c++) {
            for (unsigned f = 0; f < frames; f++) {
                out->ch[path][c][f] *= 1.0f - gs_ramp_at(mute, f);
            }
        }
    }
}

/* A stage with latency is bypassed through a delay as long as its own, so that bypassing moves nothing. */
void gs_rt_bypass(struct gs_plan_step *step, const struct gs_span *in, struct gs_span *out,
                  const struct gs_ramp *bypass, unsigned frames)
{
    bool off = !bypass->ramp && bypass->now == 0.0f, on = !bypass->ramp && bypass->now == 1.0f;
    float late[GS_CELL];
    if (off && !step->dry_frames) {
        return;
    }
    for (unsigned path = 0; path < GS_PATHS; path++) {
        for (unsigned c = 0; c < step->setup.channels_out; c++) {
            /* a mono input of a stereo stage goes to both sides */
            const float *dry = in->ch[path][c < step->setup.channels_in ? c : 0];
            float *wet = out->ch[path][c];
            if (step->dry_frames) {
                delay(step->dry[path][c], step->dry_frames, step->dry_at, dry, late, frames);
                dry = late;
            }
            if (on) {
                memcpy(wet, dry, frames * sizeof *wet);
            } else if (!off) {
                for (unsigned f = 0; f < frames; f++) {
                    wet[f] += gs_ramp_at(bypass, f) * (dry[f] - wet[f]);
                }
            }
        }
    }
    if (step->dry_frames) {
        step->dry_at = (step->dry_at + frames) % step->dry_frames;
    }
    if (on) {
        memset(out->clip, 0, sizeof out->clip);
    }
}
