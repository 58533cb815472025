/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage watch`: the level diagram of a running daemon, moving, in a terminal; a table elsewhere. */
#include "app/remote.h"
#include "app/terminal.h"
#include "app/watch_model.h"
#include "base/nearest.h"
#include "control/loop.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRAME_NS  (1000000000u / 50)
#define ASK_NS    1000000000u
#define RENEW_NS  4000000000u
#define SILENT_NS 3000000000u /* no word from the daemon for so long: it is gone */
#define SETTLE_NS 600000000u  /* --once waits so long behind the first meter: a full RMS window */

static const struct gs_option options[] = {
    GS_OPTION_HOST,
    GS_OPTION_PORT,
    GS_OPTION_TCP,
    GS_OPTION_WAIT,
    { "scale", 'S', "SCALE",
      "peak (default): levels with their ceilings; vu; ppm or ppm2b (EBU), ppm2a (BBC), ppm1 (DIN); k20, "
      "k14, k12; "
      "lufs: each with the marks of its standard." },
    { "once", '1', NULL, "Print one table and end." },
    { "interval", 'i', "SECONDS", "Seconds between two tables when the output is no terminal; default 1." },
    { "seconds", 's', "SECONDS", "End after so many seconds." },
    { NULL, 0, NULL, NULL },
};

struct watching {
    struct gs_remote remote;
    struct gs_loop *loop;
    struct gs_watch watch;
    struct gs_screen screen;
    bool on_screen;
    uint64_t last_ns, next_ask_ns, next_renew_ns, end_ns;
    uint64_t table_ns; /* between two tables */
    int code;
};

/* ---- talking ---- */

static void on_packets(void *context, short revents)
{
    struct watching *w = context;
    (void)revents;
    gs_osc_client_receive(w->remote.client, 0, gs_watch_take, &w->watch);
}

static void renew(struct watching *w, uint64_t now_ns)
{
    /* A daemon that was started again knows nobody. */
    bool unknown = now_ns - w->watch.fed_ns > SILENT_NS || w->watch.refused;
    gs_watch_subscribe(w->remote.client, w->watch.live.scale, unknown);
    w->next_renew_ns = now_ns + (unknown ? ASK_NS : RENEW_NS);
}

static void keep_talking(struct watching *w, uint64_t now_ns)
{
    bool early = w->watch.stale && w->next_ask_ns - now_ns < ASK_NS - ASK_NS / 5;
    bool late = now_ns - w->watch.fed_ns > SILENT_NS && w->next_renew_ns > now_ns + ASK_NS;
    if (now_ns >= w->next_renew_ns || late) {
        renew(w, now_ns);
    }
    if (now_ns >= w->next_ask_ns || early) {
        gs_watch_ask(w->remote.client);
        w->watch.stale = false;
        w->next_ask_ns = now_ns + ASK_NS;
    }
    if (w->watch.renamed && w->watch.listed == 0) {
        gs_watch_subscribe(w->remote.client, w->watch.live.scale, false); /* of other stages */
        gs_osc_client_send(w->remote.client, &(struct gs_message){ "/refresh", NULL, 0 }, 1, NULL);
        w->watch.renamed = false;
    }
}

/* ---- drawing ---- */

static void draw(struct watching *w, uint64_t now_ns)
{
    static char remark[160];
    bool silent = now_ns - w->watch.heard_ns > SILENT_NS;
    snprintf(remark, sizeof remark, "%s",
             w->watch.refused ? "the daemon has no place for one more subscriber"
             : silent         ? "no word from the daemon; still asking ..."
                              : "");
    w->watch.live.remark = *remark ? remark : NULL;
    if (silent) {
        snprintf(w->watch.state, sizeof w->watch.state, "gone");
    }
    gs_live_draw(&w->watch.live, &w->screen);
    gs_screen_print(&w->screen, stdout);
    fflush(stdout);
}

static uint64_t on_frame(void *context, uint64_t now_ns)
{
    struct watching *w = context;
    keep_talking(w, now_ns);
    gs_watch_age(&w->watch, now_ns, (double)(now_ns - w->last_ns) * 1e-9);
    w->last_ns = now_ns;
    if (now_ns >= w->end_ns) {
        gs_loop_stop(w->loop);
    } else if (w->on_screen) {
        draw(w, now_ns);
    }
    return now_ns + FRAME_NS;
}

static uint64_t on_table(void *context, uint64_t now_ns)
{
    struct watching *w = *(struct watching **)context;
    if (w->watch.live.n) {
        gs_live_table(&w->watch.live, stdout);
        putchar('\n');
    }
    if (fflush(stdout)) {
        gs_loop_stop(w->loop); /* whoever read us is gone */
    }
    return now_ns + w->table_ns;
}

/* ---- keys and signals ---- */

static void turn_page(struct watching *w, int by)
{
    struct gs_live *live = &w->watch.live;
    live->page = by < 0 && live->page == 0 ? 0 : live->page + (unsigned)by;
}

static void on_key(void *context, short revents)
{
    struct watching *w = context;
    char keys[64];
    (void)revents;
    ssize_t n = read(STDIN_FILENO, keys, sizeof keys - 1);
    if (n <= 0) {
        gs_loop_remove(w->loop, STDIN_FILENO);
        return;
    }
    keys[n] = '\0';
    if (strcmp(keys, "\033[C") == 0 || strcmp(keys, " ") == 0) {
        turn_page(w, 1);
    } else if (strcmp(keys, "\033[D") == 0) {
        turn_page(w, -1);
    } else if (strpbrk(keys, "rR")) {
        gs_osc_client_send(w->remote.client, &(struct gs_message){ "/clip/reset", NULL, 0 }, 1, NULL);
    } else if (strpbrk(keys, "qQ\003") || strcmp(keys, "\033") == 0) {
        gs_loop_stop(w->loop);
    } else if (strchr(keys, '\014')) {
        w->screen.stale = true;
    }
}

static void resize(struct watching *w)
{
    int width, height;
    gs_terminal_size(&width, &height);
    gs_screen_resize(&w->screen, width, height);
}

static void on_signal(void *context, int number)
{
    struct watching *w = context;
    if (number == SIGWINCH || number == SIGCONT) {
        if (w->on_screen) {
            resize(w);
        }
    } else {
        gs_loop_stop(w->loop);
    }
}

/* ---- running ---- */

static void once(struct watching *w)
{
    uint64_t asked_ns = w->watch.fed_ns, wait_ns = (uint64_t)w->remote.wait_ms * 1000000u;
    uint64_t end_ns = asked_ns + (wait_ns > SETTLE_NS ? wait_ns : SETTLE_NS);
    for (uint64_t now_ns; (now_ns = gs_loop_now()) < end_ns;) {
        bool fed = w->watch.live.n && w->watch.fed_ns > asked_ns;
        gs_loop_once(w->loop, end_ns - now_ns);
        if (!fed && w->watch.live.n && w->watch.fed_ns > asked_ns) {
            end_ns = gs_loop_now() + SETTLE_NS;
        }
    }
    w->watch.numbers_ns = 0; /* what is known now, whenever it came */
    gs_watch_age(&w->watch, gs_loop_now(), 0);
    gs_live_table(&w->watch.live, stdout);
}

static void show(struct watching *w)
{
    struct watching *self = w;
    w->screen.colour = !getenv("NO_COLOR");
    if (w->on_screen) {
        resize(w);
        gs_terminal_open();
        gs_loop_add(w->loop, STDIN_FILENO, POLLIN, on_key, w);
        gs_loop_run(w->loop);
        gs_terminal_close();
    } else {
        gs_loop_add_timer(w->loop, gs_loop_now() + w->table_ns, on_table, &self);
        gs_loop_run(w->loop);
    }
    gs_screen_finish(&w->screen);
}

static void ignore(void *context, const struct gs_message *message)
{
    (void)context;
    (void)message;
}

/* Whether somebody is there at all, before the terminal is touched. */
static enum gs_status knock(struct watching *w, struct gs_error *error)
{
    return gs_osc_client_ask(w->remote.client, NULL, 0, w->remote.wait_ms, ignore, NULL, error);
}

static enum gs_status take_scale(const struct gs_arguments *arguments, const struct gs_live_scale **scale,
                                 struct gs_error *error)
{
    const char *word = gs_option(arguments, "scale");
    *scale = NULL;
    if (!word || strcmp(word, "peak") == 0) {
        return GS_OK;
    }
    *scale = gs_live_scale(word);
    if (*scale) {
        return GS_OK;
    }
    struct gs_nearest nearest = gs_nearest_start(word);
    gs_nearest_offer(&nearest, "peak");
    for (const struct gs_live_scale *s = gs_live_scales; s->key; s++) {
        gs_nearest_offer(&nearest, s->key);
    }
    return gs_fail(error, GS_E_USAGE, "--scale",
                   "found '%.40s', expected peak, vu, ppm, ppm1, ppm2a, ppm2b, k20, "
                   "k14, k12 or lufs%s%s%s",
                   word, nearest.best ? "; did you mean '" : "", nearest.best ? nearest.best : "",
                   nearest.best ? "'?" : "");
}

static enum gs_status prepare(struct watching *w, const struct gs_arguments *arguments,
                              struct gs_error *error)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT };
    double interval_s, seconds;
    const struct gs_live_scale *scale;
    enum gs_status status = take_scale(arguments, &scale, error);
    if (status) {
        return status;
    }
    status = gs_option_number(arguments, "interval", 0.05, 3600, 1, &interval_s, error);
    if (!status) {
        status = gs_option_number(arguments, "seconds", 0, 1e9, INFINITY, &seconds, error);
    }
    if (!status) {
        status = gs_remote_open(arguments, &w->remote, error);
    }
    if (status) {
        return status;
    }
    w->table_ns = (uint64_t)(interval_s * 1e9);
    w->end_ns = isinf(seconds) ? UINT64_MAX : gs_loop_now() + (uint64_t)(seconds * 1e9);
    w->loop = gs_loop_create();
    if (!w->loop || gs_loop_signals(w->loop, signals, 5, on_signal, w)) {
        return gs_fail(error, GS_E_IO, "", "no event loop");
    }
    gs_watch_start(&w->watch, gs_osc_client_where(w->remote.client), scale);
    return knock(w, error);
}

static int run(const struct gs_arguments *arguments)
{
    struct watching *w = calloc(1, sizeof *w);
    struct gs_error error;
    int code = 0;
    if (!w) {
        gs_fail(&error, GS_E_MEMORY, "", "out of memory");
        return gs_complain(&error);
    }
    if (prepare(w, arguments, &error)) {
        code = gs_complain(&error);
    } else {
        w->on_screen = !gs_option(arguments, "once") && gs_terminal_is_capable();
        w->last_ns = w->watch.heard_ns = w->watch.fed_ns = gs_loop_now();
        gs_watch_ask(w->remote.client);
        gs_watch_subscribe(w->remote.client, w->watch.live.scale, true);
        w->next_renew_ns = w->last_ns + RENEW_NS;
        w->next_ask_ns = w->last_ns + ASK_NS;
        gs_loop_add(w->loop, gs_osc_client_fd(w->remote.client), POLLIN, on_packets, w);
        gs_loop_add_timer(w->loop, w->last_ns + FRAME_NS, on_frame, w);
        if (gs_option(arguments, "once")) {
            once(w);
        } else {
            show(w);
        }
        gs_osc_client_send(w->remote.client, &(struct gs_message){ "/unsubscribe", NULL, 0 }, 1, NULL);
    }
    gs_loop_destroy(w->loop);
    gs_remote_close(&w->remote);
    free(w);
    return code;
}

const struct gs_command gs_cmd_watch = {
    .key = "watch",
    .operands = "",
    .doc =
        "Watch the levels of a running daemon. In a terminal a level diagram moves, one column a stage: bar "
        "up to RMS and peak, what it held, its ceiling, its numbers, a lamp that stays lit when it has "
        "clipped, and MODEL? where for ten seconds it has measured otherwise than predicted. Keys: q quits, "
        "r "
        "puts the lamps out, left and right turn pages. Elsewhere a table is printed every second. NO_COLOR "
        "in the environment is respected.",
    .options = options,
    .run = run,
};
