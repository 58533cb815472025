/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * jack_player: plays a sound file into a JACK client and records what comes out of it, sample by sample where it
 * belongs: frame n of the recording is what came out in the period in which frame n went in. Two clients, one
 * before and one behind the client under test, so that nothing is late by a period.
 *
 *     jack_player [-c TARGET] [-l PORT] [-f] [-r TAIL_SECONDS] [-p PLAYED.wav] IN.wav OUT.wav
 *
 * The left channel of the recording is out_1 or the port that -l names, the right one out_2.
 * -f plays in freewheel mode: no period can be missed, and it is faster. -p writes what was played, at the
 * server's rate. Prints "frames=N rate=HZ xruns=N": what the server has told, and periods in which one of the two
 * clients was not called. */
#include <getopt.h>
#include <jack/jack.h>
#include <sndfile.h>
#include <soxr.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    OUTS = 2
};

static const char *target = "gainstaged", *listen_to[OUTS] = { "out_1", "out_2" };
static float *sound, *heard;
static size_t n_sound, n_heard; /* frames */
static jack_client_t *player, *recorder;
static jack_port_t *out_port, *in_port[OUTS];
static _Atomic bool armed, started;
static _Atomic unsigned start_frame;
static _Atomic size_t recorded;
static _Atomic unsigned xruns;
static _Atomic unsigned played_periods, recorded_periods;

static void die(const char *what)
{
    fprintf(stderr, "jack_player: %s\n", what);
    exit(1);
}

/* A client that was passed over in a period has its next one two periods later. */
static void count_period(_Atomic unsigned *periods, unsigned now, jack_nframes_t frames, unsigned *expected)
{
    if (atomic_fetch_add(periods, 1) && now != *expected) {
        atomic_fetch_add(&xruns, 1);
    }
    *expected = now + frames;
}

static int play(jack_nframes_t frames, void *arg)
{
    static unsigned expected;
    (void)arg;
    float *out = jack_port_get_buffer(out_port, frames);
    memset(out, 0, frames * sizeof *out);
    unsigned now = jack_last_frame_time(player);
    count_period(&played_periods, now, frames, &expected);
    if (atomic_load(&armed) && !atomic_load(&started)) {
        atomic_store(&start_frame, now);
        atomic_store(&started, true);
    }
    if (atomic_load(&started)) {
        size_t at = now - atomic_load(&start_frame);
        if (at < n_sound) {
            size_t n = n_sound - at < frames ? n_sound - at : frames;
            memcpy(out, sound + at, n * sizeof *out);
        }
    }
    return 0;
}

static int record(jack_nframes_t frames, void *arg)
{
    static unsigned expected;
    (void)arg;
    unsigned now = jack_last_frame_time(recorder);
    count_period(&recorded_periods, now, frames, &expected);
    if (!atomic_load(&started)) {
        return 0;
    }
    size_t at = now - atomic_load(&start_frame);
    for (unsigned c = 0; c < OUTS; c++) {
        const float *in = jack_port_get_buffer(in_port[c], frames);
        for (size_t f = 0; f < frames && at + f < n_heard; f++) {
            heard[(at + f) * OUTS + c] = in[f];
        }
    }
    atomic_store(&recorded, at + frames);
    return 0;
}

static int on_xrun(void *arg)
{
    (void)arg;
    atomic_fetch_add(&xruns, 1);
    return 0;
}

/* First channel of the file, at the server's rate. */
static void load(const char *path, double rate_hz)
{
    SF_INFO info = { 0 };
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file) {
        die(sf_strerror(NULL));
    }
    size_t n = (size_t)info.frames;
    float *all = calloc(n * (size_t)info.channels, sizeof *all), *mono = calloc(n, sizeof *mono);
    sf_readf_float(file, all, info.frames);
    sf_close(file);
    for (size_t f = 0; f < n; f++) {
        mono[f] = all[f * (size_t)info.channels];
    }
    free(all);
    n_sound = (size_t)((double)n * rate_hz / info.samplerate) + 1;
    sound = calloc(n_sound, sizeof *sound);
    size_t done;
    if (soxr_oneshot(info.samplerate, rate_hz, 1, mono, n, NULL, sound, n_sound, &done, NULL, NULL, NULL)) {
        die("cannot resample");
    }
    n_sound = done;
    free(mono);
}

