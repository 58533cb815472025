/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * rtguard: a library to be preloaded into a JACK client, which then counts what its process callback must not do:
 * allocations, locks, system calls, page faults, denormals left on. It wraps jack_set_process_callback(), so the
 * client needs no change.
 *
 * System calls are caught by the kernel (Syscall User Dispatch, Linux 5.11, x86-64), whoever makes them, inline
 * assembly too. Where that is missing, calls that block still show as voluntary context switches; the report says
 * dispatch=no. The first call in a callback is counted, carried out, and the rest of that callback goes unwatched,
 * because returning from the signal is a system call itself.
 *
 * $RTGUARD_REPORT names the file for the report, written at exit; $RTGUARD_WARMUP is how many callbacks of each
 * client go unjudged (default 200): the first ones touch memory and resolve symbols. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <jack/jack.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#if defined __SSE2__
#include <immintrin.h>
#endif

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#define PR_SYS_DISPATCH_ON           1
#endif
#define ALLOW 0 /* SYSCALL_DISPATCH_FILTER_ALLOW */
#define BLOCK 1

enum kind {
    ALLOCATION,
    LOCK,
    SYSCALL,
    FAULT,
    SWITCH,
    DENORMALS,
    KINDS
};
static const char *const names[KINDS] = { "allocations", "locks",    "syscalls",
                                          "faults",      "switches", "denormals" };

enum {
    DEPTH = 24
};
static _Atomic unsigned long counts[KINDS], callbacks, worst_ns;
static _Atomic bool traced[KINDS];
static void *trace[KINDS][DEPTH];
static int trace_depth[KINDS];
static _Atomic long first_syscall = -1;
static _Atomic bool dispatch;

static __thread bool inside __attribute__((tls_model("initial-exec")));
static __thread bool prepared __attribute__((tls_model("initial-exec")));
static __thread volatile char selector __attribute__((tls_model("initial-exec")));

static void violation(enum kind kind)
{
    bool watched = selector == BLOCK;
    inside = false;
    selector = ALLOW;
    atomic_fetch_add(&counts[kind], 1);
    if (!atomic_exchange(&traced[kind], true)) {
        trace_depth[kind] = backtrace(trace[kind], DEPTH);
    }
    selector = watched ? BLOCK : ALLOW;
    inside = true;
}

