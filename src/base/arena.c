/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See arena.h. */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

void *gs_arena_take(struct gs_arena *arena, size_t size)
{
    size_t at = arena->used;
    arena->used += (size + GS_ARENA_ALIGN - 1) / GS_ARENA_ALIGN * GS_ARENA_ALIGN;
    return arena->base ? arena->base + at : NULL;
}

void *gs_arena_memory(size_t size)
{
    size_t whole = (size + GS_ARENA_ALIGN - 1) / GS_ARENA_ALIGN * GS_ARENA_ALIGN;
    void *memory = aligned_alloc(GS_ARENA_ALIGN, whole ? whole : GS_ARENA_ALIGN);
    if (memory) {
        memset(memory, 0, whole);
    }
    return memory;
}
