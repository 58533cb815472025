// SPDX-License-Identifier: GPL-3.0-or-later
//
// The strips, one under each column; on a phone one at a time, with a swipe or a button to the next. Only the strips
// that can be seen ask for meters.

import { el, setText } from './element.js';
import { onInks } from './ink.js';
import { keepFocus } from './keep_focus.js';
import { scaleOf } from './scales.js';
import { createStrip } from './strip.js';
import { meterScale } from './meter_scale.js';
import { view } from './view.js';

const SWIPE_PX = 48;

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const row = el('div.columns.strips');
  const where = el('p.strips-where', { 'aria-live': 'polite' });
  const back = el('button', { type: 'button', 'aria-label': text.strip.before, onclick: () => go(-1) }, '‹');
  const next = el('button', { type: 'button', 'aria-label': text.strip.next, onclick: () => go(1) }, '›');
  const element = el('div.strips-panel', {}, el('nav.strips-nav', { 'aria-label': text.strip.nav }, back, where, next), row);
  let strips = [];
  let current = 0;
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const strip = strips.find((one) => one.element === entry.target);
      strip?.show(entry.isIntersecting ? scaleOf(meterScale.get()) : null);
      if (strip) strip.seen = entry.isIntersecting;
    }
  });

  function build() {
    const kept = strips[current]?.stage.id;
    clear();
    strips = model.stages.map((stage) => createStrip(model, text, stage));
    row.replaceChildren(...strips.map((strip) => strip.element));
    strips.forEach((strip) => seen.observe(strip.element));
    current = Math.max(0, strips.findIndex((strip) => strip.stage.id === kept));
    show();
  }

  function clear() {
    seen.disconnect();
    strips.forEach((strip) => strip.destroy());
    strips = [];
  }

  function show() {
    strips.forEach((strip, i) => strip.element.classList.toggle('current', i === current));
    back.disabled = current === 0;
    next.disabled = current >= strips.length - 1;
    setText(where, strips.length ? text.strip.where(current + 1, strips.length) : '');
    if (view.get('mode') === 'phone' && strips[current]) view.set('selected', strips[current].stage.id);
  }

  function go(by) {
    current = Math.min(Math.max(current + by, 0), strips.length - 1);
    show();
  }

  let start = null;
  row.addEventListener('pointerdown', (event) => {
    start = event.target.closest('.fader, input') ? null : { x: event.clientX, y: event.clientY };
  });
  row.addEventListener('pointerup', (event) => {
    if (!start || view.get('mode') !== 'phone') return;
    const x = event.clientX - start.x;
    if (Math.abs(x) > SWIPE_PX && Math.abs(x) > 2 * Math.abs(event.clientY - start.y)) go(x < 0 ? 1 : -1);
    start = null;
  });

  const stops = [
    model.on('chain', () => keepFocus(row, build)),
    model.on('frame', (ms) => strips.forEach((strip) => strip.seen && strip.frame(ms))),
    meterScale.on(() => strips.forEach((strip) => strip.seen && strip.show(scaleOf(meterScale.get())))),
    view.on((key) => key === 'selected' && follow()),
    onInks(() => strips.forEach((strip) => strip.repaint())),
  ];
  function follow() {
    const at = strips.findIndex((strip) => strip.stage.id === view.get('selected'));
    if (at < 0 || at === current) return;
    current = at;
    show();
  }
  build();
  return {
    element,
    destroy() {
      stops.forEach((stop) => stop());
      clear();
    },
  };
}
