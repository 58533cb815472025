/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See utf8.h. */
#include "chain/utf8.h"

unsigned gs_utf8_decode(const char *text, size_t length, uint32_t *code)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    unsigned char lead = length ? (unsigned char)text[0] : 0xFF;
    unsigned bytes = lead < 0x80                    ? 1
                     : lead >= 0xC2 && lead <= 0xDF ? 2
                     : lead >= 0xE0 && lead <= 0xEF ? 3
                     : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                    : 0;
    if (!bytes || bytes > length) {
        return 0;
    }
    uint32_t value = bytes == 1 ? lead : lead & (0x7Fu >> bytes);
    for (unsigned i = 1; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c & 0xC0) != 0x80) {
            return 0;
        }
        value = value << 6 | (c & 0x3F);
    }
    if (value < least[bytes] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return 0;
    }
    *code = value;
    return bytes;
}

bool gs_utf8_is_visible(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {
        { 0x00, 0x1F },     { 0x7F, 0x9F },     { 0xAD, 0xAD },     { 0x200B, 0x200F }, { 0x2028, 0x202E },
        { 0x2060, 0x206F }, { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF }, { 0xFFF0, 0xFFFB }, { 0xE0000, 0xE0FFF },
    };
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        if (code >= hidden[i].first && code <= hidden[i].last) {
            return false;
        }
    }
    return true;
}

size_t gs_utf8_count(const char *text)
{
    size_t n = 0;
    for (; *text; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return n;
}
