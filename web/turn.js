// SPDX-License-Identifier: GPL-3.0-or-later
//
// What hands do to a control: drag it along its way from wherever it is grabbed (finely with Shift), turn the wheel
// over it, press keys, double-click it back to its default. Where the value goes is the control's business.

import { fromWay, snap, toWay } from './taper.js';

/**
 * A value that can be turned.
 * @typedef {object} Turnable
 * @property {() => number} get
 * @property {(value: number) => void} set
 * @property {import('./taper.js').Range} range
 * @property {string} [unit] in decibels a key is 1 dB; else a hundredth of the way
 * @property {number} [def] where a double click goes
 * @property {(first: string) => void} [type] opens a field to type into, beginning with what was pressed
 * @property {(held: boolean) => void} [hold] a finger lies on it, or has left
 * @property {boolean} [across] dragged to the right and left, not up and down
 */

const PAGE = 6; // steps of a page key
const FINE = 0.1;
const TRAVEL_PX = 160; // way of a whole range where the element is smaller

/**
 * Makes an element turnable; it must be able to have the focus.
 * @param {HTMLElement} element
 * @param {Turnable} what
 * @returns {() => void} ends it
 */
export function turnable(element, what) {
  const listeners = new AbortController();
  const on = (name, fn) => element.addEventListener(name, fn, { signal: listeners.signal, passive: false });
  let drag = null;
  const along = (event) => (what.across ? event.clientX : -event.clientY);

  function step(count) {
    const { range, unit = '' } = what;
    const now = what.get();
    if (range.step > 0) return what.set(snap(range, now + Math.sign(count) * Math.max(1, Math.round(Math.abs(count))) * range.step));
    if (unit.startsWith('dB')) return what.set(tidy(snap(range, now + count)));
    return what.set(fromWay(range, toWay(range, now) + count / 100));
  }

  on('pointerdown', (event) => {
    if (event.button !== 0) return;
    if (drag) return; // a second finger is no second hand
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    drag = { id: event.pointerId, at: along(event), start: what.get(), way: toWay(what.range, what.get()) };
    what.hold?.(true);
    event.preventDefault();
  });
  on('pointermove', (event) => {
    if (drag?.id !== event.pointerId) return;
    const size = what.across ? element.clientWidth : element.clientHeight;
    const travel = Math.max(size, TRAVEL_PX) * (event.shiftKey ? 1 / FINE : 1);
    drag.way = Math.min(Math.max(drag.way + (along(event) - drag.at) / travel, 0), 1);
    drag.at = along(event);
    what.set(tidy(fromWay(what.range, drag.way)));
  });
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
    on(end, (event) => {
      if (drag?.id !== event.pointerId) return;
      if (end === 'pointercancel' && what.get() !== drag.start) what.set(drag.start); // it was to scroll or to zoom
      what.hold?.(false);
      drag = null;
    });
  }
  on('dblclick', () => Number.isFinite(what.def) && what.set(what.def));
  on('wheel', (event) => {
    if (event.ctrlKey || !event.deltaY) return;
    event.preventDefault();
    step(-Math.sign(event.deltaY) * (event.shiftKey ? FINE : 1));
  });
  on('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (key(event.key, event.shiftKey)) event.preventDefault();
  });

  function key(name, shift) {
    const size = shift ? FINE : 1;
    const { min, max } = what.range;
    switch (name) {
      case 'ArrowUp': case 'ArrowRight': step(size); return true;
      case 'ArrowDown': case 'ArrowLeft': step(-size); return true;
      case '+': step(1); return true;
      case '-': case '−': step(-1); return true;
      case 'PageUp': step(PAGE); return true;
      case 'PageDown': step(-PAGE); return true;
      case 'Home': what.set(min); return true;
      case 'End': what.set(max); return true;
      case 'Backspace': case 'Delete':
        if (Number.isFinite(what.def)) what.set(what.def);
        return true;
      default:
        if (!what.type || !(name === 'Enter' || /^[\d.,=]$/.test(name))) return false;
        what.type(name === 'Enter' ? '' : name);
        return true;
    }
  }
  return () => listeners.abort();
}

/* A tenth of a hundredth is what a hand can mean; sums of tenths stay tenths. */
function tidy(value) {
  return Math.round(value * 1000) / 1000;
}
