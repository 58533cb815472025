/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The triple buffer: the reader sees whole values only, never an older one after a newer one, and always
 * the last one in the end. */
#include "base/triple.h"
#include "base/arena.h"

#include <criterion/criterion.h>

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#define WORDS 16
#define SIZE  (WORDS * sizeof(uint32_t))
#define MANY  200000u

static void write_all(struct gs_triple *triple, uint32_t value)
{
    uint32_t *words = gs_triple_writing(triple);
    for (unsigned i = 0; i < WORDS; i++) {
        words[i] = value;
    }
    gs_triple_publish(triple);
}

Test(triple, nothing_to_read_before_the_first_write)
{
    struct gs_triple triple;
    void *memory = gs_arena_memory(3 * SIZE);
    gs_triple_init(&triple, memory, SIZE);
    cr_assert_not(gs_triple_update(&triple));
    write_all(&triple, 1);
    write_all(&triple, 2);
    cr_assert(gs_triple_update(&triple));
    cr_assert_eq(*(const uint32_t *)gs_triple_reading(&triple), 2u, "the latest wins");
    cr_assert_not(gs_triple_update(&triple), "the same value is news only once");
    free(memory);
}

static void *write_many(void *context)
{
    for (uint32_t i = 1; i <= MANY; i++) {
        write_all(context, i);
    }
    return NULL;
}

Test(triple, is_never_torn_and_never_goes_back)
{
    struct gs_triple triple;
    void *memory = gs_arena_memory(3 * SIZE);
    gs_triple_init(&triple, memory, SIZE);
    pthread_t writer;
    cr_assert_eq(pthread_create(&writer, NULL, write_many, &triple), 0);
    uint32_t last = 0;
    while (last < MANY) {
        if (!gs_triple_update(&triple)) {
            continue;
        }
        const uint32_t *words = gs_triple_reading(&triple);
        for (unsigned i = 1; i < WORDS; i++) {
            cr_assert_eq(words[i], words[0], "torn");
        }
        cr_assert_gt(words[0], last);
        last = words[0];
    }
    pthread_join(writer, NULL);
    free(memory);
}
