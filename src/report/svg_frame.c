/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Title, rulers, grid and legend of the picture. */
#include "report/svg_inside.h"

#include <math.h>
#include <string.h>

#define RULER 64.0 /* width of one */

double svg_y(const struct svg *svg, double db)
{
    double at = (svg->top_db - db) / (svg->top_db - svg->bottom_db);
    return svg->y + svg->plot_height * fmin(fmax(at, 0), 1);
}

bool svg_on_ruler(const struct svg *svg, double db)
{
    return db <= svg->top_db && db >= svg->bottom_db; /* false for NAN, too */
}

void svg_mark(const struct svg *svg, double x, double y, const char *shape, const char *classes)
{
    static const struct {
        const char *name, *path;
    } shapes[] = {
        { "triangle", "l8 14h-16z" },
        { "diamond", "l8 8l-8 8l-8 -8z" },
        { "cross", "l5 -5l3 3l-5 5l5 5l-3 3l-5 -5l-5 5l-3 -3l5 -5l-5 -5l3 -3z" },
        { "wave", "c3 -9 6 -9 9 0s6 9 9 0v5c-3 9 -6 9 -9 0s-6 -9 -9 0z" },
    };
    if (strcmp(shape, "circle") == 0) {
        fprintf(svg->to, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"7\"/>\n", classes, x, y);
        return;
    }
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (strcmp(shape, shapes[i].name) == 0) {
            double dx = i == 3 ? -9 : 0, dy = i == 0 ? -7 : i == 1 ? -8 : i == 3 ? -2.5 : 0;
            fprintf(svg->to, "<path class=\"%s\" d=\"M%.1f %.1f%s\"/>\n", classes, x + dx, y + dy,
                    shapes[i].path);
        }
    }
}

/* ---- title ---- */

static void sentence(const struct svg *svg, double y, const char *shape, const char *classes,
                     const char *text)
{
    if (*text) {
        svg_mark(svg, 34, y - 7, shape, classes);
        svg_text_fit(svg, 52, y, SVG_TEXT, SVG_START, "ink", text, svg->width - 72);
    }
}

void svg_title(const struct svg *svg)
{
    char text[256];
    const char *view = svg->rows->view == GS_VIEW_SOURCE ? "seen from the source" : "as each stage sees it";
    double room = svg->width - 48, note = gs_letters_width(view, SVG_TEXT, false);
    bool beside = gs_letters_width(svg->rows->chain, SVG_TITLE, true) + note + 40 < room;
    svg_text_fit(svg, 24, 48, SVG_TITLE, SVG_START, "b ink", svg->rows->chain, room);
    if (beside) {
        svg_text(svg, svg->width - 24, 48, SVG_TEXT, SVG_END, "dim", view);
    }
    gs_rows_say_ceiling(svg->rows, text, sizeof text);
    sentence(svg, 84, "triangle", "ceiling", text);
    gs_rows_say_noise(svg->rows, text, sizeof text);
    sentence(svg, 112, "wave", "noise", text);
    gs_rows_say_range(svg->rows, text, sizeof text);
    sentence(svg, 140, "circle", "level", text);
}

/* ---- rulers ---- */

/* Labels every 20 dB of a scale that stands `shift` dB above the main one. */
static void ruler(const struct svg *svg, double x, enum svg_anchor anchor, const char *unit, double shift)
{
    char text[16];
    double side = anchor == SVG_END ? 7 : -7;
    svg_text(svg, x, svg->y - 14, SVG_SMALL, anchor, "dim", unit);
    for (double db = SVG_STEP * ceil((svg->bottom_db - shift) / SVG_STEP); db + shift <= svg->top_db + 0.01;
         db += SVG_STEP) {
        double y = svg_y(svg, db + shift);
        snprintf(text, sizeof text, "%.0f", db + 0.0);
        svg_text(svg, x, y + 5.5, SVG_SMALL, anchor, "dim", text);
        fprintf(svg->to, "<path class=\"hair s-dim\" d=\"M%.1f %.1fh%.1f\"/>\n", x + side * 0.4, y, side);
    }
}

