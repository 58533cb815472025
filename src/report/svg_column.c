/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One stage in the plot: the box from noise to ceiling, the signal going through it, the noise on its floor. */
#include "report/svg_inside.h"

#include <math.h>

#define BEND 0.3 /* of the column: where the signal begins to change */

struct place {
    double x0, x1;  /* of the box */
    double in, out; /* what turns levels into heights on the ruler */
};

static void line(const struct svg *svg, const char *classes, double x0, double x1, double y)
{
    fprintf(svg->to, "<path class=\"%s\" d=\"M%.1f %.1fH%.1f\"/>\n", classes, x0, y, x1);
}

static double bottom(const struct svg *svg)
{
    return svg->y + svg->plot_height;
}

static void box(const struct svg *svg, const struct gs_predicted *p, const struct place *at)
{
    double floor = isfinite(p->noise_db) ? svg_y(svg, p->noise_db + at->out) : bottom(svg);
    bool open = !isfinite(p->ceiling_db);
    double top = open ? svg->y : svg_y(svg, p->ceiling_db + at->out);
    if (floor > top) {
        fprintf(svg->to, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" %s/>\n", at->x0, top,
                at->x1 - at->x0, floor - top, open ? "fill=\"url(#open)\"" : "class=\"box\"");
    }
    if (bottom(svg) > floor) {
        fprintf(svg->to,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"url(#hatch)\"/>\n", at->x0,
                floor, at->x1 - at->x0, bottom(svg) - floor);
    }
}

static void level_lines(const struct svg *svg, const struct gs_row *row, const struct place *at)
{
    const struct gs_predicted *p = &row->predicted;
    if (svg_on_ruler(svg, p->nominal_db + at->out)) {
        line(svg, "thin s-dim dot", at->x0 + 3, at->x1, svg_y(svg, p->nominal_db + at->out));
    }
    if (svg_on_ruler(svg, p->noise_db + at->out)) {
        line(svg, row->marks & GS_MARK_NOISE_BOTTLENECK ? "first s-noise" : "edge s-noise", at->x0, at->x1,
             svg_y(svg, p->noise_db + at->out));
    }
    if (svg_on_ruler(svg, p->ceiling_db + at->out)) {
        bool first = row->marks & GS_MARK_CLIPS_FIRST;
        double y = svg_y(svg, p->ceiling_db + at->out);
        line(svg,
             first ? (p->soft ? "first s-ceiling soft" : "first s-ceiling")
                   : (p->soft ? "edge s-ceiling soft" : "edge s-ceiling"),
             at->x0, at->x1, y);
    }
}

/* Straight at both ends, sloping where the stage does its work; without an input only the right half. */
static void signal(const struct svg *svg, const char *classes, const struct place *at, double in_db,
                   double out_db)
{
    double width = at->x1 - at->x0, a = at->x0 + BEND * width, b = at->x1 - BEND * width;
    bool from = isfinite(in_db), to = isfinite(out_db);
    if (!from && !to) {
        return;
    }
    if (!to) { /* the signal ends here */
        line(svg, classes, at->x0, a, svg_y(svg, in_db));
        return;
    }
    double y = svg_y(svg, out_db);
    if (!from) {
        line(svg, classes, a, at->x1, y);
        return;
    }
    double before = svg_y(svg, in_db), half = (a + b) / 2;
    fprintf(svg->to, "<path class=\"%s\" d=\"M%.1f %.1fH%.1fC%.1f %.1f %.1f %.1f %.1f %.1fH%.1f\"/>\n",
            classes, at->x0, before, a, half, before, half, y, b, y, at->x1);
}

static void measured(const struct svg *svg, const struct gs_row *row, const struct place *at)
{
    const struct gs_measured *m = &row->measured;
    double half = (at->x0 + at->x1) / 2, tick = half + 0.2 * (at->x1 - at->x0);
    if (!m->given) {
        return;
    }
    if (svg_on_ruler(svg, m->noise_db + at->out)) {
        line(svg, "thick s-noise", half, at->x1 - 5, svg_y(svg, m->noise_db + at->out));
    }
    if (svg_on_ruler(svg, m->level_db + at->out)) {
        line(svg, "thick s-level", half, at->x1 - 5, svg_y(svg, m->level_db + at->out));
    }
    if (svg_on_ruler(svg, m->peak_db + at->out)) { /* held peak: a tick with feet */
        double y = svg_y(svg, m->peak_db + at->out);
        fprintf(svg->to, "<path class=\"edge s-level\" d=\"M%.1f %.1fv10M%.1f %.1fH%.1fv10\"/>\n", tick, y,
                tick, y, at->x1 - 6);
    }
}

/* A stem from the peak to the ceiling with a mark at its top, in the colour of the number below. */
static void headroom(const struct svg *svg, const struct gs_row *row, const struct place *at)
{
    static const char *const colour[] = { "", "good", "small", "low", "over" };
    static const char *const shape[] = { "", "circle", "triangle", "diamond", "cross" };
    const struct gs_predicted *p = &row->predicted;
    if (row->headroom == GS_HEADROOM_NONE || !svg_on_ruler(svg, p->ceiling_db + at->out)) {
        return;
    }
    double x = at->x0 + 0.84 * (at->x1 - at->x0), top = svg_y(svg, p->ceiling_db + at->out);
    double peak = svg_y(svg, p->ceiling_db - fmax(p->headroom_db, 0) + at->out);
    if (peak - top > 26) {
        fprintf(svg->to, "<path class=\"thin s-%s\" d=\"M%.1f %.1fV%.1f\"/>\n", colour[row->headroom], x,
                peak, top + 16);
    }
    svg_mark(svg, x, peak - top > 26 ? top + 14 : top - 14, shape[row->headroom], colour[row->headroom]);
}

void svg_column(const struct svg *svg, const struct gs_row *row, double x)
{
    const struct gs_predicted *p = &row->predicted;
    struct place at = { x + SVG_GAP / 2, x + svg->column - SVG_GAP / 2, row->shift_in_db, row->shift_db };
    box(svg, p, &at);
    level_lines(svg, row, &at);
    headroom(svg, row, &at);
    measured(svg, row, &at);
    double in_peak = row->n_from ? p->in_peak_db + at.in : NAN,
           in = row->n_from ? p->in_level_db + at.in : NAN;
    if (fabs(p->peak_db - p->level_db) > 0.05 || fabs(p->in_peak_db - p->in_level_db) > 0.05) {
        signal(svg, "thin s-level dash", &at, in_peak, p->peak_db + at.out);
    }
    signal(svg, "edge s-level", &at, in, p->level_db + at.out);
    if (row->from && isfinite(in)) { /* it comes from elsewhere: an open end */
        fprintf(svg->to,
                "<circle class=\"ground s-level\" stroke-width=\"3\" cx=\"%.1f\" cy=\"%.1f\" r=\"6\"/>\n",
                at.x0 + 6, svg_y(svg, in));
    }
}
