/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the picture share: the pen, the geometry of one band, and letters. For svg*.c alone. */
#ifndef REPORT_SVG_INSIDE_H
#define REPORT_SVG_INSIDE_H

#include "report/svg.h"

#define SVG_TEXT   19.0 /* numbers; of a picture 1600 wide this is 1/47 of a screen's height */
#define SVG_SMALL  16.0
#define SVG_NAME   19.0
#define SVG_TITLE  34.0
#define SVG_LINE   25.0 /* from one line of numbers to the next */
#define SVG_GAP    8.0  /* between two columns */
#define SVG_STEP   20.0 /* dB between two lines of the grid */
#define SVG_BADGES 6    /* lines above a column at most */
#define SVG_LINES  3    /* of a name, of one thing above a column */

struct svg {
    FILE *to;
    const struct gs_rows *rows;
    enum gs_theme theme;
    double width, height;
    double left, right;       /* of the plot */
    double column;            /* width of one */
    size_t each;              /* columns a band */
    double top_db, bottom_db; /* of the ruler */
    double plot_height;
    double badge_height, foot_height;   /* of a band, above and below its plot */
    bool acoustic_left, acoustic_right; /* rulers in dB SPL */
    bool shows_from;                    /* some stage hears another one than the one before */
    double name_size;
    unsigned name_lines, legend_lines;
    double y; /* top of the plot at hand */
};

/* A line of what is special about a stage, above its column. */
struct svg_badge {
    char text[64];
    const char *shape; /* NULL: none */
    const char *classes;
};
struct svg_badges {
    struct svg_badge badge[SVG_BADGES];
    unsigned n;
};

enum svg_anchor {
    SVG_START,
    SVG_MIDDLE,
    SVG_END
};

/* One text of one line; classes are colours, "b" is bold. */
void svg_text(const struct svg *svg, double x, double y, double size, enum svg_anchor anchor,
              const char *classes, const char *text);
/* The same, shortened with an ellipsis to fit into `room` pixels. */
void svg_text_fit(const struct svg *svg, double x, double y, double size, enum svg_anchor anchor,
                  const char *classes, const char *text, double room);
/* Breaks a text at blanks into lines that fit into `room` where that can be done; returns their number. */
unsigned svg_break(const char *text, double size, bool bold, double room, char line[SVG_LINES][160]);

/* Height of a level on the ruler in the plot at hand, clamped to it. */
double svg_y(const struct svg *svg, double db);
bool svg_on_ruler(const struct svg *svg, double db);

/* A mark of 14 pixels around x, y: circle, triangle, diamond or cross, so that no reader needs colours. */
void svg_mark(const struct svg *svg, double x, double y, const char *shape, const char *classes);

void svg_style(const struct svg *svg);                                      /* svg_style.c */
void svg_title(const struct svg *svg);                                      /* svg_frame.c */
void svg_grid(const struct svg *svg, size_t n);                             /* svg_frame.c */
void svg_legend(const struct svg *svg);                                     /* svg_frame.c */
void svg_bracket(const struct svg *svg);                                    /* svg_frame.c */
void svg_column(const struct svg *svg, const struct gs_row *row, double x); /* svg_column.c */
void svg_badges(const struct svg *svg, const struct gs_row *row, struct svg_badges *badges); /* svg_table.c */
void svg_badge_column(const struct svg *svg, const struct gs_row *row, double x);            /* svg_table.c */
void svg_numbers(const struct svg *svg, const struct gs_row *row, double x);                 /* svg_table.c */
void svg_heads(const struct svg *svg);                                                       /* svg_table.c */
void svg_choose_names(struct svg *svg);                                                      /* svg_table.c */
unsigned svg_legend_lines(const struct svg *svg);                                            /* svg_frame.c */
double svg_foot(const struct svg *svg);                                                      /* svg_table.c */

#endif
