/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal as a whole screen, and as it was before. Whatever ends the program, it is given back. */
#ifndef APP_TERMINAL_H
#define APP_TERMINAL_H

#include <stdbool.h>

/* Standard input and output are a terminal that can do more than a typewriter. */
bool gs_terminal_is_capable(void);
void gs_terminal_size(int *width, int *height);

/* Second screen, no cursor, keys at once; and back. */
void gs_terminal_open(void);
void gs_terminal_close(void);

#endif
