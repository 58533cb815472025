/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Atoms as numbers, endpoints as text. See message.h. */
#include "session/message.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How controllers spell silence: X32 and Wing "-oo", C "-inf", people the sign itself. */
static const struct {
    const char *word;
    double value;
} endless[] = {
    { "-oo", -INFINITY },       { "-inf", -INFINITY },
    { "-infinity", -INFINITY }, { "-\xe2\x88\x9e", -INFINITY },
    { "oo", INFINITY },         { "+oo", INFINITY },
    { "inf", INFINITY },        { "+inf", INFINITY },
    { "infinity", INFINITY },   { "\xe2\x88\x9e", INFINITY },
};

static bool text_number(const char *text, double *number)
{
    for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) {
        if (strcmp(text, endless[i].word) == 0) {
            *number = endless[i].value;
            return true;
        }
    }
    /* strtod() also knows "nan" and hexadecimal: only what looks like a decimal number reaches it. */
    if (!*text || text[strspn(text, "+-.0123456789eE \t")]) {
        return false;
    }
    char *end;
    double value = strtod(text, &end);
    if (end == text || end[strspn(end, " \t")] || !isfinite(value)) {
        return false;
    }
    *number = value;
    return true;
}

bool gs_atom_number(const struct gs_atom *atom, double *number)
{
    switch (atom->tag) {
    case 'i':
    case 'h':
    case 'T':
    case 'F':
        *number = (double)atom->integer;
        return true;
    case 'f':
    case 'd':
        *number = atom->number;
        return !isnan(atom->number);
    case 's':
    case 'S':
        return text_number(atom->text, number);
    default:
        return false;
    }
}

bool gs_endpoint_same_ip(const struct gs_endpoint *a, const struct gs_endpoint *b)
{
    return memcmp(a->ip, b->ip, sizeof a->ip) == 0 && a->scope == b->scope;
}

bool gs_endpoint_equal(const struct gs_endpoint *a, const struct gs_endpoint *b)
{
    return gs_endpoint_same_ip(a, b) && a->port == b->port && a->connection == b->connection;
}

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

bool gs_endpoint_is_loopback(const struct gs_endpoint *endpoint)
{
    static const unsigned char six[16] = { [15] = 1 };
    return memcmp(endpoint->ip, six, sizeof six) == 0 ||
           (memcmp(endpoint->ip, mapped, sizeof mapped) == 0 && endpoint->ip[12] == 127);
}

static bool is_mapped(const struct gs_endpoint *endpoint)
{
    return memcmp(endpoint->ip, mapped, sizeof mapped) == 0;
}

const char *gs_endpoint_ip_text(const struct gs_endpoint *endpoint, char *text, size_t size)
{
    bool four = is_mapped(endpoint);
    if (!inet_ntop(four ? AF_INET : AF_INET6, four ? endpoint->ip + 12 : endpoint->ip, text,
                   (socklen_t)size)) {
        snprintf(text, size, "?");
    }
    return text;
}

const char *gs_endpoint_text(const struct gs_endpoint *endpoint, char *text, size_t size)
{
    char ip[INET6_ADDRSTRLEN];
    gs_endpoint_ip_text(endpoint, ip, sizeof ip);
    snprintf(text, size, is_mapped(endpoint) ? "%s:%u" : "[%s]:%u", ip, endpoint->port);
    return text;
}
