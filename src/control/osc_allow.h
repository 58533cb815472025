/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks in CIDR notation (RFC 4632; RFC 4291 clause 2.3): "192.168.1.0/24,fd00::/8,10.0.0.7". [any] */
#ifndef CONTROL_OSC_ALLOW_H
#define CONTROL_OSC_ALLOW_H

#include "gainstage/status.h"

#include <stdbool.h>

#define GS_OSC_NETWORKS 32

struct gs_osc_allow {
    struct {
        unsigned char ip[16]; /* IPv4 as ::ffff:a.b.c.d */
        unsigned bits;        /* of these sixteen bytes */
    } network[GS_OSC_NETWORKS];
    unsigned n; /* 0: no list was given */
};

/* GS_E_USAGE, with the entry at fault, for what is no list of networks: also for bits behind the prefix, which are
 * a slip of the hand more often than meant. */
enum gs_status gs_osc_allow_parse(struct gs_osc_allow *allow, const char *text, struct gs_error *error);
bool gs_osc_allow_has(const struct gs_osc_allow *allow, const unsigned char ip[16]);

#endif
