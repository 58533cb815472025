/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a service manager wants to hear, by the protocol of sd_notify(3): one datagram with lines KEY=VALUE to
 * the socket in $NOTIFY_SOCKET. Without that variable nothing happens. [control] */
#ifndef APP_NOTIFY_H
#define APP_NOTIFY_H

#include <stdint.h>

/* Sends "KEY=VALUE\nKEY=VALUE..."; a failure has nobody to be told to. */
void gs_notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How often WATCHDOG=1 is wanted, in nanoseconds: half of $WATCHDOG_USEC; 0: never. */
uint64_t gs_notify_watchdog_ns(void);

#endif
