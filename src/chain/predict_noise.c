/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The noise of a wire as numbers. While only levels are reckoned, it stays what the last full pass found. */
#include "chain/predict_core.h"

#include <math.h>

void gs_predict_noise_before(struct gs_predictor *p, struct gs_node *node, const struct gs_field *field)
{
    if (p->at_rest) {
        return;
    }
    double power = 0;
    if (field) {
        gs_field_total(p, field, GS_NOISE);
        const double *cell = gs_predict_loudest(node) == &node->in[1] ? p->total.rr : p->total.ll;
        for (size_t i = 0; i < p->grid.n; i++) {
            power += cell[i];
        }
    }
    node->noise_in_rms = sqrt(power);
}

static struct gs_noise_power noise_of(const struct gs_grid *grid, const double *cell)
{
    struct gs_noise_power noise = { 0 };
    double zz = 0, aa = 0; /* integrals of the squared densities: Bendat and Piersol, random data, 8.2 */
    for (size_t i = 0; i < grid->n; i++) {
        double z = cell[i] * grid->z[i], a = cell[i] * grid->a[i];
        noise.full += cell[i];
        noise.z += z;
        noise.a += a;
        zz += z * z / grid->width[i];
        aa += a * a / grid->width[i];
        noise.squared += cell[i] * cell[i] / grid->width[i];
    }
    noise.spread_hz = zz > 0 && aa > 0 ? fmin(noise.z * noise.z / zz, noise.a * noise.a / aa) : 0;
    return noise;
}

void gs_predict_noise_behind(struct gs_predictor *p, struct gs_node *node)
{
    if (p->at_rest) {
        return;
    }
    gs_field_total(p, &node->field, GS_NOISE);
    for (unsigned c = 0; c < node->setup.channels_out; c++) {
        node->noise[c] = noise_of(&p->grid, c ? p->total.rr : p->total.ll);
    }
}
