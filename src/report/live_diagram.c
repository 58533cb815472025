/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live level diagram on a screen. See live.h. All stages stand on one ruler: dBFS, onto which the
 * alignment brings volts and pascals so that nominal level is one straight line; or the scale of a meter.
 * Columns that do not fit side by side go into banks below each other, and onto pages when those do not fit
 * either. */
#include "report/live.h"

#include "report/live_inside.h"
#include "report/rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define COLUMN_MIN 7 /* "-18.2" between blanks */
#define COLUMN_MAX 16
#define BAR_MAX    9
#define BANK_MIN   9 /* lines: name, four numbers, four of bar */
#define SPAN_DB    72.0
#define LOW_DB     6.0

static const uint32_t eighth[] = { ' ', 0x2581, 0x2582, 0x2583, 0x2584, 0x2585, 0x2586, 0x2587, 0x2588 };

/* What a number row shows; rows further down are dropped first where lines are short. */
enum row {
    ROW_NAME,
    ROW_ROOM,
    ROW_PEAK,
    ROW_RMS,
    ROW_GAIN,
    ROW_UNIT,
    ROWS
};
static const char *const row_names[ROWS] = { "", "room", "peak", "RMS", "gain", "" };
/* From top to bottom. */
static const enum row order[ROWS] = { ROW_NAME, ROW_GAIN, ROW_RMS, ROW_PEAK, ROW_ROOM, ROW_UNIT };

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static double on_ruler(const struct gs_live *live, const struct gs_live_stage *s, double db)
{
    return db - s->nominal_db + live->nominal_dbfs;
}

static double top_of(const struct gs_live *live)
{
    double top = 6.0;
    for (size_t i = 0; i < live->n; i++) {
        const struct gs_live_stage *s = &live->stage[i];
        double ceiling = on_ruler(live, s, s->ceiling_db) + 1.0;
        top = isfinite(ceiling) ? fmax(top, fmin(ceiling, 30.0)) : top;
    }
    return ceil(top / 6.0) * 6.0;
}

static struct gs_live_plan plan_for(const struct gs_live *live, const struct gs_screen *screen)
{
    struct gs_live_plan plan = { .top_db = top_of(live) };
    int n = live->n ? (int)live->n : 1, height = screen->height - 2;
    int fit = (screen->width - GS_LIVE_RULER) / COLUMN_MIN;
    fit = fit < 1 ? 1 : fit;
    int most = height / BANK_MIN < 1 ? 1 : height / BANK_MIN;
    int wanted = (n + fit - 1) / fit;
    plan.banks = smaller(wanted, most);
    plan.pages = (unsigned)((wanted + most - 1) / most);
    plan.per_bank = plan.pages > 1 ? fit : (n + plan.banks - 1) / plan.banks;
    plan.column = smaller((screen->width - GS_LIVE_RULER) / plan.per_bank, COLUMN_MAX);
    plan.bar = smaller(plan.column - 2, BAR_MAX);
    plan.bar = plan.bar < 1 ? 1 : plan.bar;
    plan.left = (screen->width - GS_LIVE_RULER - plan.per_bank * plan.column) / 2;
    plan.lines = height / plan.banks;
    plan.lamp = plan.lines >= 14;
    int rows = live->scale ? 2 + gs_live_numbers(live->scale) : ROWS;
    plan.rows = plan.lines >= 14   ? rows
                : plan.lines >= 12 ? smaller(rows, ROW_GAIN + 1)
                                   : smaller(rows, ROW_RMS + 1);
    plan.rows = plan.lines < BANK_MIN ? smaller(plan.rows, plan.lines / 2) : plan.rows;
    plan.bars = plan.lines - plan.lamp - plan.rows;
    plan.left = plan.left > 4 ? 4 : plan.left < 0 ? 0 : plan.left;
    return plan;
}

/* ---- bars ---- */

/* Eighths of a line from the foot of the bars up to a way of 0..1. */
int gs_live_eighths(const struct gs_live_plan *plan, double way)
{
    return (int)lround(way * plan->bars * 8);
}

/* The way of a level on the ruler, or of a value on the scale. */
static double way_of(const struct gs_live_bank *bank, const struct gs_live_stage *s, double db)
{
    if (bank->live->scale) {
        return gs_live_way(bank->live->scale, db);
    }
    double way = (on_ruler(bank->live, s, db) - (bank->plan->top_db - SPAN_DB)) / SPAN_DB;
    return way > 0 ? fmin(way, 1) : 0;
}

