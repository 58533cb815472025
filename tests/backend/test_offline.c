/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Offline rendering: the same file at every block size and in every run, inputs where they belong, a report
 * that agrees with the samples, and nothing left behind when something fails. */
#include "../support/bench_chain.h"
#include "backend/measure.h"
#include "backend/offline.h"

#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <sndfile.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char strip[] = "{'gainstage':1,'name':'strip','stages':["
                            "{'id':'in','kind':'source','domain':'digital','signal':'jack','channels':2},"
                            "{'id':'trim','kind':'gain','gain_db':6},{'id':'fd','kind':'fader','gain_db':-2},"
                            "{'id':'out','kind':'master'}]}";
static const char noisy[] =
    "{'gainstage':1,'name':'noisy','stages':["
    "{'id':'src','kind':'source','domain':'line','signal':'pink','level_dbu':-30},"
    "{'id':'pre','kind':'preamp','gain_db':45,'max_output_dbu':20},{'id':'ad','kind':'adc'},"
    "{'id':'out','kind':'master'}]}";

static char *temporary(void)
{
    char *path = strdup("/tmp/gainstage-offline-XXXXXX");
    close(mkstemp(path));
    return path;
}

/* Whole file as interleaved floats; the caller frees. */
static float *slurp(const char *path, SF_INFO *info)
{
    *info = (SF_INFO){ 0 };
    SNDFILE *file = sf_open(path, SFM_READ, info);
    cr_assert_not_null(file);
    float *samples = malloc((size_t)(info->frames * info->channels) * sizeof *samples);
    cr_assert_eq(sf_readf_float(file, samples, info->frames), info->frames);
    sf_close(file);
    return samples;
}

static void write_tone(const char *path, int rate, int frames, double peak)
{
    SF_INFO info = { .samplerate = rate, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT };
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    for (int i = 0; i < frames; i++) {
        float frame[2] = { (float)(peak * sin(2 * M_PI * 997 * i / rate)),
                           (float)(peak / 2 * cos(2 * M_PI * 997 * i / rate)) };
        sf_writef_float(file, frame, 1);
    }
    sf_close(file);
}

static enum gs_status render(const char *text, struct gs_render *render, struct gs_render_report *report,
                             struct gs_errors *errors, struct gs_chain **chain)
{
    *chain = bench_parse(text);
    render->chain = *chain;
    return gs_render_run(render, report, errors);
}

Test(offline, is_the_same_file_at_every_block_size_and_in_every_run)
{
    static const unsigned blocks[] = { 1024, 1024, 1, 7, 64, 65536 };
    char *path = temporary();
    float *first = NULL;
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        struct gs_render job = { .seconds = 0.7, .block = blocks[b], .out_path = path };
        struct gs_errors errors = { 0 };
        struct gs_chain *chain;
        cr_assert_eq(render(noisy, &job, NULL, &errors, &chain), GS_OK);
        SF_INFO info;
        float *samples = slurp(path, &info);
        cr_assert_eq(info.frames, 33600);
        cr_assert_eq(info.channels, 1);
        if (first) {
            cr_assert_eq(memcmp(first, samples, 33600 * sizeof *first), 0, "block size %u", blocks[b]);
            free(samples);
        } else {
            first = samples;
        }
        gs_chain_destroy(chain);
    }
    free(first);
    unlink(path);
    free(path);
}

