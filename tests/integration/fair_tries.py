# SPDX-License-Identifier: GPL-3.0-or-later
# What only a machine with time can show is tried again. The kernel counts for how long a thread stood in the queue for
# a processor (Linux, Documentation/scheduler/sched-stats.rst: the second number of schedstat): a try in which the
# daemon's control thread or we ourselves stood there for long says nothing about the daemon.
import time

FAIR = 0.1  # of the time, in the queue
UNFAIR_TRIES = 20


# Until it is so, a minute at most: the machine may be busy with others.
def eventually(good):
    end = time.monotonic() + 60
    while not good():
        if time.monotonic() >= end:
            return False
        time.sleep(0.05)
    return True


def queued_s(daemon):
    total = 0
    for path in ("/proc/%s/task/%s/schedstat" % (daemon, daemon), "/proc/thread-self/schedstat"):
        try:
            total += int(open(path).read().split()[1])
        except (OSError, IndexError, ValueError):
            pass  # a kernel that does not count: then every try is fair
    return total / 1e9


# Whether good() is true, of three fair tries and of as many unfair ones as there are in between. Where none was fair
# that is said, and nothing judged.
def fair_tries(daemon, good):
    fair = 0
    for _ in range(UNFAIR_TRIES):
        queued, began = queued_s(daemon), time.monotonic()
        if good():
            return True
        fair += queued_s(daemon) - queued < FAIR * (time.monotonic() - began)
        if fair == 3:
            return False
    print("# %s" % ("%d fair tries of %d failed" % (fair, UNFAIR_TRIES) if fair else
                    "not judged: this machine lets everybody stand in the queue"), flush=True)
    return fair == 0
