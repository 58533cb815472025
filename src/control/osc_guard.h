/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may speak over UDP, how much, and how much may be said to them. A datagram's source is a claim: whoever can
 * forge it could make us flood a third party. So:
 *
 *   Allowed     this machine always (a packet whose source is the very address it was sent to: the kernel lets none
 *               of those in from outside); others when no list is given or the list has them. A refused packet is
 *               counted, never answered.
 *   Rate        each source has a bucket of GS_OSC_RATE messages and GS_OSC_BYTES bytes a second, and as much at
 *               once. A bundle counts its messages, a pattern each address that it names. Sources are addresses
 *               (a /64 of IPv6); on this machine, where many programs share one, address and port. What is too much
 *               is dropped, except a lonely /panic, ten a second; and who sends too much is not heard at all for a
 *               fifth of a second, in the kernel (osc_mute.h), so that its packets do not push out others'.
 *   Proof       a source is proven by its second packet within GS_OSC_PROOF_S seconds of the one before; this
 *               machine always is, and so are peers that the user has named. Until then it is sent at most
 *               GS_OSC_FIRST bytes and three times what it sent (the factor of RFC 9000 clause 8.1), which is an
 *               answer but no flood, and the session holds back dumps and meters. Tablets and mixers' apps send
 *               several packets when they connect and renew every few seconds: they never notice.
 *   Strangers   sources without proof get a tenth of the rate each, and one bucket of GS_OSC_RATE together, so that
 *               forged sources, however many, take nothing from proven ones.
 *
 * Bounded: GS_OSC_SOURCES are remembered; those that said little make room first, then those silent longest.
 * [control] */
#ifndef CONTROL_OSC_GUARD_H
#define CONTROL_OSC_GUARD_H

#include "control/osc_allow.h"
#include "session/message.h"

#define GS_OSC_RATE    5000
#define GS_OSC_BYTES   (1 << 20)
#define GS_OSC_FIRST   512
#define GS_OSC_PROOF_S 60
#define GS_OSC_SOURCES 1024

struct gs_osc_guard;

/* Copies `allow`. NULL: no memory. */
struct gs_osc_guard *gs_osc_guard_create(const struct gs_osc_allow *allow);
void gs_osc_guard_destroy(struct gs_osc_guard *guard);

enum gs_osc_verdict {
    GS_OSC_TAKE,
    GS_OSC_REFUSED, /* not in the list */
    GS_OSC_TOO_MUCH
};
struct gs_osc_entry {
    enum gs_osc_verdict verdict;
    bool tell;   /* worth a line in the log: once a source for a refusal, once a minute for a flood */
    bool steady; /* this very port has sent before: somebody lives there */
};
/* Every packet, before anything looks inside but for `panic`: it is the one message "/panic". `own`: its source is
 * the address it was sent to. `now_ns` never runs backwards. */
struct gs_osc_entry gs_osc_guard_enter(struct gs_osc_guard *guard, const struct gs_endpoint *from, bool own,
                                       size_t bytes, bool panic, uint64_t now_ns);
/* What the packet turned out to cost beyond the one message that it was entered with. */
void gs_osc_guard_charge(struct gs_osc_guard *guard, const struct gs_endpoint *from, bool own,
                         unsigned messages);

/* A peer that the user has named. At most 16. */
void gs_osc_guard_name(struct gs_osc_guard *guard, const struct gs_endpoint *peer);
bool gs_osc_guard_proven(struct gs_osc_guard *guard, const struct gs_endpoint *to);
/* This machine, a named peer, or a network of the list: may see what others say. */
bool gs_osc_guard_trusted(struct gs_osc_guard *guard, const struct gs_endpoint *to);
/* Takes the bytes out of what may be sent to `to`; false: too much for one without proof. */
bool gs_osc_guard_spend(struct gs_osc_guard *guard, const struct gs_endpoint *to, size_t bytes);

#endif