/* +6 -2 dB on a stereo input: every sample, and every number of the report. */
Test(offline, passes_an_input_with_the_gain_of_the_chain_and_reports_what_it_wrote)
{
    char *in = temporary(), *out = temporary();
    write_tone(in, 44100, 22050, 0.25);
    struct gs_render_input input = { "in", in };
    struct gs_render job = { .inputs = &input, .n_inputs = 1, .out_path = out };
    struct gs_render_report report;
    struct gs_errors errors = { 0 };
    struct gs_chain *chain;
    cr_assert_eq(render(strip, &job, &report, &errors, &chain), GS_OK);
    SF_INFO from_info, to_info;
    float *from = slurp(in, &from_info), *to = slurp(out, &to_info);
    cr_assert_eq(to_info.samplerate, 44100, "the rate of the first input");
    cr_assert_eq(to_info.frames, from_info.frames, "the length of the longest input");
    double gain = pow(10, 4.0 / 20), energy[2] = { 0, 0 }, peak[2] = { 0, 0 };
    for (int i = 0; i < 2 * to_info.frames; i++) {
        cr_assert_float_eq(to[i], from[i] * gain, 1e-6);
        energy[i % 2] += to[i] * to[i];
        peak[i % 2] = fmax(peak[i % 2], fabs(to[i]));
    }
    cr_assert_eq(report.n_wires, 4u);
    for (int c = 0; c < 2; c++) {
        const struct gs_report_channel *channel = &report.wires[3].channel[c];
        cr_assert_float_eq(channel->peak_db, 20 * log10(peak[c]), 0.001);
        /* AES17: + 3.01 dB on the mathematical RMS */
        cr_assert_float_eq(channel->rms_db, 10 * log10(2 * energy[c] / (double)to_info.frames), 0.001);
        cr_assert_eq(channel->overs, 0u);
        cr_assert(isinf(channel->sinad_db), "nothing went wrong in this chain");
    }
    free(report.wires);
    free(from);
    free(to);
    gs_chain_destroy(chain);
    unlink(in);
    unlink(out);
    free(in);
    free(out);
}

Test(offline, counts_overs_and_says_when_the_first_was)
{
    char *in = temporary();
    write_tone(in, 48000, 48000, 0.9); /* +4 dB: above full scale, right channel at half of it */
    struct gs_render_input input = { "in", in };
    struct gs_render job = { .inputs = &input, .n_inputs = 1 };
    struct gs_render_report report;
    struct gs_errors errors = { 0 };
    struct gs_chain *chain;
    cr_assert_eq(render(strip, &job, &report, &errors, &chain), GS_OK);
    uint64_t expected = 0, first = 0;
    for (int i = 47999; i >= 0; i--) {
        if (fabs((float)(0.9 * sin(2 * M_PI * 997 * i / 48000))) * pow(10, 4.0 / 20) > 1.0) {
            expected++;
            first = (uint64_t)i;
        }
    }
    const struct gs_report_wire *out = &report.wires[3];
    cr_assert_float_eq((double)out->channel[0].overs, (double)expected, 2);
    cr_assert_float_eq(out->channel[0].first_over_s, (double)first / 48000, 1e-9);
    cr_assert_eq(out->channel[1].overs, 0u);
    cr_assert_float_eq(out->channel[0].peak_db, 0.0, 1e-6);
    cr_assert_float_eq(out->channel[0].ideal_peak_db, 20 * log10(0.9) + 4, 0.001,
                       "what it would have peaked at");
    cr_assert_eq(report.wires[2].channel[0].overs, 0u, "a float fader has no ceiling");
    char *json = gs_render_report_json(&report);
    cr_assert_not_null(strstr(json, "\"first_over_s\""));
    free(json);
    free(report.wires);
    gs_chain_destroy(chain);
    unlink(in);
    free(in);
}

Test(offline, listens_to_any_wire_and_path)
{
    char *out = temporary();
    struct gs_chain *chain = bench_parse(noisy);
    chain->listen_stage = 1;
    chain->listen_path = GS_ERROR;
    struct gs_render job = { .chain = chain, .seconds = 1, .out_path = out };
    struct gs_render_report report;
    struct gs_errors errors = { 0 };
    cr_assert_eq(gs_render_run(&job, &report, &errors), GS_OK);
    SF_INFO info;
    float *samples = slurp(out, &info);
    double energy = 0;
    for (int i = 0; i < info.frames; i++) {
        energy += samples[i] * samples[i];
    }
    /* error = ideal - SINAD, seen through the alignment: 0 dBu plays at -18 dBFS */
    double ideal_db = -30 + 45, error_db = ideal_db - report.wires[1].channel[0].sinad_db;
    cr_assert_float_eq(10 * log10(2 * energy / (double)info.frames), error_db - 18, 0.2);
    free(samples);
    free(report.wires);
    gs_chain_destroy(chain);
    unlink(out);
    free(out);
}

