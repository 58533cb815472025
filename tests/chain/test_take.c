/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Takes: noise has exactly the spectrum and level that it claims, files come in at the chain's rate. */
#include "chain/take.h"

#include "../support/bench_chain.h"
#include "chain/plan.h"
#include "dsp/fft.h"

#include <criterion/criterion.h>
#include <sndfile.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Power of a loop between two frequencies, from its own spectrum: sum of |X|^2 / n^2, both sides. */
static double band_power(const struct gs_take *take, unsigned channel, double rate, double low, double high)
{
    size_t n = take->frames;
    double complex *work = malloc(3 * n * sizeof *work);
    for (size_t i = 0; i < n; i++) {
        work[i] = take->ch[channel][i];
    }
    gs_fft_twiddle(work + n, n, -1);
    gs_fft(work, work + 2 * n, work + n, n);
    double power = 0;
    for (size_t k = 1; k < n / 2; k++) {
        double hz = (double)k * rate / (double)n;
        if (hz >= low && hz < high) {
            power += 2 * pow(cabs(work[2 * n + k]) / (double)n, 2);
        }
    }
    free(work);
    return power;
}

Test(take, pink_noise_has_equal_power_in_every_octave)
{
    static const double rates[] = { 44100, 48000, 96000 };
    for (size_t r = 0; r < 3; r++) {
        struct gs_take take;
        cr_assert_eq(gs_take_noise(&take, GS_PINK, rates[r], 1, 7, NULL), GS_OK);
        double first = band_power(&take, 0, rates[r], 62.5, 125);
        for (double low = 125; low < 10000; low *= 2) {
            double octave = band_power(&take, 0, rates[r], low, 2 * low);
            cr_assert_float_eq(10 * log10(octave / first), 0.0, 0.05, "octave from %g Hz at %g Hz", low,
                               rates[r]);
        }
        double outside = band_power(&take, 0, rates[r], 20001, rates[r]);
        cr_assert_lt(outside, 1e-10 * GS_TAKE_NOISE_RMS * GS_TAKE_NOISE_RMS, "nothing beyond 20 kHz");
        cr_assert_float_eq(take.rms, GS_TAKE_NOISE_RMS, 1e-7);
        gs_take_finish(&take);
    }
}

Test(take, white_noise_is_flat_and_its_channels_are_independent)
{
    struct gs_take take;
    cr_assert_eq(gs_take_noise(&take, GS_WHITE, 48000, 2, 7, NULL), GS_OK);
    double low = band_power(&take, 0, 48000, 100, 5100), high = band_power(&take, 0, 48000, 10000, 15000);
    cr_assert_float_eq(10 * log10(high / low), 0.0, 0.01);
    double cross = 0;
    for (size_t i = 0; i < take.frames; i++) {
        cross += (double)take.ch[0][i] * take.ch[1][i];
    }
    double correlation = cross / (double)take.frames / (take.rms * take.rms);
    /* 5 s of 20 kHz bandwidth: standard deviation 1/sqrt(2 B T) = 0.0022 */
    cr_assert_lt(fabs(correlation), 5 * 0.0022);
    gs_take_finish(&take);
}

Test(take, the_same_seed_gives_the_same_noise_and_another_seed_another)
{
    struct gs_take a, b, c;
    gs_take_noise(&a, GS_WHITE, 48000, 1, 1, NULL);
    gs_take_noise(&b, GS_WHITE, 48000, 1, 1, NULL);
    gs_take_noise(&c, GS_WHITE, 48000, 1, 2, NULL);
    cr_assert_eq(memcmp(a.ch[0], b.ch[0], a.frames * sizeof(float)), 0);
    cr_assert_neq(memcmp(a.ch[0], c.ch[0], a.frames * sizeof(float)), 0);
    gs_take_finish(&a);
    gs_take_finish(&b);
    gs_take_finish(&c);
}

