/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a kind's validate() says what is impossible. [control] */
#ifndef STAGE_REFUSE_H
#define STAGE_REFUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Names the key, writes the sentence (cut to the room there is), returns false. */
static inline bool gs_refuse(const char **key, const char *which, char *text, size_t size,
                             const char *sentence)
{
    size_t length = strlen(sentence);
    *key = which;
    if (size > 0) {
        length = length < size ? length : size - 1;
        memcpy(text, sentence, length);
        text[length] = '\0';
    }
    return false;
}

#endif
