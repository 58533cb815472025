// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scales of the meters: which reading each one shows, where a value stands on it, its marks and its zones.
// Laws and marks are those of the standards that each row names; the ballistics are the daemon's.

/**
 * One scale.
 * @typedef {object} Scale
 * @property {string} key
 * @property {string} reading leaf of /stage/ID/meter/<in|out>/
 * @property {string} [second] another reading, drawn as a line across the bar
 * @property {boolean} [wire] one reading for all channels
 * @property {boolean} [level] the reading is in the wire's own unit and moves to full scale by the alignment
 * @property {string} unit of the numbers on the scale
 * @property {(value: number) => number} place 0 (bottom) to 1 (top)
 * @property {{ at: number, text: string }[]} marks
 * @property {{ from: number, kind: 'good'|'warn'|'over' }[]} zones from the lowest up; the first starts at the bottom
 */

const line = (low, high) => (value) => (value - low) / (high - low);
const marks = (values, text = plain) => values.map((at) => ({ at, text: text(at) }));

function plain(value) {
  return value < 0 ? `−${-value}` : String(value);
}
function signed(value) {
  return value > 0 ? `+${value}` : plain(value);
}

// IEC 60268-18 deflection, as meterbridge draws it: [dB, way] at the corners, straight between them.
const DEFLECTION = [[-70, 0], [-60, 0.025], [-50, 0.075], [-40, 0.15], [-30, 0.3], [-20, 0.5], [0, 1]];

/**
 * @param {number} db below full scale
 * @returns {number} 0 to 1
 */
export function deflection(db) {
  if (!(db > -70)) return 0;
  const top = DEFLECTION.findIndex(([at]) => db < at);
  if (top < 0) return 1;
  const [[low, from], [high, to]] = [DEFLECTION[top - 1], DEFLECTION[top]];
  return from + ((db - low) / (high - low)) * (to - from);
}

// VU (IEC 60268-17): the pointer moves with the voltage; +3 VU is its end.
const vu = (value) => 10 ** ((value - 3) / 20);

// PPM type I (IEC 60268-10, DIN 45406): the fourth root of the voltage spreads -50..+5 as the instrument's scale does.
const din = (value) => (10 ** (value / 80) - 10 ** (-50 / 80)) / (10 ** (5 / 80) - 10 ** (-50 / 80));

/* Katz's K-system: even decibels from 24 below the top of the useful range up, the rest squeezed beneath. */
function kSystem(headroom) {
  return {
    key: `k${headroom}`,
    reading: `k${headroom}`,
    unit: 'dB',
    place: (value) => (value >= -24
      ? 0.15 + 0.85 * ((value + 24) / (24 + headroom))
      : 0.15 * ((value + 64) / 40)),
    marks: marks([-40, -24, -20, -16, -12, -8, -4, 0, 4, 8, 12, 16, 20].filter((v) => v <= headroom), signed),
    zones: [{ from: -Infinity, kind: 'good' }, { from: 0, kind: 'warn' }, { from: 4, kind: 'over' }],
  };
}

/** @type {Scale[]} */
export const scales = [
  {
    key: 'peak', // IEC 60268-18
    reading: 'dpm',
    level: true,
    unit: 'dBFS',
    place: deflection,
    marks: marks([-60, -40, -30, -20, -10, -5, 0]),
    zones: [{ from: -Infinity, kind: 'good' }, { from: -9, kind: 'warn' }, { from: -1, kind: 'over' }],
  },
  {
    key: 'vu',
    reading: 'vu_scale',
    unit: 'VU',
    place: vu,
    marks: marks([-20, -10, -7, -5, -3, -1, 0, 1, 3], (v) => plain(Math.abs(v))),
    zones: [{ from: -Infinity, kind: 'good' }, { from: 0, kind: 'over' }],
  },
  {
    key: 'ppm1',
    reading: 'ppm_din',
    unit: 'dB',
    place: din,
    marks: marks([-50, -40, -30, -20, -15, -10, -5, 0, 5], signed),
    zones: [{ from: -Infinity, kind: 'good' }, { from: -9, kind: 'warn' }, { from: 0, kind: 'over' }],
  },
  {
    key: 'ppm2a', // BBC: marks 1 to 7, 4 dB apart; 4 is the line-up level, 6 the permitted maximum
    reading: 'ppm_bbc',
    unit: '',
    place: line(0.25, 7.5),
    marks: marks([1, 2, 3, 4, 5, 6, 7]),
    zones: [{ from: -Infinity, kind: 'good' }, { from: 4, kind: 'warn' }, { from: 6, kind: 'over' }],
  },
  {
    key: 'ppm2b', // EBU: -12 to +12, TEST is 0 dBu, permitted maximum +9
    reading: 'ppm_ebu',
    unit: 'dB',
    place: line(-15, 14),
    marks: marks([-12, -8, -4, 0, 4, 8, 12], (v) => (v ? signed(v) : 'TEST')),
    zones: [{ from: -Infinity, kind: 'good' }, { from: 0, kind: 'warn' }, { from: 9, kind: 'over' }],
  },
  kSystem(20),
  kSystem(14),
  kSystem(12),
  {
    key: 'lufs', // EBU Tech 3341: EBU +18 scale, 0 LU = -23 LUFS (R 128); bar momentary, line short-term
    reading: 'momentary',
    second: 'short_term',
    wire: true,
    unit: 'LUFS',
    place: line(-59, -5),
    marks: marks([-53, -47, -41, -35, -29, -23, -17, -11, -5]),
    zones: [{ from: -Infinity, kind: 'good' }, { from: -22, kind: 'warn' }, { from: -14, kind: 'over' }],
  },
];

/**
 * @param {string} key
 * @returns {Scale} the scale of that name, or the first
 */
export function scaleOf(key) {
  return scales.find((s) => s.key === key) ?? scales[0];
}

/**
 * Place on the scale, kept inside it; nothing (-144 and less) stands at the bottom.
 * @param {Scale} scale
 * @param {number} value
 * @returns {number} 0 to 1
 */
export function placeOn(scale, value) {
  if (!(value > -144)) return 0;
  return Math.min(Math.max(scale.place(value), 0), 1);
}

/**
 * What must be added to a level in a wire's unit to read it in full scale: nominal becomes nominal, as when listening.
 * @param {string} unit dBSPL, dBu or dBFS
 * @param {{ dbu: number, nominal: number }} alignment dBu at 0 dBFS, and the nominal level in dBFS
 * @returns {number} dB
 */
export function toFullScale(unit, alignment) {
  if (unit === 'dBu') return -alignment.dbu;
  if (unit === 'dBSPL') return alignment.nominal - 93.979; // nominal of sound: 1 Pa over 20 uPa
  return 0;
}
