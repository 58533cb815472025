// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which chain plays: choose one of the folders, save this one under a name. What is wrong with a bad one is shown
// whole: where, what was found, what was expected.

import { listOf } from './answers.js';
import { el, setText } from './element.js';

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.chains;
  const now = el('p.chains-now');
  const rows = el('ul.list', { 'aria-label': words.list });
  const name = el('input', { type: 'text', maxlength: '64', placeholder: words.placeholder, 'aria-label': words.name, autocomplete: 'off' });
  const said = el('p.dim', { role: 'status' });
  const complaints = el('ul.faults', { 'aria-label': words.faults });
  let asked = '';

  function load(chain) {
    asked = chain;
    complaints.replaceChildren();
    setText(said, '');
    model.call('/chain/load', chain);
  }

  function save() {
    const wanted = name.value.trim().replaceAll(/\s+/g, '-');
    name.setCustomValidity(wanted === '' || NAME.test(wanted) ? '' : words.nameRule);
    if (!name.reportValidity()) return;
    asked = wanted;
    complaints.replaceChildren();
    if (wanted) model.call('/chain/save', wanted);
    else model.call('/chain/save');
  }

  /* Every complaint of one refused file comes as a message of its own: "where: found this, expected that". */
  function complain(error) {
    if (!/^\/chain\/(load|save)/.test(error.address)) return;
    const at = /^(.+?): ((?:found|expected|no) .*)$/s.exec(error.text);
    complaints.append(el('li', {}, el('strong', {}, asked ? words.fault(asked, error.code) : error.code),
      ...(at ? [el('code', {}, at[1]), el('span', {}, at[2])] : [el('span', {}, error.text)])));
  }

  const list = listOf(model, '/chain/list', (entries) => {
    rows.replaceChildren(...[...new Set(entries)].sort().map((chain) => el('li', {},
      el('button.wide', { type: 'button', 'aria-label': words.load(chain), onclick: () => load(chain) }, chain))));
    if (!entries.length) rows.replaceChildren(el('li.dim', {}, words.empty));
  });
  name.addEventListener('input', () => name.setCustomValidity(''));
  name.addEventListener('keydown', (event) => event.key === 'Enter' && save());
  let fresh = false;
  const stops = [
    model.watch('/chain/name', (value) => setText(now, words.now(value))),
    model.watch('/chain/load', (chain) => fresh && setText(said, words.loaded(chain))),
    model.watch('/chain/save', (path) => fresh && setText(said, words.saved(path))),
    model.on('error', complain),
    model.on('link', ({ state }) => state === 'open' && list.ask()),
  ];
  fresh = true;
  list.ask();
  return {
    element: el('div.chains', {}, now, el('div', { role: 'alert' }, complaints), said, rows,
      el('div.row', {}, name, el('button', { type: 'button', onclick: save }, words.save))),
    destroy() {
      stops.forEach((stop) => stop());
      list.destroy();
    },
  };
}