static const struct {
    const char *stage, *path, *out;
    enum gs_status status;
    const char *text;
} refusals[] = {
    { "nobody", "/tmp/x.wav", NULL, GS_E_UNKNOWN, "nobody" },
    { "trim", "/tmp/x.wav", NULL, GS_E_TYPE, "trim" },
    { "in", "/nonexistent.wav", NULL, GS_E_NOFILE, "No such file" },
    { "in", NULL, "/nonexistent/out.wav", GS_E_IO, "cannot write" },
};

Test(offline, refuses_clearly_and_leaves_nothing_behind)
{
    char *in = temporary();
    write_tone(in, 48000, 480, 0.1);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct gs_render_input input = { refusals[i].stage, refusals[i].path ? refusals[i].path : in };
        struct gs_render job = { .inputs = &input, .n_inputs = 1, .out_path = refusals[i].out };
        struct gs_errors errors = { 0 };
        struct gs_chain *chain;
        cr_assert_eq(render(strip, &job, NULL, &errors, &chain), refusals[i].status);
        cr_assert_eq(errors.count, 1u);
        cr_assert_not_null(strstr(errors.list[0].text, refusals[i].text), "%s", errors.list[0].text);
        gs_errors_finish(&errors);
        gs_chain_destroy(chain);
    }
    unlink(in);
    free(in);
}

/* A disk that fills up: the message names the file, the old file stays whole, no half file lies about. */
Test(offline, a_full_disk_leaves_the_old_file_whole)
{
    char folder[] = "/tmp/gainstage-full-XXXXXX", path[64];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/out.wav", folder);
    FILE *old = fopen(path, "w");
    fputs("an old take", old);
    fclose(old);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit small = { 100000, 100000 };
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct gs_render job = { .seconds = 10, .out_path = path };
    struct gs_errors errors = { 0 };
    struct gs_chain *chain;
    cr_assert_eq(render(noisy, &job, NULL, &errors, &chain), GS_E_IO);
    cr_assert_str_eq(errors.list[0].where, path);
    gs_errors_finish(&errors);
    gs_chain_destroy(chain);
    char text[32] = "";
    old = fopen(path, "r");
    cr_assert_not_null(fgets(text, sizeof text, old));
    fclose(old);
    cr_assert_str_eq(text, "an old take");
    unlink(path);
    cr_assert_eq(rmdir(folder), 0, "something else was left in the folder");
}

/* A device or a pipe of that name would be replaced by a file, /dev/null for everybody on the machine. */
Test(offline, only_a_file_is_written_over)
{
    char folder[] = "/tmp/gainstage-pipe-XXXXXX", pipe[64];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(pipe, sizeof pipe, "%s/pipe", folder);
    cr_assert_eq(mkfifo(pipe, 0600), 0);
    const char *refused[] = { pipe, folder };
    for (size_t i = 0; i < 2; i++) {
        struct gs_render job = { .seconds = 0.01, .out_path = refused[i] };
        struct gs_errors errors = { 0 };
        struct gs_chain *chain;
        cr_assert_eq(render(noisy, &job, NULL, &errors, &chain), GS_E_IO);
        cr_assert_str_eq(errors.list[0].where, refused[i]);
        cr_assert_not_null(strstr(errors.list[0].text, i ? "found a folder" : "found a device or a pipe"),
                           "%s", errors.list[0].text);
        gs_errors_finish(&errors);
        gs_chain_destroy(chain);
    }
    struct stat status;
    cr_assert_eq(stat(pipe, &status), 0);
    cr_assert(S_ISFIFO(status.st_mode));
    unlink(pipe);
    cr_assert_eq(rmdir(folder), 0, "something else was left in the folder");
}

