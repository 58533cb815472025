/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See watch_model.h. Everything is known by stage ids: numbers move when somebody loads another chain. */
#include "app/watch_model.h"

#include "control/loop.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SILENCE_DB  (-144.0)
#define HOLD_NS     1500000000u
#define FALL_DB_A_S 30.0 /* bars and holds sink like the pointer of a peak meter */
#define RATE_HZ     50
#define NUMBERS_HZ  5
#define NUMBERS_NS  (1000000000u / NUMBERS_HZ)
#define FLAGS       (1 + 2 + 8) /* values, meters, ids */
#define FLAGS_SCALE (1 + 8)     /* of the meters only those of the scale */
#define LEASE_S     10

void gs_watch_start(struct gs_watch *watch, const char *where, const struct gs_live_scale *scale)
{
    memset(watch, 0, sizeof *watch);
    snprintf(watch->chain, sizeof watch->chain, "no chain yet");
    snprintf(watch->state, sizeof watch->state, "waiting");
    watch->live = (struct gs_live){ .chain = watch->chain,
                                    .state = watch->state,
                                    .where = where,
                                    .stage = watch->stage,
                                    .scale = scale,
                                    .nominal_dbfs = -18.0 };
}

static double number_of(const struct gs_message *message, size_t i)
{
    double number;
    return i < message->n_atoms && gs_atom_number(&message->atoms[i], &number) ? number : NAN;
}

static const char *text_of(const struct gs_message *message, size_t i)
{
    return i < message->n_atoms && message->atoms[i].tag == 's' ? message->atoms[i].text : "";
}

static void forget_levels(struct gs_watch *watch, size_t i)
{
    struct gs_live_stage *s = &watch->stage[i];
    *s = (struct gs_live_stage){ .rms_db = SILENCE_DB,
                                 .peak_db = SILENCE_DB,
                                 .hold_db = SILENCE_DB,
                                 .ceiling_db = NAN,
                                 .rms_text_db = SILENCE_DB,
                                 .peak_text_db = SILENCE_DB,
                                 .scale_now = SILENCE_DB,
                                 .scale_hold = SILENCE_DB };
    watch->reading[i].hold_db = watch->reading[i].now_db = SILENCE_DB;
    watch->reading[i].scale_hold = watch->reading[i].scale_now = SILENCE_DB;
    for (int k = 0; k < GS_LIVE_NUMBERS; k++) {
        s->number[k] = watch->reading[i].number[k] = SILENCE_DB;
    }
}

/* "/stage/list ,isssfffs": number, id, label, kind, lowest, highest and present gain, law. */
static void take_listed(struct gs_watch *watch, const struct gs_message *message)
{
    double number = number_of(message, 0);
    if (!(number >= 1 && number <= GS_WATCH_STAGES)) {
        return;
    }
    size_t i = (size_t)number - 1;
    struct gs_live_stage *s = &watch->stage[i];
    if (strcmp(s->id, text_of(message, 1)) != 0) {
        watch->renamed = true;
        forget_levels(watch, i);
    }
    snprintf(s->id, sizeof s->id, "%s", text_of(message, 1));
    snprintf(s->label, sizeof s->label, "%s", text_of(message, 2));
    s->gain_db = strcmp(text_of(message, 7), "none") == 0 ? NAN : number_of(message, 6);
    watch->listed = watch->listed > i + 1 ? watch->listed : i + 1;
}

static void end_list(struct gs_watch *watch, const struct gs_message *message)
{
    double n = number_of(message, 0);
    if (n == (double)watch->listed && n <= GS_WATCH_STAGES) {
        watch->live.n = watch->listed;
    }
    watch->listed = 0;
    watch->stale = true;
}

static void take_peak(struct gs_watch *watch, size_t i, double db)
{
    struct gs_live_stage *s = &watch->stage[i];
    watch->fed_ns = watch->heard_ns;
    watch->reading[i].now_db = db;
    s->peak_db = fmax(s->peak_db, db);
    if (db >= watch->reading[i].hold_db) {
        watch->reading[i].hold_db = db;
        watch->reading[i].hold_ns = gs_loop_now();
    }
}

/* What "/stage/ID/<leaf>" says about a stage. */
static const struct {
    const char *leaf;
    size_t offset;
} levels[] = {
    { "meter/out/rms", offsetof(struct gs_live_stage, rms_db) },
    { "ceiling", offsetof(struct gs_live_stage, ceiling_db) },
    { "nominal", offsetof(struct gs_live_stage, nominal_db) },
    { "gain", offsetof(struct gs_live_stage, gain_db) },
    { "agreement_db", offsetof(struct gs_live_stage, agreement_db) },
};
static const struct {
    const char *leaf;
    size_t offset;
} lamps[] = {
    { "clip", offsetof(struct gs_live_stage, clip) },
    { "model_error", offsetof(struct gs_live_stage, model_error) },
    { "mute", offsetof(struct gs_live_stage, mute) },
    { "bypass", offsetof(struct gs_live_stage, bypass) },
};

