/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The meters of one wire over time, for a subscriber who writes them down. A recording has a readout of its own,
 * fed with the bins of its wire from its beginning on, so that integrated loudness, holds and counts are those of
 * the take, whatever others reset meanwhile. Rows are made bin by bin as `measure` makes them, however late the
 * bins come, and the last 512 are kept for a subscriber whom one did not reach. */
#include "session/state.h"

#include "meter/bank.h"
#include "report/measurement.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE_MAX     GS_BIN_HZ_MAX
#define RATE_DEFAULT 10
#define ROWS_KEPT    512

struct row {
    double time_s;
    double value[GS_SERIES_COLUMNS_MAX];
};

struct gs_recording {
    char stage[GS_CHAIN_ID_SIZE];
    bool before;
    double hz, rate_hz;
    unsigned channels;
    enum gs_domain domain;
    struct gs_readout *readout; /* since the recording began */
    struct gs_bin *bin;         /* the lanes of its wire */
    uint64_t frames;            /* in the readout */
    double late_s; /* its beginning is so much before the place on the grid where its first bin belongs */
    uint64_t made, sent; /* rows; of the last ROWS_KEPT number n lies at n % ROWS_KEPT */
    const char *over;    /* why it has ended; NULL: it goes on */
    struct row row[ROWS_KEPT];
};

void gs_recording_drop(struct gs_peer *peer)
{
    struct gs_recording *recording = peer->recording;
    if (recording) {
        gs_readout_destroy(recording->readout);
        free(recording->bin);
        free(recording);
        peer->recording = NULL;
    }
}

/* As `measure` does it. */
static unsigned bin_hz(const struct gs_recording *recording)
{
    return recording->hz > GS_BIN_HZ ? GS_BIN_HZ_MAX : GS_BIN_HZ;
}

/* ---- beginning --------------------------------------------------------------------------------------------- */

static bool make_room(struct gs_recording *r, const struct gs_alignment *alignment)
{
    struct gs_readout_lane lane[GS_CHANNELS];
    size_t n_lanes = gs_bank_lanes(r->channels);
    for (unsigned c = 0; c < r->channels; c++) {
        lane[c] = (struct gs_readout_lane){ .domain = r->domain, .channel = c, .channels = r->channels };
    }
    r->readout = gs_readout_create_fine(lane, r->channels, alignment, r->rate_hz, bin_hz(r));
    r->bin = calloc(1, sizeof *r->bin + gs_bank_fields() * n_lanes * sizeof(float));
    if (r->bin) {
        r->bin->n_fields = (uint32_t)gs_bank_fields();
        r->bin->n_lanes = (uint32_t)n_lanes;
    }
    return r->readout && r->bin;
}

/* Fine bins while somebody records faster than whole ones come, and only then. */
static void choose_bins(struct gs_session *session)
{
    bool fine = false;
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        const struct gs_recording *r = session->peer[i].used ? session->peer[i].recording : NULL;
        fine = fine || (r && !r->over && bin_hz(r) > GS_BIN_HZ);
    }
    gs_engine_fine_bins(session->engine, fine);
}

static void tell_columns(struct gs_session *session)
{
    struct gs_atom atom[1 + GS_SERIES_COLUMNS_MAX] = { gs_atom_text("time_s") };
    unsigned n = gs_series_columns();
    for (unsigned i = 0; i < n; i++) {
        atom[i + 1] = gs_atom_text(gs_series_column(i));
    }
    gs_reply(session, "/record/meters/columns", atom, n + 1);
}

