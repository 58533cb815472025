/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF. [any] */
#ifndef CHAIN_UTF8_H
#define CHAIN_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the character at `text` (1..4) and its code; 0 when the bytes are not a character. */
unsigned gs_utf8_decode(const char *text, size_t length, uint32_t *code);

/* False for control characters and for those that mark, join or turn text without showing themselves. */
bool gs_utf8_is_visible(uint32_t code);

/* Characters of a text that is valid. */
size_t gs_utf8_count(const char *text);

#endif
