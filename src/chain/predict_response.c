/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What filters do to noise, tones and programme. A response over the grid is kept until a value of its stage
 * changes. */
#include "chain/predict_core.h"

#include <math.h>
#include <string.h>

#define ROUGH  0.01 /* difference of two ways to take a mean from which a cell is cut into slices */
#define SLICES 24

double gs_predict_magnitude(const struct gs_node *node, double hz)
{
    return !node->bypass && node->kind->response ? node->kind->response(node->setup.param, &node->setup, hz)
                                                 : 1.0;
}

double gs_predict_phase(const struct gs_node *node, double hz)
{
    return !node->bypass && node->kind->phase ? node->kind->phase(node->setup.param, &node->setup, hz) : 0.0;
}

static double power_at(const struct gs_node *node, double hz)
{
    double h = gs_predict_magnitude(node, hz);
    return h * h;
}

/* Mean of |H|^2 over a cell by Simpson's rule; where that is not smooth - a bell narrower than the cell - in
 * slices. */
static double mean_power(const struct gs_node *node, double from, double to, double low, double high)
{
    double middle = power_at(node, (from + to) / 2), simpson = (low + 4 * middle + high) / 6, sum = 0;
    if (fabs(simpson - middle) <= ROUGH * middle) {
        return simpson;
    }
    for (int i = 0; i < SLICES; i++) {
        sum += power_at(node, from + (to - from) * (i + 0.5) / SLICES);
    }
    return sum / SLICES;
}

void gs_predict_refresh(const struct gs_predictor *p, struct gs_node *node)
{
    size_t bytes = node->kind->n_params * sizeof(double);
    if (!node->h2 || (node->fresh && node->was_bypassed == node->bypass &&
                      memcmp(node->cached, node->setup.param, bytes) == 0)) {
        return;
    }
    memcpy(node->cached, node->setup.param, bytes);
    node->fresh = true;
    node->was_bypassed = node->bypass;
    double low = power_at(node, p->grid.edge[0]);
    for (size_t i = 0; i < p->grid.n; i++) {
        double high = power_at(node, p->grid.edge[i + 1]), phase = gs_predict_phase(node, p->grid.hz[i]);
        node->h2[i] = mean_power(node, p->grid.edge[i], p->grid.edge[i + 1], low, high);
        node->h_re[i] = sqrt(node->h2[i]) * cos(phase);
        node->h_im[i] = sqrt(node->h2[i]) * sin(phase);
        low = high;
    }
}

/* Gain by the response for what arrives: of a tone at its frequency, of programme over its spectrum. */
double gs_predict_response(struct gs_predictor *p, const struct gs_node *node, const struct gs_field *field,
                           const struct gs_signal *in, unsigned channel)
{
    if (!node->h2) {
        return 1.0;
    }
    if (!p->programme || in->purity >= GS_TONE_PURITY || !field) {
        return gs_predict_magnitude(node, in->hz > 0 ? in->hz : 1000.0);
    }
    gs_field_total(p, field, GS_PROGRAMME);
    const double *cell = channel ? p->total.rr : p->total.ll;
    double before = 0, after = 0;
    for (size_t i = 0; i < p->grid.n; i++) {
        before += cell[i];
        after += cell[i] * node->h2[i];
    }
    return before > 0 ? sqrt(after / before) : gs_predict_magnitude(node, 1000.0);
}
