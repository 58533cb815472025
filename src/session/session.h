/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The application, protocol-neutral: the chain of today, every address that can be read or set, verbs,
 * subscriptions, feedback and meter feeds. OSC, and whatever comes beside it, are spellings of what is here.
 * Time is passed in (monotonic nanoseconds), so that everything can be tested without waiting. [control] */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "chain/chain.h"
#include "engine/engine.h"
#include "session/message.h"

#define GS_SESSION_PEERS   16  /* subscribers at a time; one more is told "busy" */
#define GS_SESSION_STREAMS 128 /* the same of those that a connection keeps: they take nobody's place */
#define GS_SESSION_PLACES  (GS_SESSION_PEERS + GS_SESSION_STREAMS)

struct gs_session;
struct gs_prediction; /* chain/predict.h */

struct gs_session_setup {
    struct gs_engine *engine;         /* not owned; outlives the session */
    const char *name;                 /* of this instance: "gainstaged" */
    const char *const *chain_folders; /* where /chain/load finds bare names, first hit wins; ends with NULL */
    const char
        *save_folder; /* where /chain/save NAME writes, made when it is not there; NULL: only over the file it
                                came from */
    uint16_t reply_port; /* of peers that say none; 0: the port they send from */
    /* A new chain has been handed to the engine: its inputs, latency and stages may differ. May be NULL. */
    void (*chain_changed)(void *context);
    /* One line about something a person may want to see in the log. May be NULL. */
    void (*note)(void *context, const char *text);
    void *context;
};

struct gs_session *gs_session_create(const struct gs_session_setup *setup);
void gs_session_destroy(struct gs_session *session);

/* Loads a chain file and hands it to the engine; a bad one is refused with all complaints and the old one
 * plays on. reload: the file of the chain of today again (GS_E_NOFILE when it came from none). */
enum gs_status gs_session_load(struct gs_session *session, const char *path, struct gs_errors *errors);
enum gs_status gs_session_reload(struct gs_session *session, struct gs_errors *errors);
/* The same for a chain that is already in memory. The session owns it from then on, unless it is refused. */
enum gs_status gs_session_adopt(struct gs_session *session, struct gs_chain *chain, struct gs_errors *errors);
/* The chain of today again, after gs_engine_set_rate(). */
enum gs_status gs_session_recompile(struct gs_session *session, struct gs_errors *errors);
const struct gs_chain *gs_session_chain(const struct gs_session *session); /* NULL before the first */
unsigned gs_session_chains(
    const struct gs_session *session); /* how many there have been: another one, another number */
/* Of the chain with its values of now; NULL: none. Valid until the next call into the session. */
const struct gs_prediction *gs_session_prediction(struct gs_session *session);

/* What /status says first: "active", "no audio" ... Kept by reference. */
void gs_session_set_state(struct gs_session *session, const char *state);
/* What /audio says. Copied. */
struct gs_session_audio {
    double rate_hz;      /* 0: no server yet */
    unsigned period;     /* frames */
    uint64_t xruns;      /* since start */
    unsigned returns;    /* times that a server was found again */
    float load_percent;  /* of the server's graph */
    char scheduling[64]; /* of the audio thread: "SCHED_FIFO priority 10" */
};
void gs_session_set_audio(struct gs_session *session, const struct gs_session_audio *audio);

/* Messages that came together (one packet, one bundle) from one sender: all their changes are heard in one
 * block. `now_ns` never runs backwards. */
void gs_session_begin(struct gs_session *session, const struct gs_endpoint *from, uint64_t now_ns);
/* Between begin and the first message: what follows is to be heard at `at_ns`, on the very frame where the engine
 * can, else at once. To be said up to gs_session_lead_ns() before that time. */
void gs_session_at(struct gs_session *session, uint64_t at_ns);
uint64_t gs_session_lead_ns(const struct gs_session *session);
void gs_session_message(struct gs_session *session, const struct gs_message *message);
unsigned
gs_session_end(struct gs_session *session); /* returns how many addresses they named, patterns and all */
/* A packet that is well-formed and yet refused: said to its sender as /error, whoever that is. */
void gs_session_refuse(struct gs_session *session, const struct gs_endpoint *from, const char *code,
                       const char *text, uint64_t now_ns);
/* A packet that could not be understood; told to known peers, only counted for others. */
void gs_session_bad_packet(struct gs_session *session, const struct gs_endpoint *from, const char *text,
                           uint64_t now_ns);
