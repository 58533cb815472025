// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the daemon wants a word from those who change something: says that this page may only look, and takes the word.

import { el } from './element.js';

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.pin;
  const input = el('input', { type: 'password', autocomplete: 'off', 'aria-label': words.word, placeholder: words.word });
  const said = el('span', { role: 'status' });
  const element = el('form.pin', { hidden: true, onsubmit: send }, said, input, el('button', { type: 'submit' }, words.open));
  let tried = false;

  function send(event) {
    event.preventDefault();
    tried = true;
    model.call('/pin', input.value);
    input.value = '';
  }

  const stops = [
    model.watch('/pin', (allowed) => {
      element.hidden = Number(allowed) > 0;
      said.textContent = tried ? words.wrong : words.lookOnly;
      tried = false;
    }),
    model.on('link', ({ state }) => state === 'open' && model.ask('/pin')),
  ];
  if (model.link.state.state === 'open') model.ask('/pin');
  return { element, destroy: () => stops.forEach((stop) => stop()) };
}
