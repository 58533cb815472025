/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Under which names this machine may be spoken to over HTTP. A page of somebody else's that a browser has open may
 * send requests here, and by a name of its own that it lets point here it could even read the answers: so a name
 * that is not ours is refused, and a WebSocket is for pages of ours alone (RFC 6454 origins). [any] */
#ifndef CONTROL_DOOR_HOSTS_H
#define CONTROL_DOOR_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

struct gs_door_hosts {
    const char *const *given; /* names that the operator allows; ends with NULL; may be NULL */
    char machine[256];        /* name of this machine; "" unknown */
};

/* Asks for the machine's name. */
void gs_door_hosts_init(struct gs_door_hosts *hosts, const char *const *given);

/* `header` as it came ("desk.local:7770", "[::1]:7770"); `local_ip` is the address that the connection came to. True
 * for that address, localhost, the machine's name with and without ".local", and what is given. */
bool gs_door_hosts_allow(const struct gs_door_hosts *hosts, const char *header, const char *local_ip);

#define GS_DOOR_ADDRESSES    8
#define GS_DOOR_ADDRESS_SIZE 46 /* INET6_ADDRSTRLEN */
/* Addresses under which other machines reach what is bound to `bind` (NULL: 127.0.0.1), IPv4 before IPv6; those of a
 * link alone are left out, as no browser takes them. Returns how many; 0: nobody reaches it. */
size_t gs_door_hosts_addresses(const char *bind, char list[GS_DOOR_ADDRESSES][GS_DOOR_ADDRESS_SIZE]);

/* Whether a page of `origin` ("http://desk.local:7770") came from the very host and port of `header`. */
bool gs_door_same_origin(const char *origin, const char *header);

#endif
