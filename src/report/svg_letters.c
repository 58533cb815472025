/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Letters of the picture: how wide they are, what fits, and how they are written down as XML. */
#include "report/svg_inside.h"

#include <string.h>

/* Advance widths of DejaVu Sans and DejaVu Sans Bold 2.37, space to tilde, thousandths of the size. */
static const unsigned short advance[2][95] = {
    { 318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361,  318, 337, 636, 636, 636,
      636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
      575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635,  611, 732, 684, 989, 685,
      611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352,  635, 634, 278, 278, 579,
      278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592,  525, 636, 337, 636, 838 },
    { 348, 456,  521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415,  380, 365, 696, 696,  696,
      696, 696,  696, 696, 696, 696,  696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830,  683,
      683, 821,  837, 372, 372, 775,  637, 995, 837, 850, 733, 850, 770, 720,  682, 812, 774, 1103, 771,
      724, 725,  457, 365, 457, 838,  500, 500, 675, 716, 593, 716, 678, 435,  716, 712, 343, 343,  665,
      343, 1042, 712, 687, 716, 716,  493, 595, 478, 712, 652, 924, 645, 652,  582, 712, 365, 712,  838 },
};

#define ELLIPSIS "\xE2\x80\xA6"

static bool starts_letter(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

/* Letters beyond ASCII count as a full square: wide enough for all but emoji. */
double gs_letters_width(const char *text, double size, bool bold)
{
    unsigned sum = 0;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (starts_letter(*text)) {
            sum += c >= 32 && c < 127 ? advance[bold][c - 32] : 1000u;
        }
    }
    return sum * size / 1000.0;
}

static void put_escaped(FILE *to, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", to);
            break;
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        default:
            /* control characters do not exist in XML 1.0 */
            fputc((unsigned char)*text < 32 ? ' ' : *text, to);
        }
    }
}

void svg_text(const struct svg *svg, double x, double y, double size, enum svg_anchor anchor,
              const char *classes, const char *text)
{
    static const char *const anchors[] = { "start", "middle", "end" };
    if (!*text) {
        return;
    }
    fprintf(svg->to, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%g\" text-anchor=\"%s\" class=\"%s\">", x, y,
            size, anchors[anchor], classes);
    put_escaped(svg->to, text);
    fputs("</text>\n", svg->to);
}

static bool is_bold(const char *classes)
{
    return strncmp(classes, "b ", 2) == 0 || strcmp(classes, "b") == 0;
}

static void shorten(char *text, double size, bool bold, double room)
{
    size_t length = strlen(text);
    while (length > 0) {
        do {
            length--;
        } while (length > 0 && !starts_letter(text[length]));
        strcpy(text + length, ELLIPSIS);
        if (gs_letters_width(text, size, bold) <= room) {
            return;
        }
        text[length] = '\0';
    }
}

void svg_text_fit(const struct svg *svg, double x, double y, double size, enum svg_anchor anchor,
                  const char *classes, const char *text, double room)
{
    char fitted[512];
    snprintf(fitted, sizeof fitted - sizeof ELLIPSIS, "%s", text);
    if (gs_letters_width(fitted, size, is_bold(classes)) > room) {
        shorten(fitted, size, is_bold(classes), room);
    }
    svg_text(svg, x, y, size, anchor, classes, fitted);
}

/* The last blank, hyphen or underscore up to which the text fits; 0: none. */
static size_t break_at(const char *text, double size, bool bold, double room)
{
    char head[160];
    size_t best = 0;
    for (size_t i = 1; text[i] && i < sizeof head - 1; i++) {
        if (text[i] != ' ' && text[i - 1] != '-' && text[i - 1] != '_') {
            continue;
        }
        memcpy(head, text, i);
        head[i] = '\0';
        best = gs_letters_width(head, size, bold) <= room ? i : best;
    }
    return best;
}

/* Where the first word ends that can be parted from the rest. */
static size_t first_word(const char *text)
{
    size_t i = 1;
    while (text[0] && text[i] && text[i] != ' ' && text[i - 1] != '-' && text[i - 1] != '_') {
        i++;
    }
    return i;
}

unsigned svg_break(const char *text, double size, bool bold, double room, char line[SVG_LINES][160])
{
    unsigned n = 0;
    for (; *text && n < SVG_LINES; n++) {
        bool last = n == SVG_LINES - 1;
        size_t at = !last && gs_letters_width(text, size, bold) > room ? break_at(text, size, bold, room) : 0;
        at = at ? at : !last && gs_letters_width(text, size, bold) > room ? first_word(text) : strlen(text);
        snprintf(line[n], sizeof line[n], "%.*s", (int)(at < 159 ? at : 159), text);
        text += at + (text[at] == ' ');
    }
    return n;
}