void svg_grid(const struct svg *svg, size_t n)
{
    double right = svg->left + (double)n * svg->column;
    for (double db = svg->top_db; db >= svg->bottom_db - 0.01; db -= SVG_STEP) {
        fprintf(svg->to, "<path class=\"hair s-grid\" d=\"M%.1f %.1fH%.1f\"/>\n", svg->left, svg_y(svg, db),
                right);
    }
    bool source = svg->rows->view == GS_VIEW_SOURCE;
    const char *unit = strcmp(svg->rows->unit, "dBSPL") == 0 ? "dB SPL" : svg->rows->unit;
    ruler(svg, svg->left - 12, SVG_END, unit, 0);
    if (svg->acoustic_left) {
        ruler(svg, svg->left - 12 - RULER, SVG_END, "dB SPL", svg->rows->row[0].shift_db);
    }
    if (!source) {
        ruler(svg, right + 12, SVG_START, "dBFS", svg->rows->alignment.dbu_at_0dbfs);
    }
    if (svg->acoustic_right) {
        ruler(svg, right + 12 + RULER, SVG_START, "dB SPL", svg->rows->row[svg->rows->n - 1].shift_db);
    }
}

/* From the top of the staircase to the lowest ceiling: all the room that the chain has. */
void svg_bracket(const struct svg *svg)
{
    const struct gs_prediction *w = &svg->rows->whole;
    if (svg->rows->view != GS_VIEW_SOURCE || !isfinite(w->dynamic_range_db) || w->clips_first < 0) {
        return;
    }
    const struct gs_row *end = &svg->rows->row[w->end];
    double low = end->predicted.noise_db + end->shift_db, high = low + w->dynamic_range_db;
    double x = svg->right + 10, top = svg_y(svg, high), floor = svg_y(svg, low), middle = (top + floor) / 2;
    char text[32];
    fprintf(svg->to, "<path class=\"edge s-ink\" d=\"M%.1f %.1fh14V%.1fh-14\"/>\n", x, top, floor);
    snprintf(text, sizeof text, "%.1f dB", w->dynamic_range_db);
    svg_text(svg, x + 24, middle, SVG_TEXT, SVG_START, "b ink", text);
    svg_text(svg, x + 24, middle + SVG_LINE, SVG_SMALL, SVG_START, "dim", "dynamic");
    svg_text(svg, x + 24, middle + SVG_LINE + SVG_SMALL + 4, SVG_SMALL, SVG_START, "dim", "range");
}

/* ---- legend ---- */

static const struct {
    const char *classes, *text;
    bool measured; /* shown where somebody measured */
} samples[] = {
    { "edge s-ceiling", "ceiling", false },      { "edge s-ceiling soft", "soft ceiling", false },
    { "edge s-level", "level (RMS)", false },    { "thin s-level dash", "peak", false },
    { "thin s-dim dot", "nominal", false },      { "edge s-noise", "noise", false },
    { "thick s-level", "measured level", true }, { "thick s-noise", "measured noise and distortion", true },
};

static const struct {
    const char *shape, *classes, *text;
} marks[] = {
    { "circle", "good", "headroom 12 dB or more" },
    { "triangle", "small", "6 to 12 dB" },
    { "diamond", "low", "less than 6 dB" },
    { "cross", "over", "clips" },
};

struct legend {
    const struct svg *svg;
    bool draws; /* else it only finds out how many lines there are */
    double x, y;
    unsigned lines;
};

/* One behind the other, wrapped where the width ends. Returns where the item stands. */
static double place(struct legend *l, double width)
{
    if (l->x + width > l->svg->width) {
        l->x = 24;
        l->y += SVG_LINE;
        l->lines++;
    }
    double x = l->x;
    l->x += width;
    return x;
}

static void write_samples(struct legend *l)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        if (samples[i].measured && !l->svg->rows->measured) {
            continue;
        }
        double x = place(l, 48 + gs_letters_width(samples[i].text, SVG_SMALL, false) + 26);
        if (l->draws) {
            fprintf(l->svg->to, "<path class=\"%s\" d=\"M%.1f %.1fh40\"/>\n", samples[i].classes, x,
                    l->y - 6);
            svg_text(l->svg, x + 48, l->y, SVG_SMALL, SVG_START, "dim", samples[i].text);
        }
    }
}

static void write_marks(struct legend *l)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        double x = place(l, 20 + gs_letters_width(marks[i].text, SVG_SMALL, false) + 24);
        if (l->draws) {
            svg_mark(l->svg, x + 7, l->y - 6, marks[i].shape, marks[i].classes);
            svg_text(l->svg, x + 20, l->y, SVG_SMALL, SVG_START, "dim", marks[i].text);
        }
    }
}

static unsigned write_legend(const struct svg *svg, bool draws)
{
    struct legend l = { svg, draws, 24, svg->height + 7 - svg->legend_lines * SVG_LINE, 1 };
    write_samples(&l);
    write_marks(&l);
    return l.lines;
}

unsigned svg_legend_lines(const struct svg *svg)
{
    return write_legend(svg, false);
}

void svg_legend(const struct svg *svg)
{
    write_legend(svg, true);
}
