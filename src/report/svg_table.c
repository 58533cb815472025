/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands above and below the columns: badges, names, numbers. */
#include "report/svg_inside.h"

#include <math.h>
#include <string.h>

#define MARK 22.0 /* room that a shape takes in front of its text */

/* ---- above: what is special ---- */

/* What is too long for the column goes on in the next line. */
static void add_badge(const struct svg *svg, struct svg_badges *b, const char *words, const char *shape,
                      const char *classes)
{
    char line[SVG_LINES][160];
    double room = svg->column - 6 - (shape ? MARK : 0);
    unsigned n = svg_break(words, SVG_SMALL, strncmp(classes, "b ", 2) == 0, room, line);
    for (unsigned i = 0; i < n && b->n < SVG_BADGES; i++) {
        struct svg_badge *badge = &b->badge[b->n++];
        *badge = (struct svg_badge){ .shape = i ? NULL : shape, .classes = classes };
        snprintf(badge->text, sizeof badge->text, "%.60s", line[i]);
    }
}

/* "not linear: THD 13 %" takes two lines, cut behind the colon. */
static void add_note(const struct svg *svg, struct svg_badges *b, const struct gs_row *row)
{
    char note[64];
    if (gs_row_say(row, note, sizeof note) <= 0) {
        return;
    }
    const char *colour = row->marks & GS_MARK_MODEL_ERROR           ? "b error"
                         : row->predicted.flags & GS_PREDICT_CURVED ? "b low"
                                                                    : "dim";
    char *colon = strchr(note, ':');
    if (colon) {
        *colon = '\0';
    }
    add_badge(svg, b, note, NULL, colour);
    if (colon) {
        add_badge(svg, b, colon + 2, NULL, colour);
    }
}

void svg_badges(const struct svg *svg, const struct gs_row *row, struct svg_badges *badges)
{
    badges->n = 0;
    add_note(svg, badges, row);
    if (row->marks & GS_MARK_CLIPS_FIRST) {
        add_badge(svg, badges, row->predicted.soft ? "bends first" : "clips first", "triangle", "b ceiling");
    }
}

/* A shape and a text behind it, together in the middle of the column. */
static void marked_text(const struct svg *svg, double x, double y, double size, const char *shape,
                        const char *classes, const char *text)
{
    double room = svg->column - 6 - (shape ? MARK : 0);
    double width = fmin(gs_letters_width(text, size, strncmp(classes, "b ", 2) == 0), room);
    double middle = x + svg->column / 2, start = middle - width / 2 + (shape ? MARK / 2 : 0);
    if (shape) {
        svg_mark(svg, start - MARK + 9, y - size * 0.36, shape,
                 strchr(classes, ' ') ? strchr(classes, ' ') + 1 : classes);
    }
    svg_text_fit(svg, start, y, size, SVG_START, classes, text, room);
}

void svg_badge_column(const struct svg *svg, const struct gs_row *row, double x)
{
    struct svg_badges b;
    svg_badges(svg, row, &b);
    for (unsigned i = 0; i < b.n; i++) { /* the last line stands on the plot */
        marked_text(svg, x, svg->y - 12 - (b.n - 1 - i) * (SVG_SMALL + 5), SVG_SMALL, b.badge[i].shape,
                    b.badge[i].classes, b.badge[i].text);
    }
}

/* ---- below: names and numbers ---- */

struct line {
    const char *head;
    void (*put)(const struct svg *svg, const struct gs_row *row, double x, double y);
};

static void number(const struct svg *svg, double x, double y, const char *classes, double db, bool sign)
{
    char text[32] = "-";
    if (!isnan(db) && !(isinf(db) && db > 0)) {
        gs_row_number(db, 1, sign, text, sizeof text);
    }
    if (isinf(db) && db < 0) {
        snprintf(text, sizeof text, "-\xE2\x88\x9E"); /* minus infinity */
    }
    svg_text(svg, x + svg->column / 2, y, SVG_TEXT, SVG_MIDDLE, classes, text);
}

static void put_gain(const struct svg *svg, const struct gs_row *row, double x, double y)
{
    bool has = row->n_from && row->predicted.domain == row->predicted.domain_in;
    number(svg, x, y, "ink", has ? row->predicted.gain_db : NAN, true);
}

static void put_level(const struct svg *svg, const struct gs_row *row, double x, double y)
{
    number(svg, x, y, "b level", row->predicted.level_db, true);
}

static void put_measured(const struct svg *svg, const struct gs_row *row, double x, double y)
{
    number(svg, x, y, "b level", row->measured.given ? row->measured.level_db : NAN, true);
}

static void put_unit(const struct svg *svg, const struct gs_row *row, double x, double y)
{
    svg_text(svg, x + svg->column / 2, y, SVG_SMALL, SVG_MIDDLE, "dim",
             row->predicted.domain == GS_ACOUSTIC ? "dB SPL" : gs_domain_unit(row->predicted.domain));
}

static void put_headroom(const struct svg *svg, const struct gs_row *row, double x, double y)
{
    static const char *const shape[] = { NULL, "circle", "triangle", "diamond", "cross" };
    static const char *const colour[] = { "dim", "b good", "b small", "b low", "b over" };
    char text[32] = "-";
    if (row->headroom != GS_HEADROOM_NONE) {
        gs_row_number(row->predicted.headroom_db, 1, true, text, sizeof text);
    }
    marked_text(svg, x, y, SVG_TEXT, shape[row->headroom], colour[row->headroom], text);
}

