/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The talk with avahi-daemon, by its own simple loop: waits for a bus and a daemon, advertises, takes another name when
 * somebody has ours. Its calls wait for answers, so it runs in discovery's thread. Only where Avahi is built in. */
#ifndef CONTROL_DISCOVERY_TALK_H
#define CONTROL_DISCOVERY_TALK_H

#include "control/discovery.h"

#include <stdatomic.h>
#include <stdbool.h>

/* Returns some time after *quit is true and `wake_fd` readable, at once unless a call waits for the bus; nothing is noted
 * any more then. */
void gs_discovery_talk(const struct gs_discovery_setup *setup, const atomic_bool *quit, int wake_fd);

#endif
