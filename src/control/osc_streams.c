/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_streams.h. Descriptors only fill buffers; packets are handed to the session by the one timer, turn by turn
 * and for a bounded time, so that nobody's flood is anybody else's delay. Connections are closed there too, never while
 * the session is talking to them. */
#include "control/osc_streams.h"

#include "base/bucket.h"
#include "control/osc_backlog.h"
#include "control/osc_codec.h"
#include "control/osc_framing.h"
#include "control/osc_schedule.h"
#include "control/osc_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define S_NS      UINT64_C(1000000000)
#define SLICE_NS  UINT64_C(4000000) /* of all connections together, before others have their turn */
#define TURN      16                /* packets of one connection before the next */
#define REFILL_NS UINT64_C(10000000)
#define BUFFER    (64 * 1024) /* the kernel's own would hide a dead reader behind megabytes of old meters */

struct stream {
    struct gs_osc_streams *all;
    int fd;
    bool
        unpolled; /* out of the loop: poll() would report its death in every round while its last words wait */
    struct gs_endpoint from;
    char local_ip[48];
    bool trusted;               /* may see what others say */
    bool ended;                 /* nothing more will come */
    const char *fault;          /* to be closed at the next opportunity; NULL: it lives */
    uint64_t heard_ns, owes_ns; /* owes: since when a frame is open; 0: none is */
    struct gs_bucket messages;
    struct gs_osc_backlog out;
    size_t at, used; /* of raw: not looked at yet */
    unsigned char raw[2048];
    struct gs_osc_framing framing;
};

struct gs_osc_streams {
    struct gs_outlet outlet; /* first: the session hands it back */
    struct gs_loop *loop;
    struct gs_session *session;
    struct gs_osc_schedule *schedule;
    struct gs_osc_allow allow;
    struct stream *stream[GS_OSC_STREAMS]; /* NULL: free */
    unsigned first;                        /* whose turn is next */
    uint32_t last_connection;
    uint64_t noted_ns;
    struct stream *to; /* the outlet is open to it; NULL: to somebody who is gone */
    bool losable;
    struct gs_osc_packer packer;
    struct gs_osc_streams_counters counters;
    unsigned char frame[GS_OSC_FRAME_MAX];
};

/* ---- going out ---- */

static void tend_soon(struct gs_osc_streams *streams)
{
    gs_loop_set_timer(streams->loop, streams, gs_loop_now());
}

static bool waits(const struct stream *stream)
{
    return stream->at < stream->used;
}

/* Who has unread answers is not listened to. */
static void watch(struct gs_osc_streams *streams, const struct stream *stream)
{
    bool listens = !stream->ended && !waits(stream) && stream->out.used <= GS_OSC_BACKLOG_SPARE;
    gs_loop_watch(streams->loop, stream->fd,
                  (short)((listens ? POLLIN : 0) | (stream->out.used ? POLLOUT : 0)));
}

static void send_packet(void *context, const unsigned char *data, size_t size)
{
    struct gs_osc_streams *streams = context;
    struct stream *to = streams->to;
    if (!to || to->fault || to->framing.kind == GS_OSC_FRAMES_UNKNOWN) {
        return;
    }
    size_t length = gs_osc_frame(to->framing.kind, data, size, streams->frame);
    uint64_t lost = to->out.lost;
    gs_osc_backlog_put(&to->out, streams->frame, length, streams->losable, gs_loop_now());
    streams->counters.lost += to->out.lost - lost;
    if (to->out.fault) {
        to->fault = to->out.fault;
        tend_soon(streams);
    } else if (to->out.used) {
        watch(streams, to);
        tend_soon(streams); /* to see when nothing moves */
    }
}

static struct stream *find(struct gs_osc_streams *streams, uint32_t connection)
{
    for (unsigned i = 0; i < GS_OSC_STREAMS; i++) {
        if (streams->stream[i] && streams->stream[i]->from.connection == connection) {
            return streams->stream[i];
        }
    }
    return NULL;
}

static void open_outlet(struct gs_outlet *outlet, const struct gs_endpoint *to, unsigned flags)
{
    struct gs_osc_streams *streams = (struct gs_osc_streams *)outlet;
    streams->to = find(streams, to->connection);
    streams->losable = flags & GS_OUTLET_LOSABLE;
    streams->packer.single = flags & GS_OUTLET_SINGLE;
}

