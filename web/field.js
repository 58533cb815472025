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
 * @property {string} absent of a number: the word for "not given", where it has one of its own
 * @property {string[]} flags "setup": the chain is made anew; "optional": may be absent
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
  const unit = node.UNIT_TEXT ?? UNITS.get(first(node.UNIT)) ?? first(node.UNIT) ?? '';
  const choices = node.PARAM === 'choice' || !node.PARAM ? choicesOf(node, range) : [];
  const min = Number(range.MIN ?? 0);
  const max = Number(range.MAX ?? 1);
  const key = address.split('/').at(-1);
  return {
    address,
    label: node.LABEL ?? words(key),
    doc: node.DESCRIPTION ?? '',
    type: node.PARAM ?? typeOf(node, choices, unit, min, max),
    writable: Boolean((node.ACCESS ?? 3) & 2),
    unit,
    range: { min, max, step: Number(node.STEP ?? 0), taper: node.TAPER ?? guess(unit, min, max) },
    def: Number(node.DEFAULT ?? NaN),
    absent: (node.PARAM === 'number' && node.CHOICES?.[0]?.WORD) || '',
    flags: node.FLAGS ?? [],
    choices,
  };
}

function choicesOf(node, range) {
  const list = node.CHOICES ?? range.VALS ?? [];
  return list.map((entry, value) => (typeof entry === 'object'
    ? { value: entry.VALUE ?? value, word: entry.WORD, doc: entry.DESCRIPTION ?? '' }
    : { value, word: String(entry), doc: '' }));
}

function typeOf(node, choices, unit, min, max) {
  if (choices.length > 0) return 'choice';
  if (/^[sS]/.test(node.TYPE)) return 'text';
  return /^[TF]/.test(node.TYPE) || (min === 0 && max === 1 && !unit) ? 'switch' : 'number';
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
