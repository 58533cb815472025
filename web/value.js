// SPDX-License-Identifier: GPL-3.0-or-later
//
// Numbers as people write them: "-12", "+3" (three more than now), "1.5k", "-oo". What a person types into a
// value's field becomes the number to send; what the daemon says becomes the text of a label.

const SILENCE_DB = -90; // the X32's floor: what "-oo" is on the wire

/**
 * What can be known of a value when text is typed over it.
 * @typedef {object} Field
 * @property {number} value what it is now
 * @property {number} [min] lowest, inclusive
 * @property {number} [max] highest, inclusive
 * @property {boolean} [relative=true] whether "+3" is three more than now
 */

const words = new Map([['on', 1], ['off', 0], ['true', 1], ['false', 0], ['yes', 1], ['no', 0]]);
const silence = /^-\s*(?:oo|∞|inf(?:inity)?)(?:\s*dB\w*)?$/i;
const number = /^([+-])?\s*([+-])?\s*((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([kKM])?\s*[^\d\s]*$/i;

/**
 * The number that a typed text means, clamped into the field's range; NaN where it means none.
 * "-12" and "=+3" are values, "+3" and "+-3" are steps from now, and so is "-3" where no negative value exists.
 * @param {string} typed
 * @param {Field} field
 * @returns {number}
 */
export function parse(typed, field) {
  const { value, min = -Infinity, max = Infinity, relative = true } = field;
  let text = typed.trim().replaceAll('−', '-').replace(',', '.');
  const absolute = text.startsWith('=');
  if (absolute) text = text.slice(1).trim();
  const word = words.get(text.toLowerCase());
  if (word !== undefined) return clamp(word, min, max);
  if (silence.test(text)) return clamp(SILENCE_DB, min, max);
  const found = number.exec(text);
  if (!found) return NaN;
  const [, first, second, digits, prefix] = found;
  const scale = prefix === 'M' ? 1e6 : prefix ? 1e3 : 1;
  const size = Number(digits) * scale;
  const sign = (second ?? first) === '-' ? -1 : 1;
  if (second && first === '-') return NaN;
  const step = relative && !absolute && (first === '+' || (first === '-' && min >= 0));
  return clamp(step ? value + sign * size : sign * size, min, max);
}

/**
 * @param {number} value
 * @param {number} min
 * @param {number} max
 * @returns {number} the nearest value inside the range
 */
export function clamp(value, min, max) {
  return Math.min(Math.max(value, min), max);
}

const UNIT_NAMES = new Map([['dBSPL', 'dB SPL']]);

/**
 * A unit as people write it.
 * @param {string} unit as the daemon says it
 * @returns {string}
 */
export const unitName = (unit) => UNIT_NAMES.get(unit) ?? unit;

/**
 * A number for a label: as many decimals as its size deserves, a true minus, "-∞" below the floor.
 * @param {number} value
 * @param {string} [unit]
 * @param {{ sign?: boolean, decimals?: number, floor?: number }} [how] sign: a plus before what is above 0
 * @returns {string}
 */
export function format(value, unit = '', how = {}) {
  const { sign = false, floor = -144, decimals = decimalsOf(value, unit) } = how;
  const tail = unit ? ` ${unitName(unit)}` : '';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : (value < 0 ? '−∞' : '+∞') + tail;
  if (unit.startsWith('dB') && value <= floor) return `−∞${tail}`;
  if (unit === 'Hz' && Math.abs(value) >= 1000) return `${trim(value / 1000, 2)} kHz`;
  if (unit === 'ohm' && value >= 1000) return value >= 1e6 ? `${trim(value / 1e6, 2)} Mohm` : `${trim(value / 1000, 2)} kohm`;
  const digits = Math.abs(value).toFixed(decimals);
  const mark = Number(digits) === 0 ? '' : value < 0 ? '−' : sign ? '+' : '';
  return mark + digits + tail;
}

function decimalsOf(value, unit) {
  if (unit.startsWith('dB') || unit === 'LUFS' || unit === 'LU') return 1;
  const size = Math.abs(value);
  return Number.isInteger(value) || size >= 100 ? 0 : size >= 10 ? 1 : 2;
}

function trim(value, decimals) {
  return String(Number(value.toFixed(decimals)));
}
