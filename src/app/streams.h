/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The three standard streams, also for who was started without them. */
#ifndef APP_STREAMS_H
#define APP_STREAMS_H

/* First of all in main(): a standard descriptor that is closed would be given to the next file or socket that is
 * opened, and what is said to people would go there. Afterwards reading from it, or writing to it, fails. */
void gs_streams_keep(void);

#endif