static void begin(struct gs_session *session, int stage, bool before, double hz)
{
    const struct gs_plan_wire *wire = gs_wire_at(session, (unsigned)stage, before);
    struct gs_peer *peer = wire ? gs_watches_peer(session) : NULL;
    if (!peer) {
        gs_reply_error(session, "/record/meters", wire ? "busy" : "out-of-range",
                       wire ? "no room for one more subscriber" : "no wire before this stage");
        return;
    }
    gs_recording_drop(peer);
    struct gs_recording *r = calloc(1, sizeof *r);
    if (!r) {
        return;
    }
    peer->recording = r;
    snprintf(r->stage, sizeof r->stage, "%s", session->chain->stages[stage].id);
    r->before = before;
    r->hz = hz;
    r->rate_hz = gs_engine_rate(session->engine);
    r->channels = wire->channels;
    r->domain = wire->domain;
    if (make_room(r, &session->chain->alignment)) {
        choose_bins(session);
        tell_columns(session);
    } else {
        gs_recording_drop(peer);
        gs_reply_error(session, "/record/meters", "busy", "out of memory");
    }
}

/* "in" or "out"; anything else is refused. */
static bool take_point(struct gs_session *session, const struct gs_message *message, bool *before)
{
    const struct gs_atom *atom = message->n_atoms > 1 ? &message->atoms[1] : NULL;
    *before = atom && atom->tag == 's' && strcmp(atom->text, "in") == 0;
    if (atom && !*before && (atom->tag != 's' || strcmp(atom->text, "out") != 0)) {
        gs_reply_error(session, message->address, "out-of-range", "expected \"in\" or \"out\"");
        return false;
    }
    return true;
}

static bool take_rate(struct gs_session *session, const struct gs_message *message, double *hz)
{
    *hz = RATE_DEFAULT;
    if (message->n_atoms > 2 && !gs_atom_number(&message->atoms[2], hz)) {
        gs_reply_error(session, message->address, "bad-type", "expected a rate in hertz");
        return false;
    }
    if (!(*hz == 0 || (*hz >= 0.001 && *hz <= RATE_MAX))) {
        gs_reply_error(session, message->address, "out-of-range", "%g: expected 0 to %d hertz", *hz,
                       RATE_MAX);
        return false;
    }
    return true;
}

void gs_verb_record_meters(struct gs_session *session, const struct gs_message *message)
{
    bool before;
    double hz;
    if (!message->n_atoms || message->atoms[0].tag != 's' || !session->chain) {
        gs_reply_error(session, message->address, session->chain ? "bad-type" : "busy",
                       session->chain ? "expected the id of a stage" : "no chain is loaded");
        return;
    }
    int stage = gs_chain_find(session->chain, message->atoms[0].text);
    if (stage < 0) {
        gs_refuse_stage(session, message->address, &message->atoms[0]);
    } else if (take_point(session, message, &before) && take_rate(session, message, &hz)) {
        if (hz > 0) {
            begin(session, stage, before, hz);
        } else if (session->sender) {
            gs_recording_drop(session->sender);
        }
    }
}

void gs_verb_record_again(struct gs_session *session, const struct gs_message *message)
{
    struct gs_recording *r = session->sender ? session->sender->recording : NULL;
    double from;
    if (!r) {
        gs_reply_error(session, message->address, "not-subscribed", "no recording is under way for you");
    }
    if (r && message->n_atoms && gs_atom_number(&message->atoms[0], &from) && from >= 0 &&
        from < (double)r->sent) {
        uint64_t oldest = r->made > ROWS_KEPT ? r->made - ROWS_KEPT : 0;
        r->sent = from > (double)oldest ? (uint64_t)from : oldest;
        gs_session_want(session, session->now_ns);
    }
}

/* ---- bins to rows ------------------------------------------------------------------------------------------ */

/* Bins end with the last cell before their place on the grid, so the first one begins up to a cell early: ticks
 * that did would fall between them. */
static double lateness(const struct gs_recording *r, uint64_t first_frame)
{
    double bins = (double)first_frame / r->rate_hz * bin_hz(r);
    return (ceil(bins - 1e-9) - bins) / bin_hz(r);
}

/* Ticks stand at k / hz; each gets the newest bin that ends there or before. `end` is the frame where the next bin
 * ends. */
static void make_rows(struct gs_recording *r, uint64_t end)
{
    double now_s = (double)r->frames / r->rate_hz, end_s = (double)end / r->rate_hz;
    while (r->late_s + (double)(r->made + 1) / r->hz < end_s - 1e-9) {
        struct row *row = &r->row[r->made++ % ROWS_KEPT];
        row->time_s = now_s;
        gs_series_values(r->readout, 0, r->channels, row->value);
    }
}

