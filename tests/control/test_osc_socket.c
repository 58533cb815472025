/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a bind address means for who can reach it. */
#include "control/osc_socket.h"
#include <criterion/criterion.h>

/* RFC 1122 clause 3.2.1.3: 127/8 and 0.0.0.0; RFC 4291 clauses 2.5.2, 2.5.3 and 2.5.5.2: ::, ::1 and IPv4 in IPv6. */
static const struct {
    const char *text;
    enum gs_osc_reach reach;
} binds[] = {
    { NULL, GS_OSC_HERE },
    { "127.0.0.1", GS_OSC_HERE },
    { "127.9.9.9", GS_OSC_HERE },
    { "::1", GS_OSC_HERE },
    { "0:0:0:0:0:0:0:1", GS_OSC_HERE },
    { "::ffff:127.0.0.1", GS_OSC_HERE },
    { "0.0.0.0", GS_OSC_EVERYWHERE },
    { "::", GS_OSC_EVERYWHERE },
    { "0::0", GS_OSC_EVERYWHERE },
    { "::ffff:0.0.0.0", GS_OSC_EVERYWHERE },
    { "192.168.1.7", GS_OSC_ONE_NETWORK },
    { "12.7.0.1", GS_OSC_ONE_NETWORK },
    { "fd00::1", GS_OSC_ONE_NETWORK },
    { "::2", GS_OSC_ONE_NETWORK },
};

Test(osc_socket, who_reaches_a_bind_address)
{
    for (size_t i = 0; i < sizeof binds / sizeof *binds; i++) {
        cr_expect_eq(gs_osc_reach(binds[i].text), binds[i].reach, "%s: %d",
                     binds[i].text ? binds[i].text : "none", gs_osc_reach(binds[i].text));
    }
}
