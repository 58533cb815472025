// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the way of a control, 0 to 1, maps to the range of a value: evenly, in equal ratios, or by the X32's fader
// law. The same three laws as in the daemon's parameter rows, which say by TAPER which one holds.

/**
 * A value's range as OSCQuery tells it.
 * @typedef {object} Range
 * @property {number} min
 * @property {number} max
 * @property {'linear'|'log'|'fader'} [taper]
 * @property {number} [step] 0 or nothing: continuous
 */

// dB of the X32's fader (Maillot, "Unofficial X32/M32 OSC remote protocol", level type): each row holds from `way` on.
const FADER = [
  { way: 0.5, db: -10, slope: 40 },
  { way: 0.25, db: -30, slope: 80 },
  { way: 0.0625, db: -60, slope: 160 },
  { way: 0, db: -90, slope: 480 },
];

/**
 * @param {Range} range
 * @param {number} value
 * @returns {number} 0 to 1
 */
export function toWay(range, value) {
  const { min, max, taper = 'linear' } = range;
  const inside = Math.min(Math.max(value, min), max);
  if (!(max > min)) return 0;
  if (taper === 'fader') return faderWay(inside);
  if (taper === 'log' && min > 0) return Math.log(inside / min) / Math.log(max / min);
  return (inside - min) / (max - min);
}

/**
 * @param {Range} range
 * @param {number} way 0 to 1
 * @returns {number} in the value's own unit, on its step
 */
export function fromWay(range, way) {
  const { min, max, taper = 'linear' } = range;
  const inside = Math.min(Math.max(way, 0), 1);
  if (taper === 'fader') return snap(range, faderDb(inside));
  if (taper === 'log' && min > 0) return snap(range, min * (max / min) ** inside);
  return snap(range, min + inside * (max - min));
}

/**
 * The nearest value that a stepped knob has.
 * @param {Range} range
 * @param {number} value
 * @returns {number}
 */
export function snap(range, value) {
  const { min, max, step } = range;
  const stepped = step > 0 ? min + Math.round((value - min) / step) * step : value;
  return Math.min(Math.max(stepped, min), max);
}

function faderDb(way) {
  const row = FADER.find((r) => way >= r.way);
  return row.db + (way - row.way) * row.slope;
}

function faderWay(db) {
  const row = FADER.find((r) => db >= r.db) ?? FADER.at(-1);
  return Math.min(Math.max(row.way + (db - row.db) / row.slope, 0), 1);
}