static void write_sine(const char *path, int rate, int channels, double hz)
{
    SF_INFO info = { .samplerate = rate, .channels = channels, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT };
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    for (int i = 0; i < rate; i++) {
        float frame[8];
        for (int c = 0; c < channels; c++) {
            frame[c] = (float)((c + 1) * 0.1 * sin(2 * M_PI * hz * i / rate));
        }
        sf_writef_float(file, frame, 1);
    }
    sf_close(file);
}

Test(take, a_file_is_resampled_to_the_rate_of_the_chain)
{
    char path[] = "/tmp/gainstage-take-XXXXXX";
    close(mkstemp(path));
    write_sine(path, 44100, 1, 1000);
    struct gs_take take;
    cr_assert_eq(gs_take_read(&take, path, 48000, 2, NULL), GS_OK);
    cr_assert_eq(take.frames, 48000u);
    for (size_t i = 2000; i < 46000; i++) {
        double expected = 0.1 * sin(2 * M_PI * 1000 * (double)i / 48000);
        cr_assert_float_eq(take.ch[0][i], expected, 1e-5);
        cr_assert_eq(take.ch[1][i], take.ch[0][i], "a mono file serves both channels");
    }
    gs_take_finish(&take);
    write_sine(path, 48000, 3, 1000);
    cr_assert_eq(gs_take_read(&take, path, 48000, 2, NULL), GS_OK);
    cr_assert_float_eq(take.peak, 0.2, 1e-3, "the first two of three channels");
    gs_take_finish(&take);
    unlink(path);
}

static struct gs_plan *compile(const char *text, const struct gs_plan *before)
{
    struct gs_errors errors = { 0 };
    struct gs_chain *chain = bench_parse(text);
    struct gs_plan *plan = NULL;
    cr_assert_eq(gs_plan_compile(chain, 48000, before, &plan, &errors), GS_OK, "%s",
                 errors.count ? errors.list[0].text : "");
    gs_chain_destroy(chain);
    return plan;
}

/* A sound that plays on must not be computed again: that would hold up everything else for a tenth of a second. */
Test(take, a_reload_uses_the_sounds_that_are_there)
{
    static const char text[] = "{'gainstage':1,'stages':["
                               "{'id':'a','kind':'source','domain':'digital','signal':'pink'},"
                               "{'id':'%c','kind':'source','domain':'digital','signal':'%s'},"
                               "{'id':'mix','kind':'bus','from':['a','%c']},{'id':'m','kind':'master'}]}";
    char same[512], other[512];
    snprintf(same, sizeof same, text, 'b', "pink", 'b');
    snprintf(other, sizeof other, text, 'b', "white", 'b');
    struct gs_plan *first = compile(same, NULL), *second = compile(same, first);
    const float *a = first->takes[0].ch[0], *b = first->takes[1].ch[0];
    cr_assert_neq(a, b, "two sources, two seeds");
    cr_assert(second->takes[0].ch[0] == a && second->takes[1].ch[0] == b);
    gs_plan_destroy(first); /* the first plan goes, its sounds stay */
    struct gs_plan *third = compile(other, second);
    cr_assert_eq(third->takes[0].ch[0], a);
    cr_assert_neq(third->takes[1].ch[0], b);
    gs_plan_destroy(second);
    snprintf(other, sizeof other, text, 'c', "white", 'c');
    struct gs_plan *fourth = compile(other, third);
    cr_assert_eq(fourth->takes[0].ch[0], a);
    cr_assert_neq(fourth->takes[1].ch[0], third->takes[1].ch[0], "another name, another seed");
    gs_plan_destroy(third);
    cr_assert_float_eq(fourth->takes[0].rms, GS_TAKE_NOISE_RMS, 1e-7);
    cr_assert_neq(a[0], 0.0f);
    gs_plan_destroy(fourth);
}

