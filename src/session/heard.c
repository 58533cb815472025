/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "Does my OSC arrive?": every message that comes, who sent it, and what became of it, told to those who asked with
 * /log. They hear what others say, so only this machine and whom its user has named may ask. Bounded: so many
 * listeners, lines that wait, and lines a second; what is lost is counted and said. Never about /log itself, so that
 * two daemons that listen to each other do not talk for ever. */
#include "session/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LEASE_S       10
#define LEASE_MAX_S   3600
#define LINES_A_ROUND 25 /* 500 a second */
#define ROUND_NS      ((uint64_t)50 * GS_NS_PER_MS)
#define NTP_TO_UNIX_S UINT64_C(2208988800) /* RFC 5905, figure 4 */

static int64_t wall_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)(((uint64_t)now.tv_sec + NTP_TO_UNIX_S) << 32 |
                     ((uint64_t)now.tv_nsec << 32) / GS_NS_PER_S);
}

/* ---- writing down ---- */

/* Texts come from the network and go to a terminal: nothing but printable ASCII gets through. */
static size_t put_quoted(char *to, size_t room, const char *text)
{
    size_t used = (size_t)snprintf(to, room, "\"");
    for (; *text && used + 6 < room; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
        used += (size_t)snprintf(to + used, room - used, plain ? "%c" : "\\x%02x", c);
    }
    return used + (size_t)snprintf(to + used, room - used, *text ? "...\"" : "\"");
}

static size_t put_atom(char *to, size_t room, const struct gs_atom *atom)
{
    double number;
    int used;
    switch (atom->tag) {
    case 's':
    case 'S':
        return put_quoted(to, room, atom->text);
    case 'b':
    case 'm':
        used = snprintf(to, room, "(%u bytes)", atom->blob.size);
        break;
    case 'T':
    case 'F':
    case 'N':
    case 'I':
        used = snprintf(to, room, "%s",
                        atom->tag == 'T'   ? "true"
                        : atom->tag == 'F' ? "false"
                        : atom->tag == 'N' ? "nil"
                                           : "impulse");
        break;
    default:
        used = gs_atom_number(atom, &number) ? snprintf(to, room, "%.9g", number)
                                             : snprintf(to, room, "%s", atom->tag == 't' ? "(time)" : "nan");
        break;
    }
    return used < 0 ? 0 : (size_t)used < room ? (size_t)used : room - 1;
}

/* "fs -6 "loud"": the tags, then the values. */
static void put_arguments(char *to, size_t room, const struct gs_message *message)
{
    size_t used = 0;
    *to = '\0';
    for (size_t i = 0; i < message->n_atoms && used + 8 < room / 2; i++) {
        to[used++] = message->atoms[i].tag;
        to[used] = '\0';
    }
    for (size_t i = 0; i < message->n_atoms && used + 8 < room; i++) {
        to[used++] = ' ';
        to[used] = '\0';
        used += put_atom(to + used, room - used, &message->atoms[i]);
    }
}

static struct gs_heard_line *new_line(struct gs_session *session, const struct gs_endpoint *from)
{
    struct gs_heard *heard = &session->heard;
    if (heard->n == GS_HEARD_LINES) {
        heard->lost++;
        return NULL;
    }
    struct gs_heard_line *line = &heard->line[(heard->first + heard->n++) % GS_HEARD_LINES];
    *line = (struct gs_heard_line){ .time = wall_now(), .verdict = "ok" };
    gs_endpoint_text(from, line->sender, sizeof line->sender);
    gs_session_want(session, session->now_ns + ROUND_NS);
    return line;
}

void gs_heard_message(struct gs_session *session, const struct gs_message *message)
{
    struct gs_heard *heard = &session->heard;
    heard->now = NULL;
    if (!heard->line || strncmp(message->address, "/log", 4) == 0) {
        return;
    }
    heard->now = new_line(session, &session->from);
    if (heard->now) {
        snprintf(heard->now->address, sizeof heard->now->address, "%s", message->address);
        put_arguments(heard->now->arguments, sizeof heard->now->arguments, message);
    }
}

static void put_verdict(struct gs_heard_line *line, const char *code, const char *text)
{
    snprintf(line->verdict, sizeof line->verdict, "%s", code);
    snprintf(line->text, sizeof line->text, "%s", text);
    for (char *c = line->text; *c; c++) { /* it may quote what came */
        *c = *c < ' ' || *c > '~' ? '?' : *c;
    }
}

/* The first complaint about a message is the one that it is filed under; what is found out at the end of a packet has
 * a line of its own. */
void gs_heard_refused(struct gs_session *session, const char *address, const char *code, const char *text)
{
    struct gs_heard *heard = &session->heard;
    if (!heard->line) {
        return;
    }
    if (heard->now && strcmp(heard->now->verdict, "ok") == 0) {
        put_verdict(heard->now, code, text);
    } else if (!heard->now) {
        struct gs_heard_line *line = new_line(session, &session->from);
        if (line) {
            snprintf(line->address, sizeof line->address, "%s", address);
            put_verdict(line, code, text);
        }
    }
}

void gs_session_heard(struct gs_session *session, const struct gs_endpoint *from, const char *code,
                      const char *text)
{
    struct gs_heard_line *line = session->heard.line ? new_line(session, from) : NULL;
    if (line) {
        put_verdict(line, code, text);
    }
}

