// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who else is connected, and how one more gets here: the page's address as a QR code, the TouchOSC layout.

import { listOf } from './answers.js';
import { el, setAttribute } from './element.js';
import { qrCode } from './qr_code.js';

const ASK_MS = 3000;
const SVG = 'http://www.w3.org/2000/svg';
const QUIET = 4; // modules around the code, ISO/IEC 18004, 6.3.8

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.peers;
  const rows = el('ul.list.peers-list', { 'aria-label': words.list });
  const address = el('code.peers-address');
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('class', 'qr');
  picture.setAttribute('role', 'img');
  const alone = el('p.dim', { hidden: true }, words.alone);
  const others = el('select', { hidden: true, 'aria-label': words.address, onchange: () => showAddress(others.value) });
  const list = listOf(model, '/peers/list', show);

  function show(entries) {
    rows.replaceChildren(...entries.map((entry) => {
      const [where, transport, lease, rate, you] = Array.isArray(entry) ? entry : [entry];
      return el('li', {}, el('strong', {}, where), ` ${words.peer(transport, lease, rate)}`, you ? el('em', {}, words.you) : '');
    }));
  }

  function showAddress(origin) {
    const url = `${origin}/#mode=phone`;
    address.replaceChildren(origin, el('wbr'), '/#mode=phone'); // broken there, if it must be
    paint(picture, url, words.qr(url));
  }

  /* Here the page may be called localhost: what a phone has to say instead, the daemon knows. */
  async function askAddresses() {
    if (!/^(localhost|127\.|\[::1\])/.test(location.hostname)) return;
    const { ADDRESSES: known = [] } = await fetch(new URL('/?HOST_INFO', location.href)).then((answer) => answer.json()).catch(() => ({}));
    const origins = known.map((one) => `http://${one.includes(':') ? `[${one}]` : one}:${location.port}`);
    alone.hidden = origins.length > 0;
    others.replaceChildren(...origins.map((origin) => el('option', { value: origin }, origin)));
    others.hidden = origins.length < 2;
    showAddress(origins[0] ?? location.origin);
  }

  showAddress(location.origin);
  askAddresses();
  list.ask();
  const stop = model.on('link', ({ state }) => {
    if (state !== 'open') return;
    list.ask();
    askAddresses();
  });
  const timer = setInterval(() => element.isConnected && !element.closest('[hidden]') && list.ask(), ASK_MS);
  const element = el('div.peers', {},
    el('h3', {}, words.connected), rows,
    el('h3', {}, words.join), others, picture, address, alone,
    el('p.peers-layout', {}, el('a.download', { href: 'layout.tosc', download: 'gainstaged.tosc' }, words.layout), el('span.dim', {}, words.layoutHint)));
  return {
    element,
    destroy() {
      clearInterval(timer);
      stop();
      list.destroy();
    },
  };
}

/* One path of all black modules: sharp at any size, and black on white in every theme, as readers expect. */
function paint(picture, url, label) {
  const grid = qrCode(url);
  const size = grid.length + 2 * QUIET;
  setAttribute(picture, 'viewBox', `0 0 ${size} ${size}`);
  setAttribute(picture, 'aria-label', label);
  const path = document.createElementNS(SVG, 'path');
  const dark = grid.flatMap((row, y) => row.map((on, x) => (on ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : '')));
  path.setAttribute('d', dark.join(''));
  picture.replaceChildren(path);
}
