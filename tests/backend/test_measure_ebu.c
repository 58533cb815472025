/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The minimum requirements of EBU Tech 3341 and 3342 through `measure`, from files at 44.1, 48 and 96 kHz. */
#include "../support/ebu.h"
#include "backend/measure.h"

#include <criterion/criterion.h>
#include <sndfile.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *write_file(const struct ebu_signal *s)
{
    char *path = strdup("/tmp/gainstage-measure-XXXXXX");
    close(mkstemp(path));
    SF_INFO info = { .samplerate = (int)s->rate_hz,
                     .channels = (int)s->channels,
                     .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT };
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    float *mixed = malloc(s->frames * s->channels * sizeof *mixed);
    for (size_t i = 0; i < s->frames * s->channels; i++) {
        mixed[i] = s->ch[i % s->channels][i / s->channels];
    }
    cr_assert(sf_writef_float(file, mixed, (sf_count_t)s->frames) == (sf_count_t)s->frames);
    sf_close(file);
    free(mixed);
    return path;
}

static void forget(char *path)
{
    unlink(path);
    free(path);
}

static double value(const struct gs_measurement *m, unsigned channel, const char *key)
{
    return gs_readout_value(m->readout, channel, gs_reading_find(NULL, key));
}

struct look {
    const struct ebu_requirement *requirement;
    int count;
};

static void constant(void *context, const struct gs_measurement *so_far, double time_s)
{
    struct look *look = context;
    const struct ebu_requirement *r = look->requirement;
    if (time_s > r->constant_after_s + 0.011) {
        double found = value(so_far, 0, r->reading);
        cr_assert(fabs(found - r->expected) <= 0.1, "%s at %.3f s: %.3f", ebu_name(r), time_s, found);
        look->count++;
    }
}

static void check_all(int rate)
{
    struct ebu_requirement list[EBU_REQUIREMENTS_MAX];
    size_t n = ebu_requirements(list);
    for (size_t i = 0; i < n; i++) {
        const struct ebu_requirement *r = &list[i];
        if (r->slot_s > 0) {
            continue; /* live */
        }
        struct ebu_signal s = ebu_signal_for(r, rate);
        char *path = write_file(&s);
        struct look look = { r, 0 };
        struct gs_measure job = { .path = path, .tick = constant, .context = &look };
        job.series_hz = r->constant_after_s > 0 ? 200 : 0;
        struct gs_measurement m;
        struct gs_error error;
        cr_assert(gs_measure_file(&job, &m, &error) == GS_OK, "%s", error.text);
        double found = value(&m, 0, r->reading);
        cr_assert(found <= r->expected + r->above && found >= r->expected - r->below, "%s at %d Hz: %.3f",
                  ebu_name(r), rate, found);
        cr_assert(m.frames == s.frames && m.channels == s.channels && m.rate_hz == rate);
        cr_assert(!(r->constant_after_s > 0) || look.count > 300);
        gs_measurement_finish(&m);
        forget(path);
        ebu_free(&s);
    }
}

Test(measure, ebu_at_44_1_khz)
{
    check_all(44100);
}

Test(measure, ebu_at_48_khz)
{
    check_all(48000);
}

Test(measure, ebu_at_96_khz)
{
    check_all(96000);
}
