/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_allow.h. */
#include "control/osc_allow.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The address as sixteen bytes; *bits: how many of them count. */
static bool take_address(const char *text, unsigned char ip[16], unsigned *bits)
{
    memset(ip, 0, 16);
    if (inet_pton(AF_INET, text, ip + 12) == 1) {
        ip[10] = ip[11] = 0xff;
        *bits = 32;
        return true;
    }
    *bits = 128;
    return inet_pton(AF_INET6, text, ip) == 1;
}

static bool take_bits(const char *text, unsigned most, unsigned *bits)
{
    size_t length = strspn(text, "0123456789");
    if (length < 1 || length > 3 || text[length]) {
        return false;
    }
    *bits = (unsigned)strtoul(text, NULL, 10);
    return *bits <= most;
}

static bool same_start(const unsigned char *a, const unsigned char *b, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    unsigned char mask = (unsigned char)(0xff00u >> rest);
    return memcmp(a, b, whole) == 0 && (!rest || ((a[whole] ^ b[whole]) & mask) == 0);
}

static bool nothing_behind(const unsigned char *ip, unsigned bits)
{
    for (unsigned bit = bits; bit < 128; bit++) {
        if (ip[bit / 8] & (0x80u >> bit % 8)) {
            return false;
        }
    }
    return true;
}

static enum gs_status add(struct gs_osc_allow *allow, char *entry, struct gs_error *error)
{
    if (allow->n == GS_OSC_NETWORKS) {
        return gs_fail(error, GS_E_USAGE, entry, "more than %d networks", GS_OSC_NETWORKS);
    }
    unsigned char ip[16];
    unsigned most, bits;
    char *slash = strchr(entry, '/');
    if (slash) {
        *slash = '\0';
    }
    bool known = take_address(entry, ip, &most);
    bits = most;
    known = known && (!slash || take_bits(slash + 1, most, &bits));
    bits += 128 - most;
    bool whole = known && nothing_behind(ip, bits);
    if (slash) {
        *slash = '/';
    }
    if (!known) {
        return gs_fail(error, GS_E_USAGE, entry,
                       "expected a network such as 192.168.1.0/24 or fd00::/8, or one address");
    }
    if (!whole) {
        return gs_fail(error, GS_E_USAGE, entry, "the address has bits behind its prefix of %s", slash + 1);
    }
    memcpy(allow->network[allow->n].ip, ip, sizeof ip);
    allow->network[allow->n++].bits = bits;
    return GS_OK;
}

enum gs_status gs_osc_allow_parse(struct gs_osc_allow *allow, const char *text, struct gs_error *error)
{
    enum gs_status status = GS_OK;
    *allow = (struct gs_osc_allow){ 0 };
    do {
        char entry[64];
        size_t length = strcspn(text, ",");
        snprintf(entry, sizeof entry, "%.*s", (int)(length < sizeof entry ? length : sizeof entry - 1), text);
        status = add(allow, entry, error);
        text += length;
    } while (!status && *text++);
    return status;
}

bool gs_osc_allow_has(const struct gs_osc_allow *allow, const unsigned char ip[16])
{
    for (unsigned i = 0; i < allow->n; i++) {
        if (same_start(allow->network[i].ip, ip, allow->network[i].bits)) {
            return true;
        }
    }
    return false;
}
