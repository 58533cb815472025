/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes compressed as HTTP has it (gzip, RFC 1952), a part at a time: the tree of a long chain takes some milliseconds,
 * which nobody else shall wait for in one go. [control] */
#ifndef CONTROL_DOOR_GZIP_H
#define CONTROL_DOOR_GZIP_H

#include <stdbool.h>
#include <stddef.h>

#define GS_DOOR_GZIP_MIN 512 /* less is not worth it: a packet is a packet */

struct gs_door_gzip;

/* `level` as zlib has it, 1 (quick) to 9 (small). The bytes are not owned and stay until the end. NULL: no memory. */
struct gs_door_gzip *gs_door_gzip_create(const unsigned char *bytes, size_t size, int level);
/* Compresses `most` bytes of what is left. False: nothing is left. */
bool gs_door_gzip_go(struct gs_door_gzip *gzip, size_t most);
/* What has been made, and its size, when nothing is left; owner: the caller, free(). NULL: it would not be shorter. */
unsigned char *gs_door_gzip_take(struct gs_door_gzip *gzip, size_t *size);
void gs_door_gzip_destroy(struct gs_door_gzip *gzip);

#endif
