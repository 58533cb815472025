/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live diagram on the scale of a meter: its marks at the left, its numbers below. See live_inside.h. */
#include "report/live_inside.h"

#include <stdio.h>

enum gs_style gs_live_style_on_scale(const struct gs_live_scale *scale, const struct gs_live_stage *s)
{
    double value = s->scale_now;
    return s->mute || value <= GS_LIVE_SILENCE_DB ? GS_STYLE_DIM
           : value >= scale->red                  ? GS_STYLE_OVER
           : value >= scale->amber                ? GS_STYLE_LOW
                                                  : GS_STYLE_GOOD;
}

/* The line in which a bar of this value ends. */
static int line_of(const struct gs_live_bank *bank, double value)
{
    int at = gs_live_eighths(bank->plan, gs_live_way(bank->live->scale, value));
    return bank->plan->bars - 1 - (at > 0 ? at - 1 : 0) / 8;
}

/* The marks of the scale, as many as there are lines for; its reference is always one of them. */
void gs_live_draw_scale(struct gs_live_bank *bank, int columns)
{
    const struct gs_live_plan *plan = bank->plan;
    const struct gs_live_scale *scale = bank->live->scale;
    int reference = line_of(bank, scale->reference), last = plan->bars;
    for (int line = 0; line < plan->bars; line++) {
        bool across = line == reference;
        for (int x = 0; across && x < columns; x++) {
            gs_screen_put(bank->screen, plan->left + GS_LIVE_RULER + x, bank->y + plan->lamp + line, 0x2508,
                          GS_STYLE_FAINT);
        }
        gs_screen_put(bank->screen, plan->left + GS_LIVE_RULER - 1, bank->y + plan->lamp + line,
                      across ? 0x251c : 0x2502, GS_STYLE_FAINT);
    }
    for (const struct gs_live_mark *mark = scale->marks; mark->text; mark++) {
        int line = line_of(bank, mark->value);
        bool outside = mark->value > scale->high || mark->value < scale->low;
        bool is_reference = mark->value == scale->reference;
        if (!outside && (is_reference || (line < last && line != reference))) {
            gs_screen_text(bank->screen, plan->left, bank->y + plan->lamp + line, GS_LIVE_RULER - 1, 1,
                           is_reference ? GS_STYLE_BOLD : GS_STYLE_DIM, mark->text);
            last = line;
        }
    }
}

/* What is not stable yet bears a question mark. */
static void draw_scale_number(struct gs_live_bank *bank, int x, int y, const struct gs_live_stage *s, int i)
{
    bool ripe = !bank->live->scale->number[i].ripens || s->stable;
    if (ripe || s->number[i] <= GS_LIVE_SILENCE_DB) {
        gs_live_put_number(bank, x, y, GS_STYLE_PLAIN, s->number[i], false);
        return;
    }
    char text[16];
    snprintf(text, sizeof text, "%.1f?", s->number[i]);
    gs_screen_text(bank->screen, x, y, bank->plan->column - 1, 0, GS_STYLE_LOW, text);
}

void gs_live_draw_scale_rows(struct gs_live_bank *bank, int x, int y, const struct gs_live_stage *s)
{
    int n = gs_live_numbers(bank->live->scale);
    for (int row = 0; row < bank->plan->rows; row++, y++) {
        if (row == 0) {
            gs_live_draw_name(bank, x, y, s);
        } else if (row <= n) {
            draw_scale_number(bank, x, y, s, row - 1);
        } else {
            gs_screen_text(bank->screen, x, y, bank->plan->column - 1, 0, GS_STYLE_DIM,
                           bank->live->scale->unit);
        }
    }
}
