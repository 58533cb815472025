// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lamp that stays lit from the first clipped sample until somebody puts it out, with how many there were.

import { el, setText } from './element.js';
import { readingsOf } from './readings.js';

const HERTZ = 5;

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 * @param {import('./chain_reader.js').Stage} stage
 */
export function createClipLamp(model, text, stage) {
  const count = `${stage.address}/meter/out/clipped`;
  const element = el('button.lamp', {
    type: 'button',
    onclick: () => model.call(`${stage.address}/clip`, 0),
  });
  let stop = () => {};
  let shown = -1; // frames that are said; -1: it is dark

  function say(words, label) {
    setText(element, words);
    element.setAttribute('aria-label', `${words}, ${label}`); // what is seen is part of what is read out
  }
  say(text.lamp.dark, text.lamp.none(stage.name));

  return {
    element,
    /** @param {boolean} seen */
    show(seen) {
      stop();
      stop = seen ? readingsOf(model).want(count, HERTZ) : () => {};
    },
    frame() {
      const lit = Boolean(model.meters(stage).clip);
      const frames = lit ? Math.max(0, Number(model.value(count) ?? 0)) : -1;
      if (frames === shown) return;
      shown = frames;
      element.classList.toggle('lit', lit);
      if (lit) say(text.lamp.lit(frames), text.lamp.reset(stage.name, frames));
      else say(text.lamp.dark, text.lamp.none(stage.name));
    },
    destroy: () => stop(),
  };
}
