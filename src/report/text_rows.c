/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows as a table for a terminal or a mail: one line a stage, the verdict below. */
#include "report/rows.h"

#include <math.h>
#include <string.h>

struct column {
    const char *head;
    int width;
    int digits;
    bool sign;
    double (*value)(const struct gs_row *row);
};

#define COLUMN(name, expression)                                                                             \
    static double name(const struct gs_row *row)                                                             \
    {                                                                                                        \
        return expression;                                                                                   \
    }

COLUMN(gain, row->predicted.domain == row->predicted.domain_in && row->n_from ? row->predicted.gain_db : NAN)
COLUMN(level, row->predicted.level_db)
COLUMN(peak, row->predicted.peak_db)
COLUMN(noise, row->predicted.noise_db)
COLUMN(noise_a, row->predicted.noise_a_db)
COLUMN(ceiling, row->predicted.ceiling_db)
COLUMN(headroom, row->predicted.headroom_db)
COLUMN(snr, row->predicted.snr_db)
COLUMN(snr_a, row->predicted.snr_a_db)
COLUMN(measured_level, row->measured.level_db)
COLUMN(measured_noise, row->measured.noise_db)
COLUMN(agreement, row->agreement_db)

static const struct column columns[] = {
    { "gain", 7, 1, true, gain },         { "level", 7, 1, true, level },
    { "peak", 7, 1, true, peak },         { "noise", 7, 1, true, noise },
    { "noise A", 8, 1, true, noise_a },   { "ceiling", 8, 1, true, ceiling },
    { "headroom", 9, 1, true, headroom }, { "SNR", 6, 1, false, snr },
    { "SNR A", 6, 1, false, snr_a },
};

static const struct column measured[] = {
    { "measured", 9, 2, true, measured_level },
    { "noise", 8, 2, true, measured_noise },
    { "off by", 7, 2, true, agreement },
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Letters, not bytes: labels may be UTF-8. */
static int letters(const char *text)
{
    int n = 0;
    for (; *text; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}

static void put_padded(const char *text, int width, FILE *to)
{
    int shown = 0;
    const char *end = text;
    for (; *end && (shown < width || ((unsigned char)*end & 0xC0) == 0x80); end++) {
        shown += ((unsigned char)*end & 0xC0) != 0x80;
    }
    fprintf(to, "%.*s%*s", (int)(end - text), text, width - shown, "");
}

static void put_cells(const struct gs_row *row, const struct column *column, size_t n, FILE *to)
{
    for (size_t i = 0; i < n; i++) {
        double db = column[i].value(row);
        char text[32] = "";
        if (!isnan(db) && !(isinf(db) && db > 0)) {
            gs_row_number(db, column[i].digits, column[i].sign, text, sizeof text);
        }
        fprintf(to, " %*s", column[i].width, *text ? text : "-");
    }
}

static const char *mark_of(const struct gs_row *row)
{
    return row->marks & GS_MARK_CLIPS_FIRST && row->marks & GS_MARK_NOISE_BOTTLENECK ? "^~"
           : row->marks & GS_MARK_CLIPS_FIRST                                        ? "^ "
           : row->marks & GS_MARK_NOISE_BOTTLENECK                                   ? "~ "
                                                                                     : "  ";
}

static void put_row(const struct gs_row *row, int name_width, bool with_measured, FILE *to)
{
    char note[160];
    put_padded(row->label, name_width, to);
    fprintf(to, " %s %-5s", mark_of(row), gs_domain_unit(row->predicted.domain));
    put_cells(row, columns, COUNT(columns), to);
    if (with_measured) {
        put_cells(row, measured, COUNT(measured), to);
    }
    fprintf(to, "%s%s\n", gs_row_say(row, note, sizeof note) > 0 ? "  " : "", note);
}

static void put_sentences(const struct gs_rows *rows, FILE *to)
{
    char text[256];
    if (gs_rows_say_ceiling(rows, text, sizeof text) > 0) {
        fprintf(to, "^ %s\n", text);
    }
    if (gs_rows_say_noise(rows, text, sizeof text) > 0) {
        fprintf(to, "~ %s\n", text);
    }
    if (gs_rows_say_range(rows, text, sizeof text) > 0) {
        fprintf(to, "  %s\n", text);
    }
    for (size_t i = 0; i < rows->n; i++) {
        const struct gs_row *row = &rows->row[i];
        if (!isnan(row->predicted.knee_gain_db)) {
            fprintf(to, "  %s: beyond %.0f dB more gain buys less than 1 dB of noise\n", row->label,
                    row->predicted.knee_gain_db);
        }
        if (row->predicted.remark) {
            fprintf(to, "  %s: %s\n", row->label, row->predicted.remark);
        }
    }
}

void gs_rows_table(const struct gs_rows *rows, FILE *to)
{
    int width = 5;
    for (size_t i = 0; i < rows->n; i++) {
        int own = letters(rows->row[i].label);
        width = own > width ? own : width;
    }
    width = width > 24 ? 24 : width;
    fprintf(to, "%s, predicted at %g Hz\n\n", rows->chain, rows->rate_hz);
    put_padded("stage", width, to);
    fprintf(to, "    %-5s", "unit");
    for (size_t i = 0; i < COUNT(columns); i++) {
        fprintf(to, " %*s", columns[i].width, columns[i].head);
    }
    for (size_t i = 0; rows->measured && i < COUNT(measured); i++) {
        fprintf(to, " %*s", measured[i].width, measured[i].head);
    }
    fputc('\n', to);
    for (size_t i = 0; i < rows->n; i++) {
        put_row(&rows->row[i], width, rows->measured, to);
    }
    fputc('\n', to);
    put_sentences(rows, to);
}
