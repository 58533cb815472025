/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_schedule.h. A packet whose bundles have several times waits once for each of them. */
#include "control/osc_schedule.h"

#include "control/osc_codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NTP_TO_UNIX_S UINT64_C(2208988800) /* from 1900 to 1970: RFC 5905, figure 4 */
#define S_NS          UINT64_C(1000000000)
#define TOGETHER_NS   UINT64_C(5000)
#define TURNS         1 /* packets in a row; then others get their turn */
#define TIMES         8 /* different ones of one packet */

struct waiting {
    uint64_t at_ns; /* monotonic */
    uint64_t time;  /* the tag: which messages of the packet */
    uint64_t serial;
    struct gs_endpoint from;
    size_t size;
    unsigned messages;
    unsigned char *data;
};

struct gs_osc_schedule {
    struct gs_loop *loop;
    struct gs_session *session;
    gs_osc_schedule_first *first;
    struct waiting waiting[GS_OSC_SCHEDULE_PACKETS];
    size_t n, bytes;
    uint64_t serial;
};

/* ---- time ---- */

/* Both clocks at one moment: between two readings another program may have had the processor. */
static uint64_t wall_now(uint64_t *now_ns)
{
    struct timespec now;
    uint64_t before_ns, after_ns;
    int tries = 0;
    do {
        before_ns = gs_loop_now();
        clock_gettime(CLOCK_REALTIME, &now);
        after_ns = gs_loop_now();
    } while (after_ns - before_ns > TOGETHER_NS && ++tries < 5);
    *now_ns = before_ns + (after_ns - before_ns) / 2;
    return ((uint64_t)now.tv_sec + NTP_TO_UNIX_S) << 32 | ((uint64_t)now.tv_nsec << 32) / S_NS;
}

/* Nanoseconds from `wall` to `time`; 0: not ahead. Devices without a clock count from 1900 or 1970: late. */
static uint64_t ahead_ns(uint64_t time, uint64_t wall)
{
    uint64_t ahead = time > wall ? time - wall : 0;
    return (ahead >> 32) * S_NS + (((ahead & UINT32_MAX) * S_NS) >> 32);
}

/* ---- a packet ---- */

struct walk {
    const struct gs_osc_schedule *schedule;
    const struct gs_endpoint *from;
    uint64_t now_ns;
    uint64_t wall; /* messages up to this time, or, when `time` is set, of exactly that time */
    uint64_t time;
    struct gs_osc_cost cost;
    bool due; /* some messages are */
    uint64_t later[TIMES], latest;
    unsigned n_later;
    bool too_many;
};

static void look(void *context, const unsigned char *message, size_t size, uint64_t time)
{
    struct walk *walk = context;
    (void)message;
    (void)size;
    walk->cost.messages++;
    if (time <= walk->wall) {
        walk->due = true;
        return;
    }
    walk->latest = time > walk->latest ? time : walk->latest;
    for (unsigned i = 0; i < walk->n_later; i++) {
        if (walk->later[i] == time) {
            return;
        }
    }
    if (walk->n_later == TIMES) {
        walk->too_many = true;
        return;
    }
    walk->later[walk->n_later++] = time;
}

static void take(void *context, const unsigned char *message, size_t size, uint64_t time)
{
    struct walk *walk = context;
    struct gs_osc_taken taken;
    if (walk->time ? time != walk->time : time > walk->wall) {
        return;
    }
    gs_osc_schedule_first *first = walk->schedule->first;
    if (gs_osc_take(&taken, message, size) && !(first && first(walk->from, &taken.message, walk->now_ns))) {
        gs_session_message(walk->schedule->session, &taken.message);
    }
    gs_osc_drop(&taken);
}

static unsigned run(struct walk *walk, const struct gs_endpoint *from, const unsigned char *data, size_t size,
                    uint64_t now_ns, uint64_t at_ns)
{
    struct gs_session *session = walk->schedule->session;
    walk->from = from;
    walk->now_ns = now_ns;
    gs_session_begin(session, from, now_ns);
    if (at_ns) {
        gs_session_at(session, at_ns);
    }
    gs_osc_packet_each_timed(data, size, take, walk);
    return gs_session_end(session);
}

/* ---- waiting ---- */

static bool same_sender(const struct gs_endpoint *a, const struct gs_endpoint *b)
{
    bool ports = gs_endpoint_is_loopback(a); /* many programs share that address */
    return gs_endpoint_same_ip(a, b) && a->connection == b->connection && (!ports || a->port == b->port);
}

static bool has_room(const struct gs_osc_schedule *schedule, const struct gs_endpoint *from, unsigned n,
                     size_t size, unsigned messages)
{
    unsigned of_sender = 0;
    for (size_t i = 0; i < schedule->n; i++) {
        if (same_sender(&schedule->waiting[i].from, from)) {
            of_sender++;
            messages += schedule->waiting[i].messages;
        }
    }
    return of_sender + n <= GS_OSC_SCHEDULE_SENDER && messages <= GS_OSC_SCHEDULE_MESSAGES &&
           schedule->n + n <= GS_OSC_SCHEDULE_PACKETS && schedule->bytes + n * size <= GS_OSC_SCHEDULE_BYTES;
}

static uint64_t next_due(const struct gs_osc_schedule *schedule)
{
    uint64_t next_ns = UINT64_MAX, lead_ns = gs_session_lead_ns(schedule->session);
    for (size_t i = 0; i < schedule->n; i++) {
        uint64_t at_ns = schedule->waiting[i].at_ns;
        at_ns = at_ns > lead_ns ? at_ns - lead_ns : 0;
        next_ns = at_ns < next_ns ? at_ns : next_ns;
    }
    return next_ns;
}

