/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arithmetic with fields: powers and transfers over the frequency grid. See predict_core.h. */
#include "chain/predict_core.h"

#include <math.h>
#include <string.h>

/* Power of both channels and of what they share, at one frequency. */
struct point {
    double ll, rr, lr;
};

void gs_power_lay(struct gs_grid_power *power, struct gs_arena *arena, size_t cells)
{
    power->ll = gs_arena_take(arena, cells * sizeof(double));
    power->rr = gs_arena_take(arena, cells * sizeof(double));
    power->lr = gs_arena_take(arena, cells * sizeof(double));
}

void gs_way_lay(struct gs_way *way, struct gs_arena *arena, size_t cells)
{
    for (unsigned a = 0; a < GS_CHANNELS; a++) {
        for (unsigned b = 0; b < GS_CHANNELS; b++) {
            way->re[a][b] = gs_arena_take(arena, cells * sizeof(double));
            way->im[a][b] = gs_arena_take(arena, cells * sizeof(double));
        }
    }
}

static void clear_power(const struct gs_predictor *p, struct gs_grid_power *power)
{
    memset(power->ll, 0, p->grid.n * sizeof(double));
    memset(power->rr, 0, p->grid.n * sizeof(double));
    memset(power->lr, 0, p->grid.n * sizeof(double));
}

static void clear_way(const struct gs_predictor *p, struct gs_way *way)
{
    for (unsigned a = 0; a < GS_CHANNELS; a++) {
        for (unsigned b = 0; b < GS_CHANNELS; b++) {
            memset(way->re[a][b], 0, p->grid.n * sizeof(double));
            memset(way->im[a][b], 0, p->grid.n * sizeof(double));
        }
    }
}

/* The powers that this pass reckons anew; the others stay as they lie. */
static bool moves(const struct gs_predictor *p, enum gs_power which)
{
    return which == GS_NOISE ? !p->at_rest : p->programme;
}

void gs_field_clear(const struct gs_predictor *p, struct gs_field *field)
{
    for (enum gs_power which = 0; which < GS_POWERS; which++) {
        if (moves(p, which)) {
            clear_power(p, &field->power[which]);
        }
    }
    for (size_t w = 0; w < field->n_ways; w++) {
        clear_way(p, &field->way[w]);
    }
}

static struct point point_at(const struct gs_grid_power *power, size_t i)
{
    return (struct point){ power->ll[i], power->rr[i], power->lr[i] };
}

static void add_point(struct gs_grid_power *to, size_t i, struct point x)
{
    to->ll[i] += x.ll;
    to->rr[i] += x.rr;
    to->lr[i] += x.lr;
}

/* A power seen through real gains. */
static struct point turn(struct point x, double g[GS_CHANNELS][GS_CHANNELS])
{
    return (struct point){
        g[0][0] * g[0][0] * x.ll + g[0][1] * g[0][1] * x.rr + 2 * g[0][0] * g[0][1] * x.lr,
        g[1][0] * g[1][0] * x.ll + g[1][1] * g[1][1] * x.rr + 2 * g[1][0] * g[1][1] * x.lr,
        g[0][0] * g[1][0] * x.ll + g[0][1] * g[1][1] * x.rr + (g[0][0] * g[1][1] + g[0][1] * g[1][0]) * x.lr,
    };
}

/* Re(a * conj(b)) of two entries of a way. */
static double dot(const struct gs_way *w, size_t i, unsigned a, unsigned ka, unsigned b, unsigned kb)
{
    return w->re[a][ka][i] * w->re[b][kb][i] + w->im[a][ka][i] * w->im[b][kb][i];
}

/* What the content x of a fork gives at the end of the way. */
static struct point arrive(const struct gs_way *w, size_t i, struct point x)
{
    return (struct point){
        dot(w, i, 0, 0, 0, 0) * x.ll + dot(w, i, 0, 1, 0, 1) * x.rr + 2 * dot(w, i, 0, 0, 0, 1) * x.lr,
        dot(w, i, 1, 0, 1, 0) * x.ll + dot(w, i, 1, 1, 1, 1) * x.rr + 2 * dot(w, i, 1, 0, 1, 1) * x.lr,
        dot(w, i, 0, 0, 1, 0) * x.ll + dot(w, i, 0, 1, 1, 1) * x.rr +
            (dot(w, i, 0, 0, 1, 1) + dot(w, i, 0, 1, 1, 0)) * x.lr,
    };
}