static enum gs_style style_of(const struct gs_live_stage *s, double peak_db)
{
    double room = isfinite(s->ceiling_db) ? s->ceiling_db - peak_db : INFINITY;
    return s->mute || peak_db <= GS_LIVE_SILENCE_DB ? GS_STYLE_DIM
           : room <= 0.0                            ? GS_STYLE_OVER
           : room < LOW_DB                          ? GS_STYLE_LOW
                                                    : GS_STYLE_GOOD;
}

static enum gs_style dark(enum gs_style style)
{
    return style == GS_STYLE_GOOD   ? GS_STYLE_GOOD_DARK
           : style == GS_STYLE_LOW  ? GS_STYLE_LOW_DARK
           : style == GS_STYLE_OVER ? GS_STYLE_OVER_DARK
                                    : GS_STYLE_FAINT;
}

/* Bright up to RMS, dark from there to the peak; without colours the dark part stays empty. */
static void draw_bar_cell(struct gs_live_bank *bank, int x, int line, int rms, int peak, enum gs_style style)
{
    int foot = (bank->plan->bars - 1 - line) * 8, y = bank->y + bank->plan->lamp + line;
    int body = rms < foot ? 0 : smaller(rms - foot, 8), tip = peak < foot ? 0 : smaller(peak - foot, 8);
    if (body > 0) {
        gs_screen_put(bank->screen, x, y, eighth[body], style);
        if (tip >= 8) {
            gs_screen_ground(bank->screen, x, y, dark(style));
        }
    } else if (tip > 0 && bank->screen->colour) {
        gs_screen_put(bank->screen, x, y, eighth[tip], dark(style));
    }
}

/* A thin line at a way, at one of three heights inside a character; over a bar in the middle, with the bar as its
 * ground. */
static void draw_mark(struct gs_live_bank *bank, int x, int width, double way, enum gs_style style)
{
    static const uint32_t heights[] = { 0x2581, 0x2500, 0x2594 };
    int at = gs_live_eighths(bank->plan, way);
    at = at > 0 ? at - 1 : 0;
    int line = bank->plan->bars - 1 - at / 8, y = bank->y + bank->plan->lamp + line;
    for (int i = 0; i < width; i++) {
        struct gs_cell *cell = &bank->screen->cell[y * bank->screen->width + x + i];
        bool marked = cell->letter == 0x2500 && cell->ground; /* by the other mark */
        bool covered = cell->letter == eighth[8] || marked;
        if (!marked) {
            cell->ground = covered ? cell->style : (uint8_t)GS_STYLE_PLAIN;
        }
        bool same = covered && cell->ground == style;
        gs_screen_put(bank->screen, x + i, y, covered ? 0x2500 : heights[at % 8 / 3],
                      same ? GS_STYLE_BOLD : style);
    }
}

static void draw_bar(struct gs_live_bank *bank, int x, const struct gs_live_stage *s)
{
    const struct gs_live_plan *plan = bank->plan;
    const struct gs_live_scale *scale = bank->live->scale;
    int bar = x + (plan->column - plan->bar) / 2;
    int rms = gs_live_eighths(plan, way_of(bank, s, scale ? s->scale_now : s->rms_db));
    int peak = gs_live_eighths(plan, way_of(bank, s, scale ? s->scale_now : s->peak_db));
    double hold = scale ? s->scale_hold : s->hold_db;
    enum gs_style style = scale ? gs_live_style_on_scale(scale, s) : style_of(s, s->peak_db);
    for (int line = 0; line < plan->bars; line++) {
        for (int i = 0; i < plan->bar; i++) {
            draw_bar_cell(bank, bar + i, line, rms, peak, style);
        }
    }
    if (hold > GS_LIVE_SILENCE_DB && gs_live_eighths(plan, way_of(bank, s, hold)) > 0) {
        draw_mark(bank, bar, plan->bar, way_of(bank, s, hold), scale ? style : style_of(s, hold));
    }
    if (isfinite(s->ceiling_db) && !scale) {
        draw_mark(bank, bar - 1, plan->bar + 2, way_of(bank, s, s->ceiling_db),
                  s->clip ? GS_STYLE_OVER : GS_STYLE_BOLD);
    }
}

