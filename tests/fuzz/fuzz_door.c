/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as what comes to the door once libwebsockets has taken HTTP and frames apart: pieces of messages, paths,
 * queries and headers of requests, hosts and origins, PINs. What is sent must be well-formed OSC, sound or JSON, what is
 * answered have a status and a type. One session hears all inputs, without a socket; its client is new in each.
 *
 * Again and again: a byte (what it is), a byte (how long), so many bytes. */
#include "control/door_command.h"
#include "control/door_hosts.h"
#include "control/door_http.h"
#include "control/door_pcm.h"
#include "session/session.h"

#include "fuzz.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BYTES_MAX  4096
#define JSON_MAX   4096 /* longer answers are many short ones in one, and would cost most of the time */
#define WHOLE_TREE 64   /* one question in so many that is for all of it is answered, for the same reason */

static const char strip[] = "{\"gainstage\":1,\"name\":\"strip\",\"stages\":["
                            "{\"id\":\"src\",\"kind\":\"source\",\"domain\":\"line\"},"
                            "{\"id\":\"pre\",\"kind\":\"preamp\"},{\"id\":\"out\",\"kind\":\"master\"}]}";

static struct gs_engine *engine;
static struct gs_session *session;
static struct gs_loop *loop;
static struct gs_osc_schedule *schedule;
static struct gs_oscquery *query;
static struct gs_door_files *files;
static struct gs_door_pcm *pcm;
static struct gs_door_pin pin;
static uint64_t now_ns; /* passes quicker than the loop's */

static void open_session(void)
{
    struct gs_engine_setup engine_setup = { .out_ceiling_db = -1, .fade_in_ms = 50 };
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = NULL;
    engine = gs_engine_create(&engine_setup);
    gs_engine_set_rate(engine, 48000);
    struct gs_session_setup setup = { .engine = engine, .name = "fuzz" };
    session = gs_session_create(&setup);
    MUST(gs_chain_parse(strip, strlen(strip), NULL, &chain, &errors) == GS_OK);
    MUST(gs_session_adopt(session, chain, &errors) == GS_OK);
    gs_errors_finish(&errors);
    loop = gs_loop_create();
    now_ns = gs_loop_now();
    schedule = gs_osc_schedule_create(loop, session, gs_door_message);
    query = gs_oscquery_create(session);
    files = gs_door_files_create(NULL);
    pcm = gs_door_pcm_create(engine, session);
    MUST(schedule && query && files && pcm);
}

static void wake(void *context)
{
    (void)context;
}

static void check_json(const char *text, size_t size)
{
    if (size < JSON_MAX) {
        cJSON *json = cJSON_ParseWithLength(text, size);
        MUST(json);
        cJSON_Delete(json);
    }
}

static void check_frames(struct gs_door_client *client)
{
    struct gs_door_frame *frame;
    while ((frame = gs_door_client_next(client))) {
        const unsigned char *data = frame->data + GS_DOOR_FRAME_ROOM;
        if (frame->text) {
            check_json((const char *)data, frame->size);
        } else {
            MUST(!gs_osc_packet_fault(data, frame->size) || memcmp(data, "PCM1", 4) == 0);
        }
        free(frame);
    }
    MUST(client->queued == 0);
}

/* ---- requests ---- */

/* Cuts the text at the first of `letters`; returns what is behind it, "" when there is none. */
static char *cut(char *text, const char *letters)
{
    char *rest = text + strcspn(text, letters);
    if (*rest) {
        *rest++ = '\0';
    }
    return rest;
}

static void answer(const struct gs_door_request *asked)
{
    static const int statuses[] = { 200, 204, 304, 400, 404 };
    struct gs_door_http http = {
        .session = session, .query = query, .files = files, .host = { .name = "fuzz" }
    };
    struct gs_door_reply reply;
    gs_door_answer(&http, asked, &reply);
    size_t i = 0;
    while (i < sizeof statuses / sizeof *statuses && statuses[i] != reply.status) {
        i++;
    }
    MUST(i < sizeof statuses / sizeof *statuses);
    MUST(reply.status == 304 || (reply.bytes && *reply.type));
    MUST((reply.status == 304) <= (*reply.etag != '\0'));
    if (reply.status == 200 && strcmp(reply.type, "application/json") == 0) {
        check_json((const char *)reply.bytes, reply.size);
    }
    free(reply.owned);
}

