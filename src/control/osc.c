/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc.h. Everything leaves by the socket that listens, so that answers come from the port that was asked. */
#include "control/osc.h"

#include "control/osc_codec.h"
#include "control/osc_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PACKETS_A_WAKE 64 /* then timers and other descriptors get their turn */

struct gs_osc {
    struct gs_outlet outlet; /* first: the session hands it back */
    struct gs_loop *loop;
    struct gs_session *session;
    int fd, family;
    struct gs_osc_packer packer;
    struct sockaddr_storage to;
    socklen_t to_length;
    struct gs_osc_counters counters;
    _Alignas(8) unsigned char packet[GS_OSC_PACKET_MAX + 4]; /* a longer datagram shows by its size */
};

/* ---- going out ---- */

static void send_packet(void *context, const unsigned char *data, size_t size)
{
    struct gs_osc *osc = context;
    ssize_t sent = sendto(osc->fd, data, size, 0, (const struct sockaddr *)&osc->to, osc->to_length);
    if (sent == (ssize_t)size) {
        osc->counters.sent++;
    } else {
        osc->counters.unsent++; /* a full buffer or an unreachable peer: the next packet says it anew */
    }
}

static void open_outlet(struct gs_outlet *outlet, const struct gs_endpoint *to, unsigned flags)
{
    struct gs_osc *osc = (struct gs_osc *)outlet;
    osc->to_length = gs_osc_sockaddr(to, osc->family, &osc->to);
    osc->packer.single = flags & GS_OUTLET_SINGLE;
}

static void put_message(struct gs_outlet *outlet, const struct gs_message *message)
{
    gs_osc_pack(&((struct gs_osc *)outlet)->packer, message);
}

static void close_outlet(struct gs_outlet *outlet)
{
    gs_osc_pack_flush(&((struct gs_osc *)outlet)->packer);
}

/* ---- coming in ---- */

static void take_message(void *context, const unsigned char *data, size_t size)
{
    struct gs_osc *osc = context;
    struct gs_osc_taken taken;
    osc->counters.messages++;
    if (gs_osc_take(&taken, data, size)) {
        gs_session_message(osc->session, &taken.message);
    }
    gs_osc_drop(&taken);
}

static void take_packet(struct gs_osc *osc, const struct gs_endpoint *from, size_t size)
{
    uint64_t now_ns = gs_loop_now();
    const char *fault = gs_osc_packet_fault(osc->packet, size);
    osc->counters.packets++;
    if (fault) {
        osc->counters.malformed++;
        gs_session_bad_packet(osc->session, from, fault, now_ns);
        return;
    }
    gs_session_begin(osc->session, from, now_ns);
    gs_osc_packet_each(osc->packet, size, take_message, osc);
    gs_session_end(osc->session);
}

/* Our own address as the sender wrote it on the packet, for /status. */
static void note_own_address(struct gs_osc *osc, struct msghdr *header)
{
    char *text = osc->outlet.local_ip;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            inet_ntop(AF_INET, &info.ipi_spec_dst, text, sizeof osc->outlet.local_ip);
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            inet_ntop(AF_INET6, &info.ipi6_addr, text, sizeof osc->outlet.local_ip);
        }
    }
}

static bool receive(struct gs_osc *osc)
{
    struct sockaddr_storage from;
    _Alignas(struct cmsghdr) char control[128];
    struct iovec whole = { osc->packet, sizeof osc->packet };
    struct msghdr header = { .msg_name = &from,
                             .msg_namelen = sizeof from,
                             .msg_iov = &whole,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control };
    ssize_t size = recvmsg(osc->fd, &header, 0);
    if (size < 0) {
        return errno == EINTR || errno == ECONNREFUSED;
    }
    struct gs_endpoint endpoint = { .outlet = &osc->outlet };
    gs_osc_endpoint(&from, &endpoint);
    note_own_address(osc, &header);
    if (endpoint.port) {
        take_packet(osc, &endpoint, (size_t)size);
    }
    return true;
}

static void ready(void *context, short revents)
{
    (void)revents;
    struct gs_osc *osc = context;
    for (unsigned i = 0; i < PACKETS_A_WAKE && receive(osc); i++) {
    }
    gs_loop_set_timer(osc->loop, osc->session, gs_session_due(osc->session));
}

/* ---- life ---- */

static uint64_t tick(void *context, uint64_t now_ns)
{
    return gs_session_tick(context, now_ns);
}

static enum gs_status listen_at(struct gs_osc *osc, const struct gs_osc_setup *setup, struct gs_error *error)
{
    struct sockaddr_storage address;
    socklen_t length;
    enum gs_status status =
        gs_osc_literal(setup->bind ? setup->bind : "127.0.0.1", setup->port, &address, &length, error);
    if (status) {
        return status;
    }
    osc->family = address.ss_family;
    return gs_osc_bind_udp(&address, length, &osc->fd, error);
}

enum gs_status gs_osc_create(const struct gs_osc_setup *setup, struct gs_osc **created,
                             struct gs_error *error)
{
    struct gs_osc *osc = calloc(1, sizeof *osc);
    if (!osc) {
        return gs_fail(error, GS_E_MEMORY, "", "out of memory");
    }
    osc->outlet = (struct gs_outlet){ .open = open_outlet, .put = put_message, .close = close_outlet };
    osc->packer = (struct gs_osc_packer){ .send = send_packet, .context = osc, .limit = GS_OSC_SEND_LIMIT };
    osc->loop = setup->loop;
    osc->session = setup->session;
    osc->fd = -1;
    enum gs_status status = listen_at(osc, setup, error);
    if (!status) {
        status = gs_loop_add(osc->loop, osc->fd, POLLIN, ready, osc);
    }
    if (!status) {
        status = gs_loop_add_timer(osc->loop, gs_loop_now(), tick, osc->session);
    }
    if (status) {
        gs_osc_destroy(osc);
        return status;
    }
    *created = osc;
    return GS_OK;
}

void gs_osc_destroy(struct gs_osc *osc)
{
    if (!osc) {
        return;
    }
    gs_loop_remove_timer(osc->loop, osc->session);
    if (osc->fd >= 0) {
        gs_loop_remove(osc->loop, osc->fd);
        close(osc->fd);
    }
    free(osc);
}

uint16_t gs_osc_port(const struct gs_osc *osc)
{
    return gs_osc_bound_port(osc->fd);
}

struct gs_osc_counters gs_osc_get_counters(const struct gs_osc *osc)
{
    return osc->counters;
}
