/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What libjack's threads run. The audio callback enters the engine through the gate; all others only set
 * atomics that the JACK thread looks at: libjack may call them while one of its own calls is under way, and
 * after the shutdown callback too. */
#include "backend/jack_link.h"

#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined __SSE2__
#include <immintrin.h>
#endif

/* Denormal numbers cost a hundred cycles each on some processors, and no libjack switches them off: flush to
 * zero and denormals are zero (x86: MXCSR bits 15 and 6; arm64: FPCR bit 24). */
static void denormals_off(void)
{
#if defined __SSE2__
    _mm_setcsr(_mm_getcsr() | 0x8040u);
#elif defined __aarch64__
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    __asm__ volatile("msr fpcr, %0" : : "r"(fpcr | (UINT64_C(1) << 24)));
#endif
}

static void on_thread(void *arg)
{
    struct gs_jack_client *client = arg;
    denormals_off();
    /* The kernel is asked about this thread later, by the JACK thread: jackd raises the priority only after
     * this callback, and what libjack itself tells is what was wished for, not what was given. */
    unsigned i = atomic_fetch_add(&client->n_threads, 1) % GS_JACK_THREADS;
    atomic_store(&client->thread[i].tid, 0);
    atomic_store(&client->thread[i].self, pthread_self());
    atomic_store(&client->thread[i].tid, (int)syscall(SYS_gettid));
}

static float *buffer(struct gs_jack_port *port, jack_nframes_t frames)
{
    jack_port_t *handle = atomic_load(&port->port);
    return handle ? jack_port_get_buffer(handle, frames) : NULL;
}

static void sound(struct gs_jack_client *client, float *const *out, unsigned n_tap, jack_nframes_t frames)
{
    struct gs_engine *engine = client->link->engine;
    jack_nframes_t first;
    jack_time_t now_us, next_us;
    float period_us;
    unsigned n_in = atomic_load(&client->n_in);
    for (unsigned i = 0; i < n_in; i++) {
        client->in_buffer[i] = buffer(&client->in[i], frames);
    }
    if (jack_get_cycle_times(client->handle, &first, &now_us, &next_us, &period_us) == 0) {
        int64_t behind_ns = atomic_load_explicit(&client->clock_behind_ns, memory_order_relaxed);
        gs_engine_clock(engine, now_us * 1000u + (uint64_t)behind_ns);
    }
    gs_engine_taps(engine, client->tap_buffer, n_tap);
    gs_engine_process(engine, client->in_buffer, n_in, out, GS_JACK_OUTPUTS, frames);
}

static int on_process(jack_nframes_t frames, void *arg)
{
    struct gs_jack_client *client = arg;
    struct gs_jack_link *link = client->link;
    atomic_fetch_add(&link->inside, 1);
    float *out[GS_JACK_OUTPUTS];
    for (unsigned i = 0; i < GS_JACK_OUTPUTS; i++) {
        out[i] = buffer(&client->out[i], frames);
        if (out[i]) {
            memset(out[i], 0, frames * sizeof(float));
        }
    }
    unsigned n_tap = atomic_load(&client->n_tap);
    for (unsigned i = 0; i < n_tap; i++) {
        client->tap_buffer[i] = buffer(&client->tap[i], frames);
        if (client->tap_buffer[i]) {
            memset(client->tap_buffer[i], 0, frames * sizeof(float));
        }
    }
    if (atomic_load(&link->gate) == client->generation) {
        sound(client, out, n_tap, frames);
    }
    atomic_fetch_sub(&link->inside, 1);
    atomic_store_explicit(&client->audio_thread, pthread_self(), memory_order_relaxed);
    atomic_fetch_add_explicit(&client->callbacks, 1, memory_order_relaxed);
    return 0;
}

void gs_jack_callbacks_settle(struct gs_jack_client *client)
{
    for (int tries = 0; atomic_load(&client->link->inside) && tries < 1000; tries++) {
        struct timespec short_while = { 0, 100000 };
        nanosleep(&short_while, NULL);
    }
}

/* What was heard until now ends here, with a gap: what comes next is to fade in. */
static void interrupt(struct gs_jack_client *client)
{
    unsigned mine = client->generation;
    atomic_compare_exchange_strong(&client->link->gate, &mine, 0);
    atomic_store(&client->resized, true);
}

