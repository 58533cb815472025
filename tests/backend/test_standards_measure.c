/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tone bursts, rise, overshoot and return of needles, true peak and correlation through `measure`, from files at 44.1,
 * 48 and 96 kHz. */
#include "../support/standards.h"
#include "backend/measure.h"

#include <criterion/criterion.h>
#include <sndfile.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *write_file(const float *x, size_t frames, int rate)
{
    char *path = strdup("/tmp/gainstage-standards-XXXXXX");
    close(mkstemp(path));
    SF_INFO info = { .samplerate = rate, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT };
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    float *mixed = malloc(2 * frames * sizeof *mixed);
    for (size_t i = 0; i < frames; i++) {
        mixed[2 * i] = x[i];
        mixed[2 * i + 1] = x[frames + i];
    }
    cr_assert_eq(sf_writef_float(file, mixed, (sf_count_t)frames), (sf_count_t)frames);
    sf_close(file);
    free(mixed);
    return path;
}

struct looking {
    const struct standard *standard;
    size_t next;
    int ticks; /* a hundred a second */
};

static void take_looks(struct looking *l, const struct gs_measurement *m, double at_s)
{
    for (; l->next < l->standard->n_looks && l->standard->look[l->next].at_s <= at_s + 1e-9; l->next++) {
        const struct standard_look *look = &l->standard->look[l->next];
        double found = gs_readout_value(m->readout, 0, gs_reading_find(NULL, look->reading));
        cr_expect(found >= look->low && found <= look->high,
                  "%s at %g Hz: %s at %.3f s is %.3f, expected %.3f to %.3f", l->standard->name, m->rate_hz,
                  look->reading, look->at_s, found, look->low, look->high);
    }
}

static void tick(void *context, const struct gs_measurement *so_far, double time_s)
{
    struct looking *l = context;
    (void)time_s;
    take_looks(l, so_far, ++l->ticks / 100.0);
}

static void check_all(int rate)
{
    static struct standard list[STANDARDS_MAX];
    size_t n = standards(list), frames;
    for (size_t i = 0; i < n; i++) {
        float *x = standard_sound(&list[i], rate, &frames);
        char *path = write_file(x, frames, rate);
        struct looking looking = { &list[i], 0, 0 };
        struct gs_alignment alignment = { 18, -18 };
        struct gs_measure job = {
            .path = path, .alignment = &alignment, .series_hz = 100, .tick = tick, .context = &looking
        };
        struct gs_measurement m;
        struct gs_error error;
        cr_assert_eq(gs_measure_file(&job, &m, &error), GS_OK, "%s", error.text);
        take_looks(&looking, &m, list[i].seconds);
        cr_assert_eq(looking.next, list[i].n_looks);
        gs_measurement_finish(&m);
        unlink(path);
        free(path);
        free(x);
    }
}

Test(standards_measure, at_44_1_khz)
{
    check_all(44100);
}

Test(standards_measure, at_48_khz)
{
    check_all(48000);
}

Test(standards_measure, at_96_khz)
{
    check_all(96000);
}
