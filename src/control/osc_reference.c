/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See osc_reference.h. */
#include "control/osc_reference.h"

#include "base/mdoc.h"
#include "session/session.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 100

struct writing {
    FILE *to;
    bool stages; /* the first address of a stage has been seen */
    cJSON *list;
    bool failed;
};

static bool is_stage(const struct gs_address_row *row)
{
    return strncmp(row->address, "/stage/", 7) == 0 && strncmp(row->address, "/stage/list", 11) != 0;
}

/* "-90 to 10 dB", "0 to 1", "dB", "". */
static const char *range(const struct gs_address_row *row, char *text, size_t size)
{
    const char *space = *row->unit ? " " : "";
    if (isnan(row->min) && isnan(row->max)) {
        snprintf(text, size, "%s", row->unit);
    } else if (isnan(row->max)) {
        snprintf(text, size, "from %g%s%s", row->min, space, row->unit);
    } else {
        snprintf(text, size, "%g to %g%s%s", row->min, row->max, space, row->unit);
    }
    return text;
}

/* Breaks lines between words; further lines begin with `indent` blanks. */
static void print_wrapped(FILE *to, int indent, const char *text)
{
    int column = indent;
    fprintf(to, "%*s", indent, "");
    while (*text) {
        int word = (int)strcspn(text, " ");
        if (column > indent && column + 1 + word > WIDTH) {
            fprintf(to, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', to);
            column++;
        }
        fprintf(to, "%.*s", word, text);
        column += word;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', to);
}

/* ---- text ---- */

static void text_row(void *context, const struct gs_address_row *row)
{
    struct writing *writing = context;
    char limits[64];
    fprintf(writing->to, "%s%s%s", row->address, *row->types ? " " : "", row->types);
    if (*row->answer) {
        fprintf(writing->to, "  -> %s", row->answer);
    }
    range(row, limits, sizeof limits);
    fprintf(writing->to, "%s%s%s\n", *limits ? "  (" : "", limits, *limits ? ")" : "");
    print_wrapped(writing->to, 4, row->doc);
}

void gs_osc_reference_text(const struct gs_chain *chain, FILE *to)
{
    struct writing writing = { .to = to };
    gs_session_describe(chain, text_row, &writing);
}

/* ---- Markdown ---- */

static void markdown_text(FILE *to, const char *text)
{
    for (; *text; text++) {
        fprintf(to, "%s%c", strchr("|*_<[]`\\", *text) ? "\\" : "", *text);
    }
}

static void markdown_row(void *context, const struct gs_address_row *row)
{
    struct writing *writing = context;
    char limits[64];
    if (is_stage(row) && !writing->stages) {
        writing->stages = true;
        fputs("\n| address of a stage | arguments | answer | range | |\n|---|---|---|---|---|\n",
              writing->to);
    }
    fprintf(writing->to, "| `%s` | ", row->address);
    markdown_text(writing->to, row->types);
    fprintf(writing->to, " | %s | %s | ", row->answer, range(row, limits, sizeof limits));
    markdown_text(writing->to, row->doc);
    fputs(" |\n", writing->to);
}

void gs_osc_reference_markdown(const struct gs_chain *chain, FILE *to)
{
    struct writing writing = { .to = to };
    fprintf(to, "# OSC addresses of %s\n\n", chain ? chain->name : "any chain");
    fputs("| address | arguments | answer | range | |\n|---|---|---|---|---|\n", to);
    gs_session_describe(chain, markdown_row, &writing);
}

/* ---- manual page ---- */

static void man_row(void *context, const struct gs_address_row *row)
{
    struct writing *writing = context;
    char limits[64];
    if (is_stage(row) && !writing->stages) {
        writing->stages = true;
        fputs(".El\n.Ss Addresses of a stage\n"
              ".Ar ID\nis the id of a stage in the chain file or its number, counted from 1;\n.Li /master\n"
              "stands for the stage that is the master.\n.Bl -tag -width Ds\n",
              writing->to);
    }
    fprintf(writing->to, ".It Li %s", row->address);
    if (*row->types) {
        fprintf(writing->to, " Ar \"%s\"", row->types);
    }
    fputc('\n', writing->to);
    gs_mdoc_text(writing->to, row->doc);
    range(row, limits, sizeof limits);
    if (*row->answer || *limits) {
        fprintf(writing->to, "%s%s%s%s%s.\n", *row->answer ? "Answers " : "", row->answer,
                *row->answer && *limits ? "; " : "",
                *row->answer ? ""
                : *limits    ? "Range: "
                             : "",
                limits);
    }
}

void gs_osc_reference_man(const struct gs_chain *chain, FILE *to)
{
    struct writing writing = { .to = to };
    fputs(".Ss Addresses of the session\n.Bl -tag -width Ds\n", to);
    gs_session_describe(chain, man_row, &writing);
    fputs(".El\n", to);
}

/* ---- JSON ---- */

static void add_limit(cJSON *entry, const char *key, double value)
{
    if (!isnan(value)) {
        cJSON_AddNumberToObject(entry, key, value);
    }
}

static void json_row(void *context, const struct gs_address_row *row)
{
    struct writing *writing = context;
    cJSON *entry = cJSON_CreateObject();
    if (!entry || !cJSON_AddStringToObject(entry, "address", row->address) ||
        !cJSON_AddStringToObject(entry, "arguments", row->types) ||
        !cJSON_AddStringToObject(entry, "answer", row->answer) ||
        !cJSON_AddStringToObject(entry, "unit", row->unit) ||
        !cJSON_AddStringToObject(entry, "doc", row->doc)) {
        writing->failed = true;
        cJSON_Delete(entry);
        return;
    }
    add_limit(entry, "min", row->min);
    add_limit(entry, "max", row->max);
    cJSON_AddItemToArray(writing->list, entry);
}

bool gs_osc_reference_json(const struct gs_chain *chain, FILE *to)
{
    cJSON *document = cJSON_CreateObject();
    struct writing writing = { .to = to };
    bool whole = document && cJSON_AddNumberToObject(document, "gainstage_osc", 1) &&
                 (chain ? cJSON_AddStringToObject(document, "chain", chain->name)
                        : cJSON_AddNullToObject(document, "chain")) &&
                 (writing.list = cJSON_AddArrayToObject(document, "addresses"));
    if (whole) {
        gs_session_describe(chain, json_row, &writing);
    }
    char *text = whole && !writing.failed ? cJSON_Print(document) : NULL;
    if (text) {
        fprintf(to, "%s\n", text);
    }
    cJSON_free(text);
    cJSON_Delete(document);
    return text;
}
