/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc.h. Everything leaves by the socket that listens, so that answers come from the port that was asked. */
#include "control/osc.h"

#include "control/osc_codec.h"
#include "control/osc_guard.h"
#include "control/osc_mute.h"
#include "control/osc_schedule.h"
#include "control/osc_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PACKETS_A_WAKE 64  /* then timers and other descriptors get their turn */
#define DROPPED_A_WAKE 640 /* a packet that is only thrown away costs a tenth */

struct gs_osc {
    struct gs_outlet outlet; /* first: the session hands it back */
    struct gs_loop *loop;
    struct gs_session *session;
    int fd, family;
    uint16_t port;
    struct gs_osc_guard *guard;
    struct gs_osc_schedule *schedule;
    struct gs_osc_mute mute;
    void (*note)(void *context, const char *text);
    void *note_context;
    struct gs_osc_packer packer;
    struct gs_endpoint receiver;
    struct sockaddr_storage to;
    socklen_t to_length;
    struct gs_osc_counters counters;
    _Alignas(8) unsigned char packet[GS_OSC_PACKET_MAX + 4]; /* a longer datagram shows by its size */
};

/* ---- going out ---- */

static void send_packet(void *context, const unsigned char *data, size_t size)
{
    struct gs_osc *osc = context;
    if (!gs_osc_guard_spend(osc->guard, &osc->receiver, size)) {
        osc->counters.withheld++;
        return;
    }
    ssize_t sent = -1;
    for (int tries = 0; tries < 2 && sent < 0;
         tries++) { /* the first may only report what became of another */
        sent = sendto(osc->fd, data, size, 0, (const struct sockaddr *)&osc->to, osc->to_length);
    }
    if (sent == (ssize_t)size) {
        osc->counters.sent++;
    } else {
        osc->counters.unsent++; /* a full buffer or an unreachable peer: the next packet says it anew */
    }
}

static void open_outlet(struct gs_outlet *outlet, const struct gs_endpoint *to, unsigned flags)
{
    struct gs_osc *osc = (struct gs_osc *)outlet;
    osc->receiver = *to;
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

static bool is_proven(struct gs_outlet *outlet, const struct gs_endpoint *to)
{
    return gs_osc_guard_proven(((struct gs_osc *)outlet)->guard, to);
}

static bool is_trusted(struct gs_outlet *outlet, const struct gs_endpoint *to)
{
    return gs_osc_guard_trusted(((struct gs_osc *)outlet)->guard, to);
}

/* ---- coming in ---- */

static void tell(const struct gs_osc *osc, const struct gs_endpoint *from, enum gs_osc_verdict verdict)
{
    char text[192], where[64];
    gs_endpoint_text(from, where, sizeof where);
    if (verdict == GS_OSC_REFUSED) {
        snprintf(text, sizeof text, "OSC from %s is refused: no network that may speak", where);
    } else {
        snprintf(text, sizeof text,
                 "OSC from %s is more than %d messages or %d kB a second: the rest is dropped", where,
                 GS_OSC_RATE, GS_OSC_BYTES / 1000);
    }
    if (osc->note) {
        osc->note(osc->note_context, text);
    }
}

/* Whether the packet may be looked at. One that comes from our own port would be an answer to ourselves. */
static bool may_enter(struct gs_osc *osc, struct gs_endpoint *from, bool own, size_t size)
{
    if (own && from->port == osc->port) {
        osc->counters.refused++;
        return false;
    }
    struct gs_osc_entry entry = gs_osc_guard_enter(osc->guard, from, own, size,
                                                   gs_osc_packet_is_panic(osc->packet, size), gs_loop_now());
    from->steady = entry.steady;
    if (entry.tell) {
        tell(osc, from, entry.verdict);
    }
    if (entry.verdict == GS_OSC_TOO_MUCH) {
        gs_osc_mute(&osc->mute, osc->fd, from, own, gs_loop_now());
        gs_loop_set_timer(osc->loop, &osc->mute, gs_loop_now() + GS_OSC_MUTE_NS);
    }
    if (entry.verdict != GS_OSC_TAKE) {
        gs_session_heard(osc->session, from, entry.verdict == GS_OSC_REFUSED ? "refused" : "too-much",
                         entry.verdict == GS_OSC_REFUSED ? "no network of --osc-allow"
                                                         : "more than its share of messages");
    }
    osc->counters.refused += entry.verdict == GS_OSC_REFUSED;
    osc->counters.too_much += entry.verdict == GS_OSC_TOO_MUCH;
    return entry.verdict == GS_OSC_TAKE;
}

/* Returns how many addresses it named. */
static unsigned take_packet(struct gs_osc *osc, const struct gs_endpoint *from, bool own, size_t size)
{
    uint64_t now_ns = gs_loop_now();
    const char *fault = gs_osc_packet_fault(osc->packet, size);
    osc->counters.packets++;
    if (fault) {
        osc->counters.malformed++;
        gs_session_bad_packet(osc->session, from, fault, now_ns);
        return 0;
    }
    struct gs_osc_cost cost = gs_osc_schedule_packet(osc->schedule, from, osc->packet, size, now_ns);
    unsigned named = cost.named > cost.messages ? cost.named : cost.messages;
    osc->counters.messages += cost.messages;
    gs_osc_guard_charge(osc->guard, from, own, named ? named - 1 : 0);
    return named;
}

/* Our own address as the sender wrote it on the packet. */
static void note_own_address(struct gs_osc *osc, struct msghdr *header, struct gs_endpoint *here)
{
    struct sockaddr_storage address = { 0 };
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            struct sockaddr_in four = { .sin_family = AF_INET, .sin_addr = info.ipi_spec_dst };
            memcpy(&address, &four, sizeof four);
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            struct sockaddr_in6 six = { .sin6_family = AF_INET6,
                                        .sin6_addr = info.ipi6_addr,
                                        .sin6_scope_id = info.ipi6_ifindex };
            memcpy(&address, &six, sizeof six);
        }
    }
    gs_osc_endpoint(&address, here);
    gs_endpoint_ip_text(here, osc->outlet.local_ip, sizeof osc->outlet.local_ip);
}

