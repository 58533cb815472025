/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A render beside its prediction. See render_report.h. */
#include "report/render_report.h"

#include <math.h>

static void compare_channel(struct gs_report_channel *channel, const struct gs_report_wire *wire,
                            const struct gs_predicted_channel *predicted, double seconds, bool partial)
{
    struct gs_measured measured = {
        .given = true,
        .partial = partial && (wire->flags & GS_PREDICT_PROGRAMME),
        .level_db = channel->rms_db,
        .peak_db = channel->peak_db,
        .noise_db = channel->noise_db,
        .noise_a_db = channel->noise_a_db,
        .seconds = seconds,
    };
    channel->predicted = *predicted;
    channel->agreement = gs_agree(wire->flags, predicted, &measured);
}

void gs_render_report_compare(struct gs_render_report *report, const struct gs_prediction *prediction,
                              double seconds, bool partial)
{
    for (size_t i = 0; i < report->n_wires && i < prediction->n; i++) {
        struct gs_report_wire *wire = &report->wires[i];
        const struct gs_predicted *predicted = &prediction->stage[i];
        wire->flags = predicted->flags;
        wire->thd = predicted->thd;
        for (unsigned c = 0; c < wire->channels; c++) {
            compare_channel(&wire->channel[c], wire, &predicted->channel[c], seconds, partial);
        }
    }
}

void gs_render_report_text(const struct gs_render_report *report, FILE *to)
{
    fprintf(to, "%s: %.10g Hz, %.3f s\n", report->chain, report->rate_hz,
            (double)report->frames / report->rate_hz);
    for (size_t i = 0; i < report->n_wires; i++) {
        const struct gs_report_wire *wire = &report->wires[i];
        fprintf(to, "%s, %s:\n", wire->stage, gs_domain_name(wire->domain));
        gs_wire_figures_text(&wire->meters, wire->channels, to);
    }
}
