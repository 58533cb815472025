// SPDX-License-Identifier: GPL-3.0-or-later
//
// The large button that silences the outputs, whatever else is going on; Escape three times quickly does the same.

import { el, setAttribute, setText } from './element.js';

const KEY = 'Escape';
const PRESSES = 3;
const QUICK_MS = 900;

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.panic;
  let on = false;
  const button = el('button.panic', { type: 'button', title: words.hint, onclick: toggle });
  const presses = [];

  function toggle() {
    model.call(on ? '/panic/off' : '/panic', 1);
  }

  function show() {
    setAttribute(button, 'aria-pressed', String(on));
    setText(button, on ? words.off : words.on);
    document.documentElement.toggleAttribute('data-panic', on);
  }

  function pressed(event) {
    if (event.key !== KEY) return;
    presses.push(event.timeStamp);
    if (presses.length > PRESSES) presses.shift();
    if (presses.length === PRESSES && event.timeStamp - presses[0] < QUICK_MS) {
      presses.length = 0;
      model.call('/panic', 1);
    }
  }

  document.addEventListener('keydown', pressed);
  const stop = model.watch('/panic', (value) => {
    on = Number(value) > 0.5;
    show();
  });
  show();
  return {
    element: el('div.panic-place', {}, button),
    destroy() {
      document.removeEventListener('keydown', pressed);
      stop();
    },
  };
}