/* ---- allocations ---- */

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static void on_allocation(void)
{
    if (inside) {
        violation(ALLOCATION);
    }
}
void *malloc(size_t size)
{
    on_allocation();
    return __libc_malloc(size);
}
void *calloc(size_t n, size_t size)
{
    on_allocation();
    return __libc_calloc(n, size);
}
void *realloc(void *memory, size_t size)
{
    on_allocation();
    return __libc_realloc(memory, size);
}
void free(void *memory)
{
    on_allocation();
    __libc_free(memory);
}
void *aligned_alloc(size_t alignment, size_t size)
{
    on_allocation();
    return __libc_memalign(alignment, size);
}
void *memalign(size_t alignment, size_t size)
{
    on_allocation();
    return __libc_memalign(alignment, size);
}
int posix_memalign(void **memory, size_t alignment, size_t size)
{
    on_allocation();
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

/* ---- locks ---- */

#define WRAP_LOCK(name, type)                                                                                \
    int name(type *thing)                                                                                    \
    {                                                                                                        \
        static int (*_Atomic real)(type *);                                                                  \
        int (*call)(type *) = atomic_load(&real);                                                            \
        if (!call) {                                                                                         \
            *(void **)&call = dlsym(RTLD_NEXT, #name);                                                       \
            atomic_store(&real, call);                                                                       \
        }                                                                                                    \
        if (inside) {                                                                                        \
            violation(LOCK);                                                                                 \
        }                                                                                                    \
        return call(thing);                                                                                  \
    }
WRAP_LOCK(pthread_mutex_lock, pthread_mutex_t)
WRAP_LOCK(pthread_mutex_trylock, pthread_mutex_t)
WRAP_LOCK(pthread_rwlock_rdlock, pthread_rwlock_t)
WRAP_LOCK(pthread_rwlock_wrlock, pthread_rwlock_t)
WRAP_LOCK(pthread_cond_signal, pthread_cond_t)
WRAP_LOCK(pthread_cond_broadcast, pthread_cond_t)
WRAP_LOCK(sem_wait, sem_t)
WRAP_LOCK(sem_post, sem_t)

/* ---- system calls ---- */

static void on_sigsys(int number, siginfo_t *info, void *context)
{
    (void)number;
    int error = errno;
    selector = ALLOW;
    bool was = inside;
    inside = false;
    long expected = -1;
    atomic_compare_exchange_strong(&first_syscall, &expected, (long)info->si_syscall);
    atomic_fetch_add(&counts[SYSCALL], 1);
    if (!atomic_exchange(&traced[SYSCALL], true)) {
        trace_depth[SYSCALL] = backtrace(trace[SYSCALL], DEPTH);
    }
#if defined __x86_64__
    greg_t *reg = ((ucontext_t *)context)->uc_mcontext.gregs;
    long result = syscall(info->si_syscall, reg[REG_RDI], reg[REG_RSI], reg[REG_RDX], reg[REG_R10],
                          reg[REG_R8], reg[REG_R9]);
    reg[REG_RAX] = result == -1 ? -errno : result;
#else
    (void)context;
#endif
    inside = was;
    errno = error;
}

static void prepare_thread(void)
{
    prepared = true;
#if defined __x86_64__
    if (prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0, 0, &selector) == 0) {
        atomic_store(&dispatch, true);
    }
#endif
}

/* ---- the callback ---- */

struct guarded {
    JackProcessCallback callback;
    void *arg;
    unsigned long done;
};
static unsigned long warm_up = 200;

static void judge(const struct rusage *before, const struct rusage *after)
{
    atomic_fetch_add(&counts[FAULT], (unsigned long)(after->ru_minflt - before->ru_minflt + after->ru_majflt -
                                                     before->ru_majflt));
    atomic_fetch_add(&counts[SWITCH], (unsigned long)(after->ru_nvcsw - before->ru_nvcsw));
#if defined __SSE2__
    if ((_mm_getcsr() & 0x8040u) != 0x8040u) {
        atomic_fetch_add(&counts[DENORMALS], 1);
    }
#endif
}

static int guard(jack_nframes_t frames, void *arg)
{
    struct guarded *guarded = arg;
    struct rusage before, after;
    struct timespec begin, end;
    if (!prepared) {
        prepare_thread();
    }
    if (guarded->done++ < warm_up) {
        return guarded->callback(frames, guarded->arg);
    }
    getrusage(RUSAGE_THREAD, &before);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    inside = true;
    selector = atomic_load(&dispatch) ? BLOCK : ALLOW;
    int result = guarded->callback(frames, guarded->arg);
    selector = ALLOW;
    inside = false;
    clock_gettime(CLOCK_MONOTONIC, &end);
    getrusage(RUSAGE_THREAD, &after);
    judge(&before, &after);
    unsigned long ns =
        (unsigned long)((end.tv_sec - begin.tv_sec) * 1000000000L + end.tv_nsec - begin.tv_nsec);
    if (ns > atomic_load(&worst_ns)) {
        atomic_store(&worst_ns, ns);
    }
    atomic_fetch_add(&callbacks, 1);
    return result;
}

int jack_set_process_callback(jack_client_t *client, JackProcessCallback callback, void *arg)
{
    int (*real)(jack_client_t *, JackProcessCallback, void *);
    *(void **)&real = dlsym(RTLD_NEXT, "jack_set_process_callback");
    struct guarded *guarded = calloc(1, sizeof *guarded); /* for good: a dead client may still call */
    guarded->callback = callback;
    guarded->arg = arg;
    return real(client, guard, guarded);
}

/* ---- before and after ---- */

__attribute__((constructor)) static void begin(void)
{
    void *here[DEPTH];
    backtrace(here, DEPTH); /* loads what it needs now, not in the callback */
    struct sigaction action = { .sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO };
    sigaction(SIGSYS, &action, NULL);
    if (getenv("RTGUARD_WARMUP")) {
        warm_up = strtoul(getenv("RTGUARD_WARMUP"), NULL, 10);
    }
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("RTGUARD_REPORT");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    if (fd < 0 || !atomic_load(&callbacks)) {
        return;
    }
    dprintf(fd, "callbacks=%lu worst_us=%.1f dispatch=%s", atomic_load(&callbacks),
            (double)atomic_load(&worst_ns) / 1000, atomic_load(&dispatch) ? "yes" : "no");
    for (int k = 0; k < KINDS; k++) {
        dprintf(fd, " %s=%lu", names[k], atomic_load(&counts[k]));
    }
    dprintf(fd, " first_syscall=%ld\n", atomic_load(&first_syscall));
    for (int k = 0; k < KINDS; k++) {
        if (trace_depth[k]) {
            dprintf(fd, "the first of %s:\n", names[k]);
            backtrace_symbols_fd(trace[k], trace_depth[k], fd);
        }
    }
    close(fd);
}
