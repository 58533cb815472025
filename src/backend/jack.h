/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The JACK backend: makes the engine a JACK client, and keeps it one whatever the server does. A server that is
 * not there is waited for, one that dies is come back to under the same names with the same connections, and
 * after every gap the sound fades in from silence.
 *
 * Calls into libjack can block for seconds on a frozen server or peer, so one thread of this backend makes all
 * of them; what is here never blocks and belongs to the control thread. */
#ifndef BACKEND_JACK_H
#define BACKEND_JACK_H

#include "chain/plan.h"
#include "engine/engine.h"

#include <stdbool.h>
#include <stdint.h>

struct gs_jack;

struct gs_jack_setup {
    struct gs_engine *engine; /* not owned; the backend alone parks and unparks it */
    const char *client_name;  /* asked for; the server may add a number */
    const char *server_name;  /* NULL: the default one ($JACK_DEFAULT_SERVER) */
    bool start_server;        /* none runs: start a private one without sound card, end it with us */
    bool server_output;       /* let that server write to standard error */
    bool auto_connect;        /* physical audio ports, once */
    bool taps;                /* a port for each stage's output */
    void (*reload)(
        void *context); /* compile today's chain again: the engine has got another rate [control] */
    void (*changed)(void *context); /* something in gs_jack_status() has changed; may be NULL [control] */
    void *context;
};

enum gs_jack_state {
    GS_JACK_NO_AUDIO,   /* no server, or it refused: trying again at 0.1 .. 2 s */
    GS_JACK_CONNECTING, /* the server is there; ports and connections are being made */
    GS_JACK_RUNNING,
    GS_JACK_STALLED /* the server is there and has not called for a second */
};

struct gs_jack_status {
    enum gs_jack_state state;
    char client[128];   /* the name that the server gave; "" before the first */
    char library[128];  /* "JACK 1.9.21", "PipeWire 0.3.65" */
    char server[64];    /* name of the private server; "" when it is not ours */
    double rate_hz;     /* 0 before the first server */
    unsigned period;    /* frames */
    unsigned latency;   /* frames that we add */
    uint64_t xruns;     /* since start */
    unsigned returns;   /* times that a server was found again */
    float load_percent; /* of the server's whole graph */
    bool freewheel;
    bool scheduling_known;
    int policy, priority;   /* of the audio thread as the kernel says: SCHED_FIFO ... */
    bool hopeless;          /* no server, and no jackd to start as was asked for */
    const char *blocked_in; /* the libjack call that has not returned for 5 s; NULL: none */
};

/* Starts the thread. Owner: the caller. [control] */
enum gs_status gs_jack_create(const struct gs_jack_setup *setup, struct gs_jack **jack,
                              struct gs_error *error);

/* Readable when gs_jack_poll() has something to do; call that at least every 100 ms besides. [control] */
int gs_jack_fd(const struct gs_jack *jack);
void gs_jack_poll(struct gs_jack *jack);

/* Ports, their names and the latency follow this chain. After every load that changes the plan. [control] */
void gs_jack_follow(struct gs_jack *jack, const struct gs_chain *chain, const struct gs_plan *plan);

const struct gs_jack_status *gs_jack_get_status(const struct gs_jack *jack); /* [control] */
const char *gs_jack_state_word(enum gs_jack_state state);                    /* "running", "no audio" ... */

/* The kernel gives the audio thread realtime priority. [control] */
bool gs_jack_is_realtime(const struct gs_jack_status *status);
/* "SCHED_FIFO priority 10", or why it is not realtime. Returns what snprintf would. [control] */
int gs_jack_scheduling_text(const struct gs_jack_status *status, char *text, size_t size);

/* Leaves the server (mute the engine before); gs_jack_ended() is true once the thread has finished, which on a
 * frozen server may be never. [control] */
void gs_jack_end(struct gs_jack *jack);
bool gs_jack_ended(const struct gs_jack *jack);

/* For a program that cannot wait any longer: ends the private server at once, so that _exit() may follow. */
void gs_jack_abandon(struct gs_jack *jack);

/* Only when ended; NULL is legal. Leaves the engine parked. [control] */
void gs_jack_destroy(struct gs_jack *jack);

#endif
