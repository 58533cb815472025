/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_hosts.h. */
#include "control/door_hosts.h"

#include "control/osc_socket.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
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

/* In figures, where it is of this family and for others to reach. */
static bool tell_address(const struct ifaddrs *one, int family, char text[GS_DOOR_ADDRESS_SIZE])
{
    if (!one->ifa_addr || one->ifa_addr->sa_family != family || !(one->ifa_flags & IFF_UP) ||
        (one->ifa_flags & IFF_LOOPBACK)) {
        return false;
    }
    if (family == AF_INET) {
        const struct in_addr *four = &((const struct sockaddr_in *)(const void *)one->ifa_addr)->sin_addr;
        return inet_ntop(family, four, text, GS_DOOR_ADDRESS_SIZE);
    }
    const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)one->ifa_addr)->sin6_addr;
    return !IN6_IS_ADDR_LINKLOCAL(six) && inet_ntop(family, six, text, GS_DOOR_ADDRESS_SIZE);
}

size_t gs_door_hosts_addresses(const char *bind, char list[GS_DOOR_ADDRESSES][GS_DOOR_ADDRESS_SIZE])
{
    enum gs_osc_reach reach = gs_osc_reach(bind);
    if (reach == GS_OSC_HERE) {
        return 0;
    }
    if (reach == GS_OSC_ONE_NETWORK) {
        snprintf(list[0], GS_DOOR_ADDRESS_SIZE, "%s", bind);
        return 1;
    }
    struct ifaddrs *all;
    size_t count = 0;
    if (getifaddrs(&all) < 0) {
        return 0;
    }
    static const int families[] = { AF_INET, AF_INET6 };
    for (size_t f = 0; f < (strchr(bind, ':') ? 2 : 1); f++) {
        for (const struct ifaddrs *one = all; one && count < GS_DOOR_ADDRESSES; one = one->ifa_next) {
            count += tell_address(one, families[f], list[count]);
        }
    }
    freeifaddrs(all);
    return count;
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
