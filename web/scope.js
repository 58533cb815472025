// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scope of the chosen stage: its transfer curve with the working point, and what its wire and its error sound like
// as spectra.

import { createCurveView } from './curve_view.js';
import { el, setText } from './element.js';
import { onInks } from './ink.js';
import { createSpectrumFeed } from './spectrum_feed.js';
import { createSpectrumView } from './spectrum_view.js';
import { view } from './view.js';

const ASK_MS = 150; // of a curve, after the last value that may have bent it
const POINT_MS = 50;

/**
 * The points of /stage/ID/curve: big-endian floats in threes, decibels before, behind, and behind a stage without faults.
 * @param {Uint8Array|undefined} blob
 * @returns {number[][]}
 */
export function pointsOf(blob) {
  if (!(blob instanceof Uint8Array)) return [];
  const data = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  return Array.from({ length: Math.floor(blob.byteLength / 12) }, (_, i) =>
    [0, 4, 8].map((offset) => data.getFloat32(12 * i + offset)));
}

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.scope;
  const curve = createCurveView(text);
  const spectrum = createSpectrumView(text);
  const feed = createSpectrumFeed(model, spectrum.show, (fault) => spectrum.say(words.noSpectrum(fault)));
  const nothing = el('p.dim', { hidden: true }, words.noCurve);
  const title = el('h2');
  const element = el('section.scope', { hidden: true, 'aria-label': words.name }, title,
    el('div.scope-curve', {}, curve.element, nothing), spectrum.element);
  let stage = null;
  let seen = false;
  let stopCurve = () => {};
  let askAt = 0;
  let pointAt = 0;

  function choose() {
    stopCurve();
    stage = model.stages.find((one) => one.id === view.get('selected')) ?? null;
    element.hidden = !stage;
    curve.show(null);
    spectrum.forget();
    look();
    if (!stage) return;
    setText(title, words.title(stage.name));
    stopCurve = model.watch(`${stage.address}/curve`, take);
    askAt = performance.now();
  }

  /* Sound is only sent for who looks at it. */
  function look() {
    feed.look(stage && seen && !document.hidden ? stage.id : null);
  }

  function take(blob) {
    const points = pointsOf(blob);
    curve.show({ points, unitIn: stage.unitIn, unitOut: stage.unit });
    nothing.hidden = points.length > 1;
  }

  const stops = [
    model.on('chain', choose),
    model.on('value', (address) => {
      if (stage && address.startsWith(`${stage.address}/`) && !address.endsWith('/curve')) askAt = performance.now() + ASK_MS;
    }),
    model.on('frame', (ms) => {
      if (!stage) return;
      if (askAt && performance.now() > askAt) {
        askAt = 0;
        model.ask(`${stage.address}/curve`);
      }
      if (ms - pointAt > POINT_MS) {
        pointAt = ms;
        const now = model.meters(stage);
        curve.point(now.in.db, now.out.db);
      }
      curve.frame();
      spectrum.frame();
    }),
    view.on((key) => key === 'selected' && choose()),
    onInks(() => [curve, spectrum].forEach((plot) => plot.repaint())),
  ];
  const eye = new IntersectionObserver((entries) => {
    seen = entries.at(-1).isIntersecting;
    look();
  });
  eye.observe(spectrum.element);
  document.addEventListener('visibilitychange', look);
  choose();
  return {
    element,
    destroy() {
      stopCurve();
      curve.destroy();
      spectrum.destroy();
      feed.look(null);
      document.removeEventListener('visibilitychange', look);
      eye.disconnect();
      stops.forEach((stop) => stop());
    },
  };
}
