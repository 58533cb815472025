// SPDX-License-Identifier: GPL-3.0-or-later
//
// The keyboard for the whole page: one letter for each way to look, arrows from stage to stage, undo and redo. Nothing
// here while somebody types, or where an element uses the key itself.

import { view } from './view.js';

/** The letter of each choice of the view. */
export const KEYS = { mode: 'p', view: 'v', ruler: 'r', theme: 't' };

const TYPING = 'input, select, textarea, [contenteditable], [role="slider"], [role="tab"], dialog';

function turn(key) {
  const words = view.choices[key];
  if (key === 'mode') view.set('mode', view.get('mode') === 'projector' ? 'desk' : 'projector');
  else view.set(key, words[(words.indexOf(view.get(key)) + 1) % words.length]);
}

function step(model, by) {
  const ids = model.stages.map((stage) => stage.id);
  const at = ids.indexOf(view.get('selected'));
  const to = at < 0 ? (by > 0 ? 0 : ids.length - 1) : at + by;
  if (ids[to]) view.set('selected', ids[to]);
}

/* Ctrl+Z and Ctrl+Y, on a Mac with Command; what is being typed has its own. */
function history(model, event) {
  const name = event.key.toLowerCase();
  if (event.altKey || event.defaultPrevented || (name !== 'z' && name !== 'y') || event.target.closest?.('input, textarea')) return;
  event.preventDefault();
  model.call(name === 'y' || event.shiftKey ? '/redo' : '/undo', 1);
}

/**
 * @param {import('./model.js').Model} model
 * @returns {() => void} stop
 */
export function listenToKeys(model) {
  function pressed(event) {
    if ((event.ctrlKey || event.metaKey) && view.get('mode') !== 'projector') history(model, event);
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || event.target.closest?.(TYPING)) return;
    const key = Object.keys(KEYS).find((one) => KEYS[one] === event.key.toLowerCase());
    if (key) turn(key);
    else if (event.key === 'Escape' && view.get('mode') === 'projector') view.set('mode', 'desk');
    else if (event.key === 'ArrowRight') step(model, 1);
    else if (event.key === 'ArrowLeft') step(model, -1);
    else return;
    event.preventDefault();
  }
  document.addEventListener('keydown', pressed);
  return () => document.removeEventListener('keydown', pressed);
}
