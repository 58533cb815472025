/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See tosc_reader.h. */
#include "tosc_reader.h"

#include <zlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *tosc_inflate(const unsigned char *bytes, size_t size)
{
    uLongf room = 64 << 20;
    char *xml = malloc(room + 1);
    if (!xml || uncompress((Bytef *)xml, &room, bytes, size) != Z_OK) {
        free(xml);
        return NULL;
    }
    xml[room] = '\0';
    return xml;
}

/* Text between `open` and `close` from *at on, CDATA taken off; moves *at behind it. */
static bool between(const char **at, const char *end, const char *open, const char *close, char *to,
                    size_t size)
{
    const char *from = strstr(*at, open), *stop = from ? strstr(from, close) : NULL;
    if (!from || !stop || stop > end) {
        return false;
    }
    from += strlen(open);
    if (strncmp(from, "<![CDATA[", 9) == 0) {
        from += 9;
        stop -= 3;
    }
    snprintf(to, size, "%.*s", (int)(stop - from), from);
    *at = stop;
    return true;
}

static void read_arguments(struct tosc_message *message, const char *at, const char *end)
{
    char type[16], conversion[16], value[32];
    bool first = true;
    while (between(&at, end, "<type>", "</type>", type, sizeof type) &&
           between(&at, end, "<conversion>", "</conversion>", conversion, sizeof conversion) &&
           between(&at, end, "<value>", "</value>", value, sizeof value)) {
        if (first) {
            snprintf(message->kind, sizeof message->kind, "%.7s", type);
            snprintf(message->conversion, sizeof message->conversion, "%.11s", conversion);
            snprintf(message->value, sizeof message->value, "%.23s", value);
        }
        if (strcmp(type, "CONSTANT") == 0 && message->n_constants < 8) {
            message->constant[message->n_constants++] = atoi(value);
        }
        first = false;
    }
}

static void read_message(struct tosc_message *message, const char *at, const char *end)
{
    char word[16];
    *message = (struct tosc_message){ 0 };
    message->send = between(&at, end, "<send>", "</send>", word, sizeof word) && strcmp(word, "1") == 0;
    message->receive =
        between(&at, end, "<receive>", "</receive>", word, sizeof word) && strcmp(word, "1") == 0;
    message->on_rise =
        between(&at, end, "<condition>", "</condition>", word, sizeof word) && strcmp(word, "RISE") == 0;
    const char *path = strstr(at, "<path>"), *arguments = strstr(at, "<arguments>");
    if (path && arguments && arguments < end) {
        between(&path, end, "<value>", "</value>", message->address, sizeof message->address);
        read_arguments(message, arguments, end);
    }
}

struct tosc_message *tosc_messages(const char *xml, size_t *n)
{
    struct tosc_message *list = NULL;
    *n = 0;
    for (const char *at = xml; (at = strstr(at, "<osc>")); at++) {
        const char *end = strstr(at, "</osc>");
        list = realloc(list, (*n + 1) * sizeof *list);
        read_message(&list[(*n)++], at, end);
    }
    return list;
}
