/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See rail.h. */
#include "dsp/rail.h"

#include "dsp/clip.h"
#include "dsp/ramp.h"

#include <math.h>
#include <string.h>

#define DC_BLOCK_HZ 5.0 /* coupling capacitors: the lower end of usual practice, 5..20 Hz */

void gs_bend_colour(struct gs_bend *bend, double d2, double d3, double peak)
{
    double c2 = 2.0 * d2 / peak, c3 = -4.0 * d3 / (peak * peak);
    /* Each term may take at most half of the slope of 1, so that the curve rises wherever it is followed. */
    double square = c2 != 0 ? 0.25 / fabs(c2) : INFINITY;
    double cube = c3 != 0 ? sqrt(1.0 / (6.0 * fabs(c3))) : INFINITY;
    bend->c2 = (float)c2;
    bend->c3 = (float)c3;
    bend->c_limit = (float)fmin(square, cube);
}

static bool coloured(const struct gs_bend *bend)
{
    return bend->c2 != 0.0f || bend->c3 != 0.0f;
}

double gs_bend_curve(const struct gs_bend *bend, double x)
{
    double y = x;
    if (coloured(bend)) {
        double v = fmax(-bend->c_limit, fmin(bend->c_limit, x));
        y += v * v * (bend->c2 + v * bend->c3);
    }
    return y + gs_knee_residual(y, bend->rail.now, bend->knee);
}

void gs_rail_init(struct gs_rail *rail, bool accurate, double rate_hz)
{
    rail->accurate = accurate;
    gs_halfbands_init(&rail->bands);
    rail->dc_pole = 1.0 - exp(-2.0 * M_PI * DC_BLOCK_HZ / rate_hz);
}

/* What the colour has of a constant, taken out: one first-order low-pass of the phases' mean, once a frame,
 * subtracted from all of them. */
static void block_dc(const struct gs_rail *rail, struct gs_rail_channel *c, float (*phase)[GS_CELL],
                     unsigned frames)
{
    unsigned phases = gs_rail_phases(rail);
    double dc = isfinite(c->dc) ? c->dc : 0.0;
    for (unsigned i = 0; i < frames; i++) {
        double sum = 0.0;
        for (unsigned p = 0; p < phases; p++) {
            sum += (double)phase[p][i];
        }
        dc += rail->dc_pole * (sum / phases - dc);
        for (unsigned p = 0; p < phases; p++) {
            phase[p][i] -= (float)dc;
        }
    }
    c->dc = dc;
}

static void colour(const struct gs_bend *bend, float *out, const float *in, unsigned frames)
{
    for (unsigned i = 0; i < frames; i++) {
        float v = in[i] < bend->c_limit ? in[i] : bend->c_limit;
        v = v > -bend->c_limit ? v : -bend->c_limit;
        out[i] = v * v * (bend->c2 + v * bend->c3);
    }
}

static void add(float *to, const float *what, unsigned frames)
{
    for (unsigned i = 0; i < frames; i++) {
        to[i] += what[i];
    }
}

static uint32_t touched(float (*phase)[GS_CELL], unsigned phases, unsigned frames)
{
    uint32_t mask = 0;
    for (unsigned p = 0; p < phases; p++) {
        for (unsigned i = 0; i < frames; i++) {
            mask |= (uint32_t)(phase[p][i] != 0.0f) << i;
        }
    }
    return mask;
}

/* From the signal on the detour to what is wrong with it, in place; says whether there is anything, and where
 * the knee was passed. */
