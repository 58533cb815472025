// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a spectrum says on a logarithmic axis: the highest level of each column, the tone that stands out and its
// harmonics by name, and how much of it is distortion.

import { LOBE, decibels } from './fft.js';

/**
 * @param {Float64Array} powers from powers()
 * @param {number} rate hertz
 * @param {number} columns
 * @param {number} [low] hertz at the left edge
 * @param {number} [high] hertz at the right edge
 * @returns {Float64Array} dB a column: the highest bin inside it, or between its neighbours
 */
export function logColumns(powers, rate, columns, low = 20, high = 20000) {
  const width = rate / 2 / (powers.length - 1);
  const edge = (i) => (low * (high / low) ** (i / columns)) / width;
  return Float64Array.from({ length: columns }, (_, i) => {
    const from = Math.ceil(edge(i));
    const to = Math.min(Math.ceil(edge(i + 1)), powers.length);
    if (from >= to) return decibels(between(powers, (edge(i) + edge(i + 1)) / 2));
    let most = 0;
    for (let k = from; k < to; k++) most = Math.max(most, powers[k]);
    return decibels(most);
  });
}

function between(powers, at) {
  const k = Math.min(Math.floor(at), powers.length - 2);
  return k < 0 ? 0 : powers[k] + (at - k) * (powers[k + 1] - powers[k]);
}

/**
 * @param {number} hertz
 * @returns {number} place on the axis from 20 Hz (0) to 20 kHz (1)
 */
export function axisPlace(hertz, low = 20, high = 20000) {
  return Math.log(hertz / low) / Math.log(high / low);
}

/**
 * The steady tone of a spectrum, if one line holds most of its energy.
 * @param {Float64Array} powers
 * @param {number} rate hertz
 * @returns {{ hertz: number, power: number } | null}
 */
export function tone(powers, rate) {
  const first = LOBE + 1; // what lies nearer to 0 Hz is the window's own skirt
  let top = first;
  let sum = 0;
  for (let k = first; k < powers.length; k++) {
    sum += powers[k];
    if (powers[k] > powers[top]) top = k;
  }
  let lobe = 0;
  let moment = 0;
  for (let k = top - LOBE; k <= top + LOBE && k < powers.length; k++) {
    lobe += powers[k];
    moment += k * powers[k];
  }
  if (!(powers[top] > 0) || lobe < 0.5 * sum) return null;
  return { hertz: ((moment / lobe) * rate) / 2 / (powers.length - 1), power: powers[top] };
}

/**
 * The multiples of a tone that rise above what lies beside them.
 * @param {Float64Array} powers
 * @param {number} rate hertz
 * @param {{ hertz: number, power: number }} base from tone()
 * @param {number} [most] highest number looked at
 * @returns {{ name: string, number: number, hertz: number, power: number }[]} by number, from 2
 */
export function harmonics(powers, rate, base, most = 9) {
  const width = rate / 2 / (powers.length - 1);
  const found = [];
  for (let number = 2; number <= most; number++) {
    const middle = Math.round((number * base.hertz) / width);
    if (middle + 3 * LOBE >= powers.length) break;
    let top = middle;
    for (let k = middle - 2; k <= middle + 2; k++) top = powers[k] > powers[top] ? k : top;
    const floor = Math.max(powers[middle - 2 * LOBE], powers[middle + 2 * LOBE]);
    if (powers[top] > 4 * floor && powers[top] > 1e-14 * Math.max(1, base.power)) { // 6 dB over its surroundings, and over floats' rounding
      found.push({ name: `H${number}`, number, hertz: number * base.hertz, power: powers[top] });
    }
  }
  return found;
}

/**
 * Places labels so that none lies on another: the strongest where its line ends, the others higher where they must.
 * @param {{ x: number, y: number, width: number }[]} labels strongest first; x of their middle and y of their lower
 *   edge from the bottom, px
 * @param {number} height of each, px
 * @param {number} [most] rows that one may rise; one that would have to rise higher is left out
 * @returns {(number|null)[]} y of each; null: left out
 */
export function spread(labels, height, most = 3) {
  const placed = [];
  return labels.map(({ x, y, width }) => {
    const free = (at) => placed.every((other) => Math.abs(other.x - x) >= (other.width + width) / 2 || Math.abs(other.y - at) >= height);
    for (let row = 0; row <= most; row++) {
      if (!free(y + row * height)) continue;
      placed.push({ x, y: y + row * height, width });
      return y + row * height;
    }
    return null;
  });
}

/**
 * Total harmonic distortion (IEC 60268-3): harmonics over the tone.
 * @param {{ power: number }} base
 * @param {{ power: number }[]} list
 * @returns {number} 0.01 is one per cent
 */
export function distortion(base, list) {
  return Math.sqrt(list.reduce((sum, h) => sum + h.power, 0) / base.power);
}
