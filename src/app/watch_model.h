/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `gainstage watch` knows of the daemon: fed with the messages it sends, read as a live level diagram. */
#ifndef APP_WATCH_MODEL_H
#define APP_WATCH_MODEL_H

#include "control/osc_client.h"
#include "report/live.h"

#define GS_WATCH_STAGES 256

struct gs_watch {
    struct gs_live live;
    struct gs_live_stage stage[GS_WATCH_STAGES];
    struct {
        double hold_db; /* the highest lately; when it came */
        uint64_t hold_ns;
        double now_db;
        /* The same for the bar of a scale; numbers as they come. */
        double scale_hold, scale_now, number[GS_LIVE_NUMBERS];
        uint64_t scale_ns;
    } reading[GS_WATCH_STAGES];
    uint64_t numbers_ns; /* when numbers were last shown anew */
    char chain[128], state[64];
    size_t listed;     /* stages seen in the list that is coming in */
    uint64_t heard_ns; /* last message of any kind; 0: never */
    bool stale;        /* ceilings want to be asked for again */
    bool renamed;      /* the stages are others: what was fed before they were known is missing */
    uint64_t fed_ns;   /* last meter: a subscriber hears one every two seconds at least */
    bool refused;      /* no place for one more subscriber */
};

/* `scale` NULL: levels with their ceilings. */
void gs_watch_start(struct gs_watch *watch, const char *where, const struct gs_live_scale *scale);
/* One message from the daemon; context is the watch, so that it fits gs_osc_client_receive(). */
void gs_watch_take(void *watch, const struct gs_message *message);
/* Moves time on: bars fall, holds are let go. */
void gs_watch_age(struct gs_watch *watch, uint64_t now_ns, double passed_s);

/* Asks for all that is not fed: stages, ceilings, units, alignment, state. */
void gs_watch_ask(struct gs_osc_client *client);
/* Takes or renews the subscription, with the readings of the scale one by one: bars at 50 Hz, numbers at 5. */
void gs_watch_subscribe(struct gs_osc_client *client, const struct gs_live_scale *scale, bool first);

#endif
