// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the daemon refuses, in its own words, and what the page is waiting for while it shows nothing else.

import { el, setText } from './element.js';

const SHOWN_MS = 12000;
const LINES_MAX = 4;
const OF_A_FILE = /^(.+?): ((?:found|expected|no) .*)$/s; // is shown by fault.js, for as long as it is wrong

function waitingFor(model, words) {
  const link = model.link.state;
  if (link.state === 'connecting') return [words.connecting, ''];
  if (link.state === 'lost') {
    const seconds = Math.max(0, Math.ceil((link.retryAt - Date.now()) / 1000));
    return [words.lost, words.retry(seconds)];
  }
  return model.stages.length ? ['', ''] : [words.empty, words.emptyHint];
}

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.notices;
  const headline = el('p.cover-headline');
  const hint = el('p.cover-hint');
  const retry = el('button', { type: 'button', onclick: () => model.link.retry() }, words.retryNow);
  const cover = el('div.cover', { role: 'status', hidden: true }, el('div.cover-card', {}, headline, hint, retry));
  const lines = el('ul.complaints', { 'aria-label': words.complaints });
  const element = el('div.notices', {}, cover, el('div', { role: 'alert' }, lines));

  function show() {
    const [what, then] = waitingFor(model, words);
    cover.hidden = !what;
    retry.hidden = model.link.state.state !== 'lost';
    cover.dataset.state = model.stages.length ? 'over' : 'alone';
    setText(headline, what);
    setText(hint, then);
  }

  function complain(error) {
    if (error.address === '/pcm') return; // said where it is missed
    if (error.address.startsWith('/chain/load') && OF_A_FILE.test(error.text)) return;
    const said = `${error.address} ${error.text}`;
    [...lines.children].find((line) => line.dataset.said === said)?.remove(); // once is enough
    const line = el('li', { 'data-said': said }, el('strong', {}, error.address), ` ${error.text} `,
      el('button.quiet', { type: 'button', 'aria-label': words.dismiss, onclick: () => line.remove() }, '×'));
    lines.append(line);
    while (lines.children.length > LINES_MAX) lines.firstChild.remove();
    setTimeout(() => line.remove(), SHOWN_MS);
  }

  const tick = setInterval(show, 500);
  const stops = [model.on('link', show), model.on('chain', show), model.on('error', complain)];
  show();
  return {
    element,
    destroy() {
      clearInterval(tick);
      stops.forEach((stop) => stop());
    },
  };
}
