/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far all sources can be turned up until a stage clips. Where every gain stands still that is a difference; where
 * a compressor holds back, or a gate is still shut, the whole chain is reckoned at higher levels until the first
 * stage clips, and the margins of all are seen from there. */
#include "chain/predict_core.h"

#include <math.h>

#define EXACT_DB  0.01  /* nearer to its ceiling than that a stage clips */
#define STEP_DB   0.03  /* how exactly the rise is found */
#define FAR_DB    300.0 /* nothing that a chain can say of itself lies farther */
#define RUNS_MAX  24
#define TURNED_DB 0.05 /* a limiter begins 0.02 dB below its ceiling */

/* Some stage has another gain when all is this much higher. Where none has, that is how the first one clips. */
static bool turns_gain(const struct gs_predictor *p, double rise_db)
{
    for (size_t i = 0; i < p->result.n; i++) {
        const struct gs_node *node = &p->node[i];
        double peak = gs_predict_loudest(node)->peak, hz = gs_predict_loudest(node)->hz;
        if (!node->bypass && gs_predict_turns_gain(node) &&
            fabs(gs_gain_to_db(gs_predict_gain_at(node, peak * gs_db_to_gain(rise_db), hz) /
                               gs_predict_gain_at(node, peak, hz))) > TURNED_DB) {
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

/* A rise, and what is left there until the first stage clips. */
struct point {
    double rise, left;
};

struct search {
    struct gs_predictor *p;
    struct point low, high; /* nothing clips yet; something clips */
    double slope;           /* room that a decibel of rise costs, between the last two points below */
    int runs;
};

/* Reckons the chain at this rise; it becomes an end of the range. */
static void look(struct search *s, double rise_db)
{
    gs_predict_pass(s->p, rise_db);
    struct point here = { rise_db, least(s->p) };
    s->runs++;
    if (here.left <= EXACT_DB) {
        s->high = here;
        return;
    }
    if (isfinite(s->low.rise) && here.rise > s->low.rise) {
        s->slope = (s->low.left - here.left) / (here.rise - s->low.rise);
    }
    s->low = here;
}

/* Upwards as steep as it went last, so that a compressor is followed in a few steps; a little farther, to be behind. */
static void bracket(struct search *s)
{
    while (isinf(s->high.rise) && s->low.rise < FAR_DB && isfinite(s->low.left) && s->runs < RUNS_MAX) {
        bool straight = s->slope == 1.0;
        double slope = fmax(s->slope, 0.01);
        look(s, s->low.rise + s->low.left / slope + (straight ? 0 : STEP_DB));
    }
    for (double down = fmax(-s->high.left, 1.0); isinf(s->low.rise) && s->high.rise > -FAR_DB; down *= 2) {
        look(s, s->high.rise - down);
    }
}

/* Between the two ends in a straight line, now and then by halves; a look just below the upper end ends the search. */
static void narrow(struct search *s)
{
    while (s->high.rise - s->low.rise > STEP_DB && s->runs < RUNS_MAX) {
        double wide = s->high.rise - s->low.rise, below = s->high.rise - 0.9 * STEP_DB;
        double line = s->low.rise + wide * s->low.left / (s->low.left - s->high.left);
        double guess = s->runs % 4 == 3 ? (s->low.rise + s->high.rise) / 2 : line;
        look(s, fmin(guess, below));
    }
}

/* Noise clips nothing: it stays as it is. A last pass puts gains and readings back where they were. */
static void search(struct gs_predictor *p, double left)
{
    struct search s = { p, { -INFINITY, INFINITY }, { INFINITY, -INFINITY }, 1.0, 0 };
    *(left > EXACT_DB ? &s.low : &s.high) = (struct point){ 0, left };
    p->at_rest = true;
    bracket(&s);
    if (isfinite(s.low.rise) && isfinite(s.high.rise)) {
        narrow(&s);
        gs_predict_pass(p, s.high.rise);
        note(p, s.high.rise);
    }
    for (size_t i = 0; isinf(s.high.rise) && i < p->result.n; i++) {
        p->margin_db[i] = INFINITY;
    }
    gs_predict_pass(p, 0);
    p->at_rest = false;
}

void gs_predict_margins(struct gs_predictor *p)
{
    double left = least(p);
    note(p, 0);
    if (isfinite(left) && turns_gain(p, left)) {
        search(p, left);
    }
    for (size_t i = 0; i < p->result.n; i++) {
        p->result.stage[i].margin_db = p->margin_db[i];
    }
}
