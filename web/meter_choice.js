// SPDX-License-Identifier: GPL-3.0-or-later
//
// The choice of the scale that all meters of this browser show.

import { el } from './element.js';
import { meterScale } from './meter_scale.js';
import { scales } from './scales.js';

/**
 * @param {import('./model.js').Model} _model
 * @param {object} text
 */
export function create(_model, text) {
  const words = text.strip;
  const select = el('select', { 'data-choice': 'meters', onchange: () => meterScale.set(select.value) },
    ...scales.map(({ key }) => el('option', { value: key }, words.scales[key])));
  const show = (key) => {
    select.value = key;
  };
  show(meterScale.get());
  return { element: el('label.choice.meter-choice', {}, el('span', {}, words.scale), select), destroy: meterScale.on(show) };
}
