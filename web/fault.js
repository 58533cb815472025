// SPDX-License-Identifier: GPL-3.0-or-later
//
// A chain file that was refused, whoever wanted it loaded: which, where, what was found and what was expected, in every
// mode, until a good one is loaded or somebody has read it; on a projector for half a minute.

import { el, setText } from './element.js';
import { view } from './view.js';

const PROJECTED_MS = 30000; // nobody can put it away there, and the picture is what people came for

/**
 * Where in the file: "line 3, column 5" or the way down to the key, without the file's own name.
 * @param {string} where as the daemon says it
 * @param {string} file
 * @param {object} words block "fault" of the text
 * @returns {string}
 */
export function placeOf(where, file, words) {
  const name = file.split('/').at(-1);
  const rest = where.slice(where.lastIndexOf(name) + name.length);
  const line = /^:(\d+)(?::(\d+))?$/.exec(rest);
  if (!where.includes(name)) return where;
  return line ? words.line(line[1], line[2]) : rest.replace(/^:\s*/, '');
}

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.fault;
  const headline = el('strong');
  const list = el('ul.fault-list', { 'aria-label': words.list });
  const more = el('p.dim');
  const close = el('button.quiet', { type: 'button', 'aria-label': words.dismiss, onclick: () => { card.hidden = true; } }, '×');
  const card = el('section.fault-card', { 'aria-label': words.name, hidden: true }, el('header.fault-head', {}, headline, close), list, more);
  const element = el('div.fault', { role: 'alert' }, card);

  let timer = 0;
  function show(told) {
    const [file = '', count = 0, ...pairs] = Array.isArray(told) ? told : [];
    card.hidden = !file;
    clearTimeout(timer);
    if (!file) return;
    if (view.get('mode') === 'projector') timer = setTimeout(() => { card.hidden = true; }, PROJECTED_MS);
    const shown = Math.floor(pairs.length / 2);
    setText(headline, words.headline(file.split('/').at(-1), model.value('/chain/name') ?? ''));
    list.replaceChildren(...Array.from({ length: shown }, (_, i) => el('li', {},
      el('code', {}, placeOf(pairs[2 * i], file, words)), el('span', {}, pairs[2 * i + 1]))));
    setText(more, count > shown ? words.more(count - shown, file) : '');
  }

  const stop = model.watch('/chain/fault', show);
  return {
    element,
    destroy() {
      clearTimeout(timer);
      stop();
    },
  };
}
