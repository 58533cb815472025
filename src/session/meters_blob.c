/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Meters as the applications for X32 and M32 ask for them: "/meters ,s /meters/1" gives one blob every 50 ms for ten
 * seconds, a count and then so many floats, both little-endian, linear, 1.0 is full scale. Their own channel layouts
 * mean nothing here: /meters/0 has one value a stage (behind it), /meters/1 two (before and behind it). */
#include "session/state.h"

#include <stdlib.h>
#include <string.h>

#define LEASE_NS   ((uint64_t)10 * GS_NS_PER_S)
#define TICK_NS    ((uint64_t)50 * GS_NS_PER_MS)
#define FACTOR_MAX 99 /* of the time between two blobs */

static void put_little(unsigned char *at, uint32_t word)
{
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (unsigned char)(word >> 8 * i);
    }
}

static uint32_t float_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void put_blob(struct gs_session *session, struct gs_peer *peer, bool both)
{
    unsigned char data[4 + GS_CHAIN_STAGES_MAX * 2 * 4];
    uint32_t count = 0;
    for (unsigned i = 0; i < session->chain->n_stages; i++) {
        float linear[2];
        gs_meters_linear(session, i, peer->blobs.reader, linear);
        for (unsigned side = both ? 0 : 1; side < 2; side++) {
            put_little(data + 4 + 4 * count++, float_bits(linear[side]));
        }
    }
    put_little(data, count);
    struct gs_atom atom = { .tag = 'b', .blob = { data, 4 + 4 * count } };
    peer->to.outlet->put(peer->to.outlet, &(struct gs_message){ both ? "/meters/1" : "/meters/0", &atom, 1 });
}

uint64_t gs_blobs_feed(struct gs_session *session, struct gs_peer *peer)
{
    struct gs_blobs *blobs = &peer->blobs;
    if (!blobs->wanted || !session->chain || !gs_engine_readout(session->engine)) {
        return GS_NEVER;
    }
    if (session->now_ns >= blobs->until_ns) {
        blobs->wanted = 0;
        return GS_NEVER;
    }
    if (session->now_ns < blobs->next_ns) {
        return blobs->next_ns;
    }
    gs_reader_look(blobs->reader, gs_engine_readout(session->engine));
    peer->to.outlet->open(peer->to.outlet, &peer->to, GS_OUTLET_LOSABLE | GS_OUTLET_SINGLE);
    for (unsigned which = 0; which < 2; which++) {
        if (blobs->wanted & 1u << which) {
            put_blob(session, peer, which);
        }
    }
    peer->to.outlet->close(peer->to.outlet);
    uint64_t next_ns = blobs->next_ns + blobs->period_ns;
    blobs->next_ns = next_ns > session->now_ns ? next_ns : session->now_ns + blobs->period_ns;
    return blobs->next_ns;
}

void gs_blobs_renew(struct gs_session *session, struct gs_peer *peer)
{
    peer->blobs.until_ns = session->now_ns + LEASE_NS;
}

void gs_blobs_drop(struct gs_peer *peer)
{
    gs_reader_destroy(peer->blobs.reader);
    peer->blobs = (struct gs_blobs){ 0 };
}

/* "/meters/1", "1" from the address /meters/1; -1: none of ours. */
static int which_of(const struct gs_atom *atom)
{
    const char *text = atom->tag == 's' ? atom->text : "";
    text = strncmp(text, "/meters/", 8) == 0 ? text + 8 : text;
    return strcmp(text, "0") == 0 ? 0 : strcmp(text, "1") == 0 ? 1 : -1;
}

void gs_verb_meters(struct gs_session *session, const struct gs_message *message)
{
    int which = message->n_atoms ? which_of(&message->atoms[0]) : 1;
    double factor = 1.0;
    if (which < 0) {
        gs_reply_error(
            session, message->address, "out-of-range",
            "expected \"/meters/0\", the output of every stage, or \"/meters/1\", input and output");
        return;
    }
    /* X32: id, two numbers of channels, time factor; X Air: id and a channel. */
    if (message->n_atoms > 3) {
        gs_atom_number(&message->atoms[3], &factor);
        factor = factor >= 1 && factor <= FACTOR_MAX ? factor : 1.0;
    }
    struct gs_peer *peer = gs_watches_peer(session);
    if (peer && !peer->blobs.reader) {
        peer->blobs.reader = gs_reader_create();
    }
    if (!peer || !peer->blobs.reader) {
        gs_reply_error(session, message->address, "busy", "%d subscribers are the most that I serve",
                       GS_SESSION_PEERS);
        return;
    }
    peer->blobs.wanted |= 1u << which;
    peer->blobs.period_ns = (uint64_t)factor * TICK_NS;
    gs_blobs_renew(session, peer);
    gs_session_want(session, session->now_ns);
}