/* One packet, if there is one. *work counts what it cost. */
static bool receive(struct gs_osc *osc, unsigned *work)
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
    *work += 1;
    if (size < 0) {
        return errno != EAGAIN && errno != EWOULDBLOCK;
    }
    struct gs_endpoint endpoint = { .outlet = &osc->outlet }, here = { 0 };
    gs_osc_endpoint(&from, &endpoint);
    note_own_address(osc, &header, &here);
    bool own = memcmp(here.ip, endpoint.ip, sizeof here.ip) == 0;
    if (endpoint.port && may_enter(osc, &endpoint, own, (size_t)size)) {
        *work += take_packet(osc, &endpoint, own, (size_t)size);
        *work += DROPPED_A_WAKE / PACKETS_A_WAKE;
    }
    return true;
}

/* Feeding somebody who is not there would be a flood that nobody asked for. */
static void hear_complaints(struct gs_osc *osc)
{
    struct sockaddr_storage whom;
    for (unsigned i = 0; i < PACKETS_A_WAKE && gs_osc_unreachable(osc->fd, &whom); i++) {
        struct gs_endpoint to = { .outlet = &osc->outlet };
        gs_osc_endpoint(&whom, &to);
        if (to.port) {
            gs_session_unreachable(osc->session, &to);
        }
    }
}

static void ready(void *context, short revents)
{
    struct gs_osc *osc = context;
    if (revents & POLLERR) {
        hear_complaints(osc);
    }
    unsigned work = 0;
    while (work < DROPPED_A_WAKE && receive(osc, &work)) {
    }
    gs_loop_set_timer(osc->loop, osc->session, gs_session_due(osc->session));
}

/* ---- life ---- */

static uint64_t end_mutes(void *context, uint64_t now_ns)
{
    struct gs_osc_mute *mute = context;
    struct gs_osc *osc = (struct gs_osc *)(void *)((char *)mute - offsetof(struct gs_osc, mute));
    return gs_osc_mute_end(mute, osc->fd, now_ns);
}

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
    status = gs_osc_bind_udp(&address, length, &osc->fd, error);
    osc->port = status ? 0 : gs_osc_bound_port(osc->fd);
    return status;
}

enum gs_status gs_osc_create(const struct gs_osc_setup *setup, struct gs_osc **created,
                             struct gs_error *error)
{
    static const struct gs_osc_allow nobody;
    struct gs_osc *osc = calloc(1, sizeof *osc);
    if (!osc) {
        return gs_fail(error, GS_E_MEMORY, "", "out of memory");
    }
    osc->outlet = (struct gs_outlet){ .open = open_outlet,
                                      .put = put_message,
                                      .close = close_outlet,
                                      .proven = is_proven,
                                      .trusted = is_trusted };
    osc->packer = (struct gs_osc_packer){ .send = send_packet, .context = osc, .limit = GS_OSC_SEND_LIMIT };
    osc->loop = setup->loop;
    osc->session = setup->session;
    osc->note = setup->note;
    osc->note_context = setup->context;
    osc->fd = -1;
    osc->guard = gs_osc_guard_create(setup->allow ? setup->allow : &nobody);
    osc->schedule = gs_osc_schedule_create(setup->loop, setup->session, NULL);
    enum gs_status status = osc->guard && osc->schedule ? listen_at(osc, setup, error)
                                                        : gs_fail(error, GS_E_MEMORY, "", "out of memory");
    if (!status) {
        status = gs_loop_add(osc->loop, osc->fd, POLLIN, ready, osc);
    }
    if (!status) {
        status = gs_loop_add_timer(osc->loop, gs_loop_now(), tick, osc->session);
    }
    if (!status) {
        status = gs_loop_add_timer(osc->loop, UINT64_MAX, end_mutes, &osc->mute);
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
    gs_loop_remove_timer(osc->loop, &osc->mute);
    if (osc->fd >= 0) {
        gs_loop_remove(osc->loop, osc->fd);
        close(osc->fd);
    }
    gs_osc_schedule_destroy(osc->schedule);
    gs_osc_guard_destroy(osc->guard);
    free(osc);
}

enum gs_status gs_osc_add_peer(struct gs_osc *osc, const struct gs_osc_peer *peer, struct gs_error *error)
{
    struct gs_endpoint to = { .outlet = &osc->outlet };
    char where[64];
    gs_osc_endpoint(&peer->address, &to);
    gs_endpoint_text(&to, where, sizeof where);
    if (osc->family == AF_INET && peer->address.ss_family != AF_INET) {
        return gs_fail(error, GS_E_USAGE, where,
                       "an IPv6 peer needs --osc-bind with an IPv6 address, such as ::");
    }
    if (!gs_session_add_static_peer(osc->session, &to, peer->rate_hz)) {
        return gs_fail(error, GS_E_BUSY, where, "%d peers are the most that I serve", GS_SESSION_PEERS);
    }
    gs_osc_guard_name(osc->guard, &to);
    return GS_OK;
}

uint16_t gs_osc_port(const struct gs_osc *osc)
{
    return osc->port;
}

struct gs_osc_counters gs_osc_get_counters(const struct gs_osc *osc)
{
    return osc->counters;
}
