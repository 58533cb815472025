/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A ring of equal elements from one producer thread to one consumer thread, without locks: "every one
 * counts". C11 acquire and release on the two counters alone, so ThreadSanitizer can check it. The element
 * is written in place: reserve, fill, commit - peek, read, release. Either side is wait-free. */
#ifndef BASE_RING_H
#define BASE_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct gs_ring {
    _Alignas(64) _Atomic size_t head; /* elements committed */
    _Alignas(64) _Atomic size_t tail; /* elements released */
    _Alignas(64) char *memory;
    size_t element, count;
};

/* `count` is a power of two. Bytes that gs_ring_init() wants for its elements. [control] */
size_t gs_ring_size(size_t element, size_t count);
void gs_ring_init(struct gs_ring *ring, void *memory, size_t element, size_t count);

/* Producer: the next free element or NULL when full; commit hands it over. [rt or control, one thread] */
static inline void *gs_ring_reserve(struct gs_ring *ring)
{
    size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    return head - tail == ring->count ? NULL : ring->memory + (head & (ring->count - 1)) * ring->element;
}
static inline void gs_ring_commit(struct gs_ring *ring)
{
    size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    atomic_store_explicit(&ring->head, head + 1, memory_order_release);
}

/* Elements that wait. Whoever asks, the other side may be adding or taking. [any] */
static inline size_t gs_ring_waiting(struct gs_ring *ring)
{
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    return atomic_load_explicit(&ring->head, memory_order_acquire) - tail;
}

/* Consumer: the oldest element or NULL when empty; release gives it back. [rt or control, one thread] */
static inline void *gs_ring_peek(struct gs_ring *ring)
{
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    size_t head = atomic_load_explicit(&ring->head, memory_order_acquire);
    return head == tail ? NULL : ring->memory + (tail & (ring->count - 1)) * ring->element;
}
static inline void gs_ring_release(struct gs_ring *ring)
{
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
}

#endif
