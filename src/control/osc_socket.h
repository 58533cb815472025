/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * UDP sockets for OSC: literal addresses, binding, and socket addresses as endpoints. [control] */
#ifndef CONTROL_OSC_SOCKET_H
#define CONTROL_OSC_SOCKET_H

#include "gainstage/status.h"
#include "session/message.h"

#include <sys/socket.h>

/* A literal IPv4 or IPv6 address ("127.0.0.1", "::1", "fe80::1%eth0") and a port; GS_E_USAGE for anything else. */
enum gs_status gs_osc_literal(const char *text, uint16_t port, struct sockaddr_storage *address,
                              socklen_t *length, struct gs_error *error);
/* Who reaches what is bound to such an address: only this machine (NULL is 127.0.0.1), one network of it, or every one. */
enum gs_osc_reach {
    GS_OSC_HERE,
    GS_OSC_ONE_NETWORK,
    GS_OSC_EVERYWHERE
};
enum gs_osc_reach gs_osc_reach(const char *text);

/* A non-blocking UDP socket bound there, that tells the own address of each packet. */
enum gs_status gs_osc_bind_udp(const struct sockaddr_storage *address, socklen_t length, int *fd,
                               struct gs_error *error);
/* The next complaint of the network (ICMP) about what was sent; false: none left. `whom` nobody listens at; of family
 * AF_UNSPEC: a complaint of another kind. */
bool gs_osc_unreachable(int fd, struct sockaddr_storage *whom);
uint16_t gs_osc_bound_port(int fd);

/* IPv4 becomes ::ffff:a.b.c.d. `outlet` and `connection` stay as they are. */
void gs_osc_endpoint(const struct sockaddr_storage *address, struct gs_endpoint *endpoint);
/* The other way, in the family of the socket it goes out by. */
socklen_t gs_osc_sockaddr(const struct gs_endpoint *endpoint, int family, struct sockaddr_storage *address);

#endif
