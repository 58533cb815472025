/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads a .tosc file as a tablet would: inflates it and lists the OSC messages of its controls. */
#ifndef TESTS_SUPPORT_TOSC_READER_H
#define TESTS_SUPPORT_TOSC_READER_H

#include <stdbool.h>
#include <stddef.h>

struct tosc_message {
    bool send, receive, on_rise;
    char address[128];
    char kind[8];        /* of the first argument: VALUE or CONSTANT */
    char conversion[12]; /* FLOAT, STRING, INTEGER */
    char value[24];      /* x, text, touch, or the constant */
    int constant[8];
    unsigned n_constants;
};

/* The XML inside; the caller frees. NULL: no whole zlib stream. */
char *tosc_inflate(const unsigned char *bytes, size_t size);
/* Every <osc> in the order of the file; the caller frees. */
struct tosc_message *tosc_messages(const char *xml, size_t *n);

#endif