static void draw_ruler(struct gs_live_bank *bank, int columns)
{
    const struct gs_live_plan *plan = bank->plan;
    double step = plan->bars >= 24 ? 6.0 : plan->bars >= 10 ? 12.0 : 18.0, last = INFINITY;
    double per_line = SPAN_DB / plan->bars;
    for (int line = 0; line < plan->bars; line++) {
        double high = plan->top_db - line * per_line, low = high - per_line;
        double mark = floor(high / step) * step;
        int y = bank->y + plan->lamp + line;
        bool nominal = bank->live->nominal_dbfs <= high && bank->live->nominal_dbfs > low;
        if (mark > low && mark < last) {
            char text[16];
            snprintf(text, sizeof text, "%+.0f", mark);
            gs_screen_text(bank->screen, plan->left, y, GS_LIVE_RULER - 2, 1, GS_STYLE_DIM,
                           mark == 0 ? "0" : text);
            last = mark;
        }
        for (int x = 0; nominal && x < columns; x++) {
            gs_screen_put(bank->screen, plan->left + GS_LIVE_RULER + x, y, 0x2508, GS_STYLE_FAINT);
        }
        gs_screen_put(bank->screen, plan->left + GS_LIVE_RULER - 1, y, nominal ? 0x251c : 0x2502,
                      GS_STYLE_FAINT);
    }
}

/* ---- numbers ---- */

void gs_live_put_number(struct gs_live_bank *bank, int x, int y, enum gs_style style, double db, bool sign)
{
    char text[16];
    gs_row_number(db <= GS_LIVE_SILENCE_DB ? -INFINITY : db, fabs(db) >= 99.95 ? 0 : 1, sign, text,
                  sizeof text);
    gs_screen_text(bank->screen, x, y, bank->plan->column - 1, 0, style, text);
}

static void draw_gain(struct gs_live_bank *bank, int x, int y, const struct gs_live_stage *s)
{
    if (s->mute || s->bypass) {
        gs_screen_text(bank->screen, x, y, bank->plan->column - 1, 0, GS_STYLE_LOW, s->mute ? "mute" : "byp");
    } else if (!isnan(s->gain_db)) {
        gs_live_put_number(bank, x, y, GS_STYLE_PLAIN, s->gain_db <= -90.0 ? -INFINITY : s->gain_db, true);
    }
}

void gs_live_draw_name(struct gs_live_bank *bank, int x, int y, const struct gs_live_stage *s)
{
    int width = bank->plan->column - 1;
    const char *name =
        gs_screen_columns(s->label) <= width || strlen(s->id) > (size_t)width ? s->label : s->id;
    bool doubt = s->model_error && !bank->plan->lamp;
    char doubted[72];
    snprintf(doubted, sizeof doubted, "?%s", name);
    enum gs_style style = s->clip && !bank->plan->lamp ? GS_STYLE_LAMP : doubt ? GS_STYLE_LOW : GS_STYLE_BOLD;
    gs_screen_text(bank->screen, x, y, width, 0, style, doubt ? doubted : name);
}

static void draw_row(struct gs_live_bank *bank, int x, int y, enum row row, const struct gs_live_stage *s)
{
    double room = s->ceiling_db - s->peak_text_db;
    switch (row) {
    case ROW_NAME:
        gs_live_draw_name(bank, x, y, s);
        break;
    case ROW_GAIN:
        draw_gain(bank, x, y, s);
        break;
    case ROW_RMS:
        gs_live_put_number(bank, x, y, GS_STYLE_PLAIN, s->rms_text_db, false);
        break;
    case ROW_PEAK:
        gs_live_put_number(bank, x, y, GS_STYLE_PLAIN, s->peak_text_db, false);
        break;
    case ROW_ROOM:
        if (s->peak_text_db > GS_LIVE_SILENCE_DB && isfinite(room)) {
            gs_live_put_number(bank, x, y, style_of(s, s->peak_text_db), room, true);
        }
        break;
    default:
        gs_screen_text(bank->screen, x, y, bank->plan->column - 1, 0, GS_STYLE_DIM, s->unit);
        break;
    }
}

static void draw_stage(struct gs_live_bank *bank, int x, const struct gs_live_stage *s)
{
    const struct gs_live_plan *plan = bank->plan;
    int y = bank->y;
    if (plan->lamp && s->clip) {
        gs_screen_text(bank->screen, x, y, plan->column - 1, 0, GS_STYLE_LAMP, " CLIP ");
    } else if (plan->lamp && s->model_error) {
        gs_screen_text(bank->screen, x, y, plan->column - 1, 0, GS_STYLE_LOW, "MODEL?");
    } else if (plan->lamp && s->listen) {
        gs_screen_text(bank->screen, x, y, plan->column - 1, 0, GS_STYLE_DIM, "listen");
    }
    draw_bar(bank, x, s);
    y += plan->lamp + plan->bars;
    if (bank->live->scale) {
        gs_live_draw_scale_rows(bank, x, y, s);
        return;
    }
    for (int i = 0; i < ROWS; i++) {
        if ((int)order[i] < plan->rows) {
            draw_row(bank, x, y++, order[i], s);
        }
    }
}

