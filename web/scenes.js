// SPDX-License-Identifier: GPL-3.0-or-later
//
// Going back and comparing: undo and redo, two settings A and B heard equally loud, snapshots by name.

import { listOf } from './answers.js';
import { el, setAttribute, setText } from './element.js';
import { format } from './value.js';

const NAME = /^[A-Za-z0-9_-]{1,31}$/;

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.scenes;
  const parts = [createHistory(model, words), createAb(model, words), createSnapshots(model, words)];
  return {
    element: el('div.scenes', {}, ...parts.map((part) => part.element)),
    destroy: () => parts.forEach((part) => part.destroy()),
  };
}

function button(label, onclick, more = {}) {
  return el('button', { type: 'button', onclick, ...more }, label);
}

function createHistory(model, words) {
  const undo = button(words.undo, () => model.call('/undo', 1), { title: words.undoHint });
  const redo = button(words.redo, () => model.call('/redo', 1), { title: words.redoHint });
  return { element: el('div.row', { role: 'group', 'aria-label': words.history }, undo, redo), destroy() {} };
}

function createAb(model, words) {
  const sides = ['a', 'b'].map((side) =>
    button(side.toUpperCase(), () => model.call('/ab', side), { class: 'switch', 'aria-label': words.side(side.toUpperCase()) }));
  const match = el('input', { type: 'checkbox', onchange: () => model.set('/ab/match', match.checked ? 1 : 0) || showMatch() });
  const showMatch = () => {
    match.checked = Number(model.value('/ab/match')) > 0.5;
  };
  const trim = el('span.dim', { 'aria-live': 'polite' });
  const show = (value) => sides.forEach((one, i) => setAttribute(one, 'aria-pressed', String((Number(value) > 0.5 ? 1 : 0) === i)));
  const stops = [
    model.watch('/ab', show),
    model.watch('/ab/match', showMatch),
    model.watch('/ab/trim', (db) => setText(trim, Number(db) < -0.05 ? words.trim(format(Number(db), 'dB')) : '')),
  ];
  show(model.value('/ab') ?? 0);
  return {
    element: el('div.block', { role: 'group', 'aria-label': words.ab },
      el('div.row.ab', {}, ...sides),
      el('label.check', {}, match, el('span', {}, words.match)), trim),
    destroy: () => stops.forEach((stop) => stop()),
  };
}

function createSnapshots(model, words) {
  const name = el('input', { type: 'text', maxlength: '31', placeholder: words.placeholder, 'aria-label': words.name, autocomplete: 'off' });
  const save = button(words.save, keep);
  const glide = el('input.narrow', { type: 'number', min: '0', max: '60', step: '0.5', value: '0', 'aria-label': words.glide });
  const rows = el('ul.list', { 'aria-label': words.list });
  const list = listOf(model, '/snapshot/list', show);

  function keep() {
    const wanted = name.value.trim().replaceAll(/\s+/g, '-');
    const good = NAME.test(wanted);
    name.setCustomValidity(good ? '' : words.nameRule);
    if (!name.reportValidity()) return;
    model.call('/snapshot/save', wanted);
    name.value = '';
    list.ask();
  }

  function recall(snapshot) {
    const seconds = Number(glide.value);
    if (seconds > 0) model.call('/snapshot/recall', snapshot, seconds);
    else model.call('/snapshot/recall', snapshot);
  }

  function show(entries) {
    rows.replaceChildren(...entries.map((snapshot) => el('li', {},
      button(snapshot, () => recall(snapshot), { class: 'wide', 'aria-label': words.recall(snapshot) }),
      button('×', () => {
        model.call('/snapshot/delete', snapshot);
        list.ask();
      }, { class: 'quiet', 'aria-label': words.forget(snapshot) }))));
    if (!entries.length) rows.replaceChildren(el('li.dim', {}, words.empty));
  }

  name.addEventListener('input', () => name.setCustomValidity(''));
  name.addEventListener('keydown', (event) => event.key === 'Enter' && keep());
  const stop = model.on('chain', () => list.ask());
  list.ask();
  return {
    element: el('div.block', {}, el('h3', {}, words.snapshots), el('div.row', {}, name, save), rows,
      el('label.check', {}, el('span', {}, words.glideLabel), glide, el('span', {}, words.seconds))),
    destroy() {
      stop();
      list.destroy();
    },
  };
}