/* What never became a message: dropped, not allowed. For those who listen with /log. */
void gs_session_heard(struct gs_session *session, const struct gs_endpoint *from, const char *code,
                      const char *text);
/* A stream has ended: its subscription goes with it. Not while the session is talking to it. */
void gs_session_gone(struct gs_session *session, const struct gs_endpoint *from);
bool gs_session_subscribed(const struct gs_session *session, const struct gs_endpoint *from);
/* A line for the log, from an adapter: see gs_session_setup. */
void gs_session_note(const struct gs_session *session, const char *text);

/* The network says that nobody listens there: nothing is fed to it until it speaks again. */
void gs_session_unreachable(struct gs_session *session, const struct gs_endpoint *to);

/* Sends what `address` reads to this connection, now and whenever it changes, until told otherwise or the connection
 * is gone. Exact addresses only; one that does not exist (yet) is kept for the next chain. */
#define GS_SESSION_FOLLOWS 2048 /* of one connection; further ones are not followed */
void gs_session_follow(struct gs_session *session, const struct gs_endpoint *from, const char *address,
                       bool wanted, uint64_t now_ns);

/* Does what is due: drains the engine's meters, feeds, feedback, leases. Returns when it wants to be called
 * again, at most 50 ms ahead. */
uint64_t gs_session_tick(struct gs_session *session, uint64_t now_ns);
uint64_t gs_session_due(const struct gs_session *session); /* the same, after packets */

/* A subscriber from the configuration that never expires, with so many meter packets a second (0 to 50). False when
 * there is no room. */
bool gs_session_add_static_peer(struct gs_session *session, const struct gs_endpoint *endpoint,
                                unsigned rate_hz);
unsigned gs_session_peers(const struct gs_session *session);

enum {
    GS_ACCESS_READ = 1 << 0,
    GS_ACCESS_WRITE = 1 << 1
};
enum gs_spelling {
    GS_SPELLED_VALUE, /* in the parameter's own unit */
    GS_SPELLED_WAY,   /* 0..1 by its taper */
    GS_SPELLED_TEXT,
    GS_SPELLED_STEP
};

/* The address reference of a chain, from the tables that answer. */
struct gs_address_row {
    const char *address; /* "/stage/pre/gain_db", "/chain/load" */
    const char *types;   /* accepted arguments: "f", "s", "[i i]"; "" when it is only read */
    const char *answer;  /* what a read gives: "f"; "" for verbs that answer nothing */
    const char *unit;    /* "dB", "" */
    double min, max;     /* NAN: no range */
    double base;         /* of a parameter: what it is when nobody says it; NAN: not given */
    const char *doc;
    unsigned access;              /* GS_ACCESS_*; 0: only ever an answer */
    const struct gs_param *param; /* that it spells; NULL: none */
    enum gs_spelling spelling;
    int stage;          /* index; -1: not of a stage */
    const void *target; /* for gs_asked_add(); NULL: nothing to read */
};
/* Calls `visit` for every address of `chain`, in the order of the chain; with NULL for the addresses that do not
 * depend on a chain, with "ID" as a stage's name and "KEY" for a parameter. The row lives during the call. */
void gs_session_describe(const struct gs_chain *chain,
                         void (*visit)(void *context, const struct gs_address_row *row), void *context);

/* One of the words that an address takes. */
struct gs_word {
    const char *word;
    const char *label; /* for people; "" where the word says it all */
    const char *doc;
};
/* Calls `visit` for every word that may be set at a row's address, where the row itself cannot say it: it depends on
 * what is there today. Inside a visit of the chain of today, outside of packets. */
void gs_session_words(struct gs_session *session, const struct gs_address_row *row,
                      void (*visit)(void *context, const struct gs_word *word), void *context);

/* Rows to be read, numbered from 0 as they were added. add: inside a visit, of a row that has a target and
 * GS_ACCESS_READ; false: no memory. read: what a message without arguments to the row's address would be answered now,
 * outside of packets and as long as the chain is the same (gs_session_chains()); fills atoms and returns their number,
 * 0 when there is no answer. Texts of the atoms live in `text`. */
#define GS_READ_TEXT_SIZE 2048
struct gs_asked;
struct gs_asked *gs_asked_create(void);
void gs_asked_destroy(struct gs_asked *asked);
bool gs_asked_add(struct gs_asked *asked, const struct gs_address_row *row);
size_t gs_asked_read(const struct gs_asked *asked, size_t number, struct gs_session *session,
                     struct gs_atom atoms[GS_ATOMS_MAX], char text[GS_READ_TEXT_SIZE]);

#endif
