/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ring loses nothing, repeats nothing and keeps order, between two threads and over the wrap. */
#include "base/ring.h"
#include "base/arena.h"

#include <criterion/criterion.h>

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#define COUNT 8
#define MANY  200000u

Test(ring, is_empty_then_full_then_empty)
{
    struct gs_ring ring;
    void *memory = gs_arena_memory(gs_ring_size(sizeof(int), COUNT));
    gs_ring_init(&ring, memory, sizeof(int), COUNT);
    cr_assert_null(gs_ring_peek(&ring));
    for (int i = 0; i < COUNT; i++) {
        int *slot = gs_ring_reserve(&ring);
        cr_assert_not_null(slot);
        *slot = i;
        gs_ring_commit(&ring);
    }
    cr_assert_null(gs_ring_reserve(&ring), "a full ring must refuse, not overwrite");
    for (int i = 0; i < COUNT; i++) {
        int *slot = gs_ring_peek(&ring);
        cr_assert_not_null(slot);
        cr_assert_eq(*slot, i);
        gs_ring_release(&ring);
    }
    cr_assert_null(gs_ring_peek(&ring));
    free(memory);
}

static void *produce(void *context)
{
    struct gs_ring *ring = context;
    for (uint32_t i = 0; i < MANY;) {
        uint32_t *slot = gs_ring_reserve(ring);
        if (slot) {
            slot[0] = i;
            slot[1] = ~i;
            gs_ring_commit(ring);
            i++;
        }
    }
    return NULL;
}

Test(ring, carries_everything_in_order_between_threads)
{
    struct gs_ring ring;
    void *memory = gs_arena_memory(gs_ring_size(2 * sizeof(uint32_t), COUNT));
    gs_ring_init(&ring, memory, 2 * sizeof(uint32_t), COUNT);
    pthread_t producer;
    cr_assert_eq(pthread_create(&producer, NULL, produce, &ring), 0);
    for (uint32_t i = 0; i < MANY;) {
        uint32_t *slot = gs_ring_peek(&ring);
        if (slot) {
            cr_assert_eq(slot[0], i);
            cr_assert_eq(slot[1], ~i, "element torn");
            gs_ring_release(&ring);
            i++;
        }
    }
    pthread_join(producer, NULL);
    cr_assert_null(gs_ring_peek(&ring));
    free(memory);
}
