/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The address tree as OSCQuery tells it (Vidvox OSCQueryProposal): nodes with their attributes and values as
 * JSON, made from the session's address reference, with the values of the moment of the question. Beyond the proposal each node
 * carries what its parameter row says, and each stage what kind it is. [control] */
#ifndef CONTROL_OSCQUERY_H
#define CONTROL_OSCQUERY_H

#include "session/session.h"

struct gs_oscquery;

/* The session is not owned. What does not change is made once for each chain, when it is asked for first. NULL: no
 * memory. */
struct gs_oscquery *gs_oscquery_create(struct gs_session *session);
void gs_oscquery_destroy(struct gs_oscquery *query);

/* The node at `path` with all below it; with `attribute` ("VALUE") that one alone. Returns the text (owner: the
 * caller, free()), *size its length, and *status 200; or NULL and 204 (it has no such attribute now), 400 (no
 * attribute of that name), 404 (no such address), 500 (no memory). */
char *gs_oscquery_node(struct gs_oscquery *query, const char *path, const char *attribute, size_t *size,
                       int *status);

/* Whether there is an attribute of this name, on any node or of the host. */
bool gs_oscquery_has(const char *attribute);

struct gs_oscquery_host {
    const char *name;
    uint16_t osc_port;
    const char *bind; /* where HTTP listens, told as the addresses that it is reached by; NULL: here alone */
    bool wants_pin;
};
/* The answer to ?HOST_INFO; NULL: no memory. Owner: the caller. */
char *gs_oscquery_host_info(const struct gs_oscquery_host *host);

#endif
