/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reference of kinds as text for a terminal. See kinds.h. */
#include "catalog/kinds.h"

#include "catalog/row.h"

#include <string.h>

#define WIDTH 96

/* Words of `text` on lines of at most WIDTH, each behind `indent` spaces; the first line already has them. */
static void wrap(FILE *to, int indent, const char *text)
{
    int at = indent;
    while (*text) {
        int word = (int)strcspn(text, " ");
        if (at > indent && at + 1 + word > WIDTH) {
            fprintf(to, "\n%*s", indent, "");
            at = indent;
        }
        at += fprintf(to, "%s%.*s", at > indent ? " " : "", word, text);
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', to);
}

static void describe_choices(FILE *to, const struct gs_param *row)
{
    for (const struct gs_choice *c = row->choices; c && c->word; c++) {
        fprintf(to, "      %-10s ", c->word);
        wrap(to, 17, c->doc);
    }
}

static void describe_row(FILE *to, const struct gs_param *row)
{
    char range[GS_ROW_TEXT_SIZE], given[GS_ROW_TEXT_SIZE];
    fprintf(to, "  %s: %s; default %s\n    ", row->key, gs_row_range(row, range), gs_row_default(row, given));
    wrap(to, 4, row->doc);
    if (row->choices) {
        describe_choices(to, row);
    }
}

void gs_kinds_list(FILE *to)
{
    for (size_t i = 0; gs_stage_kinds[i]; i++) {
        const struct gs_stage_kind *kind = gs_stage_kinds[i];
        char join[GS_KINDS_JOIN_SIZE];
        fprintf(to, "%-12s %s\n             ", kind->key, gs_kinds_join(kind, join));
        wrap(to, 13, kind->doc);
    }
}

void gs_kinds_describe(FILE *to, const struct gs_stage_kind *kind)
{
    char join[GS_KINDS_JOIN_SIZE];
    fprintf(to, "%s: %s\n  ", kind->key, gs_kinds_join(kind, join));
    wrap(to, 2, kind->doc);
    for (size_t i = 0; i < kind->n_params + GS_COMMON_PARAMS; i++) {
        bool bypass = i == kind->n_params + GS_COMMON_BYPASS;
        if (!bypass || kind->flags & GS_STAGE_BYPASS) {
            fputc('\n', to);
            describe_row(to, gs_stage_param(kind, i));
        }
    }
    if (kind->flags & GS_STAGE_SUMS) {
        fprintf(to, "\n  from: one id, or a list of ids and of objects with \"stage\" and\n");
        for (int i = 0; i < GS_SEND_PARAMS; i++) {
            describe_row(to, &gs_stage_send[i]);
        }
    }
}
