/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the status of the JACK backend says, in words. */
#include "backend/jack.h"

#include <sched.h>
#include <stdio.h>

const char *gs_jack_state_word(enum gs_jack_state state)
{
    return state == GS_JACK_RUNNING      ? "running"
           : state == GS_JACK_STALLED    ? "stalled"
           : state == GS_JACK_CONNECTING ? "connecting"
                                         : "no audio";
}

bool gs_jack_is_realtime(const struct gs_jack_status *status)
{
    int policy = status->policy & ~SCHED_RESET_ON_FORK;
    return status->scheduling_known && (policy == SCHED_FIFO || policy == SCHED_RR);
}

int gs_jack_scheduling_text(const struct gs_jack_status *status, char *text, size_t size)
{
    if (!status->scheduling_known) {
        return snprintf(text, size, "not known");
    }
    int policy = status->policy & ~SCHED_RESET_ON_FORK;
    if (gs_jack_is_realtime(status)) {
        return snprintf(text, size, "%s priority %d", policy == SCHED_FIFO ? "SCHED_FIFO" : "SCHED_RR",
                        status->priority);
    }
    return snprintf(text, size, "not realtime (%s)", policy == SCHED_OTHER ? "SCHED_OTHER" : "another class");
}