static void put_message(struct gs_outlet *outlet, const struct gs_message *message)
{
    gs_osc_pack(&((struct gs_osc_streams *)outlet)->packer, message);
}

static void close_outlet(struct gs_outlet *outlet)
{
    gs_osc_pack_flush(&((struct gs_osc_streams *)outlet)->packer);
}

static bool is_trusted(struct gs_outlet *outlet, const struct gs_endpoint *to)
{
    const struct stream *stream = find((struct gs_osc_streams *)outlet, to->connection);
    return stream && stream->trusted;
}

/* ---- coming in ---- */

static void take_packet(struct gs_osc_streams *streams, struct stream *stream, uint64_t now_ns)
{
    const unsigned char *data = stream->framing.packet;
    size_t size = stream->framing.used;
    const char *fault = gs_osc_packet_fault(data, size);
    struct gs_osc_cost cost = { .messages = 1 };
    streams->counters.packets++;
    stream->heard_ns = now_ns;
    memcpy(streams->outlet.local_ip, stream->local_ip, sizeof streams->outlet.local_ip);
    if (fault) {
        streams->counters.malformed++;
        gs_session_bad_packet(streams->session, &stream->from, fault, now_ns);
    } else {
        cost = gs_osc_schedule_packet(streams->schedule, &stream->from, data, size, now_ns);
        streams->counters.messages += cost.messages;
    }
    unsigned named = cost.named > cost.messages ? cost.named : cost.messages;
    stream->messages.left -= named ? named : 1; /* a debt as large as its packet was costly */
}

static bool may_speak(const struct stream *stream)
{
    return !stream->fault && waits(stream) && stream->out.used <= GS_OSC_BACKLOG_SPARE;
}

static void take_fault(struct gs_osc_streams *streams, struct stream *stream, uint64_t now_ns)
{
    streams->counters.malformed++;
    gs_session_bad_packet(streams->session, &stream->from, stream->framing.fault, now_ns);
    stream->fault = stream->framing.fault;
}

/* Hands on up to a turn of packets, and none after `end_ns`. Returns the time. */
static uint64_t take_turn(struct gs_osc_streams *streams, struct stream *stream, uint64_t now_ns,
                          uint64_t end_ns)
{
    struct gs_osc_framing *framing = &stream->framing;
    unsigned n = 0;
    while (n < TURN && may_speak(stream) && stream->messages.left >= 1.0 && now_ns < end_ns) {
        stream->at += gs_osc_framing_take(framing, stream->raw + stream->at, stream->used - stream->at);
        if (framing->whole) {
            n++;
            take_packet(streams, stream, now_ns);
            now_ns = gs_loop_now();
        } else if (framing->fault) {
            take_fault(streams, stream, now_ns);
        }
    }
    if (!gs_osc_framing_owes(framing)) {
        stream->owes_ns = 0;
    } else if (n || !stream->owes_ns) {
        stream->owes_ns = now_ns;
    }
    return now_ns;
}

/* Everybody who waits, one turn after the other, until the slice is over. Returns when to go on. */
static uint64_t take_turns(struct gs_osc_streams *streams, uint64_t now_ns)
{
    uint64_t next_ns = UINT64_MAX, end_ns = now_ns + SLICE_NS;
    for (unsigned i = 0; i < GS_OSC_STREAMS; i++) {
        unsigned at = (streams->first + i) % GS_OSC_STREAMS;
        struct stream *stream = streams->stream[at];
        if (!stream || !may_speak(stream)) {
            continue;
        }
        if (now_ns >= end_ns) {
            streams->first = at;
            return now_ns;
        }
        gs_bucket_fill(&stream->messages, GS_OSC_STREAM_RATE, GS_OSC_STREAM_RATE, now_ns);
        now_ns = take_turn(streams, stream, now_ns, end_ns);
        watch(streams, stream);
        if (may_speak(stream)) {
            uint64_t again_ns = stream->messages.left >= 1.0 ? now_ns : now_ns + REFILL_NS;
            next_ns = again_ns < next_ns ? again_ns : next_ns;
        }
    }
    return next_ns;
}

/* ---- life of a connection ---- */

static void fill(struct stream *stream)
{
    ssize_t got = recv(stream->fd, stream->raw, sizeof stream->raw, MSG_DONTWAIT);
    if (got > 0) {
        stream->at = 0;
        stream->used = (size_t)got;
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        stream->ended = true;
    }
    watch(stream->all, stream);
}

