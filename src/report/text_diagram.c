/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The level diagram in characters, plain ASCII for any terminal: one column a stage, wrapped into bands where
 * the width runs out. Ceiling '=' (soft '~'), peak '-', level '#', nominal ':', noise 'o' and '/' below. */
#include "report/rows.h"

#include <math.h>
#include <string.h>

#define RULER        7 /* "  +20 |" */
#define COLUMN_MIN   9
#define COLUMN_MAX   16
#define WIDTH_MAX    512
#define HEIGHT_MAX   100
#define WIDTH_USUAL  100
#define HEIGHT_USUAL 23
#define RULER_DB     20.0

struct scale {
    double top, bottom;
    unsigned height;
};

struct canvas {
    char cell[HEIGHT_MAX][WIDTH_MAX];
    struct scale scale;
};

static void widen(struct scale *scale, double db, double room)
{
    if (isfinite(db)) {
        scale->top = fmax(scale->top, db + room);
        scale->bottom = fmin(scale->bottom, db - room);
    }
}

static struct scale scale_of(const struct gs_rows *rows, unsigned height)
{
    struct scale scale = { -INFINITY, INFINITY, height };
    for (size_t i = 0; i < rows->n; i++) {
        const struct gs_predicted *p = &rows->row[i].predicted;
        double shift = rows->row[i].shift_db;
        widen(&scale, p->level_db + shift, 3);
        widen(&scale, p->peak_db + shift, 3);
        widen(&scale, p->noise_db + shift, 6);
        widen(&scale, p->ceiling_db + shift, 3);
    }
    if (!(scale.top > scale.bottom)) {
        return (struct scale){ 40, -140, height };
    }
    scale.top = ceil(scale.top / RULER_DB) * RULER_DB;
    scale.bottom = floor(scale.bottom / RULER_DB) * RULER_DB;
    return scale;
}

/* Row of a level, -1 above the picture, height below it. */
static int row_of(const struct scale *s, double db)
{
    if (isnan(db)) {
        return (int)s->height;
    }
    double at = (s->top - db) / (s->top - s->bottom) * (s->height - 1);
    return at < 0 ? -1 : at > s->height - 1 ? (int)s->height : (int)lround(at);
}

static void line(struct canvas *c, unsigned from, unsigned to, double db, char with)
{
    int row = row_of(&c->scale, db);
    if (row < 0 || row >= (int)c->scale.height) {
        return;
    }
    memset(&c->cell[row][from], with, to - from);
}

static void draw_row(struct canvas *c, const struct gs_row *row, unsigned from, unsigned to)
{
    const struct gs_predicted *p = &row->predicted;
    unsigned middle = (from + to) / 2;
    double out = row->shift_db, in = row->n_from ? row->shift_in_db : NAN;
    for (int r = row_of(&c->scale, p->noise_db + out) + 1; r > 0 && r < (int)c->scale.height; r++) {
        memset(&c->cell[r][from], '/', to - from);
    }
    line(c, from, to, p->nominal_db + out, ':');
    line(c, from, to, p->noise_db + out, 'o');
    line(c, from, to, p->ceiling_db + out, p->soft ? '~' : '=');
    line(c, from, middle, p->in_peak_db + in, '-');
    line(c, middle, to, p->peak_db + out, '-');
    line(c, from, middle, p->in_level_db + in, '#');
    line(c, middle, to, p->level_db + out, '#');
}

static void print_canvas(const struct canvas *c, unsigned width, FILE *to)
{
    double shown = INFINITY;
    for (unsigned r = 0; r < c->scale.height; r++) {
        double db = c->scale.top - (c->scale.top - c->scale.bottom) * r / (c->scale.height - 1);
        double mark = RULER_DB * round(db / RULER_DB) + 0.0; /* + 0: never -0 */
        if (row_of(&c->scale, mark) == (int)r && mark != shown) {
            shown = mark;
            fprintf(to, "%+5.0f |", mark);
        } else {
            fprintf(to, "      |");
        }
        unsigned end = width;
        while (end > 0 && c->cell[r][end - 1] == ' ') {
            end--;
        }
        fprintf(to, "%.*s\n", (int)end, c->cell[r]);
    }
}

