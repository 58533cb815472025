/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A terminal screen in memory: cells with a character and a style, drawn into without a thought for what is
 * shown now, printed by what differs. [control] */
#ifndef REPORT_SCREEN_H
#define REPORT_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum gs_style {
    GS_STYLE_PLAIN,
    GS_STYLE_DIM,
    GS_STYLE_FAINT,
    GS_STYLE_BOLD,
    GS_STYLE_GOOD,
    GS_STYLE_LOW,  /* little headroom */
    GS_STYLE_OVER, /* above the ceiling */
    GS_STYLE_GOOD_DARK,
    GS_STYLE_LOW_DARK,
    GS_STYLE_OVER_DARK,
    GS_STYLE_LAMP, /* lit: bold on red */
    GS_STYLES
};

struct gs_cell {
    uint32_t letter;       /* a code point; 0: as a blank */
    uint8_t style, ground; /* ground: the style whose letters' colour lies behind; GS_STYLE_PLAIN: none */
};

struct gs_screen {
    int width, height;
    struct gs_cell *cell;  /* what is drawn */
    struct gs_cell *shown; /* what the terminal has */
    bool colour;           /* false: bold and reverse only */
    bool stale;            /* the terminal has something else: everything is printed */
};

/* False: no memory; the screen is as it was. Clears it. */
bool gs_screen_resize(struct gs_screen *screen, int width, int height);
void gs_screen_finish(struct gs_screen *screen);

void gs_screen_clear(struct gs_screen *screen);
/* Draws outside of the screen are lost. */
void gs_screen_put(struct gs_screen *screen, int x, int y, uint32_t letter, enum gs_style style);
void gs_screen_ground(struct gs_screen *screen, int x, int y, enum gs_style ground);
/* UTF-8; at most `width` columns, cut with an ellipsis. align: -1 left, 0 centre, 1 right. */
void gs_screen_text(struct gs_screen *screen, int x, int y, int width, int align, enum gs_style style,
                    const char *text);
/* Columns of a UTF-8 text, each code point counting one. */
int gs_screen_columns(const char *text);

/* What changed since the last time, with cursor movements. */
void gs_screen_print(struct gs_screen *screen, FILE *to);

#endif
