/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The private server of --start-server: jackd on the dummy driver, for machines without a sound card. Its name
 * is unique, so other servers are not disturbed; it dies with us, however we end. [JACK thread] */
#include "backend/jack_link.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define RATE   "48000"
#define PERIOD "512"

/* Between fork and exec in a program with threads: only what is async-signal-safe. Its own process group, so
 * that Ctrl-C at a terminal reaches us and not the server under our feet. */
static void become_server(const char *name, bool output, pid_t parent, int report)
{
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(1);
    }
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(output ? STDERR_FILENO : null, STDOUT_FILENO);
    if (!output) {
        dup2(null, STDERR_FILENO);
    }
    execlp("jackd", "jackd", "-n", name, "--no-mlock", "-d", "dummy", "-r", RATE, "-p", PERIOD, (char *)NULL);
    int error = errno;
    ssize_t written = write(report, &error, sizeof error);
    (void)written;
    _exit(127);
}

enum gs_status gs_jack_server_start(struct gs_jack_link *link, const char *name, bool output,
                                    struct gs_error *error)
{
    int report[2], problem = 0;
    if (pipe2(report, O_CLOEXEC)) {
        return gs_fail(error, GS_E_IO, "", "no pipe: %s", strerror(errno));
    }
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        become_server(name, output, parent, report[1]);
    }
    problem = pid < 0 ? errno : 0;
    close(report[1]);
    /* The pipe closes by exec when that works, and brings errno when it does not. */
    if (pid > 0 && read(report[0], &problem, sizeof problem) == (ssize_t)sizeof problem) {
        waitpid(pid, NULL, 0);
    }
    close(report[0]);
    if (problem) {
        return gs_fail(error, GS_E_AUDIO, "", "jackd cannot be started: %s%s", strerror(problem),
                       problem == ENOENT ? " (Debian: package jackd2)" : "");
    }
    atomic_store(&link->server_pid, (int)pid);
    return GS_OK;
}

bool gs_jack_server_alive(struct gs_jack_link *link)
{
    pid_t pid = atomic_load(&link->server_pid);
    if (pid && waitpid(pid, NULL, WNOHANG) != 0) {
        atomic_store(&link->server_pid, 0);
        return false;
    }
    return pid != 0;
}

/* jackd ends within tens of milliseconds. Killed, it would leave its place in JACK's list of eight servers taken. */
void gs_jack_server_stop(struct gs_jack_link *link)
{
    pid_t pid = atomic_load(&link->server_pid);
    if (!pid) {
        return;
    }
    kill(pid, SIGTERM);
    for (int tries = 0; tries < 100 && gs_jack_server_alive(link); tries++) {
        struct timespec short_while = { 0, 10000000 };
        nanosleep(&short_while, NULL);
    }
    if (gs_jack_server_alive(link)) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        atomic_store(&link->server_pid, 0);
    }
}
