// SPDX-License-Identifier: GPL-3.0-or-later
//
// The gain of a stage as a fader with its value under it: dragged, wheeled, keyed, or typed into the value.

import { el, setText } from './element.js';
import { toWay } from './taper.js';
import { turnable } from './turn.js';
import { format, parse } from './value.js';

const TICKS_DB = [60, 50, 40, 30, 20, 10, 0, -10, -20, -30, -40, -60];

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 * @param {string} name what it turns, for screen readers
 * @param {import('./field.js').FieldInfo} field
 */
export function createGainControl(model, text, name, field) {
  const { address, range, unit } = field;
  let value = Number(model.value(address) ?? 0);
  const thumb = el('div.fader-thumb');
  const fader = el('div.fader', {
    role: 'slider',
    tabindex: '0',
    title: text.gain.hint,
    'aria-label': name,
    'aria-orientation': 'vertical',
    'aria-valuemin': String(range.min),
    'aria-valuemax': String(range.max),
  }, el('div.fader-slot'), ...ticks(range), thumb);
  const label = el('button.value', { type: 'button', title: text.gain.typeOf(name) });
  const input = el('input.value', { type: 'text', hidden: true, autocomplete: 'off', enterkeyhint: 'done', 'aria-label': name });
  const element = el('div.gain', {}, fader, label, input);

  const floor = field.flags.includes('minus_inf') ? -90 : -144;
  function show() {
    const words = format(value, unit, { floor });
    thumb.style.setProperty('--way', String(toWay(range, value)));
    setText(label, words);
    fader.setAttribute('aria-valuenow', String(Math.round(value * 100) / 100));
    fader.setAttribute('aria-valuetext', words);
  }

  function set(next) {
    if (Number.isFinite(next)) model.set(address, next);
  }

  function type(first) {
    input.hidden = false;
    label.hidden = true;
    input.value = first;
    input.placeholder = format(value, unit, { floor });
    input.focus();
  }
  function close(commit) {
    if (input.hidden) return;
    const typed = input.value;
    input.hidden = true;
    label.hidden = false;
    const next = typed.trim() && commit ? parse(typed, { value, ...range }) : NaN;
    input.classList.toggle('wrong', false);
    set(next);
  }
  label.addEventListener('click', () => type(''));
  input.addEventListener('input', () => {
    const bad = input.value.trim() && Number.isNaN(parse(input.value, { value, ...range })) && !/^[+=−-]+$/.test(input.value.trim());
    input.classList.toggle('wrong', Boolean(bad));
  });
  input.addEventListener('blur', () => close(true));
  input.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Enter' || event.key === 'Escape') {
      close(event.key === 'Enter');
      fader.focus();
    }
  });

  const stops = [
    turnable(fader, { get: () => value, set, range, unit, def: field.def, type }),
    model.watch(address, (told) => {
      value = Number(told);
      show();
    }),
  ];
  show();
  return { element, destroy: () => stops.forEach((stop) => stop()) };
}

const TICK_GAP = 0.075; // of the way: nearer than that numbers touch

/* From the top down, but 0 has its place before all others. */
function ticks(range) {
  const inside = TICKS_DB.filter((db) => db >= range.min && db <= range.max);
  const taken = inside.includes(0) ? [toWay(range, 0)] : [];
  return inside.filter((db) => {
    const way = toWay(range, db);
    if (db !== 0 && taken.some((other) => Math.abs(other - way) < TICK_GAP)) return false;
    taken.push(way);
    return true;
  }).map((db) => {
    const tick = el('span.fader-tick', { 'aria-hidden': 'true' }, String(Math.abs(db)));
    tick.style.setProperty('--way', String(toWay(range, db)));
    tick.classList.toggle('zero', db === 0);
    return tick;
  });
}
