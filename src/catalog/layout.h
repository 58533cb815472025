/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A control surface for one chain, as a flat list of controls with frames and OSC messages, and its writers:
 * TouchOSC's file and a picture of it. One model, so that what is drawn is what is touched. [control] */
#ifndef CATALOG_LAYOUT_H
#define CATALOG_LAYOUT_H

#include "gainstage/status.h"

#include <stdbool.h>
#include <stddef.h>

/* The chain as far as a surface must know it. Strings belong to the caller. */
struct gs_surface_send {
    const char *id, *label;
};
struct gs_surface_stage {
    const char *id, *label, *kind;
    bool has_gain, can_bypass, has_input;
    double ceiling_way;                  /* where its ceiling stands on the output meter, 0..1; NAN: none */
    const struct gs_surface_send *sends; /* of a summing stage */
    size_t n_sends;
};
struct gs_surface {
    const char *name; /* of the chain */
    const struct gs_surface_stage *stage;
    size_t n_stages;
    unsigned width, height;         /* of the screen, in its own points */
    unsigned host_port, reply_port; /* to type on the tablet: send port, receive port */
};

/* The size of a screen by its word, or of 1 to 4 figures each way. False: neither. */
#define GS_LAYOUT_SIZES "ipad, iphone, android or WIDTHxHEIGHT"
bool gs_layout_size(const char *words, unsigned *width, unsigned *height);

#define GS_LAYOUT_TAB_H 44 /* of the row of tabs above the pages */

enum gs_control_type {
    GS_CONTROL_GROUP,
    GS_CONTROL_PAGER,
    GS_CONTROL_BOX,
    GS_CONTROL_LABEL,
    GS_CONTROL_BUTTON,
    GS_CONTROL_FADER
};

struct gs_colour {
    double r, g, b, a;
};

enum {
    GS_CONTROL_TOGGLE = 1 << 0, /* button: stays */
    GS_CONTROL_METER = 1 << 1,  /* fader that only shows */
    GS_CONTROL_LEFT = 1 << 2,   /* label: to the left */
    GS_CONTROL_DASHED = 1 << 3  /* in the picture: a mark */
};

/* One OSC message of a control: `value` is what it carries ("x", "text", "touch"). With `constants` it sends
 * these numbers instead, whatever its value. */
struct gs_control_message {
    char address[112];
    const char *value;            /* NULL: no message */
    bool send, receive, on_press; /* on_press: only when the value rises */
    bool text;
    int constant[4];
    unsigned n_constants;
};

struct gs_control {
    enum gs_control_type type;
    int parent;     /* index, -1: the root itself */
    int x, y, w, h; /* relative to the parent */
    char name[64];
    char text[96]; /* label's or button's own words; a page's tab */
    int text_size;
    unsigned flags;
    struct gs_colour colour, text_colour;
    const char *script; /* Lua; NULL: none */
    struct gs_control_message message[2];
};

struct gs_layout {
    struct gs_control *control; /* parents before children; 0 is the root */
    size_t n, room;
    bool failed; /* no memory */
};

/* Builds the surface of 1 to 256 stages on a screen of at least 320 x 240. GS_E_RANGE, GS_E_MEMORY. Free with
 * gs_layout_finish(). */
enum gs_status gs_layout_build(struct gs_layout *layout, const struct gs_surface *surface,
                               struct gs_error *error);
void gs_layout_finish(struct gs_layout *layout);

/* A .tosc file: version 3 of the format, one zlib stream. Owner of *bytes: the caller. GS_E_MEMORY. */
enum gs_status gs_layout_tosc(const struct gs_layout *layout, unsigned char **bytes, size_t *size);
/* The XML inside it; and the picture, one screen a page below another. Owner: the caller. NULL: no memory. */
char *gs_layout_xml(const struct gs_layout *layout);
char *gs_layout_svg(const struct gs_layout *layout);

/* Width in points that a text takes, from mean glyph widths: good enough to keep it inside its frame. */
double gs_layout_text_width(const char *text, int size);

#endif