Test(offline, a_link_stays_a_link)
{
    char folder[] = "/tmp/gainstage-link-XXXXXX", file[64], link[64];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/take1.wav", folder);
    snprintf(link, sizeof link, "%s/latest.wav", folder);
    fclose(fopen(file, "w"));
    cr_assert_eq(symlink("take1.wav", link), 0);
    struct gs_render job = { .seconds = 0.01, .out_path = link };
    struct gs_errors errors = { 0 };
    struct gs_chain *chain;
    cr_assert_eq(render(noisy, &job, NULL, &errors, &chain), GS_OK);
    gs_chain_destroy(chain);
    struct stat status;
    cr_assert_eq(lstat(link, &status), 0);
    cr_assert(S_ISLNK(status.st_mode), "the link was replaced by a file");
    SF_INFO info;
    free(slurp(file, &info));
    cr_assert_eq(info.frames, 480);
    unlink(link);
    unlink(file);
    cr_assert_eq(rmdir(folder), 0, "something else was left in the folder");
}

/* A recorder's "latest" may lead to a file that is not there yet: the link stays, the file comes where it leads. */
Test(offline, a_link_that_leads_nowhere_yet_is_written_through)
{
    static const struct {
        const char *link, *to;
        enum gs_status status;
    } links[] = { { "latest.wav", "takes/1.wav", GS_OK },
                  { "two.wav", "latest.wav", GS_OK },
                  { "lost.wav", "nowhere/1.wav", GS_E_IO },
                  { "ring.wav", "ring.wav", GS_E_IO } };
    char folder[] = "/tmp/gainstage-link-XXXXXX", takes[64], file[80], link[64];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(takes, sizeof takes, "%s/takes", folder);
    snprintf(file, sizeof file, "%s/1.wav", takes);
    cr_assert_eq(mkdir(takes, 0700), 0);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        snprintf(link, sizeof link, "%s/%s", folder, links[i].link);
        cr_assert_eq(symlink(links[i].to, link), 0);
        struct gs_render job = { .seconds = 0.01, .out_path = link };
        struct gs_errors errors = { 0 };
        struct gs_chain *chain;
        cr_expect_eq(render(noisy, &job, NULL, &errors, &chain), links[i].status, "%s", link);
        gs_errors_finish(&errors);
        gs_chain_destroy(chain);
        struct stat status;
        cr_assert_eq(lstat(link, &status), 0);
        cr_expect(S_ISLNK(status.st_mode), "%s was replaced by a file", link);
        cr_expect_eq(unlink(file) == 0, links[i].status == GS_OK, "%s", link);
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        snprintf(link, sizeof link, "%s/%s", folder, links[i].link);
        unlink(link);
    }
    rmdir(takes);
    cr_assert_eq(rmdir(folder), 0, "something else was left in the folder");
}

/* ---- all meters of every wire ---- */

/* Objects with the same keys in the same order; numbers within `tolerance`, or both null. */
static void same_json(const cJSON *a, const cJSON *b, double tolerance, const char *where)
{
    cr_assert_eq(cJSON_GetArraySize(a), cJSON_GetArraySize(b), "%s", where);
    const cJSON *x = a->child, *y = b->child;
    for (; x && y; x = x->next, y = y->next) {
        const char *key = x->string ? x->string : where;
        cr_assert(!x->string || strcmp(x->string, y->string) == 0, "%s beside %s", x->string, y->string);
        cr_assert_eq(x->type, y->type, "%s", key);
        if (cJSON_IsNumber(x)) {
            cr_assert_float_eq(x->valuedouble, y->valuedouble, tolerance, "%s: %g beside %g", key,
                               x->valuedouble, y->valuedouble);
        } else {
            same_json(x, y, tolerance, key);
        }
    }
}

