/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The level diagram as rows, one a stage: what is predicted, what is measured where somebody measured, and
 * where it stands on the ruler of the view. All writers - terminal, JSON, CSV, SVG - draw these rows and
 * reckon nothing themselves. Measured figures come in as plain numbers, from whoever has them. [control] */
#ifndef REPORT_ROWS_H
#define REPORT_ROWS_H

#include "gainstage/status.h"
#include "report/agreement.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Stages: every stage as it sees it, on one ruler in dBu: digital stages stand where the alignment puts 0
 * dBFS, acoustic ones where microphone or loudspeaker put them. Source: every stage seen from the source:
 * the signal is a flat line, ceilings are a skyline, noise is a staircase. */
enum gs_view {
    GS_VIEW_STAGES,
    GS_VIEW_SOURCE
};

enum {
    GS_MARK_CLIPS_FIRST = 1 << 0,
    GS_MARK_NOISE_BOTTLENECK = 1 << 1,
    GS_MARK_MODEL_ERROR = 1 << 2
};

enum gs_headroom {
    GS_HEADROOM_NONE,  /* no ceiling, or no signal */
    GS_HEADROOM_GOOD,  /* 12 dB and more */
    GS_HEADROOM_SMALL, /* 6 to 12 dB */
    GS_HEADROOM_LOW,   /* less than 6 dB */
    GS_HEADROOM_OVER   /* clips */
};

/* Strings belong to the chain. */
struct gs_row {
    const char *id, *label, *kind, *kind_label;
    const char *from; /* label of what it hears when that is not the row before; NULL: it is, or a source */
    unsigned n_from;
    struct gs_predicted predicted;
    struct gs_measured measured;  /* of the channel that speaks in the prediction */
    double shift_in_db, shift_db; /* add to a level at the input, at the output, to stand on the ruler */
    unsigned marks;
    enum gs_headroom headroom;
    double
        agreement_db; /* measured minus predicted, the largest of level and noise; NAN: nothing to compare */
};

struct gs_rows {
    const char *chain;
    double rate_hz;
    struct gs_alignment alignment;
    enum gs_view view;
    const char *unit; /* of the ruler: "dBu", in the other view the source's; "dB" where sources differ */
    struct gs_row *row;
    size_t n;
    struct gs_prediction whole; /* its stage[] is empty: see row[].predicted */
    bool measured;              /* some row is */
};

/* Rows of a chain that gs_predictor_run() has predicted. `measured` has one entry a stage, NULL: none. Keeps
 * pointers to the chain's strings. False: no memory. Free with gs_rows_finish(). */
bool gs_rows_init(struct gs_rows *rows, const struct gs_chain *chain, const struct gs_prediction *prediction,
                  double rate_hz, enum gs_view view, const struct gs_measured *measured);
void gs_rows_finish(struct gs_rows *rows);

/* "stages" or "source"; NULL means stages. GS_E_USAGE for another word. */
enum gs_status gs_view_parse(const char *word, enum gs_view *view, struct gs_error *error);

/* One sentence each, for the foot of a table or picture: "clips first: pre, 12.3 dB above today's level".
 * Returns what snprintf would; an empty text where there is nothing to say. */
int gs_rows_say_ceiling(const struct gs_rows *rows, char *text, size_t size);
int gs_rows_say_noise(const struct gs_rows *rows, char *text, size_t size);
int gs_rows_say_range(const struct gs_rows *rows, char *text, size_t size);
/* What is special about one stage: "not linear: THD 13 %", "muted", "live level unknown ..."; may be empty. */
int gs_row_say(const struct gs_row *row, char *text, size_t size);

/* A level for people: "-18.3", "-oo" for nothing, "+oo" for no ceiling, "?" for not known. */
int gs_row_number(double db, int digits, bool sign, char *text, size_t size);

/* The JSON of `gainstage predict --json`: keys as in gainstage(1), null where there is no number. Owner of
 * the text: the caller; NULL: no memory. json_rows.c */
char *gs_rows_json(const struct gs_rows *rows);
/* One line a stage, keys of the JSON as heading; empty fields where there is no number. csv_rows.c */
void gs_rows_csv(const struct gs_rows *rows, FILE *to);
/* A table, and a diagram of `width` x `height` characters. text_rows.c, text_diagram.c */
void gs_rows_table(const struct gs_rows *rows, FILE *to);
void gs_rows_diagram(const struct gs_rows *rows, FILE *to, unsigned width, unsigned height);

#endif
