/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the layout's builder share. */
#ifndef CATALOG_LAYOUT_INSIDE_H
#define CATALOG_LAYOUT_INSIDE_H

#include "catalog/layout.h"

struct gs_frame {
    int x, y, w, h;
};

/* The house's colours: dark, one hue a meaning. */
extern const struct gs_colour gs_ink_ground, gs_ink_panel, gs_ink_line, gs_ink_text, gs_ink_dim, gs_ink_gain,
    gs_ink_meter, gs_ink_mute, gs_ink_bypass, gs_ink_clip, gs_ink_listen;

/* Adds a control; returns its index. The pointer form is valid until the next add. */
int gs_layout_add(struct gs_layout *layout, enum gs_control_type type, int parent, struct gs_frame frame,
                  const char *name, struct gs_colour colour);
struct gs_control *gs_layout_at(struct gs_layout *layout, int index);

/* Words that fit their frame: the size shrinks to `least`, then the words are cut. */
void gs_layout_words(struct gs_layout *layout, int index, const char *words, int size, int least,
                     struct gs_colour colour);
/* A message of value x, both ways. */
struct gs_control_message *gs_layout_bind(struct gs_layout *layout, int index, unsigned slot,
                                          const char *value, bool send, bool receive, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* One strip; one page of sends; the desk page. */
void gs_layout_strip(struct gs_layout *layout, int parent, struct gs_frame frame,
                     const struct gs_surface_stage *stage);
void gs_layout_send(struct gs_layout *layout, int parent, struct gs_frame frame, const char *bus,
                    const struct gs_surface_send *send);
void gs_layout_desk(struct gs_layout *layout, int parent, struct gs_frame frame,
                    const struct gs_surface *surface);

#endif