/* What the report says of a wire is what `measure` says of the sound that it carried, key by key. The end of a file is
 * followed by a little silence, that of a render is not: a click for the quasi-peak. */
Test(offline, the_report_has_all_meters_as_measure_has_them)
{
    char *in = temporary();
    write_tone(in, 48000, 4 * 48000, 0.25);
    struct gs_render_input input = { "in", in };
    struct gs_render job = { .inputs = &input, .n_inputs = 1 };
    struct gs_render_report report;
    struct gs_errors errors = { 0 };
    struct gs_error error;
    struct gs_chain *chain;
    cr_assert_eq(render(strip, &job, &report, &errors, &chain), GS_OK);
    struct gs_measurement m;
    const struct gs_alignment alignment = chain->alignment;
    struct gs_measure measure = { .path = in, .alignment = &alignment };
    cr_assert_eq(gs_measure_file(&measure, &m, &error), GS_OK);
    char *text = gs_render_report_json(&report), *other = gs_measurement_json(&m, 1, false);
    cJSON *json = cJSON_Parse(text), *expected = cJSON_Parse(other);
    const cJSON *wire = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "wires"), 0);
    const cJSON *meters = cJSON_GetObjectItem(wire, "meters");
    static const char *const parts[] = { "channels", "loudness", "correlation" };
    for (int i = 0; i < 3; i++) {
        same_json(cJSON_GetObjectItem(meters, parts[i]), cJSON_GetObjectItem(expected, parts[i]), 0.005,
                  parts[i]);
    }
    cr_assert_eq(cJSON_GetArraySize(cJSON_GetObjectItem(json, "wires")), 4);
    cJSON_Delete(json);
    cJSON_Delete(expected);
    free(text);
    free(other);
    gs_measurement_finish(&m);
    free(report.wires);
    gs_chain_destroy(chain);
    unlink(in);
    free(in);
}

/* A sine of 0 dBu on a line is -18 dBFS and 0 VU by the default alignment, on the meters of an analogue wire too. */
Test(offline, meters_of_analogue_wires_are_brought_to_full_scale)
{
    static const char line[] = "{'gainstage':1,'name':'line','stages':["
                               "{'id':'src','kind':'source','domain':'line','signal':'sine','level_dbu':0},"
                               "{'id':'ad','kind':'adc'},{'id':'out','kind':'master'}]}";
    struct gs_render job = { .seconds = 3 };
    struct gs_render_report report;
    struct gs_errors errors = { 0 };
    struct gs_chain *chain;
    char text[65536];
    cr_assert_eq(render(line, &job, &report, &errors, &chain), GS_OK);
    double full_scale = -chain->alignment.dbu_at_0dbfs;
    static const char *const levels[] = { "sample_peak_dbfs", "true_peak_dbtp", "rms_dbfs",
                                          "vu_max_dbfs",      "ppm1_max_dbfs",  "ppm2_max_dbfs" };
    for (size_t i = 0; gs_channel_figures[i].key; i++) {
        for (size_t k = 0; k < sizeof levels / sizeof *levels; k++) {
            if (strcmp(gs_channel_figures[i].key, levels[k]) == 0) {
                /* The needle of the VU meter overshoots by 1.25 %. */
                cr_assert_float_eq(report.wires[0].meters.channel[0][i], full_scale, 0.2, "%s: %g", levels[k],
                                   report.wires[0].meters.channel[0][i]);
            }
        }
    }
    FILE *to = fmemopen(text, sizeof text, "w");
    gs_render_report_text(&report, to);
    fclose(to);
    for (size_t i = 0; gs_channel_figures[i].key; i++) {
        cr_assert(strstr(text, gs_channel_figures[i].label), "%s", gs_channel_figures[i].label);
    }
    cr_assert(strstr(text, "src, ") && strstr(text, "out, "), "%s", text);
    free(report.wires);
    gs_chain_destroy(chain);
}