static void ready(void *context, short revents)
{
    struct stream *stream = context;
    if (revents & POLLOUT) {
        gs_osc_backlog_flush(&stream->out, gs_loop_now());
        watch(stream->all, stream);
    }
    if (revents & (POLLERR | POLLHUP)) {
        gs_loop_remove(stream->all->loop, stream->fd);
        stream->unpolled = true;
    } else if ((revents & POLLIN) && !waits(stream)) {
        fill(stream);
    }
    tend_soon(stream->all);
}

/* One line a second: whoever makes faults as fast as it can shall not fill the log too. */
static void note(struct gs_osc_streams *streams, const struct stream *stream, const char *text)
{
    char line[160], where[64];
    uint64_t now_ns = gs_loop_now();
    if (streams->noted_ns && now_ns - streams->noted_ns < S_NS) {
        return;
    }
    streams->noted_ns = now_ns;
    snprintf(line, sizeof line, "%s %s: its connection is closed",
             gs_endpoint_text(&stream->from, where, sizeof where), text);
    gs_session_note(streams->session, line);
}

static void drop(struct gs_osc_streams *streams, unsigned i)
{
    struct stream *stream = streams->stream[i];
    if (stream->fault) {
        note(streams, stream, stream->fault);
        streams->counters.closed++;
    }
    streams->stream[i] = NULL;
    streams->counters.open--;
    if (streams->to == stream) {
        streams->to = NULL;
    }
    gs_osc_schedule_forget(streams->schedule, &stream->from);
    gs_session_gone(streams->session, &stream->from);
    gs_osc_backlog_finish(&stream->out);
    gs_loop_remove(streams->loop, stream->fd);
    close(stream->fd);
    free(stream);
}

/* A free place; when there is none, that of the one who has been silent longest and subscribes to nothing. */
static unsigned place(struct gs_osc_streams *streams)
{
    unsigned oldest = GS_OSC_STREAMS;
    for (unsigned i = 0; i < GS_OSC_STREAMS; i++) {
        const struct stream *stream = streams->stream[i];
        if (!stream) {
            return i;
        }
        if (!gs_session_subscribed(streams->session, &stream->from) &&
            (oldest == GS_OSC_STREAMS || stream->heard_ns < streams->stream[oldest]->heard_ns)) {
            oldest = i;
        }
    }
    if (oldest < GS_OSC_STREAMS) {
        streams->stream[oldest]->fault = "has been silent longest and makes room";
        drop(streams, oldest);
    }
    return oldest;
}

/* A connection from the very address that it came to is of this machine. */
static void note_own_address(struct stream *stream, const struct gs_osc_allow *allow)
{
    struct sockaddr_storage address = { 0 };
    struct gs_endpoint own = { 0 };
    socklen_t length = sizeof address;
    if (getsockname(stream->fd, (struct sockaddr *)&address, &length) == 0) {
        gs_osc_endpoint(&address, &own);
        gs_endpoint_ip_text(&own, stream->local_ip, sizeof stream->local_ip);
        stream->trusted = gs_endpoint_same_ip(&own, &stream->from) ||
                          (allow->n && gs_osc_allow_has(allow, stream->from.ip));
    }
}

/* The kernel finds out about hosts that have vanished, within a minute, and keeps little of what is not read. */
static void set_options(int fd)
{
    static const struct {
        int level, name, value;
    } options[] = { { SOL_SOCKET, SO_KEEPALIVE, 1 },    { IPPROTO_TCP, TCP_KEEPIDLE, 30 },
                    { IPPROTO_TCP, TCP_KEEPINTVL, 10 }, { IPPROTO_TCP, TCP_KEEPCNT, 3 },
                    { IPPROTO_TCP, TCP_NODELAY, 1 },    { SOL_SOCKET, SO_SNDBUF, BUFFER },
                    { SOL_SOCKET, SO_RCVBUF, BUFFER } };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof options[i].value);
    }
}

