/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage record-meters`: the series of `measure --series --csv`, from a live wire of a running daemon. The daemon
 * makes the rows and numbers them; one that got lost on the way is asked for again. */
#include "app/remote.h"
#include "app/series_file.h"
#include "control/loop.h"
#include "report/measurement.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEEP_NS   1000000000u /* between two words to the daemon */
#define SILENT_NS 6000000000u /* no word from it for so long: it is gone */
#define REPAIR_NS 300000000u  /* a lost row that did not come within this is lost */
#define COLUMNS   GS_SERIES_COLUMNS_MAX

static const struct gs_option options[] = {
    GS_OPTION_HOST,
    GS_OPTION_PORT,
    GS_OPTION_TCP,
    GS_OPTION_WAIT,
    { "series", 's', "HZ",
      "Rows a second, up to 200; default 10. Above 100 the daemon meters in steps of 5 ms for it instead of "
      "10." },
    { "csv", 'c', "FILE", "Where to; - writes to standard output." },
    { "point", 0, "POINT", "out: the wire behind the stage (default); in: the one before it." },
    { "seconds", 0, "SECONDS", "End after so many seconds of sound; default: when interrupted." },
    { NULL, 0, NULL, NULL },
};

struct recording {
    struct gs_remote remote;
    struct gs_loop *loop;
    struct gs_series_file csv;
    const char *stage, *point;
    double hz;
    uint64_t wanted; /* rows */
    uint64_t next;   /* number of the row that comes next */
    uint64_t lost;
    uint64_t heard_ns;
    uint64_t asked_ns; /* for row `asked` */
    uint64_t asked;
    int code;
};

static void stop(struct recording *r, int code)
{
    r->code = code;
    gs_loop_stop(r->loop);
}

/* ---- rows -------------------------------------------------------------------------------------------------- */

static enum gs_status ask_again(struct recording *r, struct gs_error *error)
{
    struct gs_atom from = { .tag = 'h', .integer = (int64_t)r->next };
    struct gs_message again = { "/record/meters/again", &from, 1 };
    return gs_osc_client_send(r->remote.client, &again, 1, error);
}

/* True when the row at hand may be taken though it is not the next one. */
static bool give_up(struct recording *r, uint64_t number)
{
    uint64_t now_ns = gs_loop_now();
    if (r->asked != r->next || !r->asked_ns) {
        r->asked = r->next;
        r->asked_ns = now_ns;
        ask_again(r, NULL);
        return false;
    }
    if (now_ns - r->asked_ns < REPAIR_NS) {
        return false;
    }
    r->lost += number - r->next;
    return true;
}

static void take_row(struct recording *r, const struct gs_message *message)
{
    double number, time_s, value[COLUMNS];
    unsigned n = gs_series_columns();
    if (!r->csv.begun || message->n_atoms < 2 + n || !gs_atom_number(&message->atoms[0], &number) ||
        !gs_atom_number(&message->atoms[1], &time_s) || r->next >= r->wanted || number < (double)r->next) {
        return;
    }
    if (number > (double)r->next && !give_up(r, (uint64_t)number)) {
        return;
    }
    for (unsigned i = 0; i < n; i++) {
        if (!gs_atom_number(&message->atoms[2 + i], &value[i])) {
            value[i] = NAN;
        }
    }
    gs_series_print(time_s, value, r->csv.to);
    r->next = (uint64_t)number + 1;
    if (r->next >= r->wanted) {
        stop(r, 0);
    }
}

/* The same columns as this program's own: they are printed by its table. */
static bool same_columns(const struct gs_message *message)
{
    bool same = message->n_atoms == gs_series_columns() + 1;
    for (unsigned i = 0; same && i < gs_series_columns(); i++) {
        const struct gs_atom *atom = &message->atoms[i + 1];
        same = atom->tag == 's' && strcmp(atom->text, gs_series_column(i)) == 0;
    }
    return same;
}

static void take(void *context, const struct gs_message *message)
{
    struct recording *r = context;
    struct gs_error error;
    r->heard_ns = gs_loop_now();
    if (strcmp(message->address, "/record/meters/row") == 0) {
        take_row(r, message);
    } else if (strcmp(message->address, "/record/meters/columns") == 0) {
        if (same_columns(message) && gs_series_file_begin(&r->csv, &error)) {
            stop(r, gs_complain(&error));
        }
    } else if (strcmp(message->address, "/record/meters/end") == 0) {
        gs_fail(&error, GS_E_IO, r->stage, "the recording has ended: %s",
                message->n_atoms && message->atoms[0].tag == 's' ? message->atoms[0].text : "");
        stop(r, gs_complain(&error));
    } else {
        int code = gs_remote_complaint(message);
        if (code) {
            stop(r, code);
        }
    }
}

static void on_packets(void *context, short revents)
{
    struct recording *r = context;
    (void)revents;
    gs_osc_client_receive(r->remote.client, 0, take, r);
    if (fflush(r->csv.to)) {
        stop(r, 1);
    }
}

/* Renews the lease, repairs a lost end, and sees whether the daemon is there: of two packets that nobody takes the
 * second one is refused. */
static uint64_t on_keep(void *context, uint64_t now_ns)
{
    struct recording *r = context;
    struct gs_error error;
    bool silent = now_ns > r->heard_ns && now_ns - r->heard_ns > SILENT_NS;
    if (silent) {
        gs_fail(&error, GS_E_IO, gs_osc_client_where(r->remote.client), "no word from the daemon any more");
    }
    if (silent || gs_osc_client_send(r->remote.client, &(struct gs_message){ "/ping", NULL, 0 }, 1, &error) ||
        ask_again(r, &error)) {
        stop(r, gs_complain(&error));
    }
    return now_ns + KEEP_NS;
}

static void on_signal(void *context, int number)
{
    (void)number;
    stop(context, 0);
}

/* ---- running ----------------------------------------------------------------------------------------------- */

static enum gs_status read_options(const struct gs_arguments *arguments, struct recording *r,
                                   struct gs_error *error)
{
    double seconds = INFINITY;
    const char *point = gs_option(arguments, "point");
    r->point = point ? point : "out";
    if (arguments->n_operands != 1) {
        return gs_fail(error, GS_E_USAGE, "", "record-meters wants the id of one stage");
    }
    r->stage = arguments->operand[0];
    if (!gs_option(arguments, "csv")) {
        return gs_fail(error, GS_E_USAGE, "", "--csv FILE says where to write; - is standard output");
    }
    if (strcmp(r->point, "in") != 0 && strcmp(r->point, "out") != 0) {
        return gs_fail(error, GS_E_USAGE, "--point", "found '%s', expected in or out", r->point);
    }
    enum gs_status status = gs_option_number(arguments, "series", 0.001, GS_BIN_HZ_MAX, 10, &r->hz, error);
    if (!status) {
        status = gs_option_number(arguments, "seconds", 0, 1e9, INFINITY, &seconds, error);
    }
    r->wanted = isinf(seconds) ? UINT64_MAX : (uint64_t)floor(seconds * r->hz + 1e-6);
    return status;
}

static enum gs_status begin(struct recording *r, struct gs_error *error)
{
    struct gs_atom atoms[3] = { gs_atom_text(r->stage), gs_atom_text(r->point), gs_atom_float(r->hz) };
    struct gs_message message = { "/record/meters", atoms, 3 };
    r->heard_ns = gs_loop_now();
    enum gs_status status =
        gs_osc_client_ask(r->remote.client, &message, 1, r->remote.wait_ms, take, r, error);
    if (!status && !r->csv.begun && !r->code) {
        status = gs_fail(error, GS_E_IO, gs_osc_client_where(r->remote.client),
                         "this daemon does not record these columns: is it of another version?");
    }
    return status;
}

static void record(struct recording *r)
{
    gs_loop_add(r->loop, gs_osc_client_fd(r->remote.client), POLLIN, on_packets, r);
    gs_loop_add_timer(r->loop, gs_loop_now() + KEEP_NS, on_keep, r);
    if (r->next < r->wanted) { /* a very short one may have come with its beginning */
        gs_loop_run(r->loop);
    }
    struct gs_atom end[3] = { gs_atom_text(r->stage), gs_atom_text(r->point), gs_atom_int(0) };
    gs_osc_client_send(r->remote.client, &(struct gs_message){ "/record/meters", end, 3 }, 1, NULL);
    gs_osc_client_send(r->remote.client, &(struct gs_message){ "/unsubscribe", NULL, 0 }, 1, NULL);
}

static int open_and_record(struct recording *r, const struct gs_arguments *arguments)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
    struct gs_error error;
    r->loop = gs_loop_create();
    if (!r->loop || gs_loop_signals(r->loop, signals, 3, on_signal, r)) {
        gs_fail(&error, GS_E_IO, "", "no event loop");
        return gs_complain(&error);
    }
    if (gs_series_file_open(&r->csv, gs_option(arguments, "csv"), &error) || begin(r, &error)) {
        return gs_complain(&error);
    }
    if (!r->code) {
        record(r);
    }
    if (r->lost) {
        fprintf(stderr, "gainstage: %llu rows got lost on the way\n", (unsigned long long)r->lost);
    }
    return r->code;
}

static int run(const struct gs_arguments *arguments)
{
    struct recording r = { 0 };
    struct gs_error error;
    if (read_options(arguments, &r, &error) || gs_remote_open(arguments, &r.remote, &error)) {
        return gs_complain(&error);
    }
    int code = open_and_record(&r, arguments);
    if (gs_series_file_close(&r.csv, &error)) {
        code = gs_complain(&error);
    }
    gs_loop_destroy(r.loop);
    gs_remote_close(&r.remote);
    return code;
}

const struct gs_command gs_cmd_record_meters = {
    .key = "record-meters",
    .operands = "STAGE --series HZ --csv FILE",
    .doc =
        "Write all meters of a live wire over time. The rows and columns of measure --series --csv, from a "
        "running daemon: holds, counts and integrated loudness begin with the recording, whatever others "
        "reset. "
        "Ends with SECONDS, on interruption, or when the wire is gone.",
    .options = options,
    .run = run,
};
