/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a render report back, to draw what was measured beside what is predicted. */
#include "report/render_report.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_BYTES_MAX (16 * 1024 * 1024)

static char *slurp(const char *path, struct gs_error *error)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        gs_fail(error, GS_E_NOFILE, path, "cannot read the report: %s", strerror(errno));
        return NULL;
    }
    char *text = malloc(REPORT_BYTES_MAX + 1);
    size_t length = text ? fread(text, 1, REPORT_BYTES_MAX + 1, file) : 0;
    bool failed = !text || ferror(file) || length > REPORT_BYTES_MAX;
    fclose(file);
    if (failed) {
        gs_fail(error, text ? GS_E_LIMIT : GS_E_MEMORY, path,
                "cannot read the report: too big, or no memory");
        free(text);
        return NULL;
    }
    text[length] = '\0';
    char *fitted = realloc(text, length + 1);
    return fitted ? fitted : text;
}

/* null stands for minus infinity: nothing there. */
static double number(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) ? item->valuedouble : cJSON_IsNull(item) ? -INFINITY : NAN;
}

static struct gs_measured channel_of(const cJSON *channel, double seconds)
{
    double overs = number(channel, "overs");
    return (struct gs_measured){
        .given = true,
        .level_db = number(channel, "rms_db"),
        .peak_db = number(channel, "peak_db"),
        .noise_db = number(channel, "noise_db"),
        .noise_a_db = number(channel, "noise_a_db"),
        .sinad_db = number(channel, "sinad_db"),
        .seconds = seconds,
        .overs = isfinite(overs) && overs > 0 ? (uint64_t)overs : 0,
    };
}

/* The channel with the highest level speaks, as in the prediction. */
static struct gs_measured wire_of(const cJSON *wire, double seconds)
{
    struct gs_measured loudest = { 0 };
    const cJSON *channel;
    cJSON_ArrayForEach(channel, cJSON_GetObjectItemCaseSensitive(wire, "channels"))
    {
        struct gs_measured m = channel_of(channel, seconds);
        if (!loudest.given || m.level_db > loudest.level_db) {
            loudest = m;
        }
    }
    return loudest;
}

static const cJSON *find_wire(const cJSON *wires, const char *id)
{
    const cJSON *wire;
    cJSON_ArrayForEach(wire, wires)
    {
        const cJSON *stage = cJSON_GetObjectItemCaseSensitive(wire, "stage");
        if (cJSON_IsString(stage) && strcmp(stage->valuestring, id) == 0) {
            return wire;
        }
    }
    return NULL;
}

static enum gs_status fill(const cJSON *json, const char *path, const char *const *ids, size_t n,
                           struct gs_measured *measured, struct gs_error *error)
{
    const cJSON *wires = cJSON_GetObjectItemCaseSensitive(json, "wires");
    double rate = number(json, "rate_hz"), frames = number(json, "frames");
    if (number(json, "gainstage_report") != 1 || !cJSON_IsArray(wires)) {
        return gs_fail(error, GS_E_TYPE, path,
                       "no report of gainstage render: expected \"gainstage_report\": 1");
    }
    for (size_t i = 0; i < n; i++) {
        const cJSON *wire = find_wire(wires, ids[i]);
        if (!wire) {
            return gs_fail(error, GS_E_MISSING, path, "no stage '%s': the report is of another chain",
                           ids[i]);
        }
        measured[i] = wire_of(wire, rate > 0 && frames > 0 ? frames / rate : 0);
    }
    return GS_OK;
}

enum gs_status gs_render_report_read(const char *path, const char *const *ids, size_t n,
                                     struct gs_measured *measured, struct gs_error *error)
{
    char *text = slurp(path, error);
    if (!text) {
        return error->status;
    }
    cJSON *json = cJSON_Parse(text);
    enum gs_status status =
        json ? fill(json, path, ids, n, measured, error)
             : gs_fail(error, GS_E_SYNTAX, path, "not JSON: expected a report of gainstage render");
    cJSON_Delete(json);
    free(text);
    return status;
}
