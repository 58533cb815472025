/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See rows.h. */
#include "report/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- where a wire stands on the ruler ---- */

static double nominal_dbu(const struct gs_chain *chain)
{
    return gs_nominal_db(GS_ANALOG, &chain->alignment);
}

/* Sound in air stands where the microphone puts its volts; without a microphone, nominal at nominal. */
static double microphone_shift(const struct gs_chain *chain, const struct gs_prediction *p, size_t stage)
{
    for (size_t i = stage + 1; i < chain->n_stages; i++) {
        const struct gs_chain_stage *s = &chain->stages[i];
        if (s->n_sends == 1 && s->sends[0].stage == stage && s->domain_out == GS_ANALOG &&
            isfinite(p->stage[i].gain_db)) {
            return p->stage[i].gain_db;
        }
    }
    return nominal_dbu(chain) - gs_nominal_db(GS_ACOUSTIC, &chain->alignment);
}

static double wire_shift(const struct gs_chain *chain, const struct gs_prediction *p, size_t stage)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    if (s->domain_out == GS_DIGITAL) {
        return chain->alignment.dbu_at_0dbfs;
    }
    if (s->domain_out == GS_ANALOG) {
        return 0;
    }
    if (s->n_sends == 0 || s->domain_in == GS_ACOUSTIC) {
        return microphone_shift(chain, p, stage);
    }
    double up = isfinite(p->stage[stage].gain_db) ? p->stage[stage].gain_db : 0;
    return (s->domain_in == GS_DIGITAL ? chain->alignment.dbu_at_0dbfs : 0) - up;
}

static void place_stages(struct gs_rows *rows, const struct gs_chain *chain, const struct gs_prediction *p)
{
    rows->unit = gs_domain_unit(GS_ANALOG);
    for (size_t i = 0; i < rows->n; i++) {
        const struct gs_chain_stage *s = &chain->stages[i];
        rows->row[i].shift_db = wire_shift(chain, p, i);
        rows->row[i].shift_in_db = s->n_sends ? wire_shift(chain, p, s->sends[0].stage) : 0;
    }
}

/* Sources of one domain share a ruler in its unit; mixed ones are each drawn against their own level. */
static void place_source(struct gs_rows *rows, const struct gs_chain *chain, const struct gs_prediction *p)
{
    bool mixed = false;
    enum gs_domain domain = chain->stages[p->stage[0].source].domain_out;
    for (size_t i = 0; i < rows->n; i++) {
        mixed |= chain->stages[p->stage[i].source].domain_out != domain;
    }
    rows->unit = mixed ? "dB" : gs_domain_unit(domain);
    for (size_t i = 0; i < rows->n; i++) {
        struct gs_row *row = &rows->row[i];
        const struct gs_predicted *own = &row->predicted;
        double level = p->stage[own->source].level_db;
        double own_level = mixed && isfinite(level) ? -level : 0;
        row->shift_db = own_level - own->to_source_db;
        row->shift_in_db = row->shift_db + own->gain_db;
    }
}

/* ---- judgements ---- */

static enum gs_headroom judge_headroom(const struct gs_predicted *p)
{
    double db = p->headroom_db;
    return !isfinite(db) ? GS_HEADROOM_NONE
           : db >= 12    ? GS_HEADROOM_GOOD
           : db >= 6     ? GS_HEADROOM_SMALL
           : db >= 0     ? GS_HEADROOM_LOW
                         : GS_HEADROOM_OVER;
}

static void judge_agreement(struct gs_row *row)
{
    const struct gs_predicted *p = &row->predicted;
    struct gs_agreement agreement = gs_agree(p->flags, &p->channel[p->loudest], &row->measured);
    row->agreement_db = agreement.db;
    row->marks |= agreement.model_error ? GS_MARK_MODEL_ERROR : 0;
}

static const char *heard(const struct gs_chain *chain, size_t stage)
{
    const struct gs_chain_stage *s = &chain->stages[stage];
    return s->n_sends == 1 && s->sends[0].stage + 1 == stage ? NULL
           : s->n_sends                                      ? chain->stages[s->sends[0].stage].label
                                                             : NULL;
}

static void fill(struct gs_row *row, const struct gs_chain *chain, const struct gs_prediction *p, size_t i,
                 const struct gs_measured *measured)
{
    const struct gs_chain_stage *s = &chain->stages[i];
    *row = (struct gs_row){
        .id = s->id,
        .label = s->label,
        .kind = s->kind->key,
        .kind_label = s->kind->label,
        .from = heard(chain, i),
        .n_from = (unsigned)s->n_sends,
        .predicted = p->stage[i],
        .headroom = judge_headroom(&p->stage[i]),
    };
    row->marks |= (int)i == p->clips_first ? GS_MARK_CLIPS_FIRST : 0;
    row->marks |= (int)i == p->noise_bottleneck ? GS_MARK_NOISE_BOTTLENECK : 0;
    if (measured) {
        row->measured = measured[i];
    }
    judge_agreement(row);
}

