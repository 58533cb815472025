/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_packet.h. liblo 0.31 reads past the end of blobs without data and of bundles with an empty element;
 * whatever passes here has neither. */
#include "control/osc_packet.h"

#include <stdbool.h>
#include <string.h>

#define BUNDLE        "#bundle" /* with its zero: eight bytes */
#define BUNDLE_HEADER 16        /* the word and the time tag */

static uint32_t big32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t big64(const unsigned char *at)
{
    return (uint64_t)big32(at) << 32 | big32(at + 4);
}

static bool is_bundle(const unsigned char *data, size_t size)
{
    return size >= BUNDLE_HEADER && memcmp(data, BUNDLE, sizeof BUNDLE) == 0;
}

static bool is_zero(const unsigned char *at, const unsigned char *end)
{
    while (at < end && *at == 0) {
        at++;
    }
    return at == end;
}

/* Length of a string with its zeros up to a multiple of four; 0: it does not end or is not padded with zeros. */
static size_t string_length(const unsigned char *at, size_t left)
{
    const unsigned char *end = memchr(at, 0, left);
    if (!end) {
        return 0;
    }
    size_t length = ((size_t)(end - at) + 4) & ~(size_t)3;
    return length <= left && is_zero(end, at + length) ? length : 0;
}

/* Length of a blob with its size and its zeros; SIZE_MAX: it does not fit or is not padded with zeros. */
static size_t blob_length(const unsigned char *at, size_t left)
{
    if (left < 4 || big32(at) > GS_OSC_PACKET_MAX) {
        return SIZE_MAX;
    }
    size_t size = big32(at), length = 4 + ((size + 3) & ~(size_t)3);
    return length <= left && is_zero(at + 4 + size, at + length) ? length : SIZE_MAX;
}

/* Bytes of one argument; SIZE_MAX: it does not fit, SIZE_MAX - 1: no such type here. */
static size_t argument_length(char tag, const unsigned char *at, size_t left)
{
    size_t length = 0;
    switch (tag) {
    case 'i':
    case 'f':
    case 'c':
    case 'm':
        length = 4;
        break;
    case 'h':
    case 'd':
    case 't':
        length = 8;
        break;
    case 's':
    case 'S':
        length = string_length(at, left);
        return length ? length : SIZE_MAX;
    case 'b':
        return blob_length(at, left);
    case 'T':
    case 'F':
    case 'N':
    case 'I':
        return 0;
    default:
        return SIZE_MAX - 1;
    }
    return length <= left ? length : SIZE_MAX;
}

static const char *arguments_fault(const char *tags, const unsigned char *at, size_t left)
{
    for (; *tags; tags++) {
        size_t length = argument_length(*tags, at, left);
        if (length == SIZE_MAX - 1) {
            return "an argument type that is not understood here";
        }
        if (length == SIZE_MAX) {
            return "an argument does not fit into its message";
        }
        at += length;
        left -= length;
    }
    return left ? "bytes behind the last argument" : NULL;
}

static const char *address_fault(const char *address)
{
    if (strlen(address) > GS_OSC_ADDRESS_MAX) {
        return "an address of more than 255 letters";
    }
    for (; *address; address++) {
        if (*address <= ' ' || *address > '~') {
            return "an address with letters outside printable ASCII";
        }
    }
    return NULL;
}

static const char *message_fault(const unsigned char *data, size_t size)
{
    size_t address = size ? string_length(data, size) : 0;
    if (!address || data[0] != '/') {
        return "neither a message nor a bundle";
    }
    const char *fault = address_fault((const char *)data);
    /* A very old sender leaves the tags out: taken as no argument, whatever follows. */
    if (fault || address == size || data[address] != ',') {
        return fault;
    }
    size_t tags = string_length(data + address, size - address);
    if (!tags) {
        return "type tags that do not end";
    }
    return arguments_fault((const char *)data + address + 1, data + address + tags, size - address - tags);
}

/* The place inside nested bundles: how far each open one reaches. */
struct place {
    size_t end[GS_OSC_DEPTH_MAX];
    uint64_t time[GS_OSC_DEPTH_MAX];
    unsigned depth, elements;
    size_t at;
};

/* Goes to the next message; *fault says why not, NULL: there is none left. */
static bool next_message(struct place *place, const unsigned char *data, size_t *length, const char **fault)
{
    *fault = NULL;
    while (place->depth) {
        size_t end = place->end[place->depth - 1];
        if (place->at == end) {
            place->depth--;
            continue;
        }
        if (end - place->at < 4 || ++place->elements > GS_OSC_ELEMENTS_MAX) {
            *fault = "a bundle with too many or cut elements";
            return false;
        }
        size_t element = big32(data + place->at);
        place->at += 4;
        if (element < 4 || element % 4 || element > end - place->at) {
            *fault = "a bundle element of impossible size";
            return false;
        }
        if (!is_bundle(data + place->at, element)) {
            *length = element;
            return true;
        }
        if (place->depth == GS_OSC_DEPTH_MAX) {
            *fault = "bundles nested too deep";
            return false;
        }
        uint64_t around = place->time[place->depth - 1], time = big64(data + place->at + 8);
        place->time[place->depth] = time > around ? time : around;
        place->end[place->depth++] = place->at + element;
        place->at += BUNDLE_HEADER;
    }
    return false;
}

static struct place start(const unsigned char *data, size_t size)
{
    return (struct place){ .end = { size }, .time = { big64(data + 8) }, .depth = 1, .at = BUNDLE_HEADER };
}

const char *gs_osc_packet_fault(const unsigned char *data, size_t size)
{
    if (size == 0 || size % 4 || size > GS_OSC_PACKET_MAX) {
        return "a packet whose size is zero, too big or no multiple of four";
    }
    if (!is_bundle(data, size)) {
        return message_fault(data, size);
    }
    struct place place = start(data, size);
    const char *fault;
    size_t length;
    while (next_message(&place, data, &length, &fault)) {
        fault = message_fault(data + place.at, length);
        if (fault) {
            return fault;
        }
        place.at += length;
    }
    return fault;
}

void gs_osc_packet_each_timed(const unsigned char *data, size_t size,
                              void (*visit)(void *context, const unsigned char *message, size_t size,
                                            uint64_t time),
                              void *context)
{
    if (!is_bundle(data, size)) {
        visit(context, data, size, GS_OSC_IMMEDIATELY);
        return;
    }
    struct place place = start(data, size);
    const char *fault;
    size_t length;
    while (next_message(&place, data, &length, &fault)) {
        visit(context, data + place.at, length, place.time[place.depth - 1]);
        place.at += length;
    }
}

struct untimed {
    void (*visit)(void *context, const unsigned char *message, size_t size);
    void *context;
};

static void visit_untimed(void *context, const unsigned char *message, size_t size, uint64_t time)
{
    const struct untimed *untimed = context;
    (void)time;
    untimed->visit(untimed->context, message, size);
}

void gs_osc_packet_each(const unsigned char *data, size_t size,
                        void (*visit)(void *context, const unsigned char *message, size_t size),
                        void *context)
{
    struct untimed untimed = { visit, context };
    gs_osc_packet_each_timed(data, size, visit_untimed, &untimed);
}

uint64_t gs_osc_packet_time(const unsigned char *data, size_t size)
{
    return is_bundle(data, size) ? big64(data + 8) : GS_OSC_IMMEDIATELY;
}

bool gs_osc_packet_is_panic(const unsigned char *data, size_t size)
{
    static const char panic[] = "/panic\0";
    return size >= sizeof panic && size <= 16 && memcmp(data, panic, sizeof panic) == 0;
}
