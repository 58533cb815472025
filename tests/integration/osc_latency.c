/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * osc_latency CLIENT PORT ADDRESS PACKETS [AHEAD]: sends gains over OSC and finds the first sample that each has
 * changed.
 *
 * One JACK client plays into the port in_1 of the gainstaged CLIENT, the same size of sample with alternating sign,
 * so that any gain shows at once as another size; a second one hears out_1. (One client for both would be a loop in
 * the graph, which JACK delays by a period.) A packet's time is taken just before it is sent, as
 * a frame of JACK's clock; the change's time is the frame at which it is played. Prints the milliseconds between
 * the two over all packets: what a finger on a fader waits for, less the sound card. With AHEAD, milliseconds, each
 * packet is a bundle for so much later, and what is printed is how far from its time it is heard. */
#include <arpa/inet.h>
#include <errno.h>
#include <jack/jack.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LEVEL 0.1F
#define DIFFERENT                                                                                            \
    1e-5F             /* of the size: a step of 6 dB through two poles of 10 ms has it after three samples */
#define SETTLE_MS 250 /* a gain is where it shall be after less than 200 ms */

static jack_port_t *in, *out;
static _Atomic float steady;        /* size of the samples of the last period */
static _Atomic uint32_t changed;    /* frame of the first other size; 0: none yet */
static _Atomic float expected = -1; /* looked for: a size that is not this one; negative: nothing is */

static int play(jack_nframes_t frames, void *arg)
{
    (void)arg;
    float *played = jack_port_get_buffer(out, frames);
    for (jack_nframes_t i = 0; i < frames; i++) {
        played[i] = i & 1 ? LEVEL : -LEVEL;
    }
    return 0;
}

static int hear(jack_nframes_t frames, void *client)
{
    const float *heard = jack_port_get_buffer(in, frames);
    float size = atomic_load(&expected);
    for (jack_nframes_t i = 0; size > 0 && !atomic_load(&changed) && i < frames; i++) {
        if (fabsf(fabsf(heard[i]) - size) > DIFFERENT * size) {
            atomic_store(&changed, jack_last_frame_time(client) + i);
        }
    }
    atomic_store(&steady, fabsf(heard[frames - 1]));
    return 0;
}

static void sleep_ms(double ms)
{
    struct timespec t = { .tv_sec = (time_t)(ms / 1e3), .tv_nsec = (long)(fmod(ms, 1e3) * 1e6) };
    nanosleep(&t, NULL);
}

static char *put(char *at, uint32_t word)
{
    word = htonl(word);
    memcpy(at, &word, 4);
    return at + 4;
}

static size_t put_float(char *packet, const char *address, float value)
{
    size_t n = (strlen(address) / 4 + 1) * 4;
    uint32_t bits;
    memcpy(packet, address, strlen(address));
    memcpy(packet + n, ",f\0", 4);
    memcpy(&bits, &value, 4);
    put(packet + n + 4, bits);
    return n + 8;
}

/* Both clocks at one moment: microseconds of JACK, and the time of day as a time tag (seconds since 1900). */
static jack_time_t both_clocks(uint64_t *tag)
{
    struct timespec now;
    jack_time_t before, after;
    int tries = 0;
    do {
        before = jack_get_time();
        clock_gettime(CLOCK_REALTIME, &now);
        after = jack_get_time();
    } while (after - before > 50 && ++tries < 20);
    *tag = ((uint64_t)now.tv_sec + 2208988800u) << 32 | ((uint64_t)now.tv_nsec << 32) / 1000000000u;
    return (before + after) / 2;
}

