// SPDX-License-Identifier: GPL-3.0-or-later
//
// What OSCQuery says about an address, as a control needs it: range, taper, step, unit, default, words, and
// whether it can be changed at all.

/**
 * @typedef {object} FieldInfo
 * @property {string} address
 * @property {string} label
 * @property {string} doc
 * @property {'number'|'switch'|'choice'|'text'} type
 * @property {boolean} writable
 * @property {string} unit
 * @property {import('./taper.js').Range} range
 * @property {number} def NaN: none
 * @property {{ value: number, word: string, doc: string }[]} choices
 */

const UNITS = new Map([
  ['gain.db', 'dB'], ['time.ms', 'ms'], ['time.second', 's'], ['freq.hz', 'Hz'], ['distance.m', 'm'],
]);

const first = (value) => (Array.isArray(value) ? value[0] : value);

/**
 * @param {object|null} node as model.meta() gives it
 * @param {string} address
 * @returns {FieldInfo|null} null: no such address, or nothing to show
 */
export function fieldOf(node, address) {
  if (!node?.TYPE) return null;
  const range = first(node.RANGE) ?? {};
  const unit = UNITS.get(first(node.UNIT)) ?? first(node.UNIT) ?? '';
  const choices = choicesOf(node, range);
  const min = Number(range.MIN ?? 0);
  const max = Number(range.MAX ?? 1);
  const key = address.split('/').at(-1);
  return {
    address,
    label: first(node.LABEL) ?? words(key),
    doc: node.DESCRIPTION ?? '',
    type: typeOf(node, choices, unit, min, max),
    writable: Boolean((node.ACCESS ?? 3) & 2),
    unit,
    range: { min, max, step: Number(first(node.STEP) ?? 0), taper: first(node.TAPER) ?? guess(unit, min, max) },
    def: Number(first(node.DEFAULT) ?? NaN),
    choices,
  };
}

function choicesOf(node, range) {
  const list = first(node.CHOICES) && Array.isArray(node.CHOICES) ? node.CHOICES.flat() : range.VALS ?? [];
  return list.map((entry, value) => (typeof entry === 'object'
    ? { value: entry.VALUE ?? value, word: entry.WORD, doc: entry.DESCRIPTION ?? '' }
    : { value, word: String(entry), doc: '' }));
}

function typeOf(node, choices, unit, min, max) {
  if (choices.length > 0) return 'choice';
  if (/^[sS]/.test(node.TYPE)) return 'text';
  if (/^[TF]/.test(node.TYPE) || node.SWITCH) return 'switch';
  const onOff = /\/(mute|bypass|listen)$/.test(node.FULL_PATH ?? '');
  return onOff || (min === 0 && max === 1 && !unit && Number(first(node.STEP)) === 1) ? 'switch' : 'number';
}

function guess(unit, min, max) {
  if (unit === 'dB' && min === -90 && max === 10) return 'fader';
  return ['Hz', 'ms'].includes(unit) && min > 0 ? 'log' : 'linear';
}

/* "room_noise_dba" for people, where the daemon gives no label. */
function words(key) {
  const text = key.replace(/_(db\w*|hz|ms|m|ohm|percent)$/, '').replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
