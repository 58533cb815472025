// SPDX-License-Identifier: GPL-3.0-or-later
//
// One row of the drawer for each type of parameter: a knob's way with a typed value, a list of words, a switch, a text.

import { el, setAttribute, setText } from './element.js';
import { toWay } from './taper.js';
import { turnable } from './turn.js';
import { format, parse } from './value.js';

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 * @param {import('./field.js').FieldInfo} field
 */
export function createNumber(model, text, field) {
  const { address, range, unit, label } = field;
  let value = Number(model.value(address) ?? NaN);
  const way = el('div.way', {
    role: 'slider',
    tabindex: '0',
    'aria-label': label,
    'aria-valuemin': String(range.min),
    'aria-valuemax': String(range.max),
    'aria-disabled': field.writable ? null : 'true',
  }, el('div.way-done'));
  const input = el('input.value', { type: 'text', autocomplete: 'off', 'aria-label': text.gain.typeOf(label), readonly: !field.writable });
  const limits = el('span.row-limits', {}, text.drawer.range(format(range.min, unit), format(range.max, unit)));
  const floor = field.flags.includes('minus_inf') ? -90 : -144;

  function show() {
    const words = format(value, unit, { floor });
    way.style.setProperty('--way', String(Number.isFinite(value) ? toWay(range, value) : 0));
    setAttribute(way, 'aria-valuenow', String(Number.isFinite(value) ? value : range.min));
    setAttribute(way, 'aria-valuetext', words);
    if (document.activeElement !== input) input.value = words;
  }
  /* What makes the chain anew is said when the hand lets go. */
  const setup = field.flags.includes('setup');
  let held = false;
  function set(next) {
    if (!Number.isFinite(next) || !field.writable) return;
    value = next;
    show();
    if (!(setup && held)) model.set(address, next);
  }
  function hold(on) {
    if (setup && held && !on) model.set(address, value);
    held = on;
  }
  const stops = [model.watch(address, (told) => {
    if (setup && held) return;
    value = typeof told === 'number' ? told : NaN;
    show();
  })];
  if (field.writable) {
    stops.push(turnable(way, {
      get: () => (Number.isFinite(value) ? value : field.def || range.min),
      set,
      hold,
      range,
      unit,
      def: field.def,
      type: (first) => {
        input.focus();
        input.value = first;
      },
    }));
    input.addEventListener('focus', () => input.select());
    input.addEventListener('blur', show);
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') set(parse(input.value, { value, ...range }));
      if (event.key === 'Enter' || event.key === 'Escape') {
        event.preventDefault();
        way.focus();
      }
    });
  }
  show();
  return { element: row(label, way, input, limits), destroy: () => stops.forEach((stop) => stop()) };
}

/** A word of a list. */
export function createPicker(model, text, field) {
  const options = field.choices.map(({ value, word, doc }) => el('option', { value: String(value), title: doc }, word));
  const select = el('select', {
    'aria-label': field.label,
    disabled: !field.writable,
    onchange: () => model.set(field.address, Number(select.value)),
  }, ...options);
  const stop = model.watch(field.address, (told) => {
    const found = field.choices.find(({ value, word }) => value === told || word === told);
    select.value = found ? String(found.value) : '';
  });
  return { element: row(field.label, select), destroy: stop };
}

/** On or off. */
export function createToggle(model, text, field) {
  let on = false;
  const button = el('button.switch', {
    type: 'button',
    disabled: !field.writable,
    onclick: () => model.set(field.address, on ? 0 : 1),
  });
  const show = () => {
    setAttribute(button, 'aria-pressed', String(on));
    const state = on ? text.drawer.on : text.drawer.off;
    setText(button, state);
    setAttribute(button, 'aria-label', text.drawer.is(field.label, state));
  };
  const stop = model.watch(field.address, (told) => {
    on = Number(told) > 0.5;
    show();
  });
  show();
  return { element: row(field.label, button), destroy: stop };
}

/** A text, changed by Enter. */
export function createWords(model, text, field) {
  const input = el('input', {
    type: 'text',
    autocomplete: 'off',
    readonly: !field.writable,
    'aria-label': field.label,
    onchange: () => field.writable && model.call(field.address, input.value),
  });
  const stop = model.watch(field.address, (told) => {
    if (document.activeElement !== input) input.value = String(told ?? '');
  });
  return { element: row(field.label, input), destroy: stop };
}

function row(label, ...controls) {
  return el('div.drawer-row', {}, el('span.row-label', {}, label), ...controls);
}
