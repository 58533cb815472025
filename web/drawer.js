// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every parameter of the chosen stage, built from what OSCQuery says about it: numbers with unit and range,
// choices, switches, and what can only be read.

import { el, setAttribute, setText } from './element.js';
import { fieldOf } from './field.js';
import { createNumber, createPicker, createToggle, createWords } from './drawer_rows.js';
import { view } from './view.js';

const MAKERS = { number: createNumber, choice: createPicker, switch: createToggle, text: createWords };
/* What a stage shows beside its parameters: meters, names, what the strip has already. */
const NOT_PARAMETERS = new Set(['gain', 'fader', 'mute', 'bypass', 'listen', 'name', 'id', 'kind', 'model', 'meter',
  'headroom', 'ceiling', 'nominal', 'clip', 'predict', 'curve']);

/**
 * Parameters of a stage, those of its sends behind its own.
 * @param {import('./model.js').Model} model
 * @param {string} address of the stage
 * @returns {import('./field.js').FieldInfo[]}
 */
export function parametersOf(model, address) {
  const own = Object.entries(model.meta(address)?.CONTENTS ?? {})
    .filter(([key]) => !NOT_PARAMETERS.has(key) && key !== 'from')
    .map(([key, node]) => fieldOf(node, `${address}/${key}`));
  const sends = Object.entries(model.meta(`${address}/from`)?.CONTENTS ?? {}).flatMap(([id, node]) =>
    ['gain', 'pan'].map((key) => {
      const field = fieldOf(node.CONTENTS?.[key], `${address}/from/${id}/${key}`);
      return field && { ...field, from: id };
    }));
  return [...own, ...sends].filter(Boolean);
}

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.drawer;
  const title = el('h2');
  const sheet = el('p.drawer-model');
  const rows = el('div.drawer-rows');
  const close = el('button.quiet', { type: 'button', 'aria-label': words.close, onclick: () => view.set('selected', '') }, '×');
  const element = el('section.drawer', { hidden: true, 'aria-label': words.name },
    el('header.drawer-head', {}, title, sheet, close), rows);
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
    stops.push(showModel(stage));
    const fields = parametersOf(model, stage.address);
    for (const field of fields) {
      const label = field.from ? words.send(nameOf(field.from), field.label) : field.label;
      const made = MAKERS[field.type](model, text, { ...field, label });
      stops.push(made.destroy);
      setAttribute(made.element, 'title', field.doc);
      rows.append(made.element);
    }
    if (!fields.length) rows.append(el('p.dim', {}, words.none));
  }

  function nameOf(id) {
    return model.stages.find((stage) => stage.id === id)?.name ?? id;
  }

  function showModel(stage) {
    setText(sheet, text.strip.kinds[stage.kind] ?? stage.kind);
    const address = `${stage.address}/model`;
    if (!model.meta(address)) return () => {};
    return model.watch(address, (name) => name && setText(sheet, words.model(text.strip.kinds[stage.kind] ?? stage.kind, name)));
  }

  stops.push(() => {});
  const mine = [
    model.on('chain', build),
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
