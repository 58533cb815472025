/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A connected socket for one who asks, within a time. */
#ifndef CONTROL_OSC_DIAL_H
#define CONTROL_OSC_DIAL_H

#include <sys/socket.h>

/* `type`: SOCK_DGRAM or SOCK_STREAM. A non-blocking descriptor; -1: see errno. Waits at most `wait_ms` for a stream. */
int gs_osc_dial(int type, const struct sockaddr *address, socklen_t length, int wait_ms);

#endif