static void draw_bank(struct gs_live_bank *bank, size_t first, size_t n)
{
    const struct gs_live_plan *plan = bank->plan;
    const struct gs_live_scale *scale = bank->live->scale;
    if (scale) {
        gs_live_draw_scale(bank, (int)n * plan->column);
    } else {
        draw_ruler(bank, (int)n * plan->column);
    }
    int y = bank->y + plan->lamp + plan->bars;
    for (int i = 0; scale && i < smaller(plan->rows - 1, gs_live_numbers(scale)); i++) {
        gs_screen_text(bank->screen, plan->left, y + 1 + i, GS_LIVE_RULER - 1, 1, GS_STYLE_DIM,
                       scale->number[i].name);
    }
    for (int i = 0; !scale && i < ROWS; i++) {
        if ((int)order[i] < plan->rows) {
            gs_screen_text(bank->screen, plan->left, y++, GS_LIVE_RULER - 1, 1, GS_STYLE_DIM,
                           row_names[order[i]]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        draw_stage(bank, plan->left + GS_LIVE_RULER + (int)i * plan->column, &bank->live->stage[first + i]);
    }
}

/* ---- head and foot ---- */

static void draw_head(const struct gs_live *live, struct gs_screen *screen)
{
    char right[160];
    int width = screen->width - 2, name = gs_screen_columns(live->chain);
    bool active = strcmp(live->state, "active") == 0;
    snprintf(right, sizeof right, "%s", live->where);
    if (live->pages > 1) {
        snprintf(right, sizeof right, "page %u/%u  %s", live->page + 1, live->pages, live->where);
    }
    gs_screen_text(screen, 1, 0, width, -1, GS_STYLE_BOLD, live->chain);
    gs_screen_text(screen, 1 + name + 2, 0, width - name - 2, -1, active ? GS_STYLE_GOOD : GS_STYLE_LOW,
                   live->state);
    if (name + 2 + gs_screen_columns(live->state) + 2 + gs_screen_columns(right) <= width) {
        gs_screen_text(screen, 1, 0, width, 1, GS_STYLE_DIM, right);
    }
}

/* The first stage in doubt: those behind it hear what it says. */
static bool say_doubt(const struct gs_live *live, char *text, size_t size)
{
    for (size_t i = 0; i < live->n; i++) {
        const struct gs_live_stage *s = &live->stage[i];
        if (s->model_error) {
            snprintf(text, size, "model error at %s: measures %+.2f dB beside its prediction", s->label,
                     s->agreement_db);
            return true;
        }
    }
    return false;
}

static void draw_foot(const struct gs_live *live, struct gs_screen *screen)
{
    char doubt[160];
    if (!live->remark && say_doubt(live, doubt, sizeof doubt)) {
        gs_screen_text(screen, 1, screen->height - 1, screen->width - 2, -1, GS_STYLE_LOW, doubt);
        return;
    }
    const char *keys = live->pages > 1 ? "q quit   r put out the clip lamps   left, right other stages"
                                       : "q quit   r put out the clip lamps";
    gs_screen_text(screen, 1, screen->height - 1, screen->width - 2, -1,
                   live->remark ? GS_STYLE_LOW : GS_STYLE_DIM, live->remark ? live->remark : keys);
    const char *unit = live->scale ? live->scale->label : "ruler dBFS by the alignment; bar RMS to peak";
    if (!live->remark && gs_screen_columns(keys) + gs_screen_columns(unit) + 6 <= screen->width) {
        gs_screen_text(screen, 1, screen->height - 1, screen->width - 2, 1, GS_STYLE_DIM, unit);
    }
}

void gs_live_draw(struct gs_live *live, struct gs_screen *screen)
{
    struct gs_live_plan plan = plan_for(live, screen);
    gs_screen_clear(screen);
    live->pages = plan.pages;
    live->page = live->page < plan.pages ? live->page : plan.pages - 1;
    size_t first = (size_t)live->page * (size_t)(plan.banks * plan.per_bank);
    for (int b = 0; b < plan.banks && plan.bars > 0; b++) {
        size_t n = first < live->n ? live->n - first : 0;
        n = n < (size_t)plan.per_bank ? n : (size_t)plan.per_bank;
        struct gs_live_bank bank = { &plan, live, screen, 1 + b * plan.lines };
        if (n) {
            draw_bank(&bank, first, n);
        }
        first += n;
    }
    draw_head(live, screen);
    draw_foot(live, screen);
}
