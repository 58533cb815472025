/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The picture as a whole: its measures, its bands. See svg.h. */
#include "report/svg_inside.h"

#include <math.h>
#include <string.h>

#define WIDTH      1600.0
#define WIDTH_MIN  1040.0
#define COLUMN_MIN 108.0 /* "Compressor" in the smallest letters of a name */
#define COLUMN_MAX 230.0
#define TITLE      160.0
#define LEGEND     30.0  /* without its lines */
#define PLOT_ONE   540.0 /* height of the plot of a single band */
#define PLOT_MANY  400.0
#define RULER      64.0
#define HEADS      124.0 /* room that the names of the lines of numbers take */

static bool is_acoustic(const struct gs_rows *rows, size_t i)
{
    return rows->n > 0 && rows->view == GS_VIEW_STAGES && rows->row[i].predicted.domain == GS_ACOUSTIC;
}

static void widen(struct svg *svg, double db)
{
    if (isfinite(db)) {
        svg->top_db = fmax(svg->top_db, db);
        svg->bottom_db = fmin(svg->bottom_db, db);
    }
}

static double up(double db)
{
    return SVG_STEP * ceil(db / SVG_STEP);
}

/* As each stage sees it: +40 to -140 dBu, so that pictures can be compared; more where a chain needs more.
 * Seen from the source: what there is. */
static void choose_ruler(struct svg *svg)
{
    bool stages = svg->rows->view == GS_VIEW_STAGES;
    svg->top_db = stages ? 40 : -INFINITY;
    svg->bottom_db = stages ? -140 : INFINITY;
    for (size_t i = 0; i < svg->rows->n; i++) {
        const struct gs_row *row = &svg->rows->row[i];
        widen(svg, row->predicted.level_db + row->shift_db + 3);
        widen(svg, row->predicted.peak_db + row->shift_db + 3);
        widen(svg, row->predicted.ceiling_db + row->shift_db + 3);
        widen(svg, row->predicted.noise_db + row->shift_db - 3);
    }
    if (!isfinite(svg->top_db)) {
        svg->top_db = 40;
        svg->bottom_db = -140;
    }
    svg->top_db = up(svg->top_db);
    svg->bottom_db = -up(-svg->bottom_db);
    if (svg->top_db - svg->bottom_db < 4 * SVG_STEP) {
        svg->bottom_db = svg->top_db - 4 * SVG_STEP;
    }
}

static void choose_badges(struct svg *svg)
{
    unsigned most = 0;
    for (size_t i = 0; i < svg->rows->n; i++) {
        struct svg_badges badges;
        svg_badges(svg, &svg->rows->row[i], &badges);
        most = badges.n > most ? badges.n : most;
        svg->shows_from |= svg->rows->row[i].from != NULL;
    }
    svg->badge_height = 20 + fmax(most, 1) * (SVG_SMALL + 5);
}

static void choose_measures(struct svg *svg)
{
    const struct gs_rows *rows = svg->rows;
    size_t n = rows->n ? rows->n : 1;
    svg->acoustic_left = is_acoustic(rows, 0);
    svg->acoustic_right = is_acoustic(rows, n - 1);
    svg->left = fmax(HEADS, RULER + (svg->acoustic_left ? RULER : 0)) + 10;
    double beside = (rows->view == GS_VIEW_SOURCE ? 150 : RULER + 14) + (svg->acoustic_right ? RULER : 0);
    double room = WIDTH - svg->left - beside;
    size_t most = (size_t)(room / COLUMN_MIN), bands = (n + most - 1) / most;
    svg->each = (n + bands - 1) / bands;
    svg->column = fmin(room / (double)svg->each, COLUMN_MAX);
    svg->width = fmax(svg->left + svg->column * (double)svg->each + beside, WIDTH_MIN);
    svg->column = fmin((svg->width - svg->left - beside) / (double)svg->each, 2 * COLUMN_MAX);
    svg->right = svg->left + svg->column * (double)svg->each;
    svg->plot_height = bands > 1 ? PLOT_MANY : PLOT_ONE;
    choose_badges(svg);
    svg_choose_names(svg);
    svg->foot_height = svg_foot(svg);
    svg->legend_lines = svg_legend_lines(svg);
    svg->height = TITLE + (double)bands * (svg->badge_height + svg->plot_height + svg->foot_height) + LEGEND +
                  svg->legend_lines * SVG_LINE;
}

static void band(struct svg *svg, size_t first)
{
    const struct gs_rows *rows = svg->rows;
    size_t n = rows->n - first < svg->each ? rows->n - first : svg->each;
    svg_grid(svg, n);
    for (size_t i = 0; i < n; i++) {
        double x = svg->left + (double)i * svg->column;
        svg_column(svg, &rows->row[first + i], x);
        svg_badge_column(svg, &rows->row[first + i], x);
        svg_numbers(svg, &rows->row[first + i], x);
    }
    svg_heads(svg);
    if (first + n == rows->n) {
        svg->right = svg->left + (double)n * svg->column;
        svg_bracket(svg);
    }
}

void gs_rows_svg(const struct gs_rows *rows, enum gs_theme theme, FILE *to)
{
    struct svg svg = { .to = to, .rows = rows, .theme = theme };
    choose_ruler(&svg);
    choose_measures(&svg);
    fprintf(
        to,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" "
        "role=\"img\">\n<title>Level diagram</title>\n",
        svg.width, svg.height, svg.width, svg.height);
    svg_style(&svg);
    fprintf(to, "<rect class=\"ground\" width=\"%.0f\" height=\"%.0f\"/>\n", svg.width, svg.height);
    svg_title(&svg);
    svg.y = TITLE + svg.badge_height;
    for (size_t first = 0; first < rows->n; first += svg.each) {
        band(&svg, first);
        svg.y += svg.plot_height + svg.foot_height + svg.badge_height;
    }
    svg_legend(&svg);
    fputs("</svg>\n", to);
}
