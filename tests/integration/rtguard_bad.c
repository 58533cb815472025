/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * rtguard_bad WHAT: a client whose process callback does in every period exactly what it must not: none, malloc,
 * mutex, write, asm (a system call that no library knows of), fault, denormals. Ends after 300 periods. */
#include <jack/jack.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined __SSE2__
#include <immintrin.h>
#endif

enum {
    PAGES = 65536,
    PAGE = 4096
};
static const char *what;
static _Atomic unsigned periods;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char *fresh;
static int null;

static void asm_system_call(void)
{
#if defined __x86_64__
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "0"(110L /* getppid */) : "rcx", "r11", "memory");
#endif
}

static void denormals(int on)
{
#if defined __SSE2__
    _mm_setcsr(on ? _mm_getcsr() & ~0x8040u : _mm_getcsr() | 0x8040u);
#else
    (void)on;
#endif
}

static int process(jack_nframes_t frames, void *arg)
{
    static void *volatile memory;
    (void)frames, (void)arg;
    unsigned period = atomic_fetch_add(&periods, 1);
    denormals(strcmp(what, "denormals") == 0);
    if (strcmp(what, "malloc") == 0) {
        memory = malloc(100);
        free(memory);
    } else if (strcmp(what, "mutex") == 0) {
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
    } else if (strcmp(what, "write") == 0) {
        ssize_t written = write(null, "x", 1);
        (void)written;
    } else if (strcmp(what, "asm") == 0) {
        asm_system_call();
    } else if (strcmp(what, "fault") == 0) {
        fresh[(size_t)(period % PAGES) * PAGE] = 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    what = argc == 2 ? argv[1] : "none";
    null = fileno(fopen("/dev/null", "w"));
    fresh = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    madvise(fresh, (size_t)PAGES * PAGE, MADV_NOHUGEPAGE);
    jack_client_t *client = jack_client_open("bad", JackNoStartServer, NULL);
    if (!client || jack_set_process_callback(client, process, NULL) || jack_activate(client)) {
        fputs("rtguard_bad: no server\n", stderr);
        return 1;
    }
    for (int tries = 0; atomic_load(&periods) < 300 && tries < 2000; tries++) {
        usleep(10000);
    }
    jack_client_close(client);
    return 0;
}
