/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the live diagram share: how a screen is divided, and what draws in it. Nobody else sees it. */
#ifndef REPORT_LIVE_INSIDE_H
#define REPORT_LIVE_INSIDE_H

#include "report/live.h"

#define GS_LIVE_RULER      6 /* columns of the ruler at the left */
#define GS_LIVE_SILENCE_DB (-144.0)

struct gs_live_plan {
    int banks, per_bank;  /* on one page */
    int column, bar;      /* widths */
    int lines;            /* of one bank */
    int lamp, bars, rows; /* lines in it: lamp, bars, numbers */
    int left;             /* columns before the ruler */
    double top_db;
    unsigned pages;
};

struct gs_live_bank {
    const struct gs_live_plan *plan;
    const struct gs_live *live;
    struct gs_screen *screen;
    int y; /* first line */
};

/* Eighths of a line from the foot of the bars up to a way of 0..1. */
int gs_live_eighths(const struct gs_live_plan *plan, double way);
void gs_live_put_number(struct gs_live_bank *bank, int x, int y, enum gs_style style, double db, bool sign);
void gs_live_draw_name(struct gs_live_bank *bank, int x, int y, const struct gs_live_stage *s);

/* live_scale_diagram.c: what differs when the picture has a scale. */
enum gs_style gs_live_style_on_scale(const struct gs_live_scale *scale, const struct gs_live_stage *s);
void gs_live_draw_scale(struct gs_live_bank *bank, int columns); /* in place of the ruler */
void gs_live_draw_scale_rows(struct gs_live_bank *bank, int x, int y, const struct gs_live_stage *s);

#endif