static struct gs_way *find_way(const struct gs_field *field, unsigned fork)
{
    for (size_t w = 0; w < field->n_ways; w++) {
        if (field->way[w].fork == fork) {
            return &field->way[w];
        }
    }
    return NULL;
}

static void add_powers(const struct gs_predictor *p, struct gs_field *to, const struct gs_field *from,
                       double gain[GS_CHANNELS][GS_CHANNELS])
{
    for (enum gs_power which = 0; which < GS_POWERS; which++) {
        for (size_t i = 0; moves(p, which) && i < p->grid.n; i++) {
            add_point(&to->power[which], i, turn(point_at(&from->power[which], i), gain));
        }
    }
}

static void add_way(const struct gs_predictor *p, struct gs_way *to, const struct gs_way *from, unsigned a,
                    unsigned b, double gain)
{
    for (unsigned k = 0; gain != 0 && k < GS_CHANNELS; k++) {
        for (size_t i = 0; i < p->grid.n; i++) {
            to->re[a][k][i] += gain * from->re[b][k][i];
            to->im[a][k][i] += gain * from->im[b][k][i];
        }
    }
}

/* Only the sum before a bus grows ways as they come in; it has room for all forks. */
static struct gs_way *open_way(const struct gs_predictor *p, struct gs_field *field, unsigned fork)
{
    struct gs_way *way = &field->way[field->n_ways++];
    way->fork = fork;
    clear_way(p, way);
    return way;
}

void gs_field_add(const struct gs_predictor *p, struct gs_field *to, const struct gs_field *from,
                  double gain[GS_CHANNELS][GS_CHANNELS])
{
    add_powers(p, to, from, gain);
    for (size_t w = 0; w < from->n_ways; w++) {
        struct gs_way *way = find_way(to, from->way[w].fork);
        way = way ? way : open_way(p, to, from->way[w].fork);
        for (unsigned a = 0; a < GS_CHANNELS; a++) {
            for (unsigned b = 0; b < GS_CHANNELS; b++) {
                add_way(p, way, &from->way[w], a, b, gain[a][b]);
            }
        }
    }
}

/* Power of the fork behind a way, added as if nothing else of it came along. */
static void close_way(const struct gs_predictor *p, const struct gs_way *way, enum gs_power which,
                      struct gs_grid_power *to)
{
    const struct gs_grid_power *content = &p->fork[way->fork].power[which];
    for (size_t i = 0; moves(p, which) && i < p->grid.n; i++) {
        add_point(to, i, arrive(way, i, point_at(content, i)));
    }
}

static void way_through(const struct gs_predictor *p, const struct gs_way *in, const struct gs_node *node,
                        struct gs_way *out)
{
    for (unsigned c = 0; c < node->setup.channels_out; c++) {
        unsigned from = gs_from_channel(c, node->setup.channels_in);
        double g = node->gain[c];
        for (unsigned k = 0; k < GS_CHANNELS; k++) {
            for (size_t i = 0; i < p->grid.n; i++) {
                double re = g * (node->h_re ? node->h_re[i] : 1), im = g * (node->h_im ? node->h_im[i] : 0);
                double x = in->re[from][k][i], y = in->im[from][k][i];
                out->re[c][k][i] = re * x - im * y;
                out->im[c][k][i] = re * y + im * x;
            }
        }
    }
}

/* Powers of the input and of closed ways lie in `out` already: shape them in place and add the stage's own
 * noise. A mono input's noise is the same on both sides of a stereo output. */
