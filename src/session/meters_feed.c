/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The meters of every stage to one subscriber at its own pace: what has moved, and everything every two
 * seconds, so that a lost packet is never missed for long. */
#include "session/state.h"

#include <math.h>
#include <stdio.h>

#define FULL_NS ((uint64_t)2 * GS_NS_PER_S)

struct feed {
    struct gs_outlet *outlet;
    const struct gs_peer *peer;
    bool open;
};

static void put(struct feed *feed, const char *address, double value)
{
    if (!feed->open) {
        unsigned single = feed->peer->flags & GS_WANT_SINGLE ? GS_OUTLET_SINGLE : 0;
        feed->outlet->open(feed->outlet, &feed->peer->to, GS_OUTLET_LOSABLE | single);
        feed->open = true;
    }
    struct gs_atom atom = gs_atom_float(value);
    feed->outlet->put(feed->outlet, &(struct gs_message){ address, &atom, 1 });
}

static void feed_stage(struct gs_session *session, struct gs_peer *peer, unsigned stage, struct feed *feed)
{
    const struct gs_chain_stage *s = &session->chain->stages[stage];
    float *last = &peer->meter[stage * GS_METERS];
    double meter[GS_METERS];
    gs_meters_of_stage(session, stage, peer->reader, meter);
    for (const struct gs_face *face = gs_faces; face->path; face++) {
        double now = meter[face->meter];
        if (!face->meter || fabs(now - (double)last[face->meter]) < face->threshold) {
            continue;
        }
        char address[GS_ADDRESS_SIZE];
        if (peer->flags & GS_WANT_IDS) {
            snprintf(address, sizeof address, "/stage/%s/%s", s->id, face->path);
        } else {
            snprintf(address, sizeof address, "/stage/%u/%s", stage + 1, face->path);
        }
        put(feed, address, now);
        last[face->meter] = (float)now;
    }
}

static void forget_sent(const struct gs_session *session, struct gs_peer *peer)
{
    for (size_t i = 0; i < session->chain->n_stages * GS_METERS; i++) {
        peer->meter[i] = NAN;
    }
    peer->next_full_ns = session->now_ns + FULL_NS;
}

uint64_t gs_meters_feed(struct gs_session *session, struct gs_peer *peer)
{
    if (!(peer->flags & GS_WANT_METERS) || !peer->rate_hz || !session->chain) {
        return GS_NEVER;
    }
    if (session->now_ns < peer->next_meters_ns) {
        return peer->next_meters_ns;
    }
    if (session->now_ns >= peer->next_full_ns) {
        forget_sent(session, peer);
    }
    struct gs_readout *readout = gs_engine_readout(session->engine);
    if (readout) {
        gs_reader_look(peer->reader, readout);
    }
    struct feed feed = { .outlet = peer->to.outlet, .peer = peer };
    for (unsigned i = 0; i < session->chain->n_stages; i++) {
        feed_stage(session, peer, i, &feed);
    }
    if (feed.open) {
        feed.outlet->close(feed.outlet);
    }
    uint64_t period_ns = GS_NS_PER_S / peer->rate_hz;
    uint64_t next_ns = peer->next_meters_ns + period_ns;
    peer->next_meters_ns = next_ns > session->now_ns ? next_ns : session->now_ns + period_ns;
    return peer->next_meters_ns;
}
