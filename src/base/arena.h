/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An arena: one block of memory that many things are laid out in and freed with. Used in two passes over
 * the same code: with `base` NULL it only measures, with memory it hands out. [control] */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#define GS_ARENA_ALIGN 64 /* a cache line; enough for every vector type */

struct gs_arena {
    char *base; /* NULL: measuring */
    size_t used;
};

/* Next `size` bytes, zeroed, aligned to GS_ARENA_ALIGN; NULL while measuring. */
void *gs_arena_take(struct gs_arena *arena, size_t size);

/* Zeroed memory for a measured arena; NULL when there is none. Freed with free(). Every page is touched, so
 * that the audio thread never faults on it. */
void *gs_arena_memory(size_t size);

#endif
