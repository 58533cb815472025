/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Against another loudness meter: integrated loudness, range and true peak of 20 varied signals within 0.05 of
 * libebur128. Its own range samples short-term loudness once a second, as was the rule until 2016; Tech 3342
 * now wants 10 Hz, so its short-term values are taken at 10 Hz and gated and ranked here. Its true peak droops
 * towards 20 kHz (12 taps a phase, 0.2 dB at 18 kHz), so the signals have little there. */
#include "../support/meter_rig.h"

#include <criterion/criterion.h>
#include <ebur128.h>

#include <math.h>
#include <stdlib.h>

#define TOLERANCE 0.05
#define SECONDS   40

static const struct signal {
    double rate_hz;
    unsigned channels;
    double tone_hz, tone_db; /* swept an octave up over the whole */
    double noise_db, low_pass_hz;
    double swing_db, swing_s;   /* slow level changes */
    double gate_s, gate_off_db; /* speech-like pauses; 0: none */
    double side_db;             /* level of the second channel against the first */
} signals[] = {
    { 48000, 2, 0, -100, -20, 4000, 0, 1, 0, 0, 0 },
    { 48000, 2, 0, -100, -20, 4000, 12, 20, 0, 0, 0 },
    { 48000, 2, 0, -100, -30, 2000, 20, 13, 0, 0, -6 },
    { 48000, 2, 440, -12, -100, 4000, 0, 1, 0, 0, 0 },
    { 48000, 2, 440, -12, -40, 4000, 15, 9, 0, 0, -3 },
    { 48000, 1, 1000, -20, -30, 4000, 6, 7, 0, 0, 0 },
    { 48000, 1, 100, -10, -50, 1000, 10, 17, 1.7, -30, 0 },
    { 48000, 2, 200, -15, -25, 3000, 8, 11, 2.3, -60, -1 },
    { 48000, 2, 300, -15, -25, 3000, 8, 11, 0.7, -20, -20 },
    { 48000, 2, 2000, -3, -20, 5000, 3, 5, 0, 0, 0 },
    { 44100, 2, 0, -100, -18, 4000, 10, 15, 0, 0, 0 },
    { 44100, 2, 440, -6, -40, 4000, 15, 9, 0, 0, -3 },
    { 44100, 1, 700, -20, -30, 2000, 9, 6, 1.1, -40, 0 },
    { 44100, 2, 60, -8, -30, 800, 12, 19, 3.1, -25, -2 },
    { 44100, 2, 3000, -6, -60, 3000, 2, 4, 0, 0, 0 },
    { 96000, 2, 0, -100, -18, 4000, 10, 15, 0, 0, 0 },
    { 96000, 2, 500, -12, -30, 4000, 6, 8, 0, 0, -4 },
    { 96000, 1, 1500, -15, -35, 6000, 14, 12, 2.9, -30, 0 },
    { 96000, 2, 80, -6, -40, 1000, 5, 10, 0, 0, 0 },
    { 192000, 2, 440, -12, -30, 4000, 10, 14, 0, 0, 0 },
};

/* Interleaved. */
static float *make(const struct signal *s, size_t frames, unsigned seed)
{
    float *x = malloc(frames * s->channels * sizeof *x), *noise = rig_noise(1, frames, seed);
    double phase = 0, low[3] = { 0 }, share = 1 - exp(-2 * M_PI * s->low_pass_hz / s->rate_hz);
    double gain = 1, step = 1 - exp(-1 / (0.01 * s->rate_hz));
    for (size_t i = 0; i < frames; i++) {
        double t = (double)i / s->rate_hz;
        double db = s->swing_db * sin(2 * M_PI * t / s->swing_s) / 2;
        db += s->gate_s > 0 && fmod(t, s->gate_s) > 0.6 * s->gate_s ? s->gate_off_db : 0;
        gain += step * (pow(10, db / 20) - gain);
        phase += 2 * M_PI * s->tone_hz * exp2(t / SECONDS) / s->rate_hz;
        for (int k = 0; k < 3; k++) {
            low[k] += share * ((k == 0 ? noise[i] : low[k - 1]) - low[k]);
        }
        double value = gain * (pow(10, s->tone_db / 20) * sin(phase) + pow(10, s->noise_db / 20) * low[2]);
        for (unsigned c = 0; c < s->channels; c++) {
            x[i * s->channels + c] = (float)(c == 0 ? value : value * pow(10, s->side_db / 20));
        }
    }
    free(noise);
    return x;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Tech 3342, clauses 4 and 5. */
static double range_of(double *lufs, size_t n)
{
    double power = 0;
    size_t above = 0, kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (lufs[i] > -70) {
            power += pow(10, lufs[i] / 10);
            above++;
        }
    }
    double gate = 10 * log10(power / (double)above) - 20;
    for (size_t i = 0; i < n; i++) {
        if (lufs[i] > fmax(gate, -70)) {
            lufs[kept++] = lufs[i];
        }
    }
    qsort(lufs, kept, sizeof *lufs, ascending);
    return lufs[(size_t)lround((double)(kept - 1) * 0.95)] - lufs[(size_t)lround((double)(kept - 1) * 0.10)];
}

