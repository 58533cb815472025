/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Avahi's idea of a loop (avahi-common/watch.h) on ours: its watches are descriptors of the loop, its timeouts share
 * one timer. Only where Avahi is built in. [control] */
#ifndef CONTROL_DISCOVERY_POLL_H
#define CONTROL_DISCOVERY_POLL_H

#include "control/loop.h"

#include <avahi-common/watch.h>

struct gs_discovery_poll;

/* `later` is called once after gs_discovery_poll_later(), outside any callback of Avahi. NULL: no memory. */
struct gs_discovery_poll *gs_discovery_poll_create(struct gs_loop *loop, void (*later)(void *context),
                                                   void *context);
void gs_discovery_poll_destroy(struct gs_discovery_poll *poll); /* after whatever has used it */
const AvahiPoll *gs_discovery_poll_api(struct gs_discovery_poll *poll);
void gs_discovery_poll_later(struct gs_discovery_poll *poll, uint64_t after_ns);

#endif
