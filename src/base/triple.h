/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A triple buffer from one writer thread to one reader thread: "the latest wins". The writer always has a
 * buffer to fill, the reader always has the newest whole one, neither ever waits. */
#ifndef BASE_TRIPLE_H
#define BASE_TRIPLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct gs_triple {
    _Atomic unsigned middle; /* index of the buffer between the two; bit 2: written since last read */
    unsigned write, read;    /* each touched by its own thread only */
    char *buffer[3];
};

/* `memory` holds 3 x `size` bytes (size a multiple of 64); contents are left as they are. [control] */
void gs_triple_init(struct gs_triple *triple, void *memory, size_t size);

/* Writer: the buffer to fill, and handing it over. After the hand-over the buffer to fill is an older one:
 * write it whole each time. */
static inline void *gs_triple_writing(struct gs_triple *triple)
{
    return triple->buffer[triple->write];
}
static inline void gs_triple_publish(struct gs_triple *triple)
{
    triple->write = atomic_exchange_explicit(&triple->middle, triple->write | 4u, memory_order_acq_rel) & 3u;
}

/* Reader: true when something newer came; then gs_triple_reading() is it. */
static inline bool gs_triple_update(struct gs_triple *triple)
{
    if (!(atomic_load_explicit(&triple->middle, memory_order_relaxed) & 4u)) {
        return false;
    }
    triple->read = atomic_exchange_explicit(&triple->middle, triple->read, memory_order_acq_rel) & 3u;
    return true;
}
static inline const void *gs_triple_reading(const struct gs_triple *triple)
{
    return triple->buffer[triple->read];
}

#endif