/* "path?query" and, each on a line, Accept, Accept-Encoding, If-None-Match. */
static void request(const char *text, size_t size)
{
    static unsigned whole;
    char path[257] = "/";
    size_t n = size < sizeof path - 1 ? size : sizeof path - 1;
    memcpy(path, text, n);
    path[n ? n : 1] = '\0';
    char *accept = cut(path, "\n"), *encoding = cut(accept, "\n"), *none_match = cut(encoding, "\n");
    char *words = cut(path, "?");
    bool all = strcmp(path, "/") == 0 || strncmp(path, "/stage", 6) == 0;
    if (!all || (*words && strcmp(words, "CONTENTS") != 0) || ++whole % WHOLE_TREE == 0) {
        answer(&(struct gs_door_request){ path, words, accept, encoding, none_match });
    }
}

static void host(const char *text, size_t size)
{
    struct gs_door_hosts hosts = { .machine = "mixer.lan" };
    char header[300], other[300];
    size_t n = size < sizeof header - 1 ? size : sizeof header - 1;
    memcpy(header, text, n);
    header[n] = '\0';
    bool allowed = gs_door_hosts_allow(&hosts, header, "192.168.1.2");
    MUST(!allowed || !strstr(header, "evil"));
    snprintf(other, sizeof other, "%s", header + n / 2);
    gs_door_same_origin(other, header);
}

/* ---- an input ---- */

/* A bundle of a few microseconds ahead, which bytes alone would hardly ever find; and what waited is run. */
static void ahead(struct gs_door_client *client, const uint8_t *bytes, size_t n)
{
    unsigned char packet[256] = "#bundle";
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t tag =
        ((uint64_t)now.tv_sec + UINT64_C(2208988800)) << 32 | ((uint64_t)now.tv_nsec << 32) / 1000000000u;
    tag += (uint64_t)(n ? bytes[0] : 0) << 16; /* of 2^-32 s: up to 4 ms */
    for (unsigned i = 0; i < 8; i++) {
        packet[8 + i] = (unsigned char)(tag >> (56 - 8 * i));
    }
    n = n > 0 ? n - 1 : 0;
    n = n < sizeof packet - 16 ? n : sizeof packet - 16;
    memcpy(packet + 16, bytes + 1, n);
    gs_door_client_take(client, packet, 16 + n, true, true, false, now_ns);
    gs_loop_once(loop, 0);
}

static void take(struct gs_door_client *client, unsigned what, const uint8_t *bytes, size_t n)
{
    switch (what & 7) {
    case 5:
        client->share.messages.left = n == 1 ? 0 : client->share.messages.left; /* as after a flood */
        ahead(client, bytes, n);
        break;
    case 6:
        request((const char *)bytes, n);
        break;
    case 7:
        host((const char *)bytes, n);
        break;
    default:
        gs_door_client_take(client, bytes, n, what & 1, what & 2, what & 4, now_ns);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gs_endpoint endpoint = { .ip = { 1 }, .port = 1, .connection = 1 };
    if (size > BYTES_MAX) {
        return 0;
    }
    if (!session) {
        open_session();
    }
    gs_door_pin_init(&pin, size && data[0] & 0x80 ? "4711" : NULL);
    struct gs_door_room room = { session, &pin, pcm, schedule };
    struct gs_door_client *client = gs_door_client_create(&room, &endpoint, wake, NULL);
    MUST(client);
    while (size >= 2) {
        unsigned what = data[0];
        size_t n = data[1] < size - 2 ? data[1] : size - 2;
        now_ns += 1000000u << (what >> 5 & 3);
        take(client, what, data + 2, n);
        gs_session_tick(session, now_ns);
        gs_door_pcm_turn(pcm);
        if (!(what & 0x10)) { /* it reads */
            check_frames(client);
        }
        data += 2 + n;
        size -= 2 + n;
    }
    check_frames(client);
    gs_door_client_destroy(client);
    return 0;
}