static bool wrong(struct gs_rail *rail, struct gs_rail_channel *c, const struct gs_bend *bend,
                  const float (*earlier)[GS_CELL], float (*x)[GS_CELL], uint32_t *bent, unsigned frames)
{
    unsigned phases = gs_rail_phases(rail);
    bool knee = false;
    float sum[GS_OVERSAMPLE_PHASES][GS_CELL] = { { 0 } }, part[GS_OVERSAMPLE_PHASES][GS_CELL];
    bool any = earlier || coloured(bend);
    for (unsigned p = 0; p < phases && earlier; p++) {
        add(sum[p], earlier[p], frames);
        add(x[p], earlier[p], frames);
    }
    if (coloured(bend)) {
        for (unsigned p = 0; p < phases; p++) {
            colour(bend, part[p], x[p], frames);
        }
        block_dc(rail, c, part, frames);
        for (unsigned p = 0; p < phases; p++) {
            add(sum[p], part[p], frames);
            add(x[p], part[p], frames);
        }
    }
    for (unsigned p = 0; p < phases && bend->rail.now < INFINITY; p++) {
        knee |= gs_knee_run(part[p], x[p], &bend->rail, bend->knee, frames);
        add(sum[p], part[p], frames);
    }
    *bent = knee ? touched(part, phases, frames) : 0;
    memcpy(x, sum, phases * sizeof *x);
    return any || knee;
}

static void delay(float *late, float *x, unsigned frames)
{
    memcpy(late + GS_OVERSAMPLE_LATENCY, x, frames * sizeof *x);
    memcpy(x, late, frames * sizeof *x);
    memmove(late, late + frames, GS_OVERSAMPLE_LATENCY * sizeof *x);
}

static uint32_t run_accurate(struct gs_rail *rail, struct gs_rail_channel *c, const struct gs_bend *bend,
                             const float (*earlier)[GS_CELL], float *real, float *ideal, unsigned frames)
{
    float x[GS_OVERSAMPLE_PHASES][GS_CELL], residual[GS_CELL];
    float peak = gs_upsampler_push(&c->up, real, frames) * rail->bands.crest;
    bool any = earlier || coloured(bend) || peak > bend->knee * gs_ramp_lowest(&bend->rail, frames);
    uint32_t bent = 0;
    if (any) {
        gs_upsampler_run(&c->up, &rail->bands, x, frames);
        any = wrong(rail, c, bend, earlier, x, &bent, frames);
    }
    gs_upsampler_next(&c->up, frames);
    delay(c->late[GS_REAL], real, frames);
    delay(c->late[GS_IDEAL], ideal, frames);
    if (gs_downsampler_run(&c->down, &rail->bands, any ? (const float(*)[GS_CELL])x : NULL, residual,
                           frames)) {
        add(real, residual, frames);
    }
    return bent;
}

static uint32_t run_live(struct gs_rail *rail, struct gs_rail_channel *c, const struct gs_bend *bend,
                         const float (*earlier)[GS_CELL], float *real, unsigned frames)
{
    float x[1][GS_CELL];
    uint32_t bent = 0;
    if (!earlier && !coloured(bend) && isinf(bend->rail.now)) {
        return 0;
    }
    memcpy(x[0], real, frames * sizeof *real);
    if (wrong(rail, c, bend, earlier, x, &bent, frames)) {
        add(real, x[0], frames);
        gs_clip_hard(real, &bend->rail, frames); /* x + r(x) may round to beyond the rail */
    }
    return bent;
}

uint32_t gs_rail_run(struct gs_rail *rail, unsigned channel, const struct gs_bend *bend,
                     const float (*earlier)[GS_CELL], float *real, float *ideal, unsigned frames)
{
    struct gs_rail_channel *c = &rail->channel[channel];
    return rail->accurate ? run_accurate(rail, c, bend, earlier, real, ideal, frames)
                          : run_live(rail, c, bend, earlier, real, frames);
}

/* 36 flags wait, at most 32 leave: what leaves has all been waiting. The detour is half way there. */
uint32_t gs_rail_flags(struct gs_rail *rail, unsigned channel, uint32_t in, uint32_t detour, unsigned frames)
{
    uint64_t *late = &rail->channel[channel].late_flags;
    if (!rail->accurate) {
        return in | detour;
    }
    *late |= (uint64_t)detour << GS_OVERSAMPLE_UP;
    uint32_t out = (uint32_t)(*late & ((1ull << frames) - 1));
    *late = *late >> frames | (uint64_t)in << (GS_OVERSAMPLE_LATENCY - frames);
    return out;
}