static bool keep(struct gs_osc_schedule *schedule, const struct gs_endpoint *from, const unsigned char *data,
                 size_t size, uint64_t time, unsigned messages, uint64_t at_ns)
{
    unsigned char *copy = malloc(size);
    if (!copy) {
        return false;
    }
    memcpy(copy, data, size);
    for (size_t i = 0; i < schedule->n; i++) { /* one tag is one time, however the clocks were read */
        at_ns = schedule->waiting[i].time == time ? schedule->waiting[i].at_ns : at_ns;
    }
    schedule->waiting[schedule->n++] = (struct waiting){ .at_ns = at_ns,
                                                         .time = time,
                                                         .serial = ++schedule->serial,
                                                         .from = *from,
                                                         .size = size,
                                                         .messages = messages,
                                                         .data = copy };
    schedule->bytes += size;
    return true;
}

static void drop(struct gs_osc_schedule *schedule, size_t i)
{
    schedule->bytes -= schedule->waiting[i].size;
    free(schedule->waiting[i].data);
    schedule->waiting[i] = schedule->waiting[--schedule->n];
}

struct gs_osc_cost gs_osc_schedule_packet(struct gs_osc_schedule *schedule, const struct gs_endpoint *from,
                                          const unsigned char *data, size_t size, uint64_t now_ns)
{
    uint64_t here_ns;
    struct walk walk = { .schedule = schedule, .wall = wall_now(&here_ns) };
    char text[96];
    gs_osc_packet_each_timed(data, size, look, &walk);
    uint64_t latest_ns = ahead_ns(walk.latest, walk.wall);
    if (latest_ns > GS_OSC_AHEAD_S * S_NS) {
        snprintf(text, sizeof text, "a time tag %.1f s ahead of this machine's clock: at most %d s",
                 (double)latest_ns * 1e-9, GS_OSC_AHEAD_S);
        gs_session_refuse(schedule->session, from, "out-of-range", text, now_ns);
        return walk.cost;
    }
    if (walk.n_later &&
        (walk.too_many || !has_room(schedule, from, walk.n_later, size, walk.cost.messages))) {
        snprintf(text, sizeof text, "too much waits for its time already: at most %d bundles of a sender",
                 GS_OSC_SCHEDULE_SENDER);
        gs_session_refuse(schedule->session, from, "busy", text, now_ns);
        return walk.cost;
    }
    if (walk.due || !walk.cost.messages) {
        walk.cost.named = run(&walk, from, data, size, now_ns, 0);
    }
    for (unsigned i = 0; i < walk.n_later; i++) {
        keep(schedule, from, data, size, walk.later[i], walk.cost.messages,
             here_ns + ahead_ns(walk.later[i], walk.wall));
    }
    if (walk.n_later) {
        gs_loop_set_timer(schedule->loop, schedule, next_due(schedule));
    }
    return walk.cost;
}

/* The first one that is due, in the order of time and then of arrival; n: none. */
static size_t first_due(const struct gs_osc_schedule *schedule, uint64_t until_ns)
{
    size_t first = schedule->n;
    for (size_t i = 0; i < schedule->n; i++) {
        const struct waiting *waiting = &schedule->waiting[i], *best = &schedule->waiting[first];
        if (waiting->at_ns <= until_ns &&
            (first == schedule->n || waiting->at_ns < best->at_ns ||
             (waiting->at_ns == best->at_ns && waiting->serial < best->serial))) {
            first = i;
        }
    }
    return first;
}

static uint64_t on_time(void *context, uint64_t now_ns)
{
    struct gs_osc_schedule *schedule = context;
    uint64_t until_ns = now_ns + gs_session_lead_ns(schedule->session);
    size_t i = 0;
    for (unsigned turns = 0; turns < TURNS && (i = first_due(schedule, until_ns)) < schedule->n; turns++) {
        struct waiting waiting = schedule->waiting[i];
        struct walk walk = { .schedule = schedule, .time = waiting.time };
        run(&walk, &waiting.from, waiting.data, waiting.size, now_ns, waiting.at_ns);
        drop(schedule, i);
    }
    gs_loop_set_timer(schedule->loop, schedule->session, gs_session_due(schedule->session));
    return next_due(schedule);
}

/* ---- life ---- */

struct gs_osc_schedule *gs_osc_schedule_create(struct gs_loop *loop, struct gs_session *session,
                                               gs_osc_schedule_first *first)
{
    struct gs_osc_schedule *schedule = calloc(1, sizeof *schedule);
    if (!schedule) {
        return NULL;
    }
    schedule->loop = loop;
    schedule->session = session;
    schedule->first = first;
    if (gs_loop_add_timer(loop, UINT64_MAX, on_time, schedule)) {
        free(schedule);
        return NULL;
    }
    return schedule;
}

void gs_osc_schedule_forget(struct gs_osc_schedule *schedule, const struct gs_endpoint *from)
{
    for (size_t i = schedule->n; i-- > 0;) {
        if (gs_endpoint_equal(&schedule->waiting[i].from, from)) {
            drop(schedule, i);
        }
    }
}

void gs_osc_schedule_destroy(struct gs_osc_schedule *schedule)
{
    if (!schedule) {
        return;
    }
    gs_loop_remove_timer(schedule->loop, schedule);
    while (schedule->n) {
        drop(schedule, schedule->n - 1);
    }
    free(schedule);
}
