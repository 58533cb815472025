/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colours and strokes of the picture, light and dark. Colour never says anything alone: ceilings are lines on
 * top, noise is hatched, peaks are dashed, headroom has a shape and a number. */
#include "report/svg_inside.h"

#include <string.h>

struct colour {
    const char *name, *light, *dark;
};

/* Text on the ground has a contrast of 4.5 : 1 and more in both (WCAG 2, 1.4.3). */
static const struct colour colours[] = {
    { "ground", "#ffffff", "#10151c" }, { "ink", "#15191e", "#f1f4f8" },
    { "dim", "#57616c", "#a9b4c0" },    { "grid", "#d8dee5", "#29323d" },
    { "box", "#cfe0f5", "#17365f" },    { "level", "#0a56a6", "#62b8ff" },
    { "noise", "#a85400", "#ffae3d" },  { "ceiling", "#c4122f", "#ff6259" },
    { "good", "#0b7539", "#5bd583" },   { "small", "#8a5a00", "#ffc857" },
    { "low", "#b8420f", "#ff9457" },    { "over", "#c4122f", "#ff6259" },
    { "error", "#9c0c9c", "#ff74ea" },
};

static const char strokes[] = ".b{font-weight:700}\n"
                              ".thin{fill:none;stroke-width:3;stroke-linejoin:round}\n"
                              ".thick{fill:none;stroke-width:9;stroke-linecap:round;stroke-opacity:.45}\n"
                              ".hair{fill:none;stroke-width:1}\n"
                              ".edge{fill:none;stroke-width:4}\n"
                              ".first{fill:none;stroke-width:9}\n"
                              ".dash{stroke-dasharray:9 6}\n"
                              ".soft{stroke-dasharray:16 7}\n"
                              ".dot{stroke-dasharray:2 6;stroke-linecap:round}\n";

static void put_colours(const struct svg *svg, bool dark)
{
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
        const char *value = dark ? colours[i].dark : colours[i].light;
        fprintf(svg->to, ".%s{fill:%s}.s-%s{stroke:%s}\n", colours[i].name, value, colours[i].name, value);
    }
    const char *box = dark ? "#17365f" : "#cfe0f5";
    fprintf(svg->to, ".stop{stop-color:%s}\n", box);
}

void svg_style(const struct svg *svg)
{
    fputs("<style>\ntext{font-family:'DejaVu Sans',Verdana,Arial,sans-serif}\n", svg->to);
    put_colours(svg, svg->theme == GS_THEME_DARK);
    fputs(strokes, svg->to);
    if (svg->theme == GS_THEME_AUTO) {
        fputs("@media (prefers-color-scheme:dark){\n", svg->to);
        put_colours(svg, true);
        fputs("}\n", svg->to);
    }
    fputs("</style>\n<defs>\n"
          "<pattern id=\"hatch\" width=\"9\" height=\"9\" patternUnits=\"userSpaceOnUse\" "
          "patternTransform=\"rotate(45)\"><path class=\"s-noise\" d=\"M0 0V9\" stroke-width=\"2.5\" "
          "stroke-opacity=\".55\"/></pattern>\n"
          "<linearGradient id=\"open\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop class=\"stop\" offset=\"0\" "
          "stop-opacity=\"0\"/><stop class=\"stop\" offset=\".35\"/></linearGradient>\n</defs>\n",
          svg->to);
}

enum gs_status gs_theme_parse(const char *word, enum gs_theme *theme, struct gs_error *error)
{
    static const char *const words[] = { "auto", "light", "dark" };
    *theme = GS_THEME_AUTO;
    for (size_t i = 0; word && i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i]) == 0) {
            *theme = (enum gs_theme)i;
            return GS_OK;
        }
    }
    return word ? gs_fail(error, GS_E_USAGE, "", "theme '%s': expected auto, light or dark", word) : GS_OK;
}