static void start(struct gs_osc_streams *streams, struct stream *stream, int fd,
                  const struct sockaddr_storage *from)
{
    stream->all = streams;
    stream->fd = fd;
    stream->from.outlet = &streams->outlet;
    gs_osc_endpoint(from, &stream->from);
    streams->last_connection += streams->last_connection == UINT32_MAX ? 2 : 1;
    stream->from.connection = streams->last_connection;
    stream->heard_ns = gs_loop_now();
    gs_osc_framing_init(&stream->framing, GS_OSC_FRAMES_UNKNOWN);
    gs_osc_backlog_init(&stream->out, fd);
    note_own_address(stream, &streams->allow);
    set_options(fd);
}

void gs_osc_streams_take(void *context, int fd, const struct sockaddr_storage *from)
{
    struct gs_osc_streams *streams = context;
    unsigned i = place(streams);
    struct stream *stream = i < GS_OSC_STREAMS ? calloc(1, sizeof *stream) : NULL;
    if (!stream || gs_loop_add(streams->loop, fd, POLLIN, ready, stream)) {
        free(stream);
        close(fd);
        return;
    }
    start(streams, stream, fd, from);
    streams->stream[i] = stream;
    streams->counters.taken++;
    streams->counters.open++;
}

/* ---- time ---- */

/* Whether the connection is over, and when to look again. */
static bool is_over(struct stream *stream, uint64_t now_ns, uint64_t *next_ns)
{
    uint64_t stall_ns = stream->out.used ? stream->out.moved_ns + GS_OSC_STALL_S * S_NS : UINT64_MAX;
    bool deaf = waits(stream) || stream->out.used > GS_OSC_BACKLOG_SPARE; /* by our own doing */
    uint64_t owes_ns = stream->owes_ns && !deaf ? stream->owes_ns + GS_OSC_FRAME_S * S_NS : UINT64_MAX;
    if (!stream->fault && stall_ns <= now_ns) {
        stream->fault = "does not read what it is sent";
    } else if (!stream->fault && owes_ns <= now_ns) {
        stream->fault = "does not end what it has begun to say";
    }
    uint64_t sooner_ns = stall_ns < owes_ns ? stall_ns : owes_ns;
    *next_ns = sooner_ns < *next_ns ? sooner_ns : *next_ns;
    bool said_all = stream->ended && !waits(stream);
    return stream->fault || (said_all && (stream->out.used == 0 || stream->unpolled));
}

static uint64_t tend(void *context, uint64_t now_ns)
{
    struct gs_osc_streams *streams = context;
    uint64_t next_ns = take_turns(streams, now_ns);
    now_ns = gs_loop_now();
    for (unsigned i = 0; i < GS_OSC_STREAMS; i++) {
        struct stream *stream = streams->stream[i];
        if (stream && stream->unpolled && !stream->ended && !waits(stream)) {
            fill(stream);
            next_ns = now_ns;
        }
        if (stream && is_over(stream, now_ns, &next_ns)) {
            drop(streams, i);
        }
    }
    gs_loop_set_timer(streams->loop, streams->session, gs_session_due(streams->session));
    return next_ns;
}

struct gs_osc_streams *gs_osc_streams_create(struct gs_loop *loop, struct gs_session *session,
                                             const struct gs_osc_allow *allow)
{
    struct gs_osc_streams *streams = calloc(1, sizeof *streams);
    if (!streams) {
        return NULL;
    }
    streams->loop = loop;
    streams->session = session;
    streams->schedule = gs_osc_schedule_create(loop, session, NULL);
    if (!streams->schedule || gs_loop_add_timer(loop, UINT64_MAX, tend, streams)) {
        gs_osc_streams_destroy(streams);
        return NULL;
    }
    streams->outlet = (struct gs_outlet){
        .open = open_outlet, .put = put_message, .close = close_outlet, .trusted = is_trusted
    };
    if (allow) {
        streams->allow = *allow;
    }
    streams->packer =
        (struct gs_osc_packer){ .send = send_packet, .context = streams, .limit = GS_OSC_SEND_LIMIT };
    return streams;
}

void gs_osc_streams_destroy(struct gs_osc_streams *streams)
{
    if (!streams) {
        return;
    }
    gs_loop_remove_timer(streams->loop, streams);
    for (unsigned i = 0; i < GS_OSC_STREAMS; i++) {
        if (streams->stream[i]) {
            drop(streams, i);
        }
    }
    gs_osc_schedule_destroy(streams->schedule);
    free(streams);
}

struct gs_osc_streams_counters gs_osc_streams_get_counters(const struct gs_osc_streams *streams)
{
    return streams->counters;
}
