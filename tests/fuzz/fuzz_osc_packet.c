/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a packet: the walker, then liblo on what the walker has passed, then the message written again. */
#include "control/osc_codec.h"
#include "control/osc_packet.h"

#include "fuzz.h"

#include <string.h>

struct walk {
    const unsigned char *data;
    size_t size;
    unsigned messages;
};

static volatile size_t sink; /* reading is what may fault: it must not be optimised away */

static size_t read_atom(const struct gs_atom *atom)
{
    size_t sum = 0;
    double number;
    if (atom->tag == 's' || atom->tag == 'S') {
        sum = strlen(atom->text);
    } else if (atom->tag == 'b' || atom->tag == 'm') {
        for (uint32_t i = 0; i < atom->blob.size; i++) {
            sum += ((const unsigned char *)atom->blob.data)[i];
        }
    }
    return sum + gs_atom_number(atom, &number);
}

static void visit(void *context, const unsigned char *message, size_t size)
{
    struct walk *walk = context;
    struct gs_osc_taken taken;
    MUST(message >= walk->data && size <= walk->size && (size_t)(message - walk->data) <= walk->size - size);
    MUST(size % 4 == 0 && message[0] == '/' && strlen((const char *)message) <= GS_OSC_ADDRESS_MAX);
    walk->messages++;
    if (gs_osc_take(&taken, message, size)) {
        unsigned char again[GS_OSC_PACKET_MAX + 64];
        for (size_t i = 0; i < taken.message.n_atoms; i++) {
            sink += read_atom(&taken.message.atoms[i]);
        }
        size_t length = gs_osc_write(&taken.message, again, sizeof again);
        MUST(length > 0 && length <= size + 8 && !gs_osc_packet_fault(again, length));
    }
    gs_osc_drop(&taken);
}

static void take(const uint8_t *data, size_t size)
{
    struct walk walk = { data, size, 0 };
    if (!gs_osc_packet_fault(data, size)) {
        gs_osc_packet_each(data, size, visit, &walk);
        MUST(walk.messages <= GS_OSC_ELEMENTS_MAX);
        gs_osc_packet_time(data, size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    take(data, size);
    take(data, size & ~(size_t)3); /* else most inputs would end at their size */
    return 0;
}
