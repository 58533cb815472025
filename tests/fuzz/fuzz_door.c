/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as what comes to the door once libwebsockets has taken HTTP and frames apart: pieces of messages, paths and
 * queries, hosts and origins. What is sent must be well-formed OSC or sound, what is answered have a status. One
 * session hears all inputs; its client is new in each.
 *
 * Again and again: a byte (what it is), a byte (how long), so many bytes. */
#include "control/door_command.h"
#include "control/door_hosts.h"
#include "control/door_http.h"
#include "control/door_pcm.h"
#include "session/session.h"

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#define BYTES_MAX 4096

static const char strip[] = "{\"gainstage\":1,\"name\":\"strip\",\"stages\":["
                            "{\"id\":\"src\",\"kind\":\"source\",\"domain\":\"line\"},"
                            "{\"id\":\"pre\",\"kind\":\"preamp\"},{\"id\":\"ad\",\"kind\":\"adc\"},"
                            "{\"id\":\"out\",\"kind\":\"master\"}]}";

static struct gs_engine *engine;
static struct gs_session *session;
static struct gs_oscquery *query;
static struct gs_door_files *files;
static struct gs_door_pcm *pcm;
static struct gs_door_pin pin;
static uint64_t now_ns = 1;

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
    query = gs_oscquery_create(session);
    files = gs_door_files_create(NULL);
    pcm = gs_door_pcm_create(engine, session);
}

static void wake(void *context)
{
    (void)context;
}

static void check_frames(struct gs_door_client *client)
{
    struct gs_door_frame *frame;
    while ((frame = gs_door_client_next(client))) {
        const unsigned char *data = frame->data + GS_DOOR_FRAME_ROOM;
        MUST(frame->text || !gs_osc_packet_fault(data, frame->size) || memcmp(data, "PCM1", 4) == 0);
        free(frame);
    }
    MUST(client->queued == 0);
}

static void request(const char *text, size_t size)
{
    char path[256] = "/", words[64];
    struct gs_door_http http = {
        .session = session, .query = query, .files = files, .host = { .name = "fuzz" }
    };
    size_t n = size < sizeof path - 1 ? size : sizeof path - 1;
    memcpy(path, text, n);
    path[n] = '\0';
    char *mark = strchr(path, '?');
    strcpy(words, "");
    if (mark) {
        *mark = '\0';
        strncat(words, mark + 1, sizeof words - 1);
    }
    struct gs_door_request asked = { .path = path,
                                     .query = words,
                                     .accept = size & 1 ? "text/html" : "",
                                     .accept_encoding = size & 2 ? words : "gzip",
                                     .none_match = words };
    struct gs_door_reply reply;
    gs_door_answer(&http, &asked, &reply);
    MUST(reply.status == 200 || reply.status == 204 || reply.status == 304 || reply.status == 400 ||
         reply.status == 404);
    MUST(reply.status != 200 || reply.bytes);
    free(reply.owned);
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
    struct gs_door_room room = { session, &pin, pcm };
    struct gs_door_client *client = gs_door_client_create(&room, &endpoint, wake, NULL);
    MUST(client);
    while (size >= 2) {
        unsigned what = data[0];
        size_t n = data[1] < size - 2 ? data[1] : size - 2;
        const uint8_t *bytes = data + 2;
        now_ns += 1000000u << (what >> 5 & 3);
        switch (what & 7) {
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
        gs_session_tick(session, now_ns);
        gs_door_pcm_turn(pcm);
        check_frames(client);
        data += 2 + n;
        size -= 2 + n;
    }
    gs_door_client_destroy(client);
    return 0;
}
