/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What travels between the session and those who talk to it: a message is an address and atoms, whatever
 * the wire it came by. A protocol adapter turns packets into messages and is an outlet for those that go
 * back. Nothing here knows sockets. [control] */
#ifndef SESSION_MESSAGE_H
#define SESSION_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GS_ADDRESS_SIZE 256 /* longest address, its end included */
#define GS_ATOMS_MAX    64  /* arguments of one message; further ones are not seen */

/* An argument, tagged as in OSC 1.0: i h f d s S b T F N I t c m. Texts and blobs belong to the sender of the
 * message and live as long as the call. */
struct gs_atom {
    char tag;
    union {
        int64_t integer;  /* i h c t; T is 1, F is 0 */
        double number;    /* f d */
        const char *text; /* s S; never NULL */
        struct {
            const void *data;
            uint32_t size;
        } blob; /* b, and the four bytes of m */
    };
};

struct gs_message {
    const char *address;
    const struct gs_atom *atoms;
    size_t n_atoms;
};

static inline struct gs_atom gs_atom_float(double number)
{
    return (struct gs_atom){ .tag = 'f', .number = number };
}
static inline struct gs_atom gs_atom_int(int64_t integer)
{
    return (struct gs_atom){ .tag = 'i', .integer = integer };
}
static inline struct gs_atom gs_atom_text(const char *text)
{
    return (struct gs_atom){ .tag = 's', .text = text };
}

/* The atom as a number: i h f d T F, and texts that are numbers ("-6", "6.5 dB" is none); "-inf", "-oo" and
 * "inf" are infinite. False for anything else; NAN never comes out. */
bool gs_atom_number(const struct gs_atom *atom, double *number);

struct gs_outlet;

/* Where somebody is. Two endpoints are one when every field but `outlet`, `steady` and `view_only` is equal. */
struct gs_endpoint {
    struct gs_outlet *outlet; /* that reaches it */
    unsigned char ip[16];     /* IPv4 as ::ffff:a.b.c.d */
    uint32_t scope;           /* of a link-local IPv6 address, else 0 */
    uint16_t port;            /* of the sender; answers may go to another one */
    uint32_t connection;      /* of a stream; 0: datagrams */
    bool steady;              /* of this machine, and has sent from this very port before */
    bool view_only;           /* may ask and subscribe, but change nothing */
};

enum {
    GS_OUTLET_SINGLE = 1 << 0, /* each message in a packet of its own */
    GS_OUTLET_LOSABLE = 1 << 1 /* meters: may be dropped when the receiver does not keep up */
};

/* An adapter embeds this. Between open and close come the messages that belong together for one receiver;
 * the adapter packs them into as few packets of its own limit as it can. */
struct gs_outlet {
    char local_ip[48]; /* own address as the sender of the packet at hand sees it; "" unknown */
    void (*open)(struct gs_outlet *outlet, const struct gs_endpoint *to, unsigned flags);
    void (*put)(struct gs_outlet *outlet, const struct gs_message *message);
    void (*close)(struct gs_outlet *outlet);
    /* Whether `to` has shown that it is really there, so that more may be sent to it than answers; NULL: always, as
     * with streams. Until then dumps and meters wait. */
    bool (*proven)(struct gs_outlet *outlet, const struct gs_endpoint *to);
    /* Whether `to` may see what others say: this machine, and whom its user has named. NULL: nobody. */
    bool (*trusted)(struct gs_outlet *outlet, const struct gs_endpoint *to);
};

bool gs_endpoint_equal(const struct gs_endpoint *a, const struct gs_endpoint *b);
bool gs_endpoint_same_ip(const struct gs_endpoint *a, const struct gs_endpoint *b);
bool gs_endpoint_is_loopback(const struct gs_endpoint *endpoint);
/* "192.168.1.20", "fe80::1"; returns text. */
const char *gs_endpoint_ip_text(const struct gs_endpoint *endpoint, char *text, size_t size);
/* "192.168.1.20:9000", "[fe80::1]:9000"; returns text. */
const char *gs_endpoint_text(const struct gs_endpoint *endpoint, char *text, size_t size);

#endif
