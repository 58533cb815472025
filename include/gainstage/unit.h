/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Physical units and decibels: every conversion of the program stands here, once.
 *
 * A wire carries instantaneous values: pascal (acoustic), volt (analog) or full scale (digital,
 * 1.0 = 0 dBFS). A level in dB follows AES17: the RMS level of a sine equals its peak level, so one
 * reference amplitude per domain - the PEAK of a sine whose RMS is the unit's reference - serves peaks
 * (20 log10(peak / reference)) and RMS (20 log10(rms * sqrt 2 / reference)) alike. [any] thread. */
#ifndef GAINSTAGE_UNIT_H
#define GAINSTAGE_UNIT_H

#include <math.h>
#include <stdint.h>

enum gs_domain {
    GS_ACOUSTIC,
    GS_ANALOG,
    GS_DIGITAL,
    GS_DOMAIN_COUNT
};

/* RMS references: 20 uPa (IEC 61672-1); sqrt(0.6) V, i.e. 1 mW in 600 ohm (IEC 60268-2); and, for
 * digital, the RMS of a full-scale sine (AES17). */
#define GS_PA_RMS_AT_0_DBSPL 20e-6
#define GS_V_RMS_AT_0_DBU    0.77459666924148338

/* Boltzmann's constant (SI, exact) and the 20 degrees Celsius at which data sheets measure, in kelvin. */
#define GS_BOLTZMANN   1.380649e-23
#define GS_TEMPERATURE 293.15

/* Equivalent noise bandwidths in hertz for white noise: 20 Hz..20 kHz as data sheets reckon it, and
 * A-weighting (IEC 61672-1) up to 20 kHz. */
#define GS_BANDWIDTH_HZ   20000.0
#define GS_BANDWIDTH_A_HZ 12467.0

#define GS_DB_SILENCE (-144.0) /* the floor that a finite reading stops at; below it is shown as -inf */
#define GS_FRAC_SQRT2 1.41421356237309505

/* How digital and analog levels meet in one chain: the level that 0 dBFS leaves or enters a converter
 * with, and the digital level that counts as nominal (0 VU). */
struct gs_alignment {
    double dbu_at_0dbfs; /* dBu, default +18 (EBU R 68) */
    double nominal_dbfs; /* dBFS, default -18 */
};

/* Peak of a sine whose level is 0 dB in the domain's unit. */
static inline double gs_reference_peak(enum gs_domain domain)
{
    return domain == GS_ACOUSTIC ? GS_PA_RMS_AT_0_DBSPL * GS_FRAC_SQRT2
           : domain == GS_ANALOG ? GS_V_RMS_AT_0_DBU * GS_FRAC_SQRT2
                                 : 1.0;
}

static inline double gs_db_to_gain(double db)
{
    return isinf(db) && db < 0 ? 0.0 : pow(10.0, db / 20.0);
}

/* -inf for 0. */
static inline double gs_gain_to_db(double gain)
{
    return gain > 0 ? 20.0 * log10(gain) : -INFINITY;
}

/* Level in dB (unit of the domain) of a peak amplitude, and of a true RMS value. */
static inline double gs_peak_to_db(enum gs_domain domain, double peak)
{
    return gs_gain_to_db(peak / gs_reference_peak(domain));
}
static inline double gs_rms_to_db(enum gs_domain domain, double rms)
{
    return gs_gain_to_db(rms * GS_FRAC_SQRT2 / gs_reference_peak(domain));
}

/* Peak amplitude of a sine at `db`, and true RMS value at `db`. */
static inline double gs_db_to_peak(enum gs_domain domain, double db)
{
    return gs_db_to_gain(db) * gs_reference_peak(domain);
}
static inline double gs_db_to_rms(enum gs_domain domain, double db)
{
    return gs_db_to_gain(db) * gs_reference_peak(domain) / GS_FRAC_SQRT2;
}

/* Volt (peak) that full scale stands for at a converter aligned to `dbu`. */
static inline double gs_full_scale_volt(double dbu)
{
    return gs_db_to_peak(GS_ANALOG, dbu);
}

/* Power spectral density (unit^2/Hz) of white noise from its level in dB over `bandwidth_hz`, and back.
 * Noise is kept as a density because a level depends on bandwidth and weighting. */
static inline double gs_db_to_density(enum gs_domain domain, double db, double bandwidth_hz)
{
    double rms = gs_db_to_rms(domain, db);
    return rms * rms / bandwidth_hz;
}
static inline double gs_density_to_db(enum gs_domain domain, double density, double bandwidth_hz)
{
    return gs_rms_to_db(domain, sqrt(density * bandwidth_hz));
}

/* Johnson noise of a resistor, V^2/Hz. */
static inline double gs_thermal_density(double ohm)
{
    return 4.0 * GS_BOLTZMANN * GS_TEMPERATURE * ohm;
}

/* Nominal level in the domain's own unit. Acoustic: 94 dB SPL, the level at which microphones are
 * specified (1 Pa). */
static inline double gs_nominal_db(enum gs_domain domain, const struct gs_alignment *alignment)
{
    return domain == GS_ACOUSTIC ? gs_gain_to_db(1.0 / GS_PA_RMS_AT_0_DBSPL)
           : domain == GS_ANALOG ? alignment->dbu_at_0dbfs + alignment->nominal_dbfs
                                 : alignment->nominal_dbfs;
}

/* Factor that turns a wire of this domain into full scale for listening: nominal becomes nominal. */
static inline double gs_listen_gain(enum gs_domain domain, const struct gs_alignment *alignment)
{
    return gs_db_to_peak(GS_DIGITAL, alignment->nominal_dbfs) /
           gs_db_to_peak(domain, gs_nominal_db(domain, alignment));
}

/* "acoustic", "analog", "digital"; "dBSPL", "dBu", "dBFS"; "pascal", "volts", "full scale". */
const char *gs_domain_name(enum gs_domain domain);
const char *gs_domain_unit(enum gs_domain domain);
const char *gs_domain_quantity(enum gs_domain domain);

#endif
