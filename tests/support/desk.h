/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session on the test bench: a real engine driven by hand, an outlet that writes down everything that is
 * sent, and a clock that the test turns. */
#ifndef TESTS_SUPPORT_DESK_H
#define TESTS_SUPPORT_DESK_H

#include "session/session.h"

#define DESK_HEARD_MAX 20000
#define DESK_ATOMS_MAX 32

struct desk_heard {
    uint32_t ip; /* last byte of the IPv4 address */
    uint16_t port;
    unsigned group; /* messages between one open and its close share it */
    unsigned flags;
    uint64_t at_ns;
    char address[128];
    size_t n_atoms;
    struct gs_atom
        atom[DESK_ATOMS_MAX]; /* texts are copied, of the first ten; of blobs the first 192 bytes */
    char text[10][192];
};

struct desk {
    struct gs_outlet outlet; /* first */
    struct gs_engine *engine;
    struct gs_session *session;
    uint64_t now_ns;
    struct desk_heard *heard;
    size_t n_heard;
    struct gs_endpoint to;
    unsigned group, flags;
    unsigned chains_changed;
};

/* Single quotes stand for double ones in `chain`. The desk says so when the chain is refused. */
struct desk *desk_open(const char *chain);
struct desk *desk_open_with(const char *chain, const struct gs_session_setup *setup);
void desk_close(struct desk *desk);
void desk_load(struct desk *desk, const char *chain); /* another one, while it runs */

/* 127.0.0.1 is host 0; any other host is 192.168.1.<host>. */
struct gs_endpoint desk_endpoint(struct desk *desk, unsigned host, uint16_t port);

/* One message as a packet of its own; `tags` as in OSC: i f h d s T F N, values follow as int, double, int64_t,
 * double, const char *. */
void desk_say(struct desk *desk, unsigned host, uint16_t port, const char *address, const char *tags, ...);
/* Several messages as one packet: between these two, desk_say() adds to it. */
void desk_bundle_begin(struct desk *desk, unsigned host, uint16_t port);
void desk_bundle_end(struct desk *desk);

/* Lets time pass, tick by tick as the session asks for it; `ms` of sound run through the engine when `sound`. */
void desk_pass(struct desk *desk, double ms, bool sound);
/* Plays a sound into both inputs, in periods of 256 frames, and lets its time pass. */
void desk_play(struct desk *desk, const float *left, const float *right, size_t frames);
void desk_forget(struct desk *desk); /* what was heard so far */

/* The last message heard at a port under an address; NULL: none. count: how many. */
const struct desk_heard *desk_last(const struct desk *desk, uint16_t port, const char *address);
unsigned desk_count(const struct desk *desk, uint16_t port, const char *address);
/* First number of the last message; NAN: none. */
double desk_number(const struct desk *desk, uint16_t port, const char *address);
const char *desk_text(const struct desk *desk, uint16_t port, const char *address, size_t atom);

/* Asks from a port nobody else uses, forgets nothing else. */
double desk_get(struct desk *desk, const char *address);

#endif
