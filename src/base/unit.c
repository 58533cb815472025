/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of domains and units: see gainstage/unit.h and gainstage/param.h. */
#include "gainstage/unit.h"
#include "gainstage/param.h"

static const struct {
    const char *name, *unit, *quantity;
} domains[GS_DOMAIN_COUNT] = {
    [GS_ACOUSTIC] = { "acoustic", "dBSPL", "pascal" },
    [GS_ANALOG] = { "analog", "dBu", "volts" },
    [GS_DIGITAL] = { "digital", "dBFS", "full scale" },
};

const char *gs_domain_name(enum gs_domain domain)
{
    return (unsigned)domain < GS_DOMAIN_COUNT ? domains[domain].name : "unknown";
}

const char *gs_domain_unit(enum gs_domain domain)
{
    return (unsigned)domain < GS_DOMAIN_COUNT ? domains[domain].unit : "";
}

const char *gs_domain_quantity(enum gs_domain domain)
{
    return (unsigned)domain < GS_DOMAIN_COUNT ? domains[domain].quantity : "unknown";
}

static const char *const units[GS_UNIT_COUNT] = {
    [GS_UNIT_NONE] = "",     [GS_UNIT_DB] = "dB",        [GS_UNIT_DBU] = "dBu", [GS_UNIT_DBFS] = "dBFS",
    [GS_UNIT_DBTP] = "dBTP", [GS_UNIT_DBSPL] = "dB SPL", [GS_UNIT_DBA] = "dBA", [GS_UNIT_HZ] = "Hz",
    [GS_UNIT_MS] = "ms",     [GS_UNIT_M] = "m",          [GS_UNIT_OHM] = "ohm", [GS_UNIT_MV_PA] = "mV/Pa",
    [GS_UNIT_PERCENT] = "%", [GS_UNIT_BIT] = "bit",
};

const char *gs_unit_name(enum gs_unit unit)
{
    return (unsigned)unit < GS_UNIT_COUNT ? units[unit] : "";
}
