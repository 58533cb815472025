/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a conversation of three peers with a session: messages with their arguments, and time that passes. What
 * the session says must be well-formed OSC without a not-a-number.
 *
 * One session hears many inputs: to make one costs a thousand times what a conversation does. Its subscribers are gone
 * at the end of each; its values stay.
 *
 * The input is read leniently, so that most of it means something. Again and again: a byte (who speaks, how much time
 * passes, whether the packet ends), an address up to a zero, types up to a zero, what the types need. */
#include "control/osc_codec.h"
#include "session/session.h"

#include "fuzz.h"

#include <math.h>
#include <string.h>

#define BYTES_MAX 2048
#define PEERS     3
#define ATOMS     8

#define BEGIN_NS      UINT64_C(1000000000)
#define CONVERSATIONS 100000 /* a day each: of twice as many nanoseconds 64 bits would overflow */

static const char strip[] =
    "{\"gainstage\":1,\"name\":\"strip\",\"stages\":["
    "{\"id\":\"src\",\"kind\":\"source\",\"domain\":\"line\"},"
    "{\"id\":\"pre\",\"kind\":\"preamp\",\"gain_db\":40},{\"id\":\"ad\",\"kind\":\"adc\"},"
    "{\"id\":\"mix\",\"kind\":\"bus\",\"from\":[{\"stage\":\"ad\",\"gain_db\":-3,\"pan\":0.5}]},"
    "{\"id\":\"out\",\"kind\":\"master\"}]}";

/* ---- what comes back ---- */

static void ignore_open(struct gs_outlet *outlet, const struct gs_endpoint *to, unsigned flags)
{
    (void)flags;
    MUST(outlet == to->outlet);
}

static void check(struct gs_outlet *outlet, const struct gs_message *message)
{
    static unsigned char data[64 * 1024];
    (void)outlet;
    MUST(message->address[0] == '/' && strlen(message->address) < GS_ADDRESS_SIZE);
    for (size_t i = 0; i < message->n_atoms; i++) {
        const struct gs_atom *atom = &message->atoms[i];
        /* A pong says what the ping said. */
        MUST((atom->tag != 'f' && atom->tag != 'd') || !isnan(atom->number) ||
             strcmp(message->address, "/pong") == 0);
    }
    MUST(gs_osc_write(message, data, sizeof data) > 0);
}

static void ignore_close(struct gs_outlet *outlet)
{
    (void)outlet;
}

/* ---- what goes in ---- */

struct input {
    const uint8_t *at, *end;
};

static uint8_t take_byte(struct input *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static void take_bytes(struct input *in, void *to, size_t size)
{
    memset(to, 0, size);
    for (size_t i = 0; i < size && in->at < in->end; i++) {
        ((uint8_t *)to)[i] = *in->at++;
    }
}

/* Up to a zero; only what the walker lets pass. */
static void take_word(struct input *in, char *word, size_t size)
{
    size_t n = 0;
    uint8_t byte;
    while ((byte = take_byte(in))) {
        if (n + 1 < size && byte > ' ' && byte <= '~') {
            word[n++] = (char)byte;
        }
    }
    word[n] = '\0';
}

static bool take_atom(struct input *in, char tag, struct gs_atom *atom, char *text, size_t size)
{
    float narrow;
    *atom = (struct gs_atom){ .tag = tag };
    switch (tag) {
    case 'i':
        atom->integer = (int8_t)take_byte(in) * (int64_t)(1 << take_byte(in) % 24);
        return true;
    case 'f':
        take_bytes(in, &narrow, sizeof narrow);
        atom->number = (double)narrow;
        return true;
    case 'd':
        take_bytes(in, &atom->number, sizeof atom->number);
        return true;
    case 's':
        take_word(in, text, size);
        atom->text = text;
        return true;
    case 'b':
        atom->blob.data = text;
        atom->blob.size = 4;
        return true;
    case 'T':
    case 'F':
        atom->integer = tag == 'T';
        return true;
    default:
        return tag == 'N' || tag == 'I';
    }
}

static void say(struct gs_session *session, struct input *in)
{
    char address[GS_ADDRESS_SIZE + 1] = "/", types[ATOMS + 1], texts[ATOMS][64] = { "" };
    struct gs_atom atoms[ATOMS];
    size_t n = 0;
    take_word(in, address + 1, sizeof address - 1);
    take_word(in, types, sizeof types);
    for (const char *tag = types; *tag; tag++) {
        n += take_atom(in, *tag, &atoms[n], texts[n], sizeof texts[n]);
    }
    gs_session_message(session, &(struct gs_message){ address, atoms, n });
}

static uint64_t now_ns = BEGIN_NS;
static struct gs_engine *session_engine;

static struct gs_endpoint peer(struct gs_outlet *outlet, unsigned number)
{
    struct gs_endpoint from = { .outlet = outlet, .ip = { [10] = 0xff, 0xff, 127, 0, 0, 1 } };
    from.port = (uint16_t)(9000 + number);
    from.connection = number == 2 ? 1 : 0;
    return from;
}

static void converse(struct gs_session *session, struct gs_outlet *outlet, struct input *in)
{
    while (in->at < in->end) {
        uint8_t head = take_byte(in);
        struct gs_endpoint from = peer(outlet, head % PEERS);
        now_ns += (uint64_t)(head >> 4) * 30000000u;
        gs_session_begin(session, &from, now_ns);
        say(session, in);
        if (head & 8) {
            say(session, in);
        }
        gs_session_end(session);
        gs_session_tick(session, now_ns);
        if (head == 0xff) {
            gs_session_gone(session, &from);
        }
    }
    gs_session_tick(session, now_ns + 500000000u);
    now_ns += UINT64_C(86401000000000); /* the longest lease */
    gs_session_tick(session, now_ns);
    MUST(gs_session_peers(session) == 0);
}

static struct gs_session *make_session(void)
{
    static const char *const no_folders[] = { NULL };
    struct gs_engine_setup engine = { .out_ceiling_db = -1, .fade_in_ms = 50 };
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = NULL;
    struct gs_session_setup setup = { .engine = gs_engine_create(&engine),
                                      .name = "fuzz",
                                      .chain_folders = no_folders };
    session_engine = setup.engine;
    gs_engine_set_rate(setup.engine, 8000);
    struct gs_session *session = gs_session_create(&setup);
    MUST(gs_chain_parse(strip, strlen(strip), NULL, &chain, &errors) == GS_OK);
    MUST(gs_session_adopt(session, chain, &errors) == GS_OK);
    gs_errors_finish(&errors);
    return session;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct gs_session *session;
    static unsigned heard;
    static struct gs_outlet outlet = { .open = ignore_open, .put = check, .close = ignore_close };
    struct input in = { data, data + (size < BYTES_MAX ? size : BYTES_MAX) };
    if (session && ++heard % CONVERSATIONS == 0) {
        struct gs_engine *engine = session_engine;
        gs_session_destroy(session);
        gs_engine_destroy(engine);
        session = NULL;
        now_ns = BEGIN_NS;
    }
    if (!session) {
        session = make_session();
    }
    converse(session, &outlet, &in);
    return 0;
}
