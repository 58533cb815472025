/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage log`: "does my OSC arrive?" Every message that a running daemon is sent, by whom, and what became of it. */
#include "app/remote.h"
#include "control/loop.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LEASE_S       20
#define RENEW_NS      UINT64_C(5000000000)
#define SILENT_NS     UINT64_C(15000000000) /* no answer to three renewals */
#define NTP_TO_UNIX_S UINT64_C(2208988800)  /* RFC 5905, figure 4 */

static const struct gs_option options[] = {
    GS_OPTION_HOST,
    GS_OPTION_PORT,
    GS_OPTION_TCP,
    GS_OPTION_WAIT,
    { "json", 'j', NULL, "One JSON object a line: time, sender, address, arguments, verdict, text." },
    { "refused", 'r', NULL, "Only what was not accepted." },
    { "seconds", 's', "SECONDS", "End after so many seconds." },
    { NULL, 0, NULL, NULL },
};

struct logging {
    struct gs_remote remote;
    struct gs_loop *loop;
    bool json, only_refused;
    uint64_t heard_ns, end_ns;
    int code;
};

enum {
    TIME,
    SENDER,
    ADDRESS,
    ARGUMENTS,
    VERDICT,
    TEXT,
    FIELDS
};

/* Of the day here, or, for programs, all of it in UTC. */
static void print_time(uint64_t ntp, bool local)
{
    time_t seconds = (time_t)((ntp >> 32) - NTP_TO_UNIX_S);
    unsigned ms = (unsigned)(((ntp & UINT32_MAX) * 1000) >> 32);
    struct tm parts;
    char text[64];
    if (local) {
        strftime(text, sizeof text, "%H:%M:%S", localtime_r(&seconds, &parts));
    } else {
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &parts));
    }
    printf("%s.%03u", text, ms);
}

static void print_json(const struct gs_message *message)
{
    static const char *const names[FIELDS] = { "time", "sender", "address", "arguments", "verdict", "text" };
    printf("{\"time\":\"");
    print_time((uint64_t)message->atoms[TIME].integer, false);
    printf("Z\"");
    for (unsigned i = SENDER; i < FIELDS; i++) {
        printf(",\"%s\":\"", names[i]);
        for (const char *c = message->atoms[i].text; *c; c++) {
            printf(*c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
        }
        putchar('"');
    }
    printf("}\n");
}

static void print_text(const struct gs_message *message)
{
    const char *arguments = message->atoms[ARGUMENTS].text, *text = message->atoms[TEXT].text;
    print_time((uint64_t)message->atoms[TIME].integer, true);
    printf("  %-21s  %s%s%s  %s%s%s\n", message->atoms[SENDER].text, message->atoms[ADDRESS].text,
           *arguments ? " " : "", arguments, message->atoms[VERDICT].text, *text ? ": " : "", text);
}

static bool is_line(const struct gs_message *message)
{
    bool whole = strcmp(message->address, "/log/line") == 0 && message->n_atoms == FIELDS &&
                 message->atoms[TIME].tag == 't';
    for (unsigned i = SENDER; whole && i < FIELDS; i++) {
        whole = message->atoms[i].tag == 's';
    }
    return whole;
}

static void take(void *context, const struct gs_message *message)
{
    struct logging *logging = context;
    int complaint = gs_remote_complaint(message);
    logging->heard_ns = gs_loop_now();
    if (complaint) {
        logging->code = complaint;
        gs_loop_stop(logging->loop);
    } else if (strcmp(message->address, "/log/lost") == 0 && message->n_atoms && !logging->json) {
        printf("(%lld more)\n", (long long)message->atoms[0].integer);
    } else if (is_line(message) &&
               !(logging->only_refused && strcmp(message->atoms[VERDICT].text, "ok") == 0)) {
        if (logging->json) {
            print_json(message);
        } else {
            print_text(message);
        }
    }
}

static void on_packets(void *context, short revents)
{
    struct logging *logging = context;
    (void)revents;
    gs_osc_client_receive(logging->remote.client, 0, take, logging);
    if (fflush(stdout)) {
        gs_loop_stop(logging->loop); /* whoever read us is gone */
    }
}

static struct gs_message question(const struct gs_atom *lease)
{
    return (struct gs_message){ "/log", lease, 1 };
}

static uint64_t on_timer(void *context, uint64_t now_ns)
{
    struct logging *logging = context;
    struct gs_atom lease = gs_atom_int(LEASE_S);
    struct gs_message again = question(&lease);
    if (now_ns >= logging->end_ns) {
        gs_loop_stop(logging->loop);
        return UINT64_MAX;
    }
    if (now_ns - logging->heard_ns > SILENT_NS) {
        struct gs_error error;
        gs_fail(&error, GS_E_IO, gs_osc_client_where(logging->remote.client), "no word from the daemon");
        logging->code = gs_complain(&error);
        gs_loop_stop(logging->loop);
        return UINT64_MAX;
    }
    gs_osc_client_send(logging->remote.client, &again, 1, NULL);
    uint64_t next_ns = now_ns + RENEW_NS;
    return next_ns < logging->end_ns ? next_ns : logging->end_ns;
}

static void on_signal(void *context, int number)
{
    (void)number;
    gs_loop_stop(((struct logging *)context)->loop);
}

static enum gs_status start(struct logging *logging, const struct gs_arguments *arguments,
                            struct gs_error *error)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
    struct gs_atom lease = gs_atom_int(LEASE_S);
    struct gs_message first = question(&lease);
    double seconds;
    enum gs_status status = gs_option_number(arguments, "seconds", 0, 1e9, INFINITY, &seconds, error);
    if (!status) {
        status = gs_remote_open(arguments, &logging->remote, error);
    }
    if (status) {
        return status;
    }
    logging->json = gs_option(arguments, "json");
    logging->only_refused = gs_option(arguments, "refused");
    logging->end_ns = isinf(seconds) ? UINT64_MAX : gs_loop_now() + (uint64_t)(seconds * 1e9);
    logging->loop = gs_loop_create();
    if (!logging->loop || gs_loop_signals(logging->loop, signals, 3, on_signal, logging)) {
        return gs_fail(error, GS_E_IO, "", "no event loop");
    }
    return gs_osc_client_ask(logging->remote.client, &first, 1, logging->remote.wait_ms, take, logging,
                             error);
}

static int run(const struct gs_arguments *arguments)
{
    struct logging logging = { 0 };
    struct gs_error error;
    if (start(&logging, arguments, &error)) {
        logging.code = gs_complain(&error);
    } else if (!logging.code) {
        gs_loop_add(logging.loop, gs_osc_client_fd(logging.remote.client), POLLIN, on_packets, &logging);
        gs_loop_add_timer(logging.loop,
                          gs_loop_now() + RENEW_NS < logging.end_ns ? gs_loop_now() + RENEW_NS
                                                                    : logging.end_ns,
                          on_timer, &logging);
        gs_loop_run(logging.loop);
        struct gs_atom none = gs_atom_int(0);
        struct gs_message end = question(&none);
        gs_osc_client_send(logging.remote.client, &end, 1, NULL);
    }
    gs_loop_destroy(logging.loop);
    gs_remote_close(&logging.remote);
    return logging.code;
}

const struct gs_command gs_cmd_log = {
    .key = "log",
    .operands = "",
    .doc = "Show every message that a running daemon is sent: time, sender, address, arguments, and whether "
           "it was "
           "accepted or why not. For whoever asks whether the OSC of a tablet arrives. On the daemon's own "
           "machine, "
           "and in networks that it was started with in --osc-allow.",
    .options = options,
    .run = run,
};
