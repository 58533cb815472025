/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * wav_compare A.wav [CHANNEL] B.wav [CHANNEL]: how B follows from A, both taken from their first frame on, as far as
 * both go. Prints gain_db (least squares: what a linear system in between would have), residual_db (RMS of B - A,
 * relative to full scale), residual_gain_db (the same for B - gain * A), and peak_db and rms_db of B (AES17: RMS
 * times the root of two). Channels count from 1. */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

struct sound {
    double *x;
    size_t n;
};

static struct sound load(const char *path, int channel)
{
    SF_INFO info = { 0 };
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file || channel > info.channels) {
        fprintf(stderr, "wav_compare: %s: %s\n", path, sf_strerror(file));
        exit(1);
    }
    struct sound sound = { calloc((size_t)info.frames, sizeof(double)), (size_t)info.frames };
    double *frame = calloc((size_t)info.channels, sizeof *frame);
    for (size_t i = 0; i < sound.n && sf_readf_double(file, frame, 1) == 1; i++) {
        sound.x[i] = frame[channel - 1];
    }
    free(frame);
    sf_close(file);
    return sound;
}

static double db(double amplitude)
{
    return amplitude > 0 ? 20 * log10(amplitude) : -999;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fputs("wav_compare A.wav CHANNEL B.wav CHANNEL\n", stderr);
        return 64;
    }
    struct sound a = load(argv[1], atoi(argv[2])), b = load(argv[3], atoi(argv[4]));
    size_t n = a.n < b.n ? a.n : b.n;
    double ab = 0, aa = 0, bb = 0, d = 0, dg = 0, peak = 0;
    for (size_t i = 0; i < n; i++) {
        ab += a.x[i] * b.x[i];
        aa += a.x[i] * a.x[i];
        bb += b.x[i] * b.x[i];
        d += (b.x[i] - a.x[i]) * (b.x[i] - a.x[i]);
        peak = fabs(b.x[i]) > peak ? fabs(b.x[i]) : peak;
    }
    double gain = ab / aa;
    for (size_t i = 0; i < n; i++) {
        dg += (b.x[i] - gain * a.x[i]) * (b.x[i] - gain * a.x[i]);
    }
    printf("frames=%zu gain_db=%.4f residual_db=%.2f residual_gain_db=%.2f peak_db=%.4f rms_db=%.4f\n", n,
           db(gain), db(sqrt(d / (double)n)), db(sqrt(dg / (double)n)), db(peak),
           db(sqrt(2 * bb / (double)n)));
    free(a.x);
    free(b.x);
    return 0;
}
