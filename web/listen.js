// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is heard: which wire, and whether as it is (real), as it should be (ideal), or only what went wrong (error),
// made loud enough to hear and labelled with how much louder. On the outputs of the sound server, and here.

import { el, setAttribute, setText } from './element.js';
import { createHere } from './listen_here.js';
import { turnable } from './turn.js';
import { format } from './value.js';

const PATHS = ['real', 'ideal', 'error'];
const SILENT_DB = -144;
const BOOST = { min: 0, max: 80 };

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.listen;
  const label = el('span', {}, words.wire);
  const stage = el('select', { onchange: () => choose(stage.value, path) });
  const paths = PATHS.map((name) => el('button.switch', {
    type: 'button', title: words.pathHints[name], onclick: () => choose(stage.value, name),
  }, words.paths[name]));
  let path = 'real';
  let here = null;
  const boost = createBoost(model, words, () => here?.follow());
  here = createHere(model, text, () => ({ stage: stage.value, path, gain: loudness() }));

  /* As loud here as on the outputs, and as silent. */
  function loudness() {
    if (Number(model.value('/panic')) > 0.5) return SILENT_DB;
    return Number(model.value('/ab/trim') ?? 0) + (path === 'error' ? boost.db() : 0);
  }

  /* Who may only look leaves the outputs alone and chooses for these ears. */
  function choose(id, name) {
    if (!model.locked) model.call('/listen', id, name);
    show([id, name]);
  }

  function show(told) {
    const [id, name] = Array.isArray(told) ? told : ['', 'real'];
    path = name;
    stage.value = id;
    paths.forEach((button, i) => setAttribute(button, 'aria-pressed', String(PATHS[i] === name)));
    boost.element.hidden = name !== 'error';
    here.follow();
  }

  function fill() {
    stage.replaceChildren(...model.stages.map((one) => el('option', { value: one.id }, words.behind(one.number, one.name))));
    show(model.value('/listen'));
  }

  const stops = [
    model.on('chain', fill),
    model.watch('/listen', show),
    model.watch('/pin', () => setText(label, model.locked ? words.wireHere : words.wire)),
    ...['/panic', '/ab/trim'].map((address) => model.watch(address, () => here.follow())),
  ];
  fill();
  return {
    element: el('div.listen', {},
      el('label.stack', {}, label, stage),
      el('div.row', { role: 'group', 'aria-label': words.path }, ...paths),
      boost.element, here.element),
    destroy() {
      stops.forEach((stop) => stop());
      boost.destroy();
      here.destroy();
    },
  };
}

function createBoost(model, words, turned) {
  let db = 0;
  const way = el('div.way', {
    role: 'slider', tabindex: '0', 'aria-label': words.boost, 'aria-valuemin': '0', 'aria-valuemax': String(BOOST.max),
  }, el('div.way-done'));
  const label = el('p.boost-label');
  function show() {
    way.style.setProperty('--way', String(db / BOOST.max));
    setAttribute(way, 'aria-valuenow', String(db));
    setAttribute(way, 'aria-valuetext', words.louder(format(db, 'dB')));
    setText(label, words.louder(format(db, 'dB')));
  }
  const stops = [
    turnable(way, { get: () => db, set: (value) => (model.locked ? is(value) : model.set('/listen/boost', value)), range: BOOST, unit: 'dB', def: 40, across: true }),
    model.watch('/listen/boost', is),
  ];
  function is(value) {
    db = Number(value);
    show();
    turned();
  }
  show();
  return { element: el('div.block', { hidden: true }, label, way, el('p.dim', {}, words.limited)), db: () => db, destroy: () => stops.forEach((s) => s()) };
}
