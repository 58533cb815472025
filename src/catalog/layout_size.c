/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How large a screen is: those that many have, by name. */
#include "catalog/layout.h"

#include <stdlib.h>
#include <string.h>

#define FIGURES "0123456789"

static const struct {
    const char *name;
    unsigned width, height;
} screens[] = { { "ipad", 1024, 768 }, { "iphone", 844, 390 }, { "android", 1280, 800 } };

bool gs_layout_size(const char *words, unsigned *width, unsigned *height)
{
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
        if (strcmp(words, screens[i].name) == 0) {
            *width = screens[i].width;
            *height = screens[i].height;
            return true;
        }
    }
    size_t wide = strspn(words, FIGURES), high = words[wide] == 'x' ? strspn(words + wide + 1, FIGURES) : 0;
    if (wide < 1 || wide > 4 || high < 1 || high > 4 || words[wide + 1 + high]) {
        return false;
    }
    *width = (unsigned)strtoul(words, NULL, 10);
    *height = (unsigned)strtoul(words + wide + 1, NULL, 10);
    return true;
}
