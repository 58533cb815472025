// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the strokes and shapes of the diagram mean.

import { el } from '../element.js';
import { markElement } from './marks.js';

const SAMPLES = ['ceiling', 'soft', 'level', 'peak', 'measured', 'held', 'nominal', 'noise'];
const MARKS = [['circle', 'good'], ['triangle', 'small'], ['diamond', 'low'], ['cross', 'over']];
const STROKES = { held: 'M2 11V6H30V11' };

/**
 * @param {import('../model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.legend;
  const samples = SAMPLES.map((key) => el('li', {}, el(`svg:svg.sample.sample-${key}`, { viewBox: '0 0 32 16', 'aria-hidden': 'true' },
    el('svg:path', { d: STROKES[key] ?? 'M1 8H31' })), words[key]));
  const marks = MARKS.map(([shape, key]) => el('li', {}, el(`span.${key}`, {}, markElement(shape)), words[key]));
  return { element: el('ul.legend', { 'aria-label': words.label }, ...samples, ...marks), destroy() {} };
}