static bool is_reading(const char *leaf)
{
    static const char *const readings[] = { "headroom", "clip",        "ceiling",
                                            "nominal",  "model_error", "agreement_db" };
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        if (strcmp(leaf, readings[i]) == 0) {
            return true;
        }
    }
    return strncmp(leaf, "meter/", 6) == 0;
}

/* What "/stage/ID/meter/out/<reading>" says on the scale; the reading of the bar is often a number too. */
static void take_scale(struct gs_watch *watch, size_t i, const char *reading, double value)
{
    const struct gs_live_scale *scale = watch->live.scale;
    watch->fed_ns = watch->heard_ns;
    if (strcmp(reading, scale->bar) == 0) {
        watch->reading[i].scale_now = value;
        if (value >= watch->reading[i].scale_hold) {
            watch->reading[i].scale_hold = value;
            watch->reading[i].scale_ns = gs_loop_now();
        }
    }
    for (int k = 0; k < gs_live_numbers(scale); k++) {
        if (strcmp(reading, scale->number[k].reading) == 0) {
            watch->reading[i].number[k] = value;
        }
    }
    if (strcmp(reading, "loudness_stable") == 0) {
        watch->stage[i].stable = value >= 0.5;
    }
}

static void take_leaf(struct gs_watch *watch, size_t i, const char *leaf, const struct gs_message *message)
{
    struct gs_live_stage *s = &watch->stage[i];
    double value = number_of(message, 0);
    if (strcmp(leaf, "meter/out/db") == 0 && !isnan(value)) {
        take_peak(watch, i, value);
    } else if (strcmp(leaf, "meter/out/unit") == 0) {
        snprintf(s->unit, sizeof s->unit, "%s", text_of(message, 0));
    }
    if (watch->live.scale && strncmp(leaf, "meter/out/", 10) == 0 && !isnan(value)) {
        take_scale(watch, i, leaf + 10, value);
    }
    for (size_t k = 0; k < sizeof levels / sizeof *levels; k++) {
        if (strcmp(leaf, levels[k].leaf) == 0 && !isnan(value)) {
            *(double *)((char *)s + levels[k].offset) = value;
        }
    }
    for (size_t k = 0; k < sizeof lamps / sizeof *lamps; k++) {
        if (strcmp(leaf, lamps[k].leaf) == 0) {
            *(bool *)((char *)s + lamps[k].offset) = value >= 0.5;
        }
    }
    /* A value that was turned may have moved a ceiling with it. */
    watch->stale = watch->stale || !is_reading(leaf);
}

static void take_stage(struct gs_watch *watch, const struct gs_message *message)
{
    const char *id = message->address + strlen("/stage/");
    size_t length = strcspn(id, "/");
    for (size_t i = 0; i < watch->live.n && id[length]; i++) {
        if (strncmp(watch->stage[i].id, id, length) == 0 && !watch->stage[i].id[length]) {
            take_leaf(watch, i, id + length + 1, message);
            return;
        }
    }
}

static void take_listen(struct gs_watch *watch, const struct gs_message *message)
{
    for (size_t i = 0; i < watch->live.n; i++) {
        watch->stage[i].listen = strcmp(watch->stage[i].id, text_of(message, 0)) == 0;
    }
}

void gs_watch_take(void *context, const struct gs_message *message)
{
    struct gs_watch *watch = context;
    const char *address = message->address;
    watch->heard_ns = gs_loop_now();
    if (strcmp(address, "/stage/list") == 0) {
        take_listed(watch, message);
    } else if (strcmp(address, "/stage/list/end") == 0) {
        end_list(watch, message);
    } else if (strncmp(address, "/stage/", 7) == 0) {
        take_stage(watch, message);
    } else if (strcmp(address, "/chain/name") == 0) {
        snprintf(watch->chain, sizeof watch->chain, "%s", text_of(message, 0));
    } else if (strcmp(address, "/status") == 0) {
        snprintf(watch->state, sizeof watch->state, "%s", text_of(message, 0));
        snprintf(watch->chain, sizeof watch->chain, "%s", text_of(message, 2));
    } else if (strcmp(address, "/chain/alignment") == 0) {
        watch->live.nominal_dbfs = number_of(message, 1);
    } else if (strcmp(address, "/listen") == 0) {
        take_listen(watch, message);
    } else if (strcmp(address, "/subscribed") == 0) {
        watch->refused = false;
    } else if (strcmp(address, "/error") == 0 && strcmp(text_of(message, 1), "busy") == 0) {
        watch->refused = true;
    }
}

