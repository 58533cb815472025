/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_socket.h. No name is ever looked up: a resolver that does not answer would stop the control loop. */
#include "control/osc_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RECEIVE_BUFFER (1 << 20)

static bool literal_v6(const char *text, struct sockaddr_in6 *six)
{
    char ip[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
    if (snprintf(ip, sizeof ip, "%s", text) >= (int)sizeof ip) {
        return false;
    }
    char *scope = strchr(ip, '%');
    if (scope) {
        *scope++ = '\0';
        six->sin6_scope_id = if_nametoindex(scope);
        if (!six->sin6_scope_id) {
            return false;
        }
    }
    return inet_pton(AF_INET6, ip, &six->sin6_addr) == 1;
}

enum gs_status gs_osc_literal(const char *text, uint16_t port, struct sockaddr_storage *address,
                              socklen_t *length, struct gs_error *error)
{
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
        memcpy(address, &four, sizeof four);
        *length = sizeof four;
        return GS_OK;
    }
    if (literal_v6(text, &six)) {
        memcpy(address, &six, sizeof six);
        *length = sizeof six;
        return GS_OK;
    }
    return gs_fail(error, GS_E_USAGE, text,
                   "expected an IPv4 or IPv6 address in figures, such as 127.0.0.1, 0.0.0.0 or ::1");
}

enum gs_osc_reach gs_osc_reach(const char *text)
{
    static const unsigned char zeros[16] = { 0 }, one[16] = { [15] = 1 }, mapped[12] = { [10] = 0xff, 0xff };
    struct sockaddr_storage address;
    socklen_t length;
    struct gs_error error;
    struct gs_endpoint at = { 0 };
    if (!text || gs_osc_literal(text, 0, &address, &length, &error)) {
        return GS_OSC_HERE;
    }
    gs_osc_endpoint(&address, &at);
    bool four = memcmp(at.ip, mapped, sizeof mapped) == 0;
    if (memcmp(at.ip, zeros, sizeof zeros) == 0 || (four && memcmp(at.ip + 12, zeros, 4) == 0)) {
        return GS_OSC_EVERYWHERE;
    }
    return memcmp(at.ip, one, sizeof one) == 0 || (four && at.ip[12] == 127) ? GS_OSC_HERE
                                                                             : GS_OSC_ONE_NETWORK;
}

enum gs_status gs_osc_bind_udp(const struct sockaddr_storage *address, socklen_t length, int *fd,
                               struct gs_error *error)
{
    int on = 1, off = 0, room = RECEIVE_BUFFER;
    int sock = socket(address->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (sock < 0) {
        return gs_fail(error, GS_E_IO, "", "cannot open a UDP socket: %s", strerror(errno));
    }
    setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (address->ss_family == AF_INET6) {
        setsockopt(sock, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
        setsockopt(sock, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
        setsockopt(sock, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
    } else {
        setsockopt(sock, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    }
    setsockopt(sock, IPPROTO_IP, IP_RECVERR, &on, sizeof on); /* IPv4 by a socket of IPv6, too */
    if (bind(sock, (const struct sockaddr *)address, length) < 0) {
        struct gs_endpoint endpoint = { 0 };
        char text[64];
        int why = errno;
        close(sock);
        gs_osc_endpoint(address, &endpoint);
        return gs_fail(error, GS_E_IO, gs_endpoint_text(&endpoint, text, sizeof text),
                       "cannot listen for OSC: %s%s", strerror(why),
                       why == EADDRINUSE ? " (by another gainstaged? --osc-port takes another port)" : "");
    }
    *fd = sock;
    return GS_OK;
}

bool gs_osc_unreachable(int fd, struct sockaddr_storage *whom)
{
    _Alignas(struct cmsghdr) char control[256];
    struct msghdr header = { .msg_name = whom,
                             .msg_namelen = sizeof *whom,
                             .msg_control = control,
                             .msg_controllen = sizeof control };
    memset(whom, 0, sizeof *whom);
    if (recvmsg(fd, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
        return false;
    }
    bool refused = false;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
        struct sock_extended_err fault;
        bool told = (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
                    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR);
        if (told && c->cmsg_len >= CMSG_LEN(sizeof fault)) {
            memcpy(&fault, CMSG_DATA(c), sizeof fault);
            refused = fault.ee_origin != SO_EE_ORIGIN_LOCAL && fault.ee_errno == ECONNREFUSED;
        }
    }
    if (!refused) {
        whom->ss_family = AF_UNSPEC;
    }
    return true;
}

uint16_t gs_osc_bound_port(int fd)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    struct gs_endpoint endpoint = { 0 };
    if (getsockname(fd, (struct sockaddr *)&address, &length) == 0) {
        gs_osc_endpoint(&address, &endpoint);
    }
    return endpoint.port;
}

void gs_osc_endpoint(const struct sockaddr_storage *address, struct gs_endpoint *endpoint)
{
    memset(endpoint->ip, 0, sizeof endpoint->ip);
    endpoint->scope = 0;
    endpoint->port = 0;
    if (address->ss_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, address, sizeof four);
        endpoint->ip[10] = endpoint->ip[11] = 0xff;
        memcpy(endpoint->ip + 12, &four.sin_addr, 4);
        endpoint->port = ntohs(four.sin_port);
    } else if (address->ss_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, address, sizeof six);
        memcpy(endpoint->ip, &six.sin6_addr, 16);
        endpoint->scope = IN6_IS_ADDR_LINKLOCAL(&six.sin6_addr) ? six.sin6_scope_id : 0;
        endpoint->port = ntohs(six.sin6_port);
    }
}

socklen_t gs_osc_sockaddr(const struct gs_endpoint *endpoint, int family, struct sockaddr_storage *address)
{
    memset(address, 0, sizeof *address);
    if (family == AF_INET) {
        struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(endpoint->port) };
        memcpy(&four.sin_addr, endpoint->ip + 12, 4);
        memcpy(address, &four, sizeof four);
        return sizeof four;
    }
    struct sockaddr_in6 six = { .sin6_family = AF_INET6,
                                .sin6_port = htons(endpoint->port),
                                .sin6_scope_id = endpoint->scope };
    memcpy(&six.sin6_addr, endpoint->ip, 16);
    memcpy(address, &six, sizeof six);
    return sizeof six;
}