/* Told at each activation too. PipeWire changes its period without a gap, as other programs come and go. */
static int on_period(jack_nframes_t frames, void *arg)
{
    struct gs_jack_client *client = arg;
    unsigned old = atomic_exchange(&client->period, frames);
    if (old != frames && !client->pipewire) {
        interrupt(client);
    }
    return 0;
}

static int on_rate(jack_nframes_t rate, void *arg)
{
    struct gs_jack_client *client = arg;
    unsigned old = atomic_exchange(&client->rate, rate);
    if (old != rate) {
        interrupt(client);
    }
    return 0;
}

static int on_xrun(void *arg)
{
    struct gs_jack_client *client = arg;
    atomic_fetch_add(&client->link->xruns, 1);
    return 0;
}

static void on_freewheel(int starting, void *arg)
{
    struct gs_jack_client *client = arg;
    atomic_store(&client->freewheel, starting != 0);
}

/* jackd prefers the second, PipeWire 0.3.65 knows only the first: both are needed. */
static void on_shutdown(void *arg)
{
    struct gs_jack_client *client = arg;
    atomic_store(&client->lost, true);
}
static void on_info_shutdown(jack_status_t code, const char *reason, void *arg)
{
    struct gs_jack_client *client = arg;
    (void)reason;
    atomic_store(&client->lost_code, (int)code);
    atomic_store(&client->lost, true);
}

static void on_registration(jack_port_id_t port, int registered, void *arg)
{
    struct gs_jack_client *client = arg;
    (void)port, (void)registered;
    atomic_fetch_add(&client->graph, 1);
}
static void on_connection(jack_port_id_t a, jack_port_id_t b, int connected, void *arg)
{
    struct gs_jack_client *client = arg;
    (void)a, (void)b, (void)connected;
    atomic_fetch_add(&client->graph, 1);
}

/* ---- latency: what comes in on one side plus our own goes out on the other ---- */

static jack_latency_range_t hull(const struct gs_jack_port *port, unsigned n,
                                 jack_latency_callback_mode_t mode)
{
    jack_latency_range_t all = { UINT32_MAX, 0 }, one;
    for (unsigned i = 0; i < n; i++) {
        jack_port_t *handle = atomic_load(&port[i].port);
        if (handle && jack_port_connected(handle)) {
            jack_port_get_latency_range(handle, mode, &one);
            all.min = one.min < all.min ? one.min : all.min;
            all.max = one.max > all.max ? one.max : all.max;
        }
    }
    if (all.min > all.max) {
        all.min = all.max = 0;
    }
    return all;
}

static void pass(struct gs_jack_port *port, unsigned n, jack_latency_callback_mode_t mode,
                 jack_latency_range_t range, int own)
{
    for (unsigned i = 0; i < n; i++) {
        jack_port_t *handle = atomic_load(&port[i].port);
        unsigned add = own >= 0 ? (unsigned)own : atomic_load(&port[i].latency);
        jack_latency_range_t here = { range.min + add, range.max + add };
        if (handle) {
            jack_port_set_latency_range(handle, mode, &here);
        }
    }
}

static void on_latency(jack_latency_callback_mode_t mode, void *arg)
{
    struct gs_jack_client *client = arg;
    unsigned n_in = atomic_load(&client->n_in), n_tap = atomic_load(&client->n_tap);
    if (mode == JackCaptureLatency) {
        jack_latency_range_t range = hull(client->in, n_in, mode);
        pass(client->out, GS_JACK_OUTPUTS, mode, range, -1);
        pass(client->tap, n_tap, mode, range, -1);
    } else {
        jack_latency_range_t range = hull(client->out, GS_JACK_OUTPUTS, mode);
        pass(client->in, n_in, mode, range, (int)atomic_load(&client->out[0].latency));
    }
}

void gs_jack_callbacks_set(struct gs_jack_client *client)
{
    jack_client_t *handle = client->handle;
    jack_on_shutdown(handle, on_shutdown, client);
    jack_on_info_shutdown(handle, on_info_shutdown, client);
    jack_set_thread_init_callback(handle, on_thread, client);
    jack_set_process_callback(handle, on_process, client);
    jack_set_buffer_size_callback(handle, on_period, client);
    jack_set_sample_rate_callback(handle, on_rate, client);
    jack_set_xrun_callback(handle, on_xrun, client);
    jack_set_freewheel_callback(handle, on_freewheel, client);
    jack_set_port_registration_callback(handle, on_registration, client);
    jack_set_port_connect_callback(handle, on_connection, client);
    jack_set_latency_callback(handle, on_latency, client);
}