/* Bars as they come; a number stands as long as the eye needs, and says the highest of that time and of the hold. */
static void age_scale(struct gs_watch *watch, size_t i, uint64_t now_ns, bool numbers, double passed_s)
{
    struct gs_live_stage *s = &watch->stage[i];
    const struct gs_live_scale *scale = watch->live.scale;
    if (now_ns - watch->reading[i].scale_ns > HOLD_NS) {
        double fallen = watch->reading[i].scale_hold - FALL_DB_A_S * passed_s;
        watch->reading[i].scale_hold = fmax(watch->reading[i].scale_now, fallen);
    }
    s->scale_now = watch->reading[i].scale_now;
    s->scale_hold = watch->reading[i].scale_hold;
    for (int k = 0; numbers && k < gs_live_numbers(scale); k++) {
        bool held = strcmp(scale->number[k].reading, scale->bar) == 0;
        s->number[k] = held ? s->scale_hold : watch->reading[i].number[k];
    }
}

void gs_watch_age(struct gs_watch *watch, uint64_t now_ns, double passed_s)
{
    bool numbers = now_ns - watch->numbers_ns >= NUMBERS_NS;
    watch->numbers_ns = numbers ? now_ns : watch->numbers_ns;
    for (size_t i = 0; i < watch->live.n; i++) {
        struct gs_live_stage *s = &watch->stage[i];
        double now_db = watch->reading[i].now_db;
        s->peak_db = fmax(now_db, s->peak_db - FALL_DB_A_S * passed_s);
        if (now_ns - watch->reading[i].hold_ns > HOLD_NS) {
            watch->reading[i].hold_db = fmax(now_db, watch->reading[i].hold_db - FALL_DB_A_S * passed_s);
        }
        s->hold_db = watch->reading[i].hold_db;
        s->rms_text_db = numbers ? s->rms_db : s->rms_text_db;
        s->peak_text_db = numbers ? s->hold_db : s->peak_text_db;
        if (watch->live.scale) {
            age_scale(watch, i, now_ns, numbers, passed_s);
        }
    }
}

void gs_watch_ask(struct gs_osc_client *client)
{
    static const struct gs_message questions[] = {
        { "/stage/*/ceiling", NULL, 0 },
        { "/stage/*/nominal", NULL, 0 },
        { "/status", NULL, 0 },
        { "/stage/list", NULL, 0 },
        { "/stage/*/meter/out/unit", NULL, 0 },
        { "/chain/alignment", NULL, 0 },
        { "/listen", NULL, 0 },
    };
    gs_osc_client_send(client, questions, sizeof questions / sizeof *questions, NULL);
}

/* Patterns, so that stages that come are fed too. */
static void subscribe_reading(struct gs_osc_client *client, const char *path, int rate_hz)
{
    char address[64];
    snprintf(address, sizeof address, "/stage/*/%s", path);
    struct gs_atom atoms[2] = { gs_atom_text(address), gs_atom_int(rate_hz) };
    gs_osc_client_send(client, &(struct gs_message){ "/subscribe/meter", atoms, 2 }, 1, NULL);
}

static void subscribe_scale(struct gs_osc_client *client, const struct gs_live_scale *scale)
{
    char path[64];
    snprintf(path, sizeof path, "meter/out/%s", scale->bar);
    subscribe_reading(client, path, RATE_HZ);
    subscribe_reading(client, "clip", NUMBERS_HZ);
    for (int k = 0; k < gs_live_numbers(scale); k++) {
        snprintf(path, sizeof path, "meter/out/%s", scale->number[k].reading);
        if (strcmp(scale->number[k].reading, scale->bar) != 0) {
            subscribe_reading(client, path, NUMBERS_HZ);
        }
        if (scale->number[k].ripens) {
            subscribe_reading(client, "meter/out/loudness_stable", NUMBERS_HZ);
        }
    }
}

void gs_watch_subscribe(struct gs_osc_client *client, const struct gs_live_scale *scale, bool first)
{
    struct gs_atom atoms[4] = { gs_atom_int(0), gs_atom_int(LEASE_S), gs_atom_int(RATE_HZ),
                                gs_atom_int(scale ? FLAGS_SCALE : FLAGS) };
    struct gs_atom here = gs_atom_int(0);
    struct gs_message messages[2] = { { "/set_reply_port", &here, 1 }, { "/subscribe", atoms, 4 } };
    struct gs_message renew = { "/xremote", NULL, 0 };
    gs_osc_client_send(client, first ? messages : &renew, first ? 2 : 1, NULL);
    if (scale) {
        subscribe_scale(client, scale);
    }
}
