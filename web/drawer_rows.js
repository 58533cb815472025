// SPDX-License-Identifier: GPL-3.0-or-later
//
// One row of the drawer for each type of parameter: a knob's way with a typed value, a list of words, a switch, a text.

import { el, setAttribute, setText } from './element.js';
import { listenPatiently } from './patient.js';
import { fromWay, toWay } from './taper.js';
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
  const giving = createGiving(model, text, field);
  const limits = el('div.row-limits', {}, el('span', {}, text.drawer.range(format(range.min, unit), format(range.max, unit))), giving.element);
  const optional = field.flags.includes('optional');
  const absent = field.absent || text.drawer.notGiven;
  const floor = floorOf(field);
  // From where a hand begins that finds none: the ends of a range are seldom possible.
  const first = Number.isFinite(field.def) ? field.def : fromWay(range, 0.5);

  function show() {
    const words = optional && Number.isNaN(value) ? absent : format(value, unit, { floor });
    way.classList.toggle('not-given', Number.isNaN(value));
    input.classList.toggle('dim', Number.isNaN(value));
    giving.show(value);
    way.style.setProperty('--way', String(Number.isFinite(value) ? toWay(range, value) : 0));
    setAttribute(way, 'aria-valuenow', String(Number.isFinite(value) ? value : range.min));
    setAttribute(way, 'aria-valuetext', words);
    if (document.activeElement !== input) input.value = words;
  }
  /* What makes the chain anew is said when the hand lets go. */
  const setup = field.flags.includes('setup');
  function take(typed) {
    const said = typed.trim().toLowerCase();
    if (optional && (/^[-–—]?$/.test(said) || said === absent || text.drawer.nothing.includes(said))) giving.leaveOut();
    else set(parse(typed, { value, ...range }));
  }
  let held = false;
  function set(next) {
    if (!Number.isFinite(next) || !field.writable) return;
    value = next;
    show();
    if (!(setup && held)) say();
  }
  function say() {
    if (model.set(address, value)) return;
    value = Number(model.value(address) ?? NaN); // it was not to be
    show();
  }
  function hold(on) {
    if (setup && held && !on) say();
    held = on;
  }
  const stops = [model.watch(address, (told) => {
    if (setup && held) return;
    value = typeof told === 'number' ? told : NaN;
    show();
  })];
  if (field.writable) {
    stops.push(turnable(way, {
      get: () => (Number.isFinite(value) ? value : first),
      set,
      hold,
      across: true,
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
      if (event.key === 'Enter') take(input.value);
      if (event.key === 'Enter' || event.key === 'Escape') {
        event.preventDefault();
        way.focus();
      }
    });
  }
  show();
  return { element: row(label, way, input, limits), destroy: () => stops.forEach((stop) => stop()) };
}

const floorOf = (field) => (field.flags.includes('minus_inf') ? -90 : -Infinity); // what is set is no silence

/*
 * Two small buttons, each there only while it would do something: nobody says it any more (data sheet or default do),
 * and left out, where that is another thing.
 */
function createGiving(model, text, field) {
  const words = text.drawer;
  const button = (label, says) => el('button.quiet.giving', {
    type: 'button',
    hidden: true,
    'aria-label': words.is(field.label, label),
    onclick: () => model.call(field.address, says),
  }, label);
  const absent = field.absent || words.notGiven;
  const known = Number.isFinite(field.def);
  const back = button(known ? words.backTo(format(field.def, field.unit, { floor: floorOf(field) })) : absent, 'default');
  const out = button(absent, 'none');
  const element = el('span.row-giving', {}, ...(field.writable ? [back, out] : []));
  return {
    element,
    leaveOut: () => model.call(field.address, known ? 'none' : 'default'),
    show(value) {
      const same = known ? Math.abs(value - field.def) <= 1e-4 * Math.max(1, Math.abs(field.def)) : Number.isNaN(value);
      back.hidden = same;
      out.hidden = !known || Number.isNaN(value) || !field.flags.includes('optional');
    },
  };
}

/** A word of a list. */
export function createPicker(model, text, field) {
  const options = field.choices.map(({ value, word, doc }) => el('option', { value: String(value), title: doc }, word));
  const select = el('select', {
    'aria-label': field.label,
    disabled: !field.writable,
  }, ...options);
  let shown = '';
  const show = () => {
    select.value = shown;
  };
  const take = () => select.value !== shown && (model.set(field.address, Number(select.value)) || show());
  let forget = () => {};
  if (field.flags.includes('setup')) forget = listenPatiently(select, { take, leave: show });
  else select.addEventListener('change', take);
  const stop = model.watch(field.address, (told) => {
    const found = field.choices.find(({ value, word }) => value === told || word === told);
    shown = found ? String(found.value) : '';
    show();
  });
  return {
    element: row(field.label, select),
    destroy() {
      forget();
      stop();
    },
  };
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
    onchange: () => field.writable && (model.set(field.address, input.value) || show(model.value(field.address))),
  });
  const show = (told) => {
    input.value = String(told ?? '');
  };
  const stop = model.watch(field.address, (told) => document.activeElement === input || show(told));
  return { element: row(field.label, input), destroy: stop };
}

function row(label, ...controls) {
  return el('div.drawer-row', {}, el('span.row-label', {}, label), ...controls);
}
