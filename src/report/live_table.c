/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live level diagram as a plain table. See live.h. */
#include "report/live.h"

#include "report/rows.h"

#include <math.h>

static const char *number(double db, bool sign, char *text, size_t size)
{
    if (isnan(db)) {
        return "-";
    }
    gs_row_number(db <= -144.0 ? -INFINITY : db, 1, sign, text, size);
    return text;
}

/* printf() counts bytes, a terminal columns. */
static void print_padded(FILE *to, const char *text, int width)
{
    fputs(text, to);
    for (int i = gs_screen_columns(text); i < width; i++) {
        fputc(' ', to);
    }
}

static void print_stage(const struct gs_live_stage *s, int width, FILE *to)
{
    char gain[16], rms[16], peak[16], ceiling[16], room[16];
    print_padded(to, s->label, width);
    char wrong[48] = "";
    if (s->model_error) {
        snprintf(wrong, sizeof wrong, "  MODEL ERROR %+.2f dB", s->agreement_db);
    }
    fprintf(to, "  %-5s %7s %8s %8s %8s %9s%s%s%s%s%s\n", s->unit,
            number(s->gain_db, true, gain, sizeof gain), number(s->rms_db, false, rms, sizeof rms),
            number(s->hold_db, false, peak, sizeof peak),
            number(s->ceiling_db, true, ceiling, sizeof ceiling),
            s->hold_db <= -144.0 ? "-" : number(s->ceiling_db - s->hold_db, true, room, sizeof room),
            s->clip ? "  CLIP" : "", wrong, s->mute ? "  mute" : "", s->bypass ? "  bypass" : "",
            s->listen ? "  <- listen" : "");
}

static void print_on_scale(const struct gs_live *live, const struct gs_live_stage *s, int width, FILE *to)
{
    print_padded(to, s->label, width);
    for (int i = 0; i < gs_live_numbers(live->scale); i++) {
        char text[16];
        bool ripe = !live->scale->number[i].ripens || s->stable;
        fprintf(to, "  %7s%s", number(s->number[i], false, text, sizeof text),
                ripe || s->number[i] <= -144.0 ? " " : "?");
    }
    fprintf(to, "%s%s\n", s->clip ? "  CLIP" : "", s->mute ? "  mute" : "");
}

static void print_scale(const struct gs_live *live, int width, FILE *to)
{
    print_padded(to, "stage", width);
    for (int i = 0; i < gs_live_numbers(live->scale); i++) {
        fprintf(to, "  %7s ", live->scale->number[i].name);
    }
    fprintf(to, "  %s, %s\n", live->scale->unit, live->scale->label);
    for (size_t i = 0; i < live->n; i++) {
        print_on_scale(live, &live->stage[i], width, to);
    }
}

void gs_live_table(const struct gs_live *live, FILE *to)
{
    int width = 5;
    for (size_t i = 0; i < live->n; i++) {
        int columns = gs_screen_columns(live->stage[i].label);
        width = columns > width ? columns : width;
    }
    fprintf(to, "%s, %s, %s\n", live->chain, live->state, live->where);
    if (live->scale) {
        print_scale(live, width, to);
        return;
    }
    print_padded(to, "stage", width);
    fprintf(to, "  %-5s %7s %8s %8s %8s %9s\n", "unit", "gain", "RMS", "peak", "ceiling", "headroom");
    for (size_t i = 0; i < live->n; i++) {
        print_stage(&live->stage[i], width, to);
    }
}
