// SPDX-License-Identifier: GPL-3.0-or-later
//
// What stands beside the board, one at a time: going back and comparing, listening, chains, who is there. Tabs as in
// the ARIA practices: arrows move, the chosen one is in the order of the Tab key.

import { create as createChains } from './chains.js';
import { el, setAttribute } from './element.js';
import { create as createListen } from './listen.js';
import { create as createPeers } from './peers.js';
import { create as createScenes } from './scenes.js';

const TABS = [
  { name: 'listen', create: createListen },
  { name: 'scenes', create: createScenes },
  { name: 'chains', create: createChains },
  { name: 'peers', create: createPeers },
];

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.tools;
  const panes = TABS.map((row) => {
    const made = row.create(model, text);
    const tab = el('button', { type: 'button', role: 'tab', id: `tab-${row.name}`, 'aria-controls': `pane-${row.name}`, onclick: () => choose(row.name) }, words.tabs[row.name]);
    const pane = el('div.tools-pane', { role: 'tabpanel', id: `pane-${row.name}`, 'aria-labelledby': `tab-${row.name}`, tabindex: '-1' }, made.element);
    return { name: row.name, tab, pane, made };
  });
  const tabs = el('div.tools-tabs', { role: 'tablist', 'aria-label': words.name }, ...panes.map((one) => one.tab));

  function choose(name) {
    for (const one of panes) {
      const chosen = one.name === name;
      one.pane.hidden = !chosen;
      setAttribute(one.tab, 'aria-selected', String(chosen));
      setAttribute(one.tab, 'tabindex', chosen ? '0' : '-1');
    }
  }

  tabs.addEventListener('keydown', (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = panes.findIndex((one) => one.tab === document.activeElement);
    if (!by || at < 0) return;
    event.preventDefault();
    const next = panes[(at + by + panes.length) % panes.length];
    choose(next.name);
    next.tab.focus();
  });
  choose(TABS[0].name);
  return {
    element: el('aside.tools', { 'aria-label': words.name }, tabs, ...panes.map((one) => one.pane)),
    destroy: () => panes.forEach((one) => one.made.destroy()),
  };
}
