/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_pcm.h. */
#include "control/door_pcm.h"

#include <stdlib.h>
#include <string.h>

#define HEADER     32
#define FRAMES_MAX 4096 /* of one packet: the ring's whole contents come in a few */
#define LISTENERS  64

struct tap {
    char stage[GS_CHAIN_ID_SIZE]; /* "": free */
    unsigned number;              /* of the stage, from 0 */
    enum gs_path path;
    struct gs_door_client *listener[LISTENERS];
    unsigned n_listeners;
    /* Gathered for the next packet. */
    uint64_t first;
    unsigned frames, channels;
    unsigned char packet[HEADER + FRAMES_MAX * GS_CHANNELS * sizeof(float)];
};

struct gs_door_pcm {
    struct gs_engine *engine;
    struct gs_session *session;
    struct tap tap[GS_PCM_TAPS];
};

struct gs_door_pcm *gs_door_pcm_create(struct gs_engine *engine, struct gs_session *session)
{
    struct gs_door_pcm *pcm = calloc(1, sizeof *pcm);
    if (pcm) {
        pcm->engine = engine;
        pcm->session = session;
    }
    return pcm;
}

static void end_tap(struct gs_door_pcm *pcm, struct tap *tap)
{
    gs_engine_pcm(pcm->engine, (unsigned)(tap - pcm->tap), -1, GS_REAL);
    tap->stage[0] = '\0';
    tap->n_listeners = tap->frames = 0;
}

void gs_door_pcm_destroy(struct gs_door_pcm *pcm)
{
    for (unsigned t = 0; pcm && t < GS_PCM_TAPS; t++) {
        end_tap(pcm, &pcm->tap[t]);
    }
    free(pcm);
}

/* ---- who hears what ---- */

static bool hears(const struct tap *tap, const struct gs_door_client *client)
{
    for (unsigned i = 0; i < tap->n_listeners; i++) {
        if (tap->listener[i] == client) {
            return true;
        }
    }
    return false;
}

static void leave(struct gs_door_pcm *pcm, struct tap *tap, const struct gs_door_client *client)
{
    for (unsigned i = 0; i < tap->n_listeners; i++) {
        if (tap->listener[i] == client) {
            tap->listener[i] = tap->listener[--tap->n_listeners];
            break;
        }
    }
    if (tap->stage[0] && !tap->n_listeners) {
        end_tap(pcm, tap);
    }
}

void gs_door_pcm_leave(struct gs_door_pcm *pcm, const struct gs_door_client *client)
{
    for (unsigned t = 0; t < GS_PCM_TAPS; t++) {
        leave(pcm, &pcm->tap[t], client);
    }
}

static struct tap *find_tap(struct gs_door_pcm *pcm, const char *stage, enum gs_path path)
{
    struct tap *empty = NULL;
    for (unsigned t = 0; t < GS_PCM_TAPS; t++) {
        struct tap *tap = &pcm->tap[t];
        if (tap->stage[0] && tap->path == path && strcmp(tap->stage, stage) == 0) {
            return tap;
        }
        empty = tap->stage[0] || empty ? empty : tap;
    }
    return empty;
}

static bool path_of(const char *word, enum gs_path *path)
{
    static const char *const words[] = { [GS_REAL] = "real", [GS_IDEAL] = "ideal", [GS_ERROR] = "error" };
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], word) == 0) {
            *path = (enum gs_path)i;
            return true;
        }
    }
    return false;
}

/* A wire as taps know it. */
struct wish {
    const char *id;
    unsigned number;
    enum gs_path path;
};

static const char *understand(struct gs_door_pcm *pcm, const struct gs_door_wire *wire, struct wish *wish)
{
    const struct gs_chain *chain = gs_session_chain(pcm->session);
    int number = chain ? gs_chain_find(chain, wire->stage) : -1;
    if (number < 0) {
        return "no stage of this name";
    }
    if (!path_of(wire->path, &wish->path)) {
        return "expected real, ideal or error";
    }
    wish->number = (unsigned)number;
    wish->id = chain->stages[number].id;
    return NULL;
}

static bool is_wanted(const struct tap *tap, const struct wish *wish, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (tap->path == wish[i].path && strcmp(tap->stage, wish[i].id) == 0) {
            return true;
        }
    }
    return false;
}

static bool join(struct gs_door_pcm *pcm, struct gs_door_client *client, const struct wish *wish)
{
    struct tap *tap = find_tap(pcm, wish->id, wish->path);
    if (tap && hears(tap, client)) {
        return true;
    }
    if (!tap || tap->n_listeners == LISTENERS) {
        return false;
    }
    if (!tap->stage[0]) {
        memcpy(tap->stage, wish->id, sizeof tap->stage);
        tap->number = wish->number;
        tap->path = wish->path;
        gs_engine_pcm(pcm->engine, (unsigned)(tap - pcm->tap), (int)wish->number, wish->path);
    }
    tap->listener[tap->n_listeners++] = client;
    return true;
}

