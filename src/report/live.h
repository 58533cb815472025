/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The level diagram of a chain that plays: one column a stage with its bar, what it held, its ceiling and its
 * numbers; as a screen for people who watch, as a table for everything else. Plain data in, from whoever has
 * it. [control] */
#ifndef REPORT_LIVE_H
#define REPORT_LIVE_H

#include "report/live_scale.h"
#include "report/screen.h"

struct gs_live_stage {
    char id[32];
    char label[64];
    char unit[8];   /* "dBu" */
    double gain_db; /* NAN: it has none */
    double rms_db;  /* all levels in its own unit; -144 is silence */
    double peak_db; /* now */
    double hold_db; /* held for reading */
    double ceiling_db;
    double nominal_db;
    bool mute, bypass, clip, listen;
    bool model_error;                 /* measures otherwise than predicted */
    double agreement_db;              /* measured minus predicted */
    double rms_text_db, peak_text_db; /* what numbers say, at a pace that people can read */
    /* On the scale of the picture; -144 and below: nothing. */
    double scale_now, scale_hold;
    double number[GS_LIVE_NUMBERS];
    bool stable; /* what ripens has done so */
};

struct gs_live {
    const char *chain, *state, *where; /* "Demo", "active", "127.0.0.1:7770" */
    const char *remark;                /* at the foot, instead of the keys; NULL: none */
    struct gs_live_stage *stage;
    size_t n;
    const struct gs_live_scale *scale; /* NULL: levels with their ceilings */
    double nominal_dbfs;               /* level on the ruler that nominal stands at */
    unsigned page;  /* of those that the screen is too small for; beyond the last: the last */
    unsigned pages; /* out: how many there are */
};

/* Draws the whole screen. */
void gs_live_draw(struct gs_live *live, struct gs_screen *screen);
/* A table, one line a stage. */
void gs_live_table(const struct gs_live *live, FILE *to);

#endif
