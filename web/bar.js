// SPDX-License-Identifier: GPL-3.0-or-later
//
// The line on top: name of the chain, how the wire is, and how this browser looks at the chain.

import { el, setText } from './element.js';
import { view } from './view.js';

function choice(key, words, label) {
  const options = view.choices[key].map((value) => el('option', { value }, words[value]));
  const select = el('select', { onchange: () => view.set(key, select.value), 'data-choice': key }, ...options);
  const show = () => {
    select.value = view.get(key);
  };
  show();
  return { element: el('label.choice', {}, el('span', {}, label), select), show };
}

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.bar;
  const name = el('h1.chain-name', {});
  const state = el('p.link-state', { role: 'status' });
  const choices = Object.keys(view.choices).map((key) => choice(key, words[key], words.labels[key]));
  const looks = el('div.looks', { role: 'group', 'aria-label': words.looks }, ...choices.map((one) => one.element));
  const element = el('div.bar', {}, name, state, looks);

  function linkIs(link) {
    state.dataset.state = link.state;
    setText(state, words.link[link.state]);
  }

  const stops = [
    model.watch('/chain/name', (value) => setText(name, value)),
    model.on('link', linkIs),
    view.on(() => choices.forEach((one) => one.show())),
  ];
  linkIs(model.link.state);
  return { element, destroy: () => stops.forEach((stop) => stop()) };
}
