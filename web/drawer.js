// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every parameter of the chosen stage, built from what OSCQuery says about it: numbers with unit and range,
// choices, switches, and what can only be read.

import { el, setAttribute, setText } from './element.js';
import { fieldOf } from './field.js';
import { keepFocus } from './keep_focus.js';
import { createSheet } from './drawer_sheet.js';
import { createNumber, createPicker, createToggle, createWords } from './drawer_rows.js';
import { view } from './view.js';

const MAKERS = { number: createNumber, choice: createPicker, switch: createToggle, text: createWords };
const ON_THE_STRIP = new Set(['gain', 'mute', 'bypass']);

/**
 * Parameters of a stage, those of its sends behind its own.
 * @param {import('./model.js').Model} model
 * @param {string} address of the stage
 * @returns {import('./field.js').FieldInfo[]}
 */
export function parametersOf(model, address) {
  const own = Object.entries(model.meta(address)?.CONTENTS ?? {})
    .filter(([key, node]) => node.PARAM && node.SPELLING === 'value' && !ON_THE_STRIP.has(key))
    .map(([key, node]) => fieldOf(node, `${address}/${key}`));
  const sends = Object.entries(model.meta(`${address}/from`)?.CONTENTS ?? {}).flatMap(([id, node]) =>
    ['gain', 'pan'].map((key) => {
      const field = fieldOf(node.CONTENTS?.[key], `${address}/from/${id}/${key}`);
      return field && { ...field, from: id };
    }));
  return [...own, ...sends].filter(Boolean);
}

/* What a row does: for the mouse that rests on it, for ears, and for the finger that taps on its label. */
function explain(row, doc) {
  if (!doc) return;
  const label = row.querySelector('.row-label');
  setAttribute(row, 'title', doc);
  setAttribute(row.querySelector('[role="slider"], select, button.switch, input'), 'aria-description', doc);
  label.classList.add('explained');
  label.addEventListener('click', () => {
    const shown = row.querySelector('.row-doc');
    if (shown) shown.remove();
    else row.append(el('p.row-doc.dim', {}, doc));
  });
}

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.drawer;
  const title = el('h2');
  const kind = el('p.drawer-kind');
  const rows = el('div.drawer-rows');
  const close = el('button.quiet', { type: 'button', 'aria-label': words.close, onclick: () => view.set('selected', '') }, '×');
  const element = el('section.drawer', { hidden: true, 'aria-label': words.name },
    el('header.drawer-head', {}, title, kind, close), rows);
  const sheetMemory = { open: false };
  let stops = [];

  function clear() {
    stops.forEach((stop) => stop());
    stops = [];
    rows.replaceChildren();
  }

  function build() {
    clear();
    const stage = model.stages.find((one) => one.id === view.get('selected'));
    element.hidden = !stage;
    if (!stage) return;
    setText(title, stage.name);
    setText(kind, model.meta(stage.address)?.KIND_LABEL ?? stage.kind);
    const sheet = createSheet(model, text, stage, sheetMemory);
    if (sheet) {
      stops.push(sheet.destroy);
      rows.append(sheet.element);
    }
    const fields = parametersOf(model, stage.address);
    for (const field of fields) {
      const label = field.from ? words.send(nameOf(field.from), field.label) : field.label;
      const made = MAKERS[field.type](model, text, { ...field, label });
      stops.push(made.destroy);
      explain(made.element, field.doc);
      rows.append(made.element);
    }
    if (!fields.length && !sheet) rows.append(el('p.dim', {}, model.treeMissed ? words.unknown : words.none));
  }

  function nameOf(id) {
    return model.stages.find((stage) => stage.id === id)?.name ?? id;
  }

  const mine = [
    model.on('chain', () => keepFocus(rows, build)),
    view.on((key) => key === 'selected' && build()),
  ];
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) view.set('selected', '');
  });
  build();
  return {
    element,
    destroy() {
      mine.forEach((stop) => stop());
      clear();
    },
  };
}
