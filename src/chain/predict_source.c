/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the sources emit, and what their amplitudes make of a wire: level, peak, the strongest tone. */
#include "chain/predict_core.h"
#include "chain/setup.h"
#include "chain/sounds.h"

#include <math.h>

/* Peak of many tones or of noise: domain knowledge has 16 tones 22.1 and 32 tones 25.1 dB above one, which
 * is this far above their RMS; ten seconds of Gaussian noise come to as much. */
#define CREST 4.5

static void silent_stands_for_nominal(struct gs_source *s, const struct gs_node *node)
{
    enum gs_domain domain = node->setup.domain_out;
    double nominal = gs_nominal_db(domain, &node->setup.alignment);
    bool silent = !(s->rms > 0);
    s->ideal_rms = silent ? gs_db_to_rms(domain, nominal) : s->rms;
    s->ideal_peak = silent ? gs_db_to_peak(domain, nominal) : s->peak;
}

/* The kind speaks of the nominal level; what is fed says how much more or less it is. */
static void feed(struct gs_source *s, const struct gs_node *node)
{
    double nominal = gs_db_to_peak(GS_DIGITAL, node->setup.alignment.nominal_dbfs);
    double gain = s->peak / nominal;
    s->rms = node->setup.take->rms * gain;
    s->peak = node->setup.take->peak * gain;
}

static void emit(struct gs_predictor *p, struct gs_source *s)
{
    struct gs_node *node = &p->node[s->stage];
    struct gs_probe nothing = { .frequency_hz = 1000.0, .tone = true };
    struct gs_levels levels = gs_levels_default();
    node->kind->levels(node->setup.param, &node->setup, &nothing, &levels);
    s->rms = levels.source_rms;
    s->peak = levels.source_peak;
    bool live = gs_sounds_signal_is(p->chain, s->stage, "jack"), fed = s->shape.ll && node->setup.take;
    if (live && fed) {
        feed(s, node);
    }
    s->assumed = live && !fed;
    s->tone = !fed;
    s->hz = s->tone ? gs_chain_value_of(p->chain, p->value, s->stage, "frequency_hz", 1000.0) : 1000.0;
    if (s->assumed) {
        s->hz = 1000.0;
    }
    silent_stands_for_nominal(s, node);
    s->rms *= p->rise;
    s->peak *= p->rise;
    s->ideal_rms *= p->rise;
    s->ideal_peak *= p->rise;
}

/* Tones of one frequency start with one phase, so they are one sound; so are sources of one file. Live
 * sources are strangers to each other. */
static bool same_sound(const struct gs_source *a, const struct gs_source *b)
{
    if (a->assumed || b->assumed || a->tone != b->tone) {
        return false;
    }
    return a->tone ? a->hz == b->hz : a->fork >= 0 && a->fork == b->fork;
}

void gs_predict_sources(struct gs_predictor *p)
{
    p->programme = false;
    for (unsigned s = 0; s < p->n_sources; s++) {
        struct gs_source *source = &p->source[s];
        emit(p, source);
        p->programme |= !source->tone;
        source->same_as = s;
        for (unsigned other = 0; other < s; other++) {
            if (p->source[other].same_as == other && same_sound(source, &p->source[other])) {
                source->same_as = other;
                break;
            }
        }
    }
}

/* Amplitudes of all sources of one sound, added up. */
struct sum {
    double re, im, ideal_re, ideal_im; /* at the sources' RMS */
    double peak, ideal_peak;           /* peak over RMS, of the strongest of them */
};

static struct sum sum_of(const struct gs_predictor *p, const struct gs_trace *trace, unsigned first,
                         unsigned c)
{
    struct sum sum = { 0 };
    for (unsigned s = first; s < p->n_sources; s++) {
        const struct gs_source *source = &p->source[s];
        if (source->same_as == first) {
            sum.re += trace[s].re[c] * source->rms;
            sum.im += trace[s].im[c] * source->rms;
            sum.ideal_re += trace[s].ideal_re[c] * source->ideal_rms;
            sum.ideal_im += trace[s].ideal_im[c] * source->ideal_rms;
            sum.peak = source->rms > 0 ? fmax(sum.peak, source->peak / source->rms) : sum.peak;
            sum.ideal_peak = fmax(sum.ideal_peak, source->ideal_peak / source->ideal_rms);
        }
    }
    return sum;
}

/* Powers and peaks of sounds that know nothing of each other. */
struct total {
    double power, peak, biggest; /* biggest: peak of the loudest one */
};

static void add_sound(struct total *t, double rms, double peak)
{
    t->power += rms * rms;
    t->peak += peak;
    t->biggest = fmax(t->biggest, peak);
}

static double peak_of(const struct total *t)
{
    return fmin(t->peak, fmax(CREST * sqrt(t->power), t->biggest));
}

/* Programme of one channel: its power, the integral of its squared density; the cells stay in p->total. */
static const double *programme_of(struct gs_predictor *p, const struct gs_field *field, unsigned channel,
                                  double *power, double *squared)
{
    *power = *squared = 0;
    if (!p->programme) {
        return NULL;
    }
    gs_field_total(p, field, GS_PROGRAMME);
    const double *cell = channel ? p->total.rr : p->total.ll;
    for (size_t i = 0; i < p->grid.n; i++) {
        *power += cell[i];
        *squared += cell[i] * cell[i] / p->grid.width[i];
    }
    return cell;
}

static double density_at(const struct gs_predictor *p, const double *cell, double hz)
{
    size_t i = 0;
    if (!cell) {
        return 0;
    }
    while (i + 1 < p->grid.n && hz >= p->grid.edge[i + 1]) {
        i++;
    }
    return cell[i] / p->grid.width[i];
}

void gs_predict_signal(struct gs_predictor *p, const struct gs_trace *trace, const struct gs_field *field,
                       unsigned channel, struct gs_signal *signal)
{
    struct total real = { 0 }, ideal = { 0 };
    double loudest = -1, tones = 0, strongest = 0, programme, meet = 0;
    unsigned programmes = 0;
    const double *cell = programme_of(p, field, channel, &programme, &signal->squared);
    signal->hz = 1000.0;
    for (unsigned s = 0; s < p->n_sources; s++) {
        const struct gs_source *source = &p->source[s];
        if (source->same_as != s) {
            continue;
        }
        struct sum sum = sum_of(p, trace, s, channel);
        double rms = hypot(sum.re, sum.im), ideal_rms = hypot(sum.ideal_re, sum.ideal_im);
        add_sound(&real, rms, rms * sum.peak);
        add_sound(&ideal, ideal_rms, ideal_rms * sum.ideal_peak);
        if (ideal_rms > loudest) {
            loudest = ideal_rms;
            signal->source = s;
        }
        tones += source->tone ? rms * rms : 0;
        meet += source->tone ? 2 * rms * rms * density_at(p, cell, source->hz) : 0;
        programmes += !source->tone && rms > 0;
        if (source->tone && rms > strongest) {
            strongest = rms;
            signal->hz = source->hz;
        }
    }
    double power = tones + programme;
    signal->rms = sqrt(power);
    signal->chance = meet + (programmes > 1 ? signal->squared : 0);
    signal->purity = power > 0 ? strongest * strongest / power : 1.0;
    signal->sum_peak = peak_of(&real);
    signal->ideal_peak = peak_of(&ideal);
}