static void take_bin(struct gs_recording *r, const struct gs_bin *bin, size_t first_lane)
{
    size_t n_lanes = r->bin->n_lanes;
    if (r->frames == 0 && bin->frames > r->rate_hz / bin_hz(r) + GS_CELL) {
        return; /* begun before the wish for halves was heard: two ticks would share it */
    }
    if (r->frames > 0) {
        make_rows(r, r->frames + bin->frames);
    } else {
        r->late_s = lateness(r, bin->first_frame);
    }
    for (size_t f = 0; f < bin->n_fields; f++) {
        memcpy(&r->bin->field[f * n_lanes], &bin->field[f * bin->n_lanes + first_lane],
               r->channels * sizeof(float));
    }
    r->bin->first_frame = r->frames;
    r->bin->frames = bin->frames;
    gs_readout_bin(r->readout, r->bin);
    r->frames += bin->frames;
}

/* The wire in the chain of today; a chain that was turned inside out may still have it. */
static const struct gs_plan_wire *find_wire(const struct gs_session *session, struct gs_recording *r)
{
    int stage = session->chain ? gs_chain_find(session->chain, r->stage) : -1;
    const struct gs_plan_wire *wire = stage >= 0 ? gs_wire_at(session, (unsigned)stage, r->before) : NULL;
    if (!wire) {
        r->over = "the stage is gone";
    } else if (wire->channels != r->channels || wire->domain != r->domain) {
        r->over = "the wire is another one";
    } else if (gs_engine_rate(session->engine) != r->rate_hz) {
        r->over = "the sample rate has changed";
    }
    return wire;
}

void gs_recordings_bin(struct gs_session *session, const struct gs_bin *bin, unsigned hz)
{
    for (unsigned i = 0; i < GS_SESSION_PLACES; i++) {
        struct gs_recording *r = session->peer[i].used ? session->peer[i].recording : NULL;
        bool wanted = r && !r->over && bin_hz(r) == hz;
        const struct gs_plan_wire *wire = wanted ? find_wire(session, r) : NULL;
        if (wire && !r->over) {
            take_bin(r, bin, wire->first_lane);
        }
    }
    choose_bins(session);
}

/* ---- rows to the subscriber -------------------------------------------------------------------------------- */

static void put_row(struct gs_outlet *outlet, const struct gs_recording *r, uint64_t number)
{
    const struct row *row = &r->row[number % ROWS_KEPT];
    struct gs_atom atom[2 + GS_SERIES_COLUMNS_MAX] = { { .tag = 'h', .integer = (int64_t)number },
                                                       { .tag = 'd', .number = row->time_s } };
    unsigned n = gs_series_columns();
    for (unsigned i = 0; i < n; i++) {
        atom[2 + i] = isnan(row->value[i]) ? (struct gs_atom){ .tag = 'N' }
                                           : (struct gs_atom){ .tag = 'd', .number = row->value[i] };
    }
    outlet->put(outlet, &(struct gs_message){ "/record/meters/row", atom, 2 + n });
}

void gs_recording_feed(struct gs_session *session, struct gs_peer *peer)
{
    struct gs_recording *r = peer->recording;
    (void)session;
    if (!r || (r->sent == r->made && !r->over)) {
        return;
    }
    struct gs_outlet *outlet = peer->to.outlet;
    outlet->open(outlet, &peer->to, peer->flags & GS_WANT_SINGLE ? GS_OUTLET_SINGLE : 0);
    for (; r->sent < r->made; r->sent++) {
        put_row(outlet, r, r->sent);
    }
    if (r->over) {
        struct gs_atom why = gs_atom_text(r->over);
        outlet->put(outlet, &(struct gs_message){ "/record/meters/end", &why, 1 });
    }
    outlet->close(outlet);
    if (r->over) {
        gs_recording_drop(peer);
    }
}