static void shape_noise(const struct gs_predictor *p, struct gs_node *node)
{
    struct gs_grid_power *out = &node->field.power[GS_NOISE];
    const struct gs_levels *l = &node->levels;
    bool mono = node->setup.channels_in < 2;
    double g0 = node->noise_gain[0], g1 = node->setup.channels_out > 1 ? node->noise_gain[1] : 0;
    double own1 = node->setup.channels_out > 1 ? l->noise_out : 0;
    for (size_t i = 0; i < p->grid.n; i++) {
        double h2 = node->h2 ? node->h2[i] : 1, width = p->grid.width[i];
        double ll = out->ll[i] + l->noise_in * width;
        double rr = mono ? ll : out->rr[i] + l->noise_in * width;
        double lr = mono ? ll : out->lr[i];
        out->ll[i] = h2 * g0 * g0 * ll + l->noise_out * width;
        out->rr[i] = h2 * g1 * g1 * rr + own1 * width;
        out->lr[i] = h2 * g0 * g1 * lr;
    }
}

static void shape_programme(const struct gs_predictor *p, struct gs_node *node)
{
    struct gs_grid_power *out = &node->field.power[GS_PROGRAMME];
    bool mono = node->setup.channels_in < 2;
    double g0 = node->gain[0], g1 = node->setup.channels_out > 1 ? node->gain[1] : 0;
    for (size_t i = 0; i < p->grid.n; i++) {
        double h2 = node->h2 ? node->h2[i] : 1, ll = out->ll[i];
        out->ll[i] = h2 * g0 * g0 * ll;
        out->rr[i] = h2 * g1 * g1 * (mono ? ll : out->rr[i]);
        out->lr[i] = h2 * g0 * g1 * (mono ? ll : out->lr[i]);
    }
}

void gs_field_through(const struct gs_predictor *p, const struct gs_field *in, struct gs_node *node)
{
    double one[GS_CHANNELS][GS_CHANNELS] = { { 1, 0 }, { 0, 1 } };
    struct gs_field *out = &node->field;
    gs_field_clear(p, out);
    if (in) {
        add_powers(p, out, in, one);
        for (size_t w = 0; w < in->n_ways; w++) {
            struct gs_way *way = find_way(out, in->way[w].fork);
            if (way) {
                way_through(p, &in->way[w], node, way);
                continue;
            }
            for (enum gs_power which = 0; which < GS_POWERS; which++) {
                close_way(p, &in->way[w], which, &out->power[which]);
            }
        }
    }
    if (moves(p, GS_NOISE)) {
        shape_noise(p, node);
    }
    if (moves(p, GS_PROGRAMME)) {
        shape_programme(p, node);
    }
}

static void move_power(const struct gs_predictor *p, struct gs_grid_power *to, struct gs_grid_power *from)
{
    size_t bytes = p->grid.n * sizeof(double);
    memcpy(to->ll, from->ll, bytes);
    memcpy(to->rr, from->rr, bytes);
    memcpy(to->lr, from->lr, bytes);
    clear_power(p, from);
}

void gs_field_fork(const struct gs_predictor *p, struct gs_node *node)
{
    struct gs_way *way = node->fork < 0 ? NULL : find_way(&node->field, (unsigned)node->fork);
    if (!way) {
        return;
    }
    struct gs_fork *fork = &p->fork[node->fork];
    for (enum gs_power which = 0; which < GS_POWERS; which++) {
        if (moves(p, which)) {
            move_power(p, &fork->power[which], &node->field.power[which]);
        }
    }
    for (size_t i = 0; i < p->grid.n; i++) {
        way->re[0][0][i] = 1;
        way->re[1][1][i] = node->setup.channels_out > 1 ? 1 : 0;
    }
}

void gs_field_total(struct gs_predictor *p, const struct gs_field *field, enum gs_power which)
{
    const struct gs_grid_power *own = &field->power[which];
    memcpy(p->total.ll, own->ll, p->grid.n * sizeof(double));
    memcpy(p->total.rr, own->rr, p->grid.n * sizeof(double));
    memcpy(p->total.lr, own->lr, p->grid.n * sizeof(double));
    for (size_t w = 0; w < field->n_ways; w++) {
        close_way(p, &field->way[w], which, &p->total);
    }
}
