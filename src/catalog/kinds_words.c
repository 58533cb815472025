/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a kind takes and gives, in words. See kinds.h. */
#include "catalog/kinds.h"

#include <string.h>

#define ALL ((1u << GS_DOMAIN_COUNT) - 1)

static void append(char *text, const char *more)
{
    size_t length = strlen(text);
    snprintf(text + length, GS_KINDS_JOIN_SIZE - length, "%s", more);
}

static void append_domains(char *text, unsigned mask)
{
    const char *between = "";
    if (mask == ALL) {
        append(text, "any unit");
        return;
    }
    for (int d = 0; d < GS_DOMAIN_COUNT; d++) {
        if (mask >> d & 1) {
            append(text, between);
            append(text, gs_domain_quantity((enum gs_domain)d));
            between = " or ";
        }
    }
}

char *gs_kinds_join(const struct gs_stage_kind *kind, char text[GS_KINDS_JOIN_SIZE])
{
    *text = '\0';
    append_domains(text, kind->domains_in);
    append(text, kind->domains_in ? " -> " : "-> ");
    if (kind->domain_out == GS_OUT_SAME) {
        append(text, "the same");
    } else {
        append_domains(text, kind->domain_out == GS_OUT_BY_PARAM ? ALL : 1u << kind->domain_out);
    }
    return text;
}
