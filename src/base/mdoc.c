/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See mdoc.h. */
#include "base/mdoc.h"

#include <stdbool.h>
#include <string.h>

void gs_mdoc_text(FILE *to, const char *text)
{
    bool start = true;
    for (; *text; text++) {
        if (start && strchr(".'", *text)) {
            fputs("\\&", to);
        }
        start = strchr(".:", *text) && text[1] == ' ' && text[2] >= 'A' && text[2] <= 'Z';
        if (start) {
            fprintf(to, "%c\n", *text);
            text++;
        } else if (*text == '\\') {
            fputs("\\e", to);
        } else {
            fputc(*text, to);
        }
    }
    fputc('\n', to);
}
