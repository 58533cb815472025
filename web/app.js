// SPDX-License-Identifier: GPL-3.0-or-later
//
// The page as a table of panels: what each is made by, where it stands and in which modes. A new panel is one row.

import { create as createBar } from './bar.js';
import { create as createDiagram } from './diagram/diagram.js';
import { create as createFault } from './fault.js';
import { create as createLegend } from './diagram/legend.js';
import { create as createDrawer } from './drawer.js';
import { create as createMeterChoice } from './meter_choice.js';
import { create as createNotices } from './notices.js';
import { create as createPanic } from './panic.js';
import { create as createPin } from './pin.js';
import { create as createScope } from './scope.js';
import { create as createStrips } from './strips.js';
import { create as createTools } from './tools.js';
import { el } from './element.js';
import { listenToKeys } from './keys.js';
import { createLink } from './link.js';
import { Model } from './model.js';
import { text } from './text/en.js';
import { view } from './view.js';

/**
 * A panel's module exports create(model, text) -> { element, destroy() }. `element` joins its place; destroy() ends
 * everything that the panel has started, and the page removes the element.
 *
 * Places, from the top: bar (one line of controls), main (the columns), strip (under the columns, as wide as they;
 * give an element the class "columns" and its children stand under the columns, one each), drawer (under the board),
 * side (beside it), over (above everything).
 * @typedef {object} PanelRow
 * @property {string} name of its block in text/en.js
 * @property {(model: Model, text: object) => { element: Element, destroy: () => void }} create
 * @property {'bar'|'main'|'strip'|'drawer'|'side'|'over'} place
 * @property {string[]} modes
 */

const REST_MS = 22; // between two pictures: of a screen with 60 a second every other is drawn, of a slower one all
const REACH_PX = 12; // around what has the focus
const PLACES = ['bar', 'main', 'strip', 'drawer', 'side', 'over'];

/** @type {PanelRow[]} */
const panels = [
  { name: 'bar', create: createBar, place: 'bar', modes: ['desk', 'phone', 'projector'] },
  { name: 'diagram', create: createDiagram, place: 'main', modes: ['desk', 'phone', 'projector'] },
  { name: 'meterChoice', create: createMeterChoice, place: 'bar', modes: ['desk', 'phone'] },
  { name: 'pin', create: createPin, place: 'bar', modes: ['desk', 'phone'] },
  { name: 'panic', create: createPanic, place: 'bar', modes: ['desk', 'phone'] },
  { name: 'strips', create: createStrips, place: 'strip', modes: ['desk', 'phone'] },
  { name: 'legend', create: createLegend, place: 'strip', modes: ['desk', 'phone', 'projector'] },
  { name: 'drawer', create: createDrawer, place: 'drawer', modes: ['desk', 'phone'] },
  { name: 'scope', create: createScope, place: 'drawer', modes: ['desk', 'phone'] },
  { name: 'tools', create: createTools, place: 'side', modes: ['desk', 'phone'] },
  { name: 'fault', create: createFault, place: 'over', modes: ['desk', 'phone', 'projector'] },
  { name: 'notices', create: createNotices, place: 'over', modes: ['desk', 'phone', 'projector'] },
];

function makePlaces() {
  const place = Object.fromEntries(PLACES.map((name) => [name, el(`div.place-${name}`)]));
  const board = el('div.board', { tabindex: '0', role: 'region', 'aria-label': text.page.board },
    el('div.board-inner', {}, place.main, place.strip));
  document.body.append(
    el('header.top', {}, place.bar),
    el('main.middle', {}, board, place.drawer, place.side),
    place.over,
  );
  keepInSight(board, place.drawer);
  return place;
}

/* Who comes by keys sees where he is: what the open drawer lies over is moved from under it. */
function keepInSight(board, drawer) {
  board.addEventListener('focusin', ({ target }) => {
    if (!target.matches(':focus-visible') || getComputedStyle(drawer).position !== 'sticky') return;
    const under = target.getBoundingClientRect().bottom - drawer.getBoundingClientRect().top;
    if (drawer.clientHeight && under > 0) board.parentNode.scrollBy(0, under + REACH_PX);
  });
}

function start() {
  const model = new Model(createLink(new URL('/', location.href).href.replace(/^http/, 'ws')));
  const place = makePlaces();
  const shown = new Map();

  const dark = matchMedia('(prefers-color-scheme: dark)');
  function dress() {
    const theme = view.get('theme');
    document.documentElement.dataset.theme = theme === 'auto' ? (dark.matches ? 'dark' : 'light') : theme;
  }

  function arrange() {
    const mode = view.get('mode');
    document.documentElement.dataset.mode = mode;
    dress();
    for (const row of panels) {
      const wanted = row.modes.includes(mode);
      if (!wanted && shown.has(row)) {
        shown.get(row).destroy();
        shown.get(row).element.remove();
        shown.delete(row);
      }
    }
    for (const row of panels) {
      if (!row.modes.includes(mode)) continue;
      if (!shown.has(row)) shown.set(row, row.create(model, text));
      place[row.place].append(shown.get(row).element); // in the order of the table
    }
  }

  /* A picture in between would show nothing new, and is not even asked for: the browser rests, too. */
  function frame(ms) {
    const began = performance.now();
    model.frame(ms);
    setTimeout(requestAnimationFrame, Math.max(0, REST_MS - (performance.now() - began)), frame);
  }

  document.title = text.page.title;
  view.on((key) => (key === 'mode' || key === 'theme') && arrange());
  dark.addEventListener('change', dress);
  document.addEventListener('visibilitychange', () => document.hidden && model.frame(performance.now())); // no picture comes any more
  listenToKeys(model);
  arrange();
  requestAnimationFrame(frame);
}

start();
