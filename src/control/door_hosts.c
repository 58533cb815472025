/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_hosts.h. */
#include "control/door_hosts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

void gs_door_hosts_init(struct gs_door_hosts *hosts, const char *const *given)
{
    *hosts = (struct gs_door_hosts){ .given = given };
    if (gethostname(hosts->machine, sizeof hosts->machine - 1) < 0) {
        hosts->machine[0] = '\0';
    }
}

/* The name in the header without port and brackets; false when it is no name with a port. */
static bool name_of(const char *header, char name[256])
{
    bool bracket = header[0] == '[';
    const char *start = header + bracket;
    size_t length = strcspn(start, bracket ? "]" : ":");
    const char *rest = start + length + (bracket && start[length] == ']');
    if (!length || length > 255 || (bracket && start[length] != ']')) {
        return false;
    }
    if (*rest && (*rest != ':' || rest[1 + strspn(rest + 1, "0123456789")])) {
        return false;
    }
    memcpy(name, start, length);
    name[length] = '\0';
    if (!bracket && length > 1 && name[length - 1] == '.') {
        name[length - 1] = '\0';
    }
    return true;
}

/* An IPv4 address that came to an IPv6 socket is ::ffff:a.b.c.d there. */
static bool same_ip(const char *a, const char *b)
{
    static const char mapped[] = "::ffff:";
    unsigned char ip_a[16], ip_b[16];
    a += strncasecmp(a, mapped, sizeof mapped - 1) == 0 && strchr(a, '.') ? sizeof mapped - 1 : 0;
    b += strncasecmp(b, mapped, sizeof mapped - 1) == 0 && strchr(b, '.') ? sizeof mapped - 1 : 0;
    if (inet_pton(AF_INET, a, ip_a) == 1 && inet_pton(AF_INET, b, ip_b) == 1) {
        return memcmp(ip_a, ip_b, 4) == 0;
    }
    return inet_pton(AF_INET6, a, ip_a) == 1 && inet_pton(AF_INET6, b, ip_b) == 1 &&
           memcmp(ip_a, ip_b, 16) == 0;
}

static bool is_machine(const char *machine, const char *name)
{
    size_t whole = strlen(machine), first = strcspn(machine, ".");
    if (!whole) {
        return false;
    }
    return strcasecmp(name, machine) == 0 || (strncasecmp(name, machine, first) == 0 &&
                                              (!name[first] || strcasecmp(name + first, ".local") == 0));
}

bool gs_door_hosts_allow(const struct gs_door_hosts *hosts, const char *header, const char *local_ip)
{
    char name[256];
    if (!name_of(header, name)) {
        return false;
    }
    if (strcasecmp(name, "localhost") == 0 || same_ip(name, local_ip) || is_machine(hosts->machine, name)) {
        return true;
    }
    for (const char *const *given = hosts->given; given && *given; given++) {
        if (strcasecmp(*given, name) == 0) {
            return true;
        }
    }
    return false;
}

bool gs_door_same_origin(const char *origin, const char *header)
{
    static const char *const schemes[] = { "http://", "https://" };
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t length = strlen(schemes[i]);
        if (strncmp(origin, schemes[i], length) == 0) {
            return strcasecmp(origin + length, header) == 0;
        }
    }
    return false;
}
