/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See door_pcm.h. */
#include "control/door_pcm.h"

#include <stdlib.h>
#include <string.h>

#define HEADER     32
#define FRAMES_MAX 4096         /* of one packet: the ring's whole contents come in a few */
#define QUEUED_MAX (256u << 10) /* more than this waiting: a client that will not hear it in time */
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

void gs_door_pcm_leave(struct gs_door_pcm *pcm, const struct gs_door_client *client)
{
    for (unsigned t = 0; t < GS_PCM_TAPS; t++) {
        struct tap *tap = &pcm->tap[t];
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

const char *gs_door_pcm_listen(struct gs_door_pcm *pcm, struct gs_door_client *client, const char *stage,
                               const char *path_word)
{
    const struct gs_chain *chain = gs_session_chain(pcm->session);
    enum gs_path path;
    if (!stage) {
        gs_door_pcm_leave(pcm, client);
        return NULL;
    }
    int number = chain ? gs_chain_find(chain, stage) : -1;
    if (number < 0) {
        return "no stage of this name";
    }
    if (!path_of(path_word, &path)) {
        return "expected real, ideal or error";
    }
    gs_door_pcm_leave(pcm, client);
    struct tap *tap = find_tap(pcm, chain->stages[number].id, path);
    if (!tap || tap->n_listeners == LISTENERS) {
        return "as many wires are listened to as can be";
    }
    if (!tap->stage[0]) {
        memcpy(tap->stage, chain->stages[number].id, sizeof tap->stage);
        tap->number = (unsigned)number;
        tap->path = path;
        gs_engine_pcm(pcm->engine, (unsigned)(tap - pcm->tap), number, path);
    }
    tap->listener[tap->n_listeners++] = client;
    return NULL;
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
        gs_door_client_send(tap->listener[i], tap->packet, size, QUEUED_MAX);
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
