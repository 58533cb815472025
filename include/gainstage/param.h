/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A parameter, described once. From one row come: what the chain file accepts and the text of its
 * refusal, the OSC address and its conversion, tapers, JSON Schema, manual pages, layouts and the ranges
 * that the tests sweep. A hand-written list of parameters anywhere else is a bug. */
#ifndef GAINSTAGE_PARAM_H
#define GAINSTAGE_PARAM_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

enum gs_param_type {
    GS_NUMBER,
    GS_SWITCH, /* true or false; as a number 1 or 0 */
    GS_CHOICE, /* one word of a list; as a number its index */
    GS_TEXT    /* a file name or another text; always GS_PARAM_SETUP; has no number */
};

enum gs_unit {
    GS_UNIT_NONE,
    GS_UNIT_DB,
    GS_UNIT_DBU,
    GS_UNIT_DBFS,
    GS_UNIT_DBTP,
    GS_UNIT_DBSPL,
    GS_UNIT_DBA,
    GS_UNIT_HZ,
    GS_UNIT_MS,
    GS_UNIT_M,
    GS_UNIT_OHM,
    GS_UNIT_MV_PA,
    GS_UNIT_PERCENT,
    GS_UNIT_BIT,
    GS_UNIT_COUNT
};

/* How a control's way 0..1 maps to the range. */
enum gs_taper {
    GS_TAPER_LINEAR, /* linear in the parameter's own unit */
    GS_TAPER_FADER,  /* the X32 fader law, for ranges -inf..+10 dB */
    GS_TAPER_LOG     /* equal ratios, for hertz and milliseconds */
};

/* What the engine does between two values. Kinds get ramps, they never smooth. */
enum gs_smooth {
    GS_SMOOTH_NONE,  /* the new value at once (start of a block) */
    GS_SMOOTH_GAIN,  /* value is dB; the kind receives LINEAR gain 10^(dB/20), two 10 ms poles; -inf -> 0 */
    GS_SMOOTH_LINEAR /* the value itself (switches: 0..1), two 10 ms poles */
};

enum {
    GS_PARAM_SETUP = 1 << 0,     /* takes effect by recompiling the chain (with a crossfade), not live */
    GS_PARAM_OPTIONAL = 1 << 1,  /* may be absent: `def` is NAN, the kind gets NAN and does without */
    GS_PARAM_GAIN = 1 << 2,      /* THE gain of the stage: what /gain and /fader turn; at most one a kind */
    GS_PARAM_MINUS_INF = 1 << 3, /* also takes "-inf" (and every value <= -90): silence */
    GS_PARAM_FILE = 1 << 4       /* a TEXT that names a sound file, beside the chain's file when relative */
};

struct gs_choice {
    const char *word;
    const char *doc;
};

struct gs_param {
    const char *key;   /* JSON key and OSC leaf: [a-z0-9_]+ */
    const char *label; /* for people: "Gain" */
    const char *doc;   /* one sentence, with the source of a formula where there is one */
    enum gs_param_type type;
    enum gs_unit unit;
    double min, max; /* both inclusive; unused by TEXT; CHOICE: 0 .. n-1 is implied */
    double step; /* 0: continuous; else values snap to min + k * step (a stepped knob is part of the truth) */
    double def;  /* NAN only with GS_PARAM_OPTIONAL */
    enum gs_taper taper;
    enum gs_smooth smooth;
    unsigned flags;
    const struct gs_choice *choices; /* CHOICE: its words. Optional NUMBER: one word that stands for "not
                                        given" (bits: "float"). Ends with a NULL word */
};

/* "dB", "dBu", "Hz" ...; "" for none. [any] */
const char *gs_unit_name(enum gs_unit unit);

/* Number of words of a CHOICE; index of a word or -1. [any] */
size_t gs_param_choices(const struct gs_param *param);
int gs_param_choice(const struct gs_param *param, const char *word);

/* True when `word` stands for "not given" in an optional number. [any] */
bool gs_param_is_absent(const struct gs_param *param, const char *word);

/* Nearest value that the parameter can have: clamped, snapped to its step, SWITCH to 0 or 1, CHOICE to an
 * index; <= -90 becomes -INFINITY where MINUS_INF is set. NAN stays NAN. [any] */
double gs_param_snap(const struct gs_param *param, double value);

/* Whether two values are one: NAN, not given, is equal to itself. [any] */
static inline bool gs_param_same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Taper: value -> way 0..1 and back, clamped at both ends. [any] */
double gs_param_to_way(const struct gs_param *param, double value);
double gs_param_from_way(const struct gs_param *param, double way);

/* "-6.0 dB", "-oo dB", "on", "tpdf": what a label shows. Returns what snprintf would. [any] */
int gs_param_text(const struct gs_param *param, double value, char *text, size_t size);

#endif