/* Returns when it is to be heard, by JACK's clock. */
static jack_time_t send_float(int fd, const char *address, float value, double ahead_ms)
{
    char packet[160] = { 0 };
    uint64_t tag;
    if (ahead_ms <= 0) {
        jack_time_t sent = jack_get_time();
        send(fd, packet, put_float(packet, address, value), 0);
        return sent;
    }
    size_t n = put_float(packet + 20, address, value);
    jack_time_t sent = both_clocks(&tag);
    tag += (uint64_t)(ahead_ms * 0x1p32 / 1e3);
    memcpy(packet, "#bundle", 8);
    put(put(put(packet + 8, (uint32_t)(tag >> 32)), (uint32_t)tag), (uint32_t)n);
    send(fd, packet, 20 + n, 0);
    return sent + (jack_time_t)(ahead_ms * 1e3);
}

static int upwards(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Waits until the sound stands still; its size. */
static float stand_still(void)
{
    float before, now = -1;
    do {
        before = now;
        sleep_ms(SETTLE_MS);
        now = atomic_load(&steady);
    } while (fabsf(now - before) > 0.1F * DIFFERENT * before);
    return now;
}

/* The daemon remembers who was connected the last time. */
static bool connects(jack_client_t *client, const char *from, const char *to)
{
    int failed = jack_connect(client, from, to);
    return !failed || failed == EEXIST;
}

int main(int argc, char **argv)
{
    if (argc < 5 || argc > 6 || strlen(argv[3]) > 100) {
        fputs("Usage: osc_latency CLIENT PORT ADDRESS PACKETS [AHEAD]\n", stderr);
        return 64;
    }
    double ahead_ms = argc > 5 ? atof(argv[5]) : 0;
    int packets = atoi(argv[4]);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)atoi(argv[2])),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    double *wait_ms = calloc((size_t)(packets > 0 ? packets : 1), sizeof *wait_ms);
    jack_client_t *player = jack_client_open("player", JackNoStartServer, NULL);
    jack_client_t *client = jack_client_open("listener", JackNoStartServer, NULL);
    if (!player || !client || !wait_ms || connect(fd, (struct sockaddr *)&to, sizeof to)) {
        fputs("osc_latency: no server\n", stderr);
        return 1;
    }
    jack_set_process_callback(player, play, NULL);
    jack_set_process_callback(client, hear, client);
    in = jack_port_register(client, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    out = jack_port_register(player, "out", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
    char from[64], into[64];
    snprintf(from, sizeof from, "%s:out_1", argv[1]);
    snprintf(into, sizeof into, "%s:in_1", argv[1]);
    if (jack_activate(player) || jack_activate(client) || !connects(client, jack_port_name(out), into) ||
        !connects(client, from, jack_port_name(in))) {
        fprintf(stderr, "osc_latency: cannot connect to %s\n", argv[1]);
        return 1;
    }

    double rate = jack_get_sample_rate(client);
    for (int i = 0; i < packets; i++) {
        atomic_store(&changed, 0);
        atomic_store(&expected, stand_still());
        sleep_ms(rand() % 4096 / 100.0); /* anywhere in a period */
        jack_time_t wanted = send_float(fd, argv[3], i & 1 ? 0.F : -6.F, ahead_ms);
        for (int tries = 0; !atomic_load(&changed) && tries < 1000; tries++) {
            sleep_ms(2);
        }
        if (!atomic_load(&changed)) {
            fprintf(stderr, "osc_latency: packet %d changed nothing\n", i);
            return 1;
        }
        wait_ms[i] = (double)(int64_t)(jack_frames_to_time(client, atomic_load(&changed)) - wanted) / 1e3;
        atomic_store(&expected, -1.F);
    }
    qsort(wait_ms, (size_t)packets, sizeof *wait_ms, upwards);
    printf("period_ms=%.2f packets=%d least_ms=%.2f median_ms=%.2f p99_ms=%.2f most_ms=%.2f\n",
           jack_get_buffer_size(client) * 1e3 / rate, packets, wait_ms[0], wait_ms[packets / 2],
           wait_ms[(packets * 99 - 1) / 100], wait_ms[packets - 1]);
    jack_client_close(client);
    jack_client_close(player);
    free(wait_ms);
    close(fd);
    return 0;
}
