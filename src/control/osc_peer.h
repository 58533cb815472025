/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A peer as a person writes it down: "192.168.1.20:9000", "[fe80::1%eth0]:9000,meters=10". [any] */
#ifndef CONTROL_OSC_PEER_H
#define CONTROL_OSC_PEER_H

#include "gainstage/status.h"

#include <stdint.h>
#include <sys/socket.h>

#define GS_OSC_PEER_RATE 20 /* meter packets a second when nothing is said */

struct gs_osc_peer {
    struct sockaddr_storage address;
    unsigned rate_hz;
};

/* GS_E_USAGE: no literal address, no port, or an unknown word behind the comma. */
enum gs_status gs_osc_peer_parse(const char *text, struct gs_osc_peer *peer, struct gs_error *error);

#endif
