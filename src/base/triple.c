/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See triple.h. */
#include "base/triple.h"

void gs_triple_init(struct gs_triple *triple, void *memory, size_t size)
{
    for (unsigned i = 0; i < 3; i++) {
        triple->buffer[i] = (char *)memory + i * size;
    }
    triple->write = 0;
    triple->read = 2;
    atomic_init(&triple->middle, 1);
}