const char *gs_door_pcm_listen(struct gs_door_pcm *pcm, struct gs_door_client *client,
                               struct gs_door_wire *wires, unsigned *n)
{
    struct wish wish[GS_DOOR_PCM_WIRES];
    unsigned heard = 0, wanted = *n;
    if (wanted > GS_DOOR_PCM_WIRES) {
        return "expected four wires at most";
    }
    for (unsigned i = 0; i < wanted; i++) {
        const char *fault = understand(pcm, &wires[i], &wish[i]);
        if (fault) {
            return fault;
        }
    }
    for (unsigned t = 0; t < GS_PCM_TAPS; t++) {
        if (!is_wanted(&pcm->tap[t], wish, wanted)) {
            leave(pcm, &pcm->tap[t], client);
        }
    }
    for (unsigned i = 0; i < wanted; i++) {
        if (join(pcm, client, &wish[i])) {
            wires[heard++] = wires[i];
        }
    }
    *n = heard;
    return heard == wanted
               ? NULL
               : "all eight wires that can be listened to are taken: hear what others hear, or wait";
}

void gs_door_pcm_chain_changed(struct gs_door_pcm *pcm)
{
    const struct gs_chain *chain = gs_session_chain(pcm->session);
    for (unsigned t = 0; t < GS_PCM_TAPS; t++) {
        struct tap *tap = &pcm->tap[t];
        int number = tap->stage[0] && chain ? gs_chain_find(chain, tap->stage) : -1;
        if (number < 0) {
            end_tap(pcm, tap);
        } else {
            tap->number = (unsigned)number;
            gs_engine_pcm(pcm->engine, t, number, tap->path);
        }
    }
}

/* ---- frames ---- */

static unsigned char *put_little(unsigned char *at, uint64_t number, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        *at++ = (unsigned char)(number >> (8 * i));
    }
    return at;
}

static void send_packet(struct gs_door_pcm *pcm, struct tap *tap)
{
    const struct gs_plan *plan = gs_engine_plan(pcm->engine);
    size_t size = HEADER + (size_t)tap->frames * tap->channels * sizeof(float);
    if (!tap->frames || !plan) {
        return;
    }
    unsigned char *at = tap->packet;
    memset(at, 0, HEADER);
    memcpy(at, "PCM1", 4);
    at = put_little(at + 4, tap->channels, 2);
    at = put_little(at, tap->path, 2);
    at = put_little(at, tap->first, 8);
    at = put_little(at, (uint64_t)(plan->rate_hz + 0.5), 4);
    at = put_little(at, tap->frames, 4);
    put_little(at, tap->number + 1, 2);
    for (unsigned i = 0; i < tap->n_listeners; i++) {
        gs_door_client_sound(tap->listener[i], tap->packet, size);
    }
    tap->frames = 0;
}

static void gather(void *context, const struct gs_pcm_piece *piece)
{
    struct gs_door_pcm *pcm = context;
    struct tap *tap = &pcm->tap[piece->tap];
    if (!tap->stage[0] || tap->number != piece->stage || tap->path != (enum gs_path)piece->path) {
        return; /* of the tap's life before */
    }
    bool goes_on =
        tap->frames && piece->frame == tap->first + tap->frames && piece->channels == tap->channels;
    if (!goes_on || tap->frames + piece->frames > FRAMES_MAX) {
        send_packet(pcm, tap);
        tap->first = piece->frame;
        tap->channels = piece->channels;
    }
    unsigned char *at = tap->packet + HEADER + (size_t)tap->frames * tap->channels * sizeof(float);
    for (unsigned i = 0; i < (unsigned)piece->frames * piece->channels; i++) {
        uint32_t bits;
        memcpy(&bits, &piece->sample[i], sizeof bits);
        at = put_little(at, bits, 4);
    }
    tap->frames += piece->frames;
}

bool gs_door_pcm_turn(struct gs_door_pcm *pcm)
{
    bool any = false;
    gs_engine_pcm_take(pcm->engine, gather, pcm);
    for (unsigned t = 0; t < GS_PCM_TAPS; t++) {
        struct tap *tap = &pcm->tap[t];
        send_packet(pcm, tap);
        if (tap->n_listeners) {
            any = true; /* and the chain may have been compiled anew */
            gs_engine_pcm(pcm->engine, t, (int)tap->number, tap->path);
        }
    }
    return any;
}
