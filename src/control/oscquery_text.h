/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON as it is written down: a text that grows, with numbers, strings and values of the session. For what is made
 * thousands of times a request; trees of cJSON are for what is made once. [any] */
#ifndef CONTROL_OSCQUERY_TEXT_H
#define CONTROL_OSCQUERY_TEXT_H

#include "session/message.h"

struct gs_oscquery_text {
    char *bytes; /* with a zero behind them; owner: whoever has the struct */
    size_t used, room;
    bool failed; /* no memory: nothing is added any more */
};

void gs_oscquery_put(struct gs_oscquery_text *text, const char *bytes, size_t size);
/* "[1,null,\"word\"]": a number that is none is null, what has no text too. */
void gs_oscquery_put_atoms(struct gs_oscquery_text *text, const struct gs_atom *atoms, size_t n);

#endif
