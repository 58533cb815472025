/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The level diagram as messages: what a picture of the chain draws, one message a stage, for clients that draw it
 * themselves. The rows are those of `gainstage diagram`. */
#include "session/state.h"

#include "report/rows.h"

#include <math.h>
#include <stdio.h>

/* Beside the flags of the prediction. */
enum {
    FLAG_SOFT = 1 << 16,
    FLAG_CLIPS_FIRST = 1 << 17,
    FLAG_NOISE_BOTTLENECK = 1 << 18,
    FLAG_MODEL_ERROR = 1 << 19
};

static struct gs_atom number_or_nil(double number)
{
    return isfinite(number) ? gs_atom_float(number) : (struct gs_atom){ .tag = 'N' };
}

static int64_t flags_of(const struct gs_row *row, bool doubted)
{
    return (int64_t)row->predicted.flags | (row->predicted.soft ? FLAG_SOFT : 0) |
           (row->marks & GS_MARK_CLIPS_FIRST ? FLAG_CLIPS_FIRST : 0) |
           (row->marks & GS_MARK_NOISE_BOTTLENECK ? FLAG_NOISE_BOTTLENECK : 0) |
           (doubted ? FLAG_MODEL_ERROR : 0);
}

static void put_row(struct gs_outlet *outlet, const struct gs_row *row, const struct gs_row *from_source,
                    size_t i, bool doubted)
{
    const struct gs_predicted *p = &row->predicted;
    const double numbers[] = {
        p->level_db,
        p->peak_db,
        row->n_from ? p->in_level_db : NAN,
        row->n_from ? p->in_peak_db : NAN,
        p->noise_db,
        p->ceiling_db,
        p->nominal_db,
        p->headroom_db,
        p->snr_db,
        row->n_from && p->domain == p->domain_in ? p->gain_db : NAN,
        p->thd,
        p->margin_db,
        p->share_a,
        row->shift_db,
        row->shift_in_db,
        from_source->shift_db,
        from_source->shift_in_db,
    };
    enum {
        WORDS = 6,
        NUMBERS = sizeof numbers / sizeof *numbers
    };
    struct gs_atom atoms[WORDS + NUMBERS] = {
        gs_atom_int((int64_t)i + 1),   gs_atom_text(row->id),
        gs_atom_text(row->kind_label), gs_atom_text(row->from ? row->from : ""),
        gs_atom_int(row->n_from),      gs_atom_int(flags_of(row, doubted)),
    };
    for (size_t n = 0; n < NUMBERS; n++) {
        atoms[WORDS + n] = number_or_nil(numbers[n]);
    }
    outlet->put(outlet, &(struct gs_message){ "/level_diagram", atoms, WORDS + NUMBERS });
}

static void put_end(struct gs_outlet *outlet, const struct gs_rows *rows, const char *source_unit)
{
    const struct gs_prediction *w = &rows->whole;
    struct gs_atom atoms[] = {
        gs_atom_int((int64_t)rows->n),       gs_atom_text(source_unit),
        number_or_nil(w->clip_win_db),       number_or_nil(w->noise_win_db),
        number_or_nil(w->dynamic_range_db),  number_or_nil(w->dynamic_range_a_db),
        number_or_nil(w->ceiling_spread_db),
    };
    outlet->put(outlet, &(struct gs_message){ "/level_diagram/end", atoms, sizeof atoms / sizeof *atoms });
}

void gs_verb_level_diagram(struct gs_session *session, const struct gs_message *message)
{
    (void)message;
    const struct gs_prediction *prediction = gs_forecast_today(session);
    struct gs_outlet *outlet = session->from.outlet;
    struct gs_rows stages = { 0 }, source = { 0 };
    if (!outlet || !prediction) {
        return;
    }
    double rate_hz = gs_engine_rate(session->engine);
    if (gs_rows_init(&stages, session->chain, prediction, rate_hz, GS_VIEW_STAGES, NULL) &&
        gs_rows_init(&source, session->chain, prediction, rate_hz, GS_VIEW_SOURCE, NULL)) {
        struct gs_endpoint to = gs_reply_endpoint(session, &session->from);
        bool bundles = session->sender && !(session->sender->flags & GS_WANT_SINGLE);
        gs_replies_close(session);
        outlet->open(outlet, &to, bundles ? 0 : GS_OUTLET_SINGLE);
        for (size_t i = 0; i < stages.n; i++) {
            put_row(outlet, &stages.row[i], &source.row[i], i, gs_verify_doubts(session, (unsigned)i));
        }
        put_end(outlet, &stages, source.unit);
        outlet->close(outlet);
    }
    gs_rows_finish(&stages);
    gs_rows_finish(&source);
}