/* ---- telling ---- */

static bool may_listen(const struct gs_session *session)
{
    struct gs_outlet *outlet = session->from.outlet;
    if (!outlet) {
        return false;
    }
    bool stream_of_ours = session->from.connection && gs_endpoint_is_loopback(&session->from);
    return stream_of_ours || (outlet->trusted && outlet->trusted(outlet, &session->from));
}

static void put_line(struct gs_outlet *outlet, const struct gs_heard_line *line)
{
    struct gs_atom atoms[6] = { { .tag = 't', .integer = line->time }, gs_atom_text(line->sender),
                                gs_atom_text(line->address),           gs_atom_text(line->arguments),
                                gs_atom_text(line->verdict),           gs_atom_text(line->text) };
    outlet->put(outlet, &(struct gs_message){ .address = "/log/line", .atoms = atoms, .n_atoms = 6 });
}

static void tell(const struct gs_heard *heard, const struct gs_endpoint *to, unsigned n)
{
    to->outlet->open(to->outlet, to, GS_OUTLET_LOSABLE);
    for (unsigned i = 0; i < n; i++) {
        put_line(to->outlet, &heard->line[(heard->first + i) % GS_HEARD_LINES]);
    }
    if (heard->lost) {
        struct gs_atom lost = gs_atom_int((int64_t)(heard->lost < INT32_MAX ? heard->lost : INT32_MAX));
        to->outlet->put(to->outlet,
                        &(struct gs_message){ .address = "/log/lost", .atoms = &lost, .n_atoms = 1 });
    }
    to->outlet->close(to->outlet);
}

static bool expire(struct gs_session *session)
{
    struct gs_heard *heard = &session->heard;
    for (unsigned i = heard->n_listeners; i-- > 0;) {
        if (heard->listener[i].until_ns <= session->now_ns) {
            heard->listener[i] = heard->listener[--heard->n_listeners];
        }
    }
    if (!heard->n_listeners) {
        gs_heard_finish(session);
    }
    return heard->n_listeners;
}

uint64_t gs_heard_feed(struct gs_session *session)
{
    struct gs_heard *heard = &session->heard;
    if (!heard->line || !expire(session)) {
        return GS_NEVER;
    }
    if ((heard->n || heard->lost) && session->now_ns >= heard->next_ns) {
        unsigned n = heard->n < LINES_A_ROUND ? heard->n : LINES_A_ROUND;
        for (unsigned i = 0; i < heard->n_listeners; i++) {
            tell(heard, &heard->listener[i].to, n);
        }
        heard->first = (heard->first + n) % GS_HEARD_LINES;
        heard->n -= n;
        heard->lost = 0;
        heard->next_ns = session->now_ns + ROUND_NS;
    }
    return heard->n || heard->lost ? heard->next_ns : session->now_ns + ROUND_NS;
}

void gs_heard_finish(struct gs_session *session)
{
    free(session->heard.line);
    session->heard = (struct gs_heard){ 0 };
}

void gs_heard_gone(struct gs_session *session, const struct gs_endpoint *from)
{
    struct gs_heard *heard = &session->heard;
    for (unsigned i = heard->n_listeners; i-- > 0;) {
        if (gs_endpoint_equal(&heard->listener[i].to, from)) {
            heard->listener[i].until_ns = 0;
        }
    }
    if (heard->line) {
        expire(session);
    }
}

static bool listen_until(struct gs_session *session, const struct gs_endpoint *to, uint64_t until_ns)
{
    struct gs_heard *heard = &session->heard;
    unsigned i = 0;
    while (i < heard->n_listeners && !gs_endpoint_equal(&heard->listener[i].to, to)) {
        i++;
    }
    if (i == GS_HEARD_LISTENERS) {
        return false;
    }
    if (!heard->line) {
        heard->line = calloc(GS_HEARD_LINES, sizeof *heard->line);
    }
    if (!heard->line) {
        return false;
    }
    heard->listener[i].to = *to;
    heard->listener[i].until_ns = until_ns;
    heard->n_listeners += i == heard->n_listeners;
    return true;
}

void gs_verb_log(struct gs_session *session, const struct gs_message *message)
{
    double seconds = LEASE_S;
    if (message->n_atoms &&
        (!gs_atom_number(&message->atoms[0], &seconds) || !(seconds >= 0 && seconds <= LEASE_MAX_S))) {
        gs_reply_error(session, message->address, "out-of-range", "expected seconds, 0 to %d", LEASE_MAX_S);
        return;
    }
    if (!may_listen(session)) {
        gs_reply_error(
            session, message->address, "read-only",
            "what others say is told only on the daemon's own machine, and to networks of --osc-allow");
        return;
    }
    struct gs_endpoint to = gs_reply_endpoint(session, &session->from);
    if (!listen_until(session, &to, session->now_ns + (uint64_t)(seconds * 1e9))) {
        gs_reply_error(session, message->address, "busy", "%d listeners are the most that I serve",
                       GS_HEARD_LISTENERS);
        return;
    }
    gs_session_want(session, session->now_ns);
    struct gs_atom lease = gs_atom_int((int64_t)seconds);
    gs_reply(session, message->address, &lease, 1);
}
