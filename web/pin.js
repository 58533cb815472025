// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the daemon wants a word from those who change something: says that this page may only look, and takes the word.

import { el } from './element.js';

const SHOWN_MS = 4000;

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
  let calm = 0;

  /* Somebody has turned what may only be looked at. */
  function refuse() {
    said.textContent = words.refused;
    element.classList.add('refused');
    clearTimeout(calm);
    calm = setTimeout(() => {
      said.textContent = words.lookOnly;
      element.classList.remove('refused');
    }, SHOWN_MS);
  }

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
    model.on('locked', refuse),
    () => clearTimeout(calm),
  ];
  if (model.link.state.state === 'open') model.ask('/pin');
  return { element, destroy: () => stops.forEach((stop) => stop()) };
}
