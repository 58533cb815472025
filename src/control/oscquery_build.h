/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tree of a chain as one JSON text in which only the values are missing. [control] */
#ifndef CONTROL_OSCQUERY_BUILD_H
#define CONTROL_OSCQUERY_BUILD_H

#include "session/session.h"

/* In place of each value stands \1, the number of its question in `asked`, \1: ,"VALUE":\0017\1 is the eighth. Every
 * node begins with its FULL_PATH. Owner of the text: the caller; NULL: no memory. */
char *gs_oscquery_build(struct gs_session *session, struct gs_asked *asked);

#endif
