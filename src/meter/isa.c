/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which instruction sets there are, and which of them this machine runs: see isa.h. */
#include "meter/isa.h"

#include <stdbool.h>

extern const struct gs_meter_isa gs_meter_isa_row;
#ifdef HAVE_ISA_V3
extern const struct gs_meter_isa gs_meter_isa_row_v3;

/* What the kinds use of each level. */
static bool runs_v3(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
}
#endif

#ifdef HAVE_ISA_V4
extern const struct gs_meter_isa gs_meter_isa_row_v4;

static bool runs_v4(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && runs_v3();
}
#endif

static bool runs_always(void)
{
    return true;
}

static const struct {
    const struct gs_meter_isa *isa;
    bool (*runs)(void);
} rows[] = {
#ifdef HAVE_ISA_V4
    { &gs_meter_isa_row_v4, runs_v4 },
#endif
#ifdef HAVE_ISA_V3
    { &gs_meter_isa_row_v3, runs_v3 },
#endif
    { &gs_meter_isa_row, runs_always },
};

const struct gs_meter_isa *gs_meter_isa(size_t index)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].runs() && index-- == 0) {
            return rows[i].isa;
        }
    }
    return NULL;
}
