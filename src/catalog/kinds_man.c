/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reference of kinds as mdoc(7), to be put into gainstage-chain(5). See kinds.h. */
#include "catalog/kinds.h"

#include "base/alignment.h"
#include "catalog/row.h"

#include <string.h>

/* Roff reads a backslash anywhere and a dot or quote at the beginning of a line; a minus must not become a
 * hyphen. Sentences begin new lines, as mdoc wants it. */
static void put(FILE *to, const char *text)
{
    if (*text == '.' || *text == '\'') {
        fputs("\\&", to);
    }
    for (; *text; text++) {
        if (strncmp(text, ". ", 2) == 0) {
            fputs(".\n", to);
            text++;
        } else if (*text == '\\') {
            fputs("\\e", to);
        } else if (*text == '-') {
            fputs("\\-", to);
        } else {
            fputc(*text, to);
        }
    }
}

static void put_line(FILE *to, const char *text)
{
    put(to, text);
    fputc('\n', to);
}

/* The text of a chain file in double quotes would end a macro's argument; these rows have none but "-inf". */
static void put_choices(FILE *to, const struct gs_param *row)
{
    fputs(".Bl -tag -width linear_ -compact\n", to);
    for (const struct gs_choice *c = row->choices; c && c->word; c++) {
        fputs(".It Cm ", to);
        put_line(to, c->word);
        put_line(to, c->doc);
    }
    fputs(".El\n", to);
}

static void put_row(FILE *to, const struct gs_param *row)
{
    char text[GS_ROW_TEXT_SIZE];
    fprintf(to, ".It Cm %s Ar %s\n", row->key, gs_row_type(row));
    put_line(to, row->doc);
    fputs(row->type == GS_CHOICE ? "One of the words below" : "Takes ", to);
    if (row->type != GS_CHOICE) {
        put(to, gs_row_range(row, text));
    }
    fputs("; default: ", to);
    put(to, gs_row_default(row, text));
    fputs(".\n", to);
    if (row->choices) {
        put_choices(to, row);
    }
}

static void put_rows(FILE *to, const struct gs_param *rows, size_t n)
{
    fputs(".Bl -tag -width Ds\n", to);
    for (size_t i = 0; i < n; i++) {
        put_row(to, &rows[i]);
    }
    fputs(".El\n", to);
}

static void put_kind(FILE *to, const struct gs_stage_kind *kind)
{
    char join[GS_KINDS_JOIN_SIZE];
    gs_kinds_join(kind, join);
    char *arrow = strstr(join, "-> ");
    fprintf(to, ".Ss Kind %s\n", kind->key);
    put_line(to, kind->doc);
    if (kind->domains_in) {
        fprintf(to, "Takes %.*s, gives %s.\n", (int)(arrow - join - 1), join, arrow + 3);
    } else {
        fprintf(to, "Takes no stage, gives %s.\n", arrow + 3);
    }
    if (!(kind->flags & GS_STAGE_BYPASS)) {
        fputs("Cannot be bypassed.\n", to);
    }
    put_rows(to, kind->params, kind->n_params);
}

void gs_kinds_man(FILE *to)
{
    fputs(".Ss Alignment\n", to);
    put_rows(to, gs_alignment_rows, GS_ALIGNMENT_PARAMS);
    fputs(".Ss Every stage\n", to);
    put_rows(to, gs_stage_common, GS_COMMON_PARAMS);
    fputs(".Ss A send of a summing stage\n", to);
    put_rows(to, gs_stage_send, GS_SEND_PARAMS);
    for (size_t i = 0; gs_stage_kinds[i]; i++) {
        put_kind(to, gs_stage_kinds[i]);
    }
}