/* One text a column, cut to fit, letters counted as letters. */
static void print_texts(FILE *to, const char *head, size_t n, unsigned column, const struct gs_row *row,
                        void (*text_of)(const struct gs_row *row, char *text, size_t size))
{
    unsigned owed = RULER - (unsigned)strlen(head); /* spaces are paid before the next text */
    fputs(head, to);
    for (size_t i = 0; i < n; i++) {
        char text[128];
        text_of(&row[i], text, sizeof text);
        unsigned shown = 0;
        const char *end = text;
        for (; *end && (shown < column - 1 || ((unsigned char)*end & 0xC0) == 0x80); end++) {
            shown += ((unsigned char)*end & 0xC0) != 0x80;
        }
        if (shown) {
            fprintf(to, "%*s%.*s", (int)owed, "", (int)(end - text), text);
            owed = 0;
        }
        owed += column - shown;
    }
    fputc('\n', to);
}

static void name_text(const struct gs_row *row, char *text, size_t size)
{
    snprintf(text, size, "%s", row->label);
}

static void level_text(const struct gs_row *row, char *text, size_t size)
{
    char number[32];
    gs_row_number(row->predicted.level_db, 1, true, number, sizeof number);
    snprintf(text, size, "%s%s", number, gs_domain_unit(row->predicted.domain));
}

static void headroom_text(const struct gs_row *row, char *text, size_t size)
{
    static const char *const sign[] = { "", "", " !", " !!", " CLIP" };
    char number[32] = "-";
    if (row->headroom != GS_HEADROOM_NONE) {
        gs_row_number(row->predicted.headroom_db, 1, true, number, sizeof number);
    }
    snprintf(text, size, "%s%s", number, sign[row->headroom]);
}

static void snr_text(const struct gs_row *row, char *text, size_t size)
{
    double snr = row->predicted.snr_db;
    snprintf(text, size, "-");
    if (isfinite(snr)) {
        gs_row_number(snr, 1, false, text, size);
    }
}

static void mark_text(const struct gs_row *row, char *text, size_t size)
{
    snprintf(text, size, "%s%s", row->marks & GS_MARK_CLIPS_FIRST ? "^clip " : "",
             row->marks & GS_MARK_NOISE_BOTTLENECK ? "~noise" : "");
}

static void print_band(const struct gs_rows *rows, const struct scale *scale, size_t first, size_t n,
                       unsigned column, FILE *to)
{
    static struct canvas canvas; /* one control thread */
    canvas.scale = *scale;
    memset(canvas.cell, ' ', sizeof canvas.cell);
    for (size_t i = 0; i < n; i++) {
        draw_row(&canvas, &rows->row[first + i], (unsigned)i * column, (unsigned)(i + 1) * column - 1);
    }
    print_canvas(&canvas, (unsigned)n * column, to);
    const struct gs_row *row = &rows->row[first];
    print_texts(to, "", n, column, row, name_text);
    print_texts(to, "level", n, column, row, level_text);
    print_texts(to, "room", n, column, row, headroom_text);
    print_texts(to, "SNR", n, column, row, snr_text);
    print_texts(to, "", n, column, row, mark_text);
}

void gs_rows_diagram(const struct gs_rows *rows, FILE *to, unsigned width, unsigned height)
{
    width = width ? width : WIDTH_USUAL;
    height = height ? height : HEIGHT_USUAL;
    width = width > WIDTH_MAX ? WIDTH_MAX : width < RULER + COLUMN_MIN ? RULER + COLUMN_MIN : width;
    height = height > HEIGHT_MAX ? HEIGHT_MAX : height < 5 ? 5 : height;
    unsigned room = width - RULER;
    size_t most = room / COLUMN_MIN, bands = (rows->n + most - 1) / most;
    size_t each = bands ? (rows->n + bands - 1) / bands : 1;
    unsigned column = room / (unsigned)each;
    column = column > COLUMN_MAX ? COLUMN_MAX : column;
    struct scale scale = scale_of(rows, height);
    fprintf(to, "%s\n", rows->unit);
    for (size_t first = 0; first < rows->n; first += each) {
        size_t n = rows->n - first < each ? rows->n - first : each;
        print_band(rows, &scale, first, n, column, to);
    }
}
