/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside the JACK backend: what its three kinds of thread share. The control thread owns the engine; the JACK
 * thread makes every libjack call; libjack's own threads (audio, notifications) run our callbacks, which touch
 * nothing but atomics and, in the audio thread while the gate is open, the engine.
 *
 *     control --commands--> JACK thread --events--> control          (rings, an eventfd each)
 *     callbacks --atomics--> JACK thread
 *     control --gate--> audio thread, audio thread --inside--> control
 *
 * THE GATE is the number of the client whose audio callback may enter the engine, 0: none, and the callback
 * writes silence. Whoever closes it and then sees nobody inside has the engine for himself: both sides use
 * sequentially consistent operations for this (Dekker's argument). Callbacks close it by themselves when the
 * period or the rate changes; only the control thread opens it. */
#ifndef BACKEND_JACK_LINK_H
#define BACKEND_JACK_LINK_H

#include "backend/jack.h"
#include "base/ring.h"

#include <jack/jack.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define GS_JACK_INPUTS  (GS_CHAIN_STAGES_MAX * GS_CHANNELS)
#define GS_JACK_OUTPUTS 2
#define GS_JACK_TAPS    (GS_CHAIN_STAGES_MAX * GS_CHANNELS) /* stage * GS_CHANNELS + channel, as the engine's */

#define GS_JACK_THREADS 8

#define GS_JACK_SHORT_NAME 48 /* "tap_", 31 letters of an id, "_2" */
#define GS_JACK_LABEL      96

/* The ports that a chain wants. Made by the control thread, owned by the JACK thread once sent. */
struct gs_jack_port_wish {
    char name[GS_JACK_SHORT_NAME]; /* "": no such port */
    char label[GS_JACK_LABEL];
    unsigned latency; /* frames between the inputs and this port */
};
struct gs_jack_layout {
    unsigned n_in, n_tap; /* n_tap: places, some without a name */
    struct gs_jack_port_wish *in, *out, *tap;
};

struct gs_jack_command {
    enum {
        GS_JACK_FOLLOW,
        GS_JACK_QUIT
    } what;
    struct gs_jack_layout *layout; /* FOLLOW */
};

struct gs_jack_event {
    enum {
        GS_JACK_FOUND, /* a client is open; client and library name are in text */
        GS_JACK_READY, /* ports are connected: may sound; also after a change of rate or period, and a stall */
        GS_JACK_SILENT,        /* the callbacks have stopped coming for a second */
        GS_JACK_LOST,          /* the server is gone; text says why */
        GS_JACK_REFUSED,       /* no server; text says why */
        GS_JACK_PRIVATE,       /* a private server has been started; text is its name */
        GS_JACK_PRIVATE_AGAIN, /* the one before has ended before it let us in */
        GS_JACK_NO_JACKD       /* no server, and no jackd to start one; text says why */
    } what;
    unsigned generation;
    double rate_hz;
    unsigned period;
    char text[128];
    char library[128];
};

/* One port as the callbacks see it. */
struct gs_jack_port {
    jack_port_t *_Atomic port; /* NULL: none */
    _Atomic unsigned latency;
};

/* One life with a server. Callbacks of a dead client may come late, so each knows its own. */
struct gs_jack_client {
    struct gs_jack_link *link;
    jack_client_t *handle;
    unsigned generation;
    bool pipewire;
    struct gs_jack_port in[GS_JACK_INPUTS], out[GS_JACK_OUTPUTS], tap[GS_JACK_TAPS];
    _Atomic unsigned n_in, n_out, n_tap; /* places in use */
    _Atomic bool lost;                   /* a shutdown callback came */
    _Atomic int lost_code;               /* jack_status_t of it */
    _Atomic uint64_t callbacks;          /* periods */
    _Atomic unsigned rate, period;       /* as last told by callbacks */
    _Atomic bool resized;                /* rate or period changed with a gap: fade in again */
    _Atomic bool freewheel;
    _Atomic unsigned graph;          /* counts port registrations and connections */
    _Atomic int64_t clock_behind_ns; /* JACK's clock, behind ours */
    /* Threads that have called the thread-init callback (jackd: that of notifications too), and which of them
     * is the audio thread: so its kernel number is known without a system call in the audio callback. */
    struct {
        _Atomic pthread_t self;
        _Atomic int tid;
    } thread[GS_JACK_THREADS];
    _Atomic unsigned n_threads;
    _Atomic pthread_t audio_thread; /* of the last callback */
    /* Scratch of the audio thread, too big for its stack. */
    const float *in_buffer[GS_JACK_INPUTS];
    float *tap_buffer[GS_JACK_TAPS];
};

/* Shared for the whole life of the program. */
struct gs_jack_link {
    struct gs_engine *engine;
    _Atomic unsigned gate;   /* generation that may enter the engine */
    _Atomic unsigned inside; /* audio callbacks under way, of any generation */
    _Atomic uint64_t xruns;
    struct gs_ring commands, events;
    int command_fd, event_fd; /* eventfd */
    /* Written by the JACK thread, for the status. */
    _Atomic float load;
    _Atomic int policy, priority; /* policy < 0: not known */
    _Atomic unsigned period;
    _Atomic bool freewheel;
    _Atomic int server_pid; /* of the private server, 0: none */
    _Atomic bool ended;     /* the JACK thread has finished */
    /* The watchdog: which call, since when (0: none). */
    const char *_Atomic call;
    _Atomic uint64_t call_since_ns;
};

/* Monotonic nanoseconds. [any] */
static inline uint64_t gs_jack_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* jack_callbacks.c: registers all callbacks of a client that is open and not active. [JACK thread] */
void gs_jack_callbacks_set(struct gs_jack_client *client);
/* Waits until no audio callback can still see what the ports looked like before; 100 ms at most. */
void gs_jack_callbacks_settle(struct gs_jack_client *client);

/* jack_messages.c: libjack's own messages. Installed once, before the first client. Draining logs them, some
 * lines in ten seconds at most; while no server is there they are debugging. [control] */
void gs_jack_messages_install(void);
void gs_jack_messages_drain(bool quiet, uint64_t now_ns);

/* jack_ports.c: registers, renames and unregisters so that the client has the layout's ports. [JACK thread] */
enum gs_status gs_jack_ports_apply(struct gs_jack_client *client, const struct gs_jack_layout *layout,
                                   struct gs_error *error);
struct gs_jack_layout *gs_jack_layout_create(const struct gs_chain *chain, const struct gs_plan *plan,
                                             bool taps);
void gs_jack_layout_destroy(struct gs_jack_layout *layout);

/* jack_connections.c: the connections that should be; outlives clients. [JACK thread] */
struct gs_jack_wires;
struct gs_jack_wires *gs_jack_wires_create(bool auto_connect);
void gs_jack_wires_destroy(struct gs_jack_wires *wires);
/* A new client: nothing is connected yet. */
void gs_jack_wires_restart(struct gs_jack_wires *wires);
/* Makes what is missing and can be made, learns what others have made and unmade. */
void gs_jack_wires_tend(struct gs_jack_wires *wires, struct gs_jack_client *client, uint64_t now_ns);

/* jack_server.c: the private server. start: GS_E_AUDIO when there is no jackd. [JACK thread] */
enum gs_status gs_jack_server_start(struct gs_jack_link *link, const char *name, bool output,
                                    struct gs_error *error);
bool gs_jack_server_alive(struct gs_jack_link *link); /* reaps it when it has ended */
void gs_jack_server_stop(struct gs_jack_link *link);

/* jack_client.c: one life with a server. open: NULL with the reasons in *status; `server` "" is the default one. */
struct gs_jack_client *gs_jack_client_open(struct gs_jack_link *link, const char *name, const char *server,
                                           unsigned generation, jack_status_t *status);
bool gs_jack_client_activate(struct gs_jack_client *client);
/* Frees the client; may leave its handle behind. */
void gs_jack_client_close(struct gs_jack_client *client);
/* Compares JACK's clock with ours: at first and twice a second, for they drift apart. [JACK thread] */
void gs_jack_client_compare_clocks(struct gs_jack_client *client);
/* Kernel number of the thread that calls the process callback; 0: not known. */
int gs_jack_client_audio_thread(struct gs_jack_client *client);

/* jack_thread.c: what the JACK thread does. */
struct gs_jack_thread;
struct gs_jack_thread *gs_jack_thread_create(const struct gs_jack_setup *setup, struct gs_jack_link *link);
void *gs_jack_thread_run(void *thread); /* for pthread_create() */
void gs_jack_thread_destroy(struct gs_jack_thread *thread);

/* Brackets around each libjack call that may block, for the watchdog. [JACK thread] */
void gs_jack_call(struct gs_jack_link *link, const char *name);
void gs_jack_called(struct gs_jack_link *link);

#endif
