/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Being found: services of this daemon advertised through Avahi (mDNS and DNS-SD, RFC 6762 and 6763), where there is
 * an avahi-daemon, as long as there is one, and again when it comes back. Never required: built without Avahi, and
 * without a bus, everything else goes on and nothing is said but one line in the log. Its calls to avahi-daemon wait for
 * its answer, for as long as a hung one likes: so they are made in a thread of its own, for which nobody waits. */
#ifndef CONTROL_DISCOVERY_H
#define CONTROL_DISCOVERY_H

#include <stdint.h>

struct gs_discovery;

struct gs_discovery_service {
    const char *type;       /* "_osc._udp", "_oscjson._tcp" */
    uint16_t port;          /* 0: none, the row is skipped */
    const char *const *txt; /* "version=1.0"; ends with NULL. May be NULL */
};
#define GS_DISCOVERY_SERVICES 8

struct gs_discovery_setup {
    const char *name; /* of this instance; Avahi adds a number when it is taken */
    struct gs_discovery_service service[GS_DISCOVERY_SERVICES];
    void (*note)(void *context, const char *text); /* a line for the log, from the thread; or NULL */
    void *context;
};

/* Begins to advertise, now or as soon as it can. NULL: built without Avahi, or no memory. Strings are kept by reference,
 * and are to live as long as the program when they live longer than this: see destroy. [control] */
struct gs_discovery *gs_discovery_create(const struct gs_discovery_setup *setup);
/* Says goodbye. A bus that does not answer within half a second is left to the thread. NULL is legal. [control] */
void gs_discovery_destroy(struct gs_discovery *discovery);

#endif