static void save(const char *path, const float *samples, size_t frames, int channels, int rate)
{
    SF_INFO info = { .samplerate = rate, .channels = channels, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT };
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    if (!file || sf_writef_float(file, samples, (sf_count_t)frames) != (sf_count_t)frames) {
        die(sf_strerror(file));
    }
    sf_close(file);
}

static jack_client_t *open_client(const char *name, JackProcessCallback process)
{
    /* A name of this run: what the client under test remembers of the last one must not be connected too. */
    char own[64];
    snprintf(own, sizeof own, "%s%d", name, (int)getpid());
    jack_client_t *client = jack_client_open(own, JackNoStartServer, NULL);
    if (!client) {
        die("no server");
    }
    jack_set_process_callback(client, process, NULL);
    return client;
}

static void connect_ports(const char *from, const char *to)
{
    if (jack_connect(player, from, to)) {
        fprintf(stderr, "jack_player: %s to %s: ", from, to);
        die("cannot connect");
    }
}

static void connect_all(void)
{
    char name[400];
    snprintf(name, sizeof name, "%s:in_1", target);
    connect_ports(jack_port_name(out_port), name);
    for (int c = 0; c < OUTS; c++) {
        snprintf(name, sizeof name, "%s:%s", target, listen_to[c]);
        connect_ports(name, jack_port_name(in_port[c]));
    }
}

/* Until both have been called so often; a busy machine may need a while. */
static void let_pass(unsigned periods)
{
    unsigned played_to = atomic_load(&played_periods) + periods,
             recorded_to = atomic_load(&recorded_periods) + periods;
    for (int tries = 0; tries < 6000; tries++) {
        if ((int)(atomic_load(&played_periods) - played_to) >= 0 &&
            (int)(atomic_load(&recorded_periods) - recorded_to) >= 0) {
            return;
        }
        usleep(10000);
    }
    die("the server has not called for a minute");
}

static void open_clients(void)
{
    player = open_client("player", play);
    recorder = open_client("recorder", record);
    jack_set_xrun_callback(player, on_xrun, NULL);
    out_port = jack_port_register(player, "out", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
    in_port[0] = jack_port_register(recorder, "in_1", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    in_port[1] = jack_port_register(recorder, "in_2", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
}

int main(int argc, char **argv)
{
    bool freewheel = false;
    double tail_s = 0;
    const char *played = NULL;
    for (int o; (o = getopt(argc, argv, "c:fl:r:p:")) != -1;) {
        switch (o) {
        case 'c':
            target = optarg;
            break;
        case 'f':
            freewheel = true;
            break;
        case 'l':
            listen_to[0] = optarg;
            break;
        case 'r':
            tail_s = atof(optarg);
            break;
        case 'p':
            played = optarg;
            break;
        default:
            return 64;
        }
    }
    if (argc - optind != 2) {
        die("IN.wav OUT.wav wanted");
    }
    open_clients();
    unsigned rate = jack_get_sample_rate(player);
    load(argv[optind], rate);
    n_heard = n_sound + (size_t)(tail_s * rate);
    heard = calloc(n_heard * OUTS, sizeof *heard);
    if (jack_activate(player) || jack_activate(recorder)) {
        die("cannot activate");
    }
    connect_all();
    usleep(300000); /* the new graph is in force, xruns of the change are over */
    let_pass(8);
    atomic_store(&xruns, 0);
    if (freewheel) {
        jack_set_freewheel(player, 1);
    }
    atomic_store(&armed, true);
    for (int tries = 0; atomic_load(&recorded) < n_heard && tries < 6000; tries++) {
        usleep(10000);
    }
    usleep(freewheel ? 0 : 100000); /* the server tells of a late client in the period after */
    unsigned missed = atomic_load(&xruns);
    if (freewheel) {
        jack_set_freewheel(player, 0);
    }
    bool whole = atomic_load(&recorded) >= n_heard;
    jack_client_close(recorder);
    jack_client_close(player);
    if (!whole) {
        die("the server has not called for a minute");
    }
    save(argv[optind + 1], heard, n_heard, OUTS, (int)rate);
    if (played) {
        save(played, sound, n_sound, 1, (int)rate);
    }
    printf("frames=%zu rate=%u xruns=%u\n", n_heard, rate, missed);
    return 0;
}
