/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_guard.h. A table of sets: a source has eight places that it may take, found by a hash whose seed nobody
 * outside knows, so that nobody can choose whom to push out. */
#include "control/osc_guard.h"

#include "base/bucket.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define WAYS            8
#define SETS            (GS_OSC_SOURCES / WAYS)
#define STRANGER        (GS_OSC_RATE / 10.0)
#define FACTOR          3.0 /* RFC 9000 clause 8.1 */
#define PANICS          10.0
#define PENALTY         (GS_OSC_RATE * 0.18) /* nearly what is filled in while it is muted: osc_mute.h */
#define CONVERSATION    16                   /* packets */
#define S_NS            UINT64_C(1000000000)
#define TELL_AGAIN_NS   (60 * S_NS)
#define OWN_ADDRESSES   8
#define NAMED_ADDRESSES 16

struct key {
    unsigned char ip[16];
    uint32_t scope, port;
};

struct source {
    struct key key;
    bool used, proven, refused;
    uint32_t packets; /* none of them later than GS_OSC_PROOF_S after the one before */
    uint64_t turn, last_ns, told_ns;
    struct gs_bucket messages, bytes, panics;
    double credit; /* bytes that may be sent to it without proof */
};

struct gs_osc_guard {
    struct gs_osc_allow allow;
    uint64_t seed, turn, now_ns, told_ns;
    struct gs_bucket strangers; /* messages, for all of them together */
    unsigned char own[OWN_ADDRESSES][16];
    unsigned n_own, next_own;
    struct gs_endpoint named[NAMED_ADDRESSES];
    unsigned n_named;
    struct source source[SETS][WAYS];
};

struct gs_osc_guard *gs_osc_guard_create(const struct gs_osc_allow *allow)
{
    struct gs_osc_guard *guard = calloc(1, sizeof *guard);
    if (guard) {
        guard->allow = *allow;
        if (getrandom(&guard->seed, sizeof guard->seed, GRND_NONBLOCK) != (ssize_t)sizeof guard->seed) {
            guard->seed = (uint64_t)(uintptr_t)guard;
        }
    }
    return guard;
}

void gs_osc_guard_destroy(struct gs_osc_guard *guard)
{
    free(guard);
}

/* ---- the table ---- */

static uint64_t hash(uint64_t seed, const struct key *key)
{
    uint64_t word[3];
    memcpy(word, key, sizeof word);
    for (unsigned i = 0; i < 3; i++) { /* the multiplier is 2^64 divided by the golden ratio */
        seed = (seed ^ word[i]) * UINT64_C(0x9e3779b97f4a7c15);
        seed ^= seed >> 29;
    }
    return seed;
}

/* Who is forgotten first: one packet is easily forged, two are not much harder, a conversation is worth keeping. */
static unsigned rank(const struct source *source)
{
    return source->packets >= CONVERSATION ? 2 : source->proven;
}

static bool rather(const struct source *source, const struct source *than)
{
    unsigned a = rank(source), b = rank(than);
    return a < b || (a == b && source->turn < than->turn);
}

static struct source *find(struct gs_osc_guard *guard, const struct key *key, bool make)
{
    struct source *set = guard->source[hash(guard->seed, key) % SETS], *worst = &set[0];
    for (unsigned i = 0; i < WAYS; i++) {
        struct source *source = &set[i];
        if (source->used && memcmp(&source->key, key, sizeof *key) == 0) {
            return source;
        }
        if (worst->used && (!source->used || rather(source, worst))) {
            worst = source;
        }
    }
    if (!make) {
        return NULL;
    }
    *worst = (struct source){ .key = *key,
                              .used = true,
                              .turn = ++guard->turn,
                              .last_ns = guard->now_ns,
                              .messages = gs_bucket_with(STRANGER, guard->now_ns),
                              .credit = GS_OSC_FIRST };
    return worst;
}

static struct key address_key(const struct gs_endpoint *endpoint)
{
    struct key key = { .scope = endpoint->scope };
    memcpy(key.ip, endpoint->ip, sizeof key.ip);
    return key;
}

/* Who shares a bucket: a host has a /64 of IPv6 to choose its addresses from. */
static struct key rate_key(const struct gs_endpoint *endpoint, bool own)
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
    struct key key = address_key(endpoint);
    if (own) {
        key.port = endpoint->port;
    } else if (memcmp(key.ip, mapped, sizeof mapped) != 0 && !key.scope) {
        memset(key.ip + 8, 0, 8);
        key.port = UINT32_MAX; /* a net, not the address that looks like it */
    }
    return key;
}

static bool is_own(const struct gs_osc_guard *guard, const unsigned char *ip)
{
    for (unsigned i = 0; i < guard->n_own; i++) {
        if (memcmp(guard->own[i], ip, 16) == 0) {
            return true;
        }
    }
    return false;
}

static void learn_own(struct gs_osc_guard *guard, const unsigned char *ip)
{
    if (!is_own(guard, ip)) {
        memcpy(guard->own[guard->next_own], ip, 16);
        guard->next_own = (guard->next_own + 1) % OWN_ADDRESSES;
        guard->n_own += guard->n_own < OWN_ADDRESSES;
    }
}

static bool is_named(const struct gs_osc_guard *guard, const struct gs_endpoint *endpoint)
{
    for (unsigned i = 0; i < guard->n_named; i++) {
        if (gs_endpoint_same_ip(&guard->named[i], endpoint)) {
            return true;
        }
    }
    return false;
}

void gs_osc_guard_name(struct gs_osc_guard *guard, const struct gs_endpoint *peer)
{
    if (guard->n_named < NAMED_ADDRESSES) {
        guard->named[guard->n_named++] = *peer;
    }
}