bool gs_rows_init(struct gs_rows *rows, const struct gs_chain *chain, const struct gs_prediction *prediction,
                  double rate_hz, enum gs_view view, const struct gs_measured *measured)
{
    *rows = (struct gs_rows){ .chain = chain->name,
                              .rate_hz = rate_hz,
                              .alignment = chain->alignment,
                              .view = view,
                              .row = calloc(prediction->n, sizeof *rows->row),
                              .n = prediction->n,
                              .whole = *prediction };
    if (!rows->row) {
        return false;
    }
    rows->whole.stage = NULL;
    for (size_t i = 0; i < rows->n; i++) {
        fill(&rows->row[i], chain, prediction, i, measured);
        rows->measured |= rows->row[i].measured.given;
    }
    (view == GS_VIEW_SOURCE ? place_source : place_stages)(rows, chain, prediction);
    return true;
}

void gs_rows_finish(struct gs_rows *rows)
{
    free(rows->row);
    *rows = (struct gs_rows){ 0 };
}

enum gs_status gs_view_parse(const char *word, enum gs_view *view, struct gs_error *error)
{
    *view = word && strcmp(word, "source") == 0 ? GS_VIEW_SOURCE : GS_VIEW_STAGES;
    if (word && *view == GS_VIEW_STAGES && strcmp(word, "stages") != 0) {
        return gs_fail(error, GS_E_USAGE, "", "view '%s': expected stages or source", word);
    }
    return GS_OK;
}

/* ---- sentences ---- */

int gs_row_number(double db, int digits, bool sign, char *text, size_t size)
{
    if (isnan(db)) {
        return snprintf(text, size, "?");
    }
    if (isinf(db)) {
        return snprintf(text, size, db < 0 ? "-oo" : "+oo");
    }
    double half = 0.5 * pow(10, -digits);
    db = fabs(db) < half ? 0 : db; /* no "-0.0" */
    return snprintf(text, size, sign ? "%+.*f" : "%.*f", digits, db);
}

static int say_nothing(char *text, size_t size)
{
    if (size) {
        *text = '\0';
    }
    return 0;
}

int gs_rows_say_ceiling(const struct gs_rows *rows, char *text, size_t size)
{
    int first = rows->whole.clips_first;
    if (first < 0) {
        return snprintf(text, size, "nothing clips: no stage states a ceiling, or no signal reaches one");
    }
    const struct gs_row *row = &rows->row[first];
    double margin = row->predicted.margin_db;
    const char *word = row->predicted.soft ? "bends first" : "clips first";
    int n = margin < 0 ? snprintf(text, size, "%s: %s, %.1f dB too loud", word, row->label, -margin)
                       : snprintf(text, size, "%s: %s, %.1f dB to go", word, row->label, margin);
    if (isfinite(rows->whole.clip_win_db) && n > 0 && (size_t)n < size) {
        n += snprintf(text + n, size - (size_t)n, " (mending it wins %.1f dB)", rows->whole.clip_win_db);
    }
    return n;
}

int gs_rows_say_noise(const struct gs_rows *rows, char *text, size_t size)
{
    int most = rows->whole.noise_bottleneck;
    if (most < 0) {
        return snprintf(text, size, "no noise: no stage states any, or none reaches the end");
    }
    const struct gs_row *row = &rows->row[most];
    int n = snprintf(text, size, "noise bottleneck: %s, %.0f %% of the noise at the end", row->label,
                     100 * row->predicted.share_a);
    if (isfinite(rows->whole.noise_win_db) && n > 0 && (size_t)n < size) {
        n += snprintf(text + n, size - (size_t)n, " (mending it wins %.1f dB)", rows->whole.noise_win_db);
    }
    return n;
}

int gs_rows_say_range(const struct gs_rows *rows, char *text, size_t size)
{
    const struct gs_prediction *w = &rows->whole;
    if (!isfinite(w->dynamic_range_db)) {
        return say_nothing(text, size);
    }
    int n =
        snprintf(text, size, "dynamic range %.1f dB, %.1f dB(A)", w->dynamic_range_db, w->dynamic_range_a_db);
    if (isfinite(w->ceiling_spread_db) && n > 0 && (size_t)n < size) {
        n += snprintf(text + n, size - (size_t)n, "; ceilings %.1f dB apart", w->ceiling_spread_db);
    }
    return n;
}

static int say_curved(const struct gs_predicted *p, char *text, size_t size)
{
    const char *what = p->flags & GS_PREDICT_PROGRAMME ? "distortion" : "THD";
    double percent = 100 * p->thd;
    return snprintf(text, size, percent < 1 ? "not linear: %s %.1f %%" : "not linear: %s %.0f %%", what,
                    percent);
}

int gs_row_say(const struct gs_row *row, char *text, size_t size)
{
    const struct gs_predicted *p = &row->predicted;
    if (row->marks & GS_MARK_MODEL_ERROR) {
        return snprintf(text, size, "model error: %+.2f dB", row->agreement_db);
    }
    if (p->flags & GS_PREDICT_MUTED) {
        return snprintf(text, size, "muted");
    }
    if (p->flags & GS_PREDICT_CURVED) {
        return say_curved(p, text, size);
    }
    if (p->flags & GS_PREDICT_BYPASSED) {
        return snprintf(text, size, "bypassed");
    }
    if (p->flags & GS_PREDICT_ASSUMED && row->n_from == 0) {
        return snprintf(text, size, "live: nominal level assumed");
    }
    return say_nothing(text, size);
}