struct figures {
    double integrated, range, true_peak;
};

static struct figures by_libebur128(const struct signal *s, const float *x, size_t frames)
{
    struct figures found;
    double short_term[SECONDS * 10];
    size_t n = 0, hop = (size_t)s->rate_hz / 10;
    ebur128_state *state = ebur128_init(s->channels, (unsigned long)s->rate_hz,
                                        EBUR128_MODE_I | EBUR128_MODE_S | EBUR128_MODE_TRUE_PEAK);
    for (size_t at = 0; at + hop <= frames; at += hop) {
        ebur128_add_frames_float(state, x + at * s->channels, hop);
        if (at + hop >= 30 * hop) {
            ebur128_loudness_shortterm(state, &short_term[n++]);
        }
    }
    ebur128_loudness_global(state, &found.integrated);
    found.true_peak = -INFINITY;
    for (unsigned c = 0; c < s->channels; c++) {
        double peak;
        ebur128_true_peak(state, c, &peak);
        found.true_peak = fmax(found.true_peak, 20 * log10(peak));
    }
    found.range = range_of(short_term, n);
    ebur128_destroy(&state);
    return found;
}

static struct figures by_us(const struct signal *s, const float *x, size_t frames)
{
    struct meter_rig *rig = meter_rig_create(&(struct meter_rig_setup){
        .n_lanes = s->channels, .channels = s->channels, .rate_hz = s->rate_hz, .domain = GS_DIGITAL });
    float *lane[2];
    for (unsigned c = 0; c < s->channels; c++) {
        lane[c] = malloc(frames * sizeof **lane);
        for (size_t i = 0; i < frames; i++) {
            lane[c][i] = x[i * s->channels + c];
        }
    }
    meter_rig_feed(rig, (const float *const *)lane, NULL, frames);
    struct figures found = { meter_rig_value(rig, 0, "integrated"), meter_rig_value(rig, 0, "loudness_range"),
                             gs_readout_loudest(meter_rig_readout(rig), 0, s->channels,
                                                gs_reading_find(NULL, "true_peak")) };
    for (unsigned c = 0; c < s->channels; c++) {
        free(lane[c]);
    }
    meter_rig_destroy(rig);
    return found;
}

Test(ebur128, twenty_signals)
{
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        size_t frames = (size_t)(SECONDS * signals[i].rate_hz);
        float *x = make(&signals[i], frames, 50 + (unsigned)i);
        struct figures ours = by_us(&signals[i], x, frames), theirs = by_libebur128(&signals[i], x, frames);
        cr_log_info("%2zu: I %.3f %.3f  LRA %.3f %.3f  TP %.3f %.3f", i, ours.integrated, theirs.integrated,
                    ours.range, theirs.range, ours.true_peak, theirs.true_peak);
        cr_expect(fabs(ours.integrated - theirs.integrated) <= TOLERANCE, "signal %zu: I %.3f against %.3f",
                  i, ours.integrated, theirs.integrated);
        cr_expect(fabs(ours.range - theirs.range) <= TOLERANCE, "signal %zu: LRA %.3f against %.3f", i,
                  ours.range, theirs.range);
        cr_expect(fabs(ours.true_peak - theirs.true_peak) <= TOLERANCE, "signal %zu: TP %.3f against %.3f", i,
                  ours.true_peak, theirs.true_peak);
        free(x);
    }
}