Test(take, a_file_is_read_once_until_it_is_written_anew)
{
    char path[] = "/tmp/gainstage-take-XXXXXX", text[512];
    close(mkstemp(path));
    write_sine(path, 48000, 1, 1000);
    snprintf(text, sizeof text,
             "{'gainstage':1,'stages':["
             "{'id':'a','kind':'source','domain':'digital','signal':'file','file':'%s'},"
             "{'id':'b','kind':'source','domain':'digital','signal':'file','file':'%s'},"
             "{'id':'mix','kind':'bus','from':['a','b']},{'id':'m','kind':'master'}]}",
             path, path);
    struct gs_plan *first = compile(text, NULL), *second = compile(text, first);
    cr_assert_eq(first->takes[0].ch[0], first->takes[1].ch[0]);
    cr_assert_eq(first->takes[0].ch[0], second->takes[0].ch[0]);
    write_sine(path, 44100, 1, 500);
    struct gs_plan *third = compile(text, second);
    cr_assert_neq(third->takes[0].ch[0], second->takes[0].ch[0]);
    gs_plan_destroy(first);
    gs_plan_destroy(second);
    gs_plan_destroy(third);
    unlink(path);
}

/* The spectrum that the prediction wants is found once for all users of a sound. */
Test(take, a_shared_sound_is_analysed_once)
{
    struct gs_take one, two;
    struct gs_grid grid;
    double power[6][GS_GRID_MAX] = { { 0 } };
    gs_take_noise(&one, GS_PINK, 48000, 2, 1, NULL);
    struct gs_take_origin origin = gs_take_noise_origin(GS_PINK, 48000, 2, 1);
    cr_assert(gs_take_share(&two, &one, &origin));
    gs_grid_init(&grid, 48000);
    cr_assert_eq(gs_grid_analyse(&grid, &one, &(struct gs_grid_power){ power[0], power[1], power[2] }),
                 GS_OK);
    cr_assert(two.stock->analysed);
    cr_assert_eq(gs_grid_analyse(&grid, &two, &(struct gs_grid_power){ power[3], power[4], power[5] }),
                 GS_OK);
    cr_assert_arr_eq(power[0], power[3], 3 * sizeof power[0]);
    double sum = 0;
    for (size_t i = 0; i < grid.n; i++) {
        sum += power[0][i];
    }
    cr_assert_float_eq(sqrt(sum), GS_TAKE_NOISE_RMS, 1e-6);
    gs_take_finish(&one);
    gs_take_finish(&two);
}

Test(take, refuses_what_is_no_sound)
{
    struct gs_take take;
    struct gs_error error;
    cr_assert_eq(gs_take_read(&take, "/nonexistent/x.wav", 48000, 1, &error), GS_E_NOFILE);
    cr_assert_eq(gs_take_read(&take, "/tmp", 48000, 1, &error), GS_E_NOFILE);
    char path[] = "/tmp/gainstage-take-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_eq(write(fd, "not a sound", 11), 11);
    close(fd);
    cr_assert_eq(gs_take_read(&take, path, 48000, 1, &error), GS_E_IO);
    cr_assert_str_eq(error.where, path);
    unlink(path);
}

/* Ten thousand frames whose head says 1 Hz are 480 million: two gigabytes, and minutes in which nothing answers. */
Test(take, refuses_a_rate_that_makes_days_of_seconds)
{
    char path[] = "/tmp/gainstage-take-XXXXXX";
    close(mkstemp(path));
    SF_INFO info = { .samplerate = 1, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT };
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    static const float silence[10000];
    cr_assert_eq(sf_writef_float(file, silence, 10000), 10000);
    sf_close(file);
    struct gs_take take;
    struct gs_error error;
    cr_assert_eq(gs_take_read(&take, path, 48000, 1, &error), GS_E_LIMIT);
    cr_assert_not_null(strstr(error.text, "1 Hz in the head"), "%s", error.text);
    unlink(path);
}

Test(take, a_relative_name_lies_beside_the_chain)
{
    static const char *const cases[][3] = { { "/a/b.json", "x.wav", "/a/x.wav" },
                                            { "/a/b.json", "/c/x.wav", "/c/x.wav" },
                                            { "b.json", "x.wav", "x.wav" },
                                            { NULL, "x.wav", "x.wav" } };
    for (size_t i = 0; i < 4; i++) {
        char *path = gs_take_path(cases[i][0], cases[i][1]);
        cr_assert_str_eq(path, cases[i][2]);
        free(path);
    }
}
