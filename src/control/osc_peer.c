/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_peer.h. */
#include "control/osc_peer.h"

#include "control/osc_socket.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool take_number(const char *text, size_t length, unsigned long low, unsigned long high,
                        unsigned long *number)
{
    if (length < 1 || length > 5 || strspn(text, "0123456789") < length) {
        return false;
    }
    *number = strtoul(text, NULL, 10);
    return *number >= low && *number <= high;
}

static enum gs_status take_place(const char *text, size_t length, struct gs_osc_peer *peer,
                                 struct gs_error *error)
{
    char host[80];
    socklen_t size;
    unsigned long port = 0;
    const char *colon = memrchr(text, ':', length);
    size_t host_length = colon ? (size_t)(colon - text) : 0;
    bool six = host_length > 2 && text[0] == '[' && colon[-1] == ']';
    if (!colon || host_length >= sizeof host || (!six && memchr(text, ':', host_length)) ||
        !take_number(colon + 1, length - host_length - 1, 1, 65535, &port)) {
        return gs_fail(error, GS_E_USAGE, text,
                       "expected HOST:PORT, such as 192.168.1.20:9000 or [fe80::1%%eth0]:9000");
    }
    snprintf(host, sizeof host, "%.*s", (int)(six ? host_length - 2 : host_length), text + six);
    return gs_osc_literal(host, (uint16_t)port, &peer->address, &size, error);
}

enum gs_status gs_osc_peer_parse(const char *text, struct gs_osc_peer *peer, struct gs_error *error)
{
    static const char meters[] = ",meters=";
    size_t length = strcspn(text, ",");
    unsigned long rate_hz = GS_OSC_PEER_RATE;
    const char *rest = text + length;
    if (*rest) {
        size_t word = sizeof meters - 1;
        if (strncmp(rest, meters, word) != 0 ||
            !take_number(rest + word, strlen(rest + word), 0, 50, &rate_hz)) {
            return gs_fail(error, GS_E_USAGE, text, "'%s': expected ,meters=HZ, from 0 to 50", rest);
        }
    }
    peer->rate_hz = (unsigned)rate_hz;
    return take_place(text, length, peer, error);
}
