/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The level diagram as a picture: scalable, no scripts, no outside files, the same bytes for the same rows.
 * 3 to 12 stages stand side by side, more wrap into bands of one size. [control] */
#ifndef REPORT_SVG_H
#define REPORT_SVG_H

#include "report/rows.h"

enum gs_theme {
    GS_THEME_AUTO, /* light, dark where the viewer says that he prefers dark */
    GS_THEME_LIGHT,
    GS_THEME_DARK
};

/* "auto", "light" or "dark"; NULL means auto. GS_E_USAGE for another word. */
enum gs_status gs_theme_parse(const char *word, enum gs_theme *theme, struct gs_error *error);

void gs_rows_svg(const struct gs_rows *rows, enum gs_theme theme, FILE *to);

/* Width in pixels of a text of one line in DejaVu Sans, the widest of the fonts that the picture asks for;
 * what the picture is laid out with, and what its test measures with. */
double gs_letters_width(const char *text, double size, bool bold);

#endif
