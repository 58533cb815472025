/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `gainstage meters` line for line: what it prints is put together here from the tables that it must tell of, and
 * there is nothing else in it. */
#include "../support/paths.h"
#include "gainstage/meter.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT 2000

static FILE *tool(const char *arguments)
{
    char program[TEXT], command[TEXT + 100];
    test_build_path(program, sizeof program, "gainstage");
    snprintf(command, sizeof command, "'%s' meters %s", program, arguments);
    FILE *out = popen(command, "r");
    cr_assert(out, "%s", command);
    return out;
}

static void expect(FILE *out, const char *line)
{
    char found[TEXT];
    cr_assert(fgets(found, sizeof found, out), "found the end, expected '%s'", line);
    found[strcspn(found, "\n")] = '\0';
    cr_assert_str_eq(found, line);
}

/* Where two numbers bound it or one end does; levels reach from end to end of their scale. */
static void words_of_range(const struct gs_reading *row, char *to, size_t size)
{
    bool open_below = isinf(row->low), open_above = isinf(row->high), level = row->low == 0 && row->high == 0;
    cr_assert(!open_below || open_above, "%s: these words are for ranges with a lower end", row->key);
    if (level || open_below) {
        *to = '\0';
    } else if (open_above) {
        snprintf(to, size, "%g and more", row->low);
    } else {
        snprintf(to, size, "%g to %g", row->low, row->high);
    }
}

static void expect_reading(FILE *out, const struct gs_reading *row)
{
    char range[100], line[TEXT];
    const char *unit = row->unit ? row->unit : "of the wire";
    words_of_range(row, range, sizeof range);
    snprintf(line, sizeof line, "  %-20s %-12s %s%s%s", row->key, unit, range, *range ? ". " : "", row->doc);
    expect(out, line);
}

Test(meters, every_line_is_of_the_tables)
{
    FILE *out = tool("");
    char line[TEXT];
    unsigned ranges = 0;
    for (const struct gs_meter_kind *const *k = gs_meter_kinds; *k; k++) {
        snprintf(line, sizeof line, "%s: %s", (*k)->key, (*k)->doc);
        expect(out, line);
        if (*(*k)->standard) {
            snprintf(line, sizeof line, "  after %s", (*k)->standard);
            expect(out, line);
        }
        snprintf(line, sizeof line, "  ballistics: %s", (*k)->ballistics);
        expect(out, line);
        for (size_t i = 0; i < (*k)->n_readings; i++) {
            ranges += (*k)->readings[i].low < (*k)->readings[i].high;
            expect_reading(out, &(*k)->readings[i]);
        }
    }
    cr_assert(!fgets(line, sizeof line, out), "found '%s' after the last reading", line);
    cr_assert_eq(pclose(out), 0);
    cr_assert_gt(ranges, 3, "readings with a range are among them");
}

/* The next line of the page that begins with a macro of ours; texts of the tables pass. */
static bool next_macro(FILE *out, char *line, const char *range)
{
    while (fgets(line, TEXT, out)) {
        line[strcspn(line, "\n")] = '\0';
        if (!strncmp(line, ".Ss", 3) || !strncmp(line, ".It", 3) || (range && !strcmp(line, range))) {
            return true;
        }
    }
    return false;
}

static void expect_item(FILE *out, const struct gs_reading *row)
{
    char line[TEXT], item[TEXT], range[102];
    const char *unit = row->unit ? row->unit : "of the wire";
    snprintf(item, sizeof item, *unit ? ".It Li %s ( %s )" : ".It Li %s", row->key, unit);
    cr_assert(next_macro(out, line, NULL), "found the end, expected '%s'", item);
    cr_assert_str_eq(line, item);
    words_of_range(row, range, sizeof range - 1);
    if (*range) {
        strcat(range, ".");
        cr_assert(next_macro(out, line, range));
        cr_assert_str_eq(line, range, "%s", row->key);
    }
}

Test(meters, the_manual_page_has_every_reading_with_unit_and_range)
{
    FILE *out = tool("--man");
    char line[TEXT], heading[TEXT];
    for (const struct gs_meter_kind *const *k = gs_meter_kinds; *k; k++) {
        snprintf(heading, sizeof heading, ".Ss %s", (*k)->key);
        cr_assert(next_macro(out, line, NULL), "found the end, expected '%s'", heading);
        cr_assert_str_eq(line, heading);
        for (size_t i = 0; i < (*k)->n_readings; i++) {
            expect_item(out, &(*k)->readings[i]);
        }
    }
    cr_assert(!next_macro(out, line, NULL), "found '%s' after the last reading", line);
    cr_assert_eq(pclose(out), 0);
}

Test(meters, operands_are_refused)
{
    FILE *out = tool("peak 2>&1");
    char line[TEXT];
    cr_assert(fgets(line, sizeof line, out));
    cr_assert(strstr(line, "found 'peak', expected nothing"), "%s", line);
    cr_assert_neq(pclose(out), 0);
}
