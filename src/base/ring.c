/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See ring.h. Elements are padded to a cache line, so that producer and consumer never share one. */
#include "base/ring.h"

#include <assert.h>

static size_t padded(size_t element)
{
    return (element + 63) / 64 * 64;
}

size_t gs_ring_size(size_t element, size_t count)
{
    return padded(element) * count;
}

void gs_ring_init(struct gs_ring *ring, void *memory, size_t element, size_t count)
{
    assert(count && (count & (count - 1)) == 0);
    ring->memory = memory;
    ring->element = padded(element);
    ring->count = count;
    atomic_init(&ring->head, 0);
    atomic_init(&ring->tail, 0);
}
