/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far all sources can be turned up until a stage clips. Where every gain stands still that is a difference; where
 * a compressor holds back, or a gate is still shut, the whole chain is reckoned at higher levels until the first
 * stage clips, and the margins of all are seen from there. */
#include "chain/predict_core.h"

#include <math.h>

#define EXACT_DB 0.01  /* nearer to its ceiling than that a stage clips */
#define STEP_DB  0.03  /* how exactly the rise is found */
#define FAR_DB   300.0 /* nothing that a chain can say of itself lies farther */
#define RUNS_MAX 24

static bool turns_gain(const struct gs_predictor *p)
{
    for (size_t i = 0; i < p->result.n; i++) {
        if (!p->node[i].bypass && p->node[i].kind->reduction_db && gs_predict_turns_gain(&p->node[i])) {
            return true;
        }
    }
    return false;
}

/* What is left at the rise at hand until the first stage clips. */
static double least(const struct gs_predictor *p)
{
    double least = INFINITY;
    for (size_t i = 0; i < p->result.n; i++) {
        least = fmin(least, p->result.stage[i].margin_db);
    }
    return least;
}

/* Margins of the pass at hand, seen from no rise. */
static void note(struct gs_predictor *p, double rise_db)
{
    const struct gs_predicted *end = &p->result.stage[p->result.end];
    p->clip_rise_db = rise_db;
    p->clip_peak_db = gs_peak_to_db(end->domain, p->node[p->result.end].out[end->loudest].ideal_peak);
    for (size_t i = 0; i < p->result.n; i++) {
        p->margin_db[i] = rise_db + p->result.stage[i].margin_db;
    }
}

struct search {
    struct gs_predictor *p;
    double low, high; /* rises: nothing clips yet, something clips */
    double left;      /* at `low` */
    int runs;
};

/* Reckons the chain at this rise; it becomes an end of the range. */
static void look(struct search *s, double rise_db)
{
    gs_predict_pass(s->p, rise_db);
    double left = least(s->p);
    s->runs++;
    if (left > EXACT_DB) {
        s->low = rise_db;
        s->left = left;
    } else {
        s->high = rise_db;
    }
}

static void bracket(struct search *s, double left)
{
    double up = 0, down = fmax(-left, 1.0);
    if (left > EXACT_DB) {
        s->low = 0;
        s->left = left;
    } else {
        s->high = 0;
    }
    for (; isinf(s->high) && s->low < FAR_DB && isfinite(s->left); up = 2 * up + 1) {
        look(s, s->low + fmax(s->left, up));
    }
    for (; isinf(s->low) && s->high > -FAR_DB; down *= 2) {
        look(s, s->high - down);
    }
}

/* While every gain stands still the straight way leads there, and a look just below it ends the search; else halves. */
static void narrow(struct search *s)
{
    while (s->high - s->low > STEP_DB && s->runs < RUNS_MAX) {
        double straight = s->low + s->left, below = s->high - STEP_DB;
        double middle = (s->low + s->high) / 2;
        if (straight < below - STEP_DB && s->runs % 3) {
            look(s, straight);
        } else {
            look(s, fabs(straight - s->high) < 2 * STEP_DB ? below : middle);
        }
    }
}

static void search(struct gs_predictor *p, double left)
{
    struct search s = { p, -INFINITY, INFINITY, INFINITY, 0 };
    bracket(&s, left);
    if (isfinite(s.low) && isfinite(s.high)) {
        narrow(&s);
        gs_predict_pass(p, s.high);
        note(p, s.high);
    }
    for (size_t i = 0; isinf(s.high) && i < p->result.n; i++) {
        p->margin_db[i] = INFINITY;
    }
    gs_predict_pass(p, 0);
}

void gs_predict_margins(struct gs_predictor *p)
{
    double left = least(p);
    note(p, 0);
    if (turns_gain(p) && isfinite(left)) {
        search(p, left);
    }
    for (size_t i = 0; i < p->result.n; i++) {
        p->result.stage[i].margin_db = p->margin_db[i];
    }
}
