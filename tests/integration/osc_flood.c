/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * osc_flood PORT SECONDS RATE ADDRESS LOW HIGH: sends RATE messages a second to 127.0.0.1, fewer where the machine has
 * no time for them: the address swept from LOW to HIGH and back, and among them questions, unknown addresses and
 * rubbish. Ends by itself or by SIGTERM, and prints how many were sent. */
#include <arpa/inet.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static size_t pad(char *packet, size_t at, const char *text)
{
    size_t length = strlen(text) + 1, whole = (length + 3) / 4 * 4;
    memset(packet + at, 0, whole);
    memcpy(packet + at, text, length);
    return at + whole;
}

static size_t message(char *packet, const char *address, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = htonl(bits);
    size_t at = pad(packet, pad(packet, 0, address), ",f");
    memcpy(packet + at, &bits, sizeof bits);
    return at + sizeof bits;
}

static size_t packet_for(char *packet, unsigned long n, const char *address, double low, double high)
{
    static const char *const others[] = { "/status",
                                          "/stage/*/meter/out/db",
                                          "/stage/nobody/gain",
                                          "/stage/list",
                                          "/xremote",
                                          "rubbish",
                                          "/stage/1/gain/text",
                                          "/refresh" };
    if (n % 10 == 9) {
        return pad(packet, pad(packet, 0, others[n / 10 % 8]), ",");
    }
    double way = (double)(n % 2000) / 1000;
    way = way > 1 ? 2 - way : way;
    return message(packet, address, (float)(low + way * (high - low)));
}

static volatile sig_atomic_t ended;

static void end(int number)
{
    (void)number;
    ended = 1;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fputs("osc_flood PORT SECONDS RATE ADDRESS LOW HIGH\n", stderr);
        return 64;
    }
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)atoi(argv[1])),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    double rate = atof(argv[3]), last_s = now_s(), end_s = last_s + atof(argv[2]), owed = 0;
    char packet[512];
    unsigned long n = 0, sent = 0;
    signal(SIGTERM, end);
    while (!ended && last_s < end_s) {
        struct timespec ms = { 0, 1000000 };
        nanosleep(&ms, NULL);
        double now = now_s();
        owed = fmin(owed + (now - last_s) * rate, 1 + rate / 100); /* what was not sent for long never is */
        last_s = now;
        for (; owed >= 1; owed--) {
            size_t size = packet_for(packet, n++, argv[4], atof(argv[5]), atof(argv[6]));
            sent +=
                sendto(fd, packet, size, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to) == (ssize_t)size;
            while (recv(fd, packet, sizeof packet, MSG_DONTWAIT) > 0) {
            }
        }
    }
    printf("sent=%lu\n", sent);
    close(fd);
    return 0;
}
