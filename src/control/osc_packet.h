/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The walker over OSC packets: everything about a packet is checked here, before liblo or the session looks
 * inside. Bounded in size, depth, elements and address; no allocation, no recursion. [any] */
#ifndef CONTROL_OSC_PACKET_H
#define CONTROL_OSC_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GS_OSC_PACKET_MAX   8192 /* a datagram of Ethernet carries 1472; more comes from programs nearby */
#define GS_OSC_DEPTH_MAX    4    /* bundles inside bundles */
#define GS_OSC_ELEMENTS_MAX 256  /* of all bundles of a packet */
#define GS_OSC_ADDRESS_MAX  255

#define GS_OSC_IMMEDIATELY 1u /* the time tag 0x0000000000000001 */

/* NULL when all of the packet is well-formed OSC 1.0, else what is wrong with it, in words. */
const char *gs_osc_packet_fault(const unsigned char *data, size_t size);

/* Calls `visit` for each message of a packet without fault, in its order. */
void gs_osc_packet_each(const unsigned char *data, size_t size,
                        void (*visit)(void *context, const unsigned char *message, size_t size),
                        void *context);
/* The same; `time` is the tag of the bundle that it
 * stands in, or the latest of those around that one, as an inner tag is never earlier (OSC 1.0);
 * GS_OSC_IMMEDIATELY outside bundles. */
void gs_osc_packet_each_timed(const unsigned char *data, size_t size,
                              void (*visit)(void *context, const unsigned char *message, size_t size,
                                            uint64_t time),
                              void *context);

/* The one message "/panic", with or without an argument: it is heard however much its sender says. */
bool gs_osc_packet_is_panic(const unsigned char *data, size_t size);

/* NTP time tag of the outermost bundle; GS_OSC_IMMEDIATELY for a message. The packet has no fault. */
uint64_t gs_osc_packet_time(const unsigned char *data, size_t size);

#endif
