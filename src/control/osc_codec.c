/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_codec.h. */
#include "control/osc_codec.h"

#include <lo/lo.h>
#include <string.h>

#define BUNDLE_HEADER 16

/* liblo's arguments lie at multiples of four: eight-byte ones must not be read in place. */
static int64_t integer_at(const void *at, size_t size)
{
    int64_t wide;
    int32_t narrow;
    if (size == sizeof wide) {
        memcpy(&wide, at, sizeof wide);
        return wide;
    }
    memcpy(&narrow, at, sizeof narrow);
    return narrow;
}

static double number_at(const void *at, size_t size)
{
    double wide;
    float narrow;
    if (size == sizeof wide) {
        memcpy(&wide, at, sizeof wide);
        return wide;
    }
    memcpy(&narrow, at, sizeof narrow);
    return (double)narrow;
}

static int64_t time_at(const void *at)
{
    lo_timetag time;
    memcpy(&time, at, sizeof time);
    return (int64_t)((uint64_t)time.sec << 32 | time.frac);
}

static struct gs_atom take_atom(char tag, lo_arg *argument)
{
    struct gs_atom atom = { .tag = tag };
    switch (tag) {
    case 'i':
    case 'c':
        atom.integer = integer_at(argument, 4);
        break;
    case 'h':
        atom.integer = integer_at(argument, 8);
        break;
    case 't':
        atom.integer = time_at(argument);
        break;
    case 'f':
        atom.number = number_at(argument, 4);
        break;
    case 'd':
        atom.number = number_at(argument, 8);
        break;
    case 's':
    case 'S':
        atom.text = (const char *)argument;
        break;
    case 'b':
        atom.blob.data = lo_blob_dataptr((lo_blob)argument);
        atom.blob.size = lo_blob_datasize((lo_blob)argument);
        break;
    case 'm':
        atom.blob.data = argument;
        atom.blob.size = 4;
        break;
    case 'T':
        atom.integer = 1;
        break;
    default:
        break;
    }
    return atom;
}

bool gs_osc_take(struct gs_osc_taken *taken, const unsigned char *data, size_t size)
{
    size_t address = (strlen((const char *)data) + 4) & ~(size_t)3;
    taken->message = (struct gs_message){ .address = (const char *)data, .atoms = taken->atom };
    taken->held = NULL;
    if (address >= size || data[address] != ',') {
        return true;
    }
    int result = 0;
    lo_message message = lo_message_deserialise((void *)(uintptr_t)data, size, &result);
    if (!message) {
        return false;
    }
    const char *tags = lo_message_get_types(message);
    lo_arg **argument = lo_message_get_argv(message);
    size_t n = (size_t)lo_message_get_argc(message);
    taken->held = message;
    taken->message.n_atoms = n < GS_ATOMS_MAX ? n : GS_ATOMS_MAX;
    for (size_t i = 0; i < taken->message.n_atoms; i++) {
        taken->atom[i] = take_atom(tags[i], argument[i]);
    }
    return true;
}

void gs_osc_drop(struct gs_osc_taken *taken)
{
    if (taken->held) {
        lo_message_free(taken->held);
    }
}

static void add_blob(lo_message message, const struct gs_atom *atom)
{
    lo_blob blob = lo_blob_new((int32_t)atom->blob.size, atom->blob.data);
    if (blob) {
        lo_message_add_blob(message, blob);
        lo_blob_free(blob);
    }
}

static void add_midi(lo_message message, const struct gs_atom *atom)
{
    uint8_t bytes[4];
    memcpy(bytes, atom->blob.data, sizeof bytes);
    lo_message_add_midi(message, bytes);
}

static void add_atom(lo_message message, const struct gs_atom *atom)
{
    switch (atom->tag) {
    case 'i':
        lo_message_add_int32(message, (int32_t)atom->integer);
        break;
    case 'h':
        lo_message_add_int64(message, atom->integer);
        break;
    case 'f':
        lo_message_add_float(message, (float)atom->number);
        break;
    case 'd':
        lo_message_add_double(message, atom->number);
        break;
    case 's':
        lo_message_add_string(message, atom->text);
        break;
    case 'S':
        lo_message_add_symbol(message, atom->text);
        break;
    case 'c':
        lo_message_add_char(message, (char)atom->integer);
        break;
    case 't':
        lo_message_add_timetag(
            message, (lo_timetag){ (uint32_t)((uint64_t)atom->integer >> 32), (uint32_t)atom->integer });
        break;
    case 'b':
        add_blob(message, atom);
        break;
    case 'm':
        add_midi(message, atom);
        break;
    case 'T':
        lo_message_add_true(message);
        break;
    case 'F':
        lo_message_add_false(message);
        break;
    case 'I':
        lo_message_add_infinitum(message);
        break;
    default:
        lo_message_add_nil(message);
        break;
    }
}

size_t gs_osc_write(const struct gs_message *message, unsigned char *data, size_t size)
{
    lo_message built = lo_message_new();
    if (!built) {
        return 0;
    }
    for (size_t i = 0; i < message->n_atoms; i++) {
        add_atom(built, &message->atoms[i]);
    }
    size_t length = lo_message_length(built, message->address);
    if (length <= size) {
        lo_message_serialise(built, message->address, data, &length);
    } else {
        length = 0;
    }
    lo_message_free(built);
    return length;
}

void gs_osc_pack_flush(struct gs_osc_packer *packer)
{
    if (packer->messages == 1) {
        packer->send(packer->context, packer->packet + BUNDLE_HEADER + 4, packer->used - BUNDLE_HEADER - 4);
    } else if (packer->messages > 1) {
        packer->send(packer->context, packer->packet, packer->used);
    }
    packer->messages = 0;
    packer->used = 0;
}

static void start_bundle(struct gs_osc_packer *packer)
{
    static const unsigned char header[BUNDLE_HEADER] = { '#', 'b', 'u', 'n', 'd', 'l', 'e', [15] = 1 };
    memcpy(packer->packet, header, sizeof header);
    packer->used = sizeof header;
}

void gs_osc_pack(struct gs_osc_packer *packer, const struct gs_message *message)
{
    unsigned char data[GS_OSC_PACKET_MAX];
    size_t size = gs_osc_write(message, data, sizeof data);
    size_t limit = packer->limit < sizeof packer->packet ? packer->limit : sizeof packer->packet;
    if (size == 0) {
        return;
    }
    if (packer->single || BUNDLE_HEADER + 4 + size > limit) {
        gs_osc_pack_flush(packer);
        packer->send(packer->context, data, size);
        return;
    }
    if (packer->messages && packer->used + 4 + size > limit) {
        gs_osc_pack_flush(packer);
    }
    if (packer->messages == 0) {
        start_bundle(packer);
    }
    unsigned char *at = packer->packet + packer->used;
    at[0] = (unsigned char)(size >> 24);
    at[1] = (unsigned char)(size >> 16);
    at[2] = (unsigned char)(size >> 8);
    at[3] = (unsigned char)size;
    memcpy(at + 4, data, size);
    packer->used += 4 + size;
    packer->messages++;
}