/* ---- a packet ---- */

static void note_packet(struct gs_osc_guard *guard, struct source *source, size_t bytes)
{
    uint64_t now_ns = guard->now_ns;
    source->packets = now_ns - source->last_ns > GS_OSC_PROOF_S * S_NS ? 1 : source->packets + 1;
    source->last_ns = now_ns;
    source->turn = ++guard->turn;
    if (!source->proven && source->packets > 1) {
        source->proven = true;
        source->messages.left = GS_OSC_RATE;
    }
    source->credit = fmin(source->credit + FACTOR * (double)bytes, GS_OSC_BYTES);
}

static void fill(struct gs_osc_guard *guard, struct source *source, bool proven)
{
    double rate = proven ? GS_OSC_RATE : STRANGER;
    gs_bucket_fill(&source->messages, rate, rate, guard->now_ns);
    gs_bucket_fill(&source->bytes, GS_OSC_BYTES, GS_OSC_BYTES, guard->now_ns);
    gs_bucket_fill(&source->panics, PANICS, PANICS, guard->now_ns);
    gs_bucket_fill(&guard->strangers, GS_OSC_RATE, GS_OSC_RATE, guard->now_ns);
}

static bool take_tokens(struct gs_osc_guard *guard, struct source *source, bool proven, size_t bytes,
                        bool panic)
{
    bool may = source->messages.left >= 1 && (proven || guard->strangers.left >= 1);
    if (may && gs_bucket_take(&source->bytes, (double)bytes)) {
        gs_bucket_take(&source->messages, 1);
        gs_bucket_take(&guard->strangers, proven ? 0 : 1);
        return true;
    }
    if (panic && gs_bucket_take(&source->panics, 1)) {
        return true;
    }
    source->messages.left = fmin(source->messages.left, -PENALTY);
    return false;
}

/* At most one line a second, whatever comes. */
static bool tell(struct gs_osc_guard *guard, bool worth)
{
    bool now = worth && (!guard->told_ns || guard->now_ns - guard->told_ns >= S_NS);
    guard->told_ns = now ? guard->now_ns : guard->told_ns;
    return now;
}

static struct gs_osc_entry refuse(struct gs_osc_guard *guard, const struct gs_endpoint *from)
{
    struct key key = address_key(from);
    struct source *source = find(guard, &key, true);
    source->turn = ++guard->turn;
    struct gs_osc_entry entry = { .verdict = GS_OSC_REFUSED, .tell = tell(guard, !source->refused) };
    source->refused = source->refused || entry.tell;
    return entry;
}

struct gs_osc_entry gs_osc_guard_enter(struct gs_osc_guard *guard, const struct gs_endpoint *from, bool own,
                                       size_t bytes, bool panic, uint64_t now_ns)
{
    guard->now_ns = now_ns > guard->now_ns ? now_ns : guard->now_ns;
    if (own) {
        learn_own(guard, from->ip);
    } else if (guard->allow.n && !gs_osc_allow_has(&guard->allow, from->ip)) {
        return refuse(guard, from);
    }
    struct key address = address_key(from), rate = rate_key(from, own);
    bool proven = own || is_named(guard, from);
    struct source *source = find(guard, &rate, true);
    if (memcmp(&address, &rate, sizeof rate) != 0 && !own) {
        struct source *known = find(guard, &address, true);
        note_packet(guard, known, bytes);
        proven = proven || known->proven;
        source = find(guard, &rate, true); /* the other one may have taken its place */
    }
    bool steady = own && source->packets > 0;
    note_packet(guard, source, bytes);
    proven = proven || (source->proven && rate.port != UINT32_MAX);
    fill(guard, source, proven);
    if (take_tokens(guard, source, proven, bytes, panic)) {
        return (struct gs_osc_entry){ .verdict = GS_OSC_TAKE, .steady = steady };
    }
    struct gs_osc_entry entry = { .verdict = GS_OSC_TOO_MUCH, .steady = steady };
    entry.tell = tell(guard, !source->told_ns || now_ns - source->told_ns > TELL_AGAIN_NS);
    source->told_ns = entry.tell ? now_ns : source->told_ns;
    return entry;
}

void gs_osc_guard_charge(struct gs_osc_guard *guard, const struct gs_endpoint *from, bool own,
                         unsigned messages)
{
    struct key rate = rate_key(from, own);
    struct source *source = find(guard, &rate, false);
    if (source) {
        gs_bucket_charge(&source->messages, messages, GS_OSC_RATE);
    }
    if (!gs_osc_guard_proven(guard, from)) {
        gs_bucket_charge(&guard->strangers, messages, GS_OSC_RATE);
    }
}

/* ---- what goes out ---- */

bool gs_osc_guard_proven(struct gs_osc_guard *guard, const struct gs_endpoint *to)
{
    struct key key = address_key(to);
    const struct source *source = find(guard, &key, false);
    return is_own(guard, to->ip) || is_named(guard, to) || (source && source->proven);
}

bool gs_osc_guard_trusted(struct gs_osc_guard *guard, const struct gs_endpoint *to)
{
    return is_own(guard, to->ip) || is_named(guard, to) || gs_osc_allow_has(&guard->allow, to->ip);
}

bool gs_osc_guard_spend(struct gs_osc_guard *guard, const struct gs_endpoint *to, size_t bytes)
{
    if (gs_osc_guard_proven(guard, to)) {
        return true;
    }
    struct key key = address_key(to);
    struct source *source = find(guard, &key, false);
    if (!source || source->credit < (double)bytes) {
        return false;
    }
    source->credit -= (double)bytes;
    return true;
}