static void put_snr(const struct svg *svg, const struct gs_row *row, double x, double y)
{
    double snr = row->predicted.snr_db;
    number(svg, x, y, "b noise", isfinite(snr) ? snr : NAN, false);
}

static const struct line lines[] = {
    { "gain dB", put_gain }, { "level", put_level },          { "measured", put_measured },
    { "", put_unit },        { "headroom dB", put_headroom }, { "SNR dB", put_snr },
};

static bool shown(const struct svg *svg, const struct line *line)
{
    return line->put != put_measured || svg->rows->measured;
}

#define NAME_LINE  (SVG_NAME + 5)
#define KIND_LINE  (SVG_SMALL + 6)
#define NOISE_TEXT "noise bottleneck"

static bool noise_text_fits(const struct svg *svg)
{
    return gs_letters_width(NOISE_TEXT, SVG_SMALL, true) + MARK + 10 < svg->column;
}

/* From the plot down: who makes the noise, names, the kind, where it listens; then the numbers. */
static double names_height(const struct svg *svg)
{
    return 30 + svg->name_lines * NAME_LINE + KIND_LINE + (svg->shows_from ? KIND_LINE : 0) + 10;
}

/* All names in one size: the largest in which every one is whole, else the smallest. */
void svg_choose_names(struct svg *svg)
{
    static const double sizes[] = { SVG_NAME, 17.5, SVG_SMALL, 15 };
    char name[SVG_LINES][160];
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        bool whole = true;
        svg->name_size = sizes[k];
        svg->name_lines = 1;
        for (size_t i = 0; i < svg->rows->n; i++) {
            unsigned n = svg_break(svg->rows->row[i].label, sizes[k], true, svg->column - 6, name);
            for (unsigned l = 0; l < n; l++) {
                whole = whole && gs_letters_width(name[l], sizes[k], true) <= svg->column - 6;
            }
            svg->name_lines = n > svg->name_lines ? n : svg->name_lines;
        }
        if (whole) {
            return;
        }
    }
}

static double noise_height(const struct svg *svg)
{
    return svg->rows->whole.noise_bottleneck < 0 ? 0 : noise_text_fits(svg) ? KIND_LINE : 2 * KIND_LINE - 2;
}

double svg_foot(const struct svg *svg)
{
    double height = noise_height(svg) + names_height(svg);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        height += shown(svg, &lines[i]) ? SVG_LINE : 0;
    }
    return height + 14;
}

static void put_noise(const struct svg *svg, double x, double y)
{
    if (noise_text_fits(svg)) {
        marked_text(svg, x, y, SVG_SMALL, "wave", "b noise", NOISE_TEXT);
        return;
    }
    marked_text(svg, x, y, SVG_SMALL, "wave", "b noise", "noise");
    marked_text(svg, x, y + KIND_LINE - 2, SVG_SMALL, NULL, "b noise", "bottleneck");
}

static void put_names(const struct svg *svg, const struct gs_row *row, double x, double y)
{
    double room = svg->column - 6, middle = x + svg->column / 2;
    char name[SVG_LINES][160], from[200];
    unsigned n = svg_break(row->label, svg->name_size, true, room, name);
    for (unsigned i = 0; i < n; i++) {
        svg_text_fit(svg, middle, y + i * NAME_LINE, svg->name_size, SVG_MIDDLE, "b ink", name[i], room);
    }
    y += svg->name_lines * NAME_LINE;
    svg_text_fit(svg, middle, y, SVG_SMALL, SVG_MIDDLE, "dim", row->kind_label, room);
    if (!row->from) {
        return;
    }
    if (row->n_from > 1) {
        snprintf(from, sizeof from, "%u inputs", row->n_from);
    } else {
        snprintf(from, sizeof from, "from %s", row->from);
    }
    svg_text_fit(svg, middle, y + KIND_LINE, SVG_SMALL, SVG_MIDDLE, "dim", from, room);
}

static double foot_start(const struct svg *svg)
{
    return svg->y + svg->plot_height + noise_height(svg);
}

static double numbers_start(const struct svg *svg)
{
    return foot_start(svg) + names_height(svg) + SVG_TEXT * 0.5;
}

void svg_numbers(const struct svg *svg, const struct gs_row *row, double x)
{
    if (row->marks & GS_MARK_NOISE_BOTTLENECK) {
        put_noise(svg, x, svg->y + svg->plot_height + SVG_SMALL + 6);
    }
    put_names(svg, row, x, foot_start(svg) + 30);
    double y = numbers_start(svg);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (shown(svg, &lines[i])) {
            lines[i].put(svg, row, x, y);
            y += SVG_LINE;
        }
    }
}

void svg_heads(const struct svg *svg)
{
    double y = numbers_start(svg);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (shown(svg, &lines[i])) {
            svg_text(svg, svg->left - 10, y, SVG_SMALL, SVG_END, "dim", lines[i].head);
            y += SVG_LINE;
        }
    }
}
