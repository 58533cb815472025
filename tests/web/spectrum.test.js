// SPDX-License-Identifier: GPL-3.0-or-later
//
// Spectra of tones whose levels and harmonics are known by construction.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decibels, powers, transform } from '../../web/fft.js';
import { axisPlace, distortion, harmonics, logColumns, spread, tone } from '../../web/spectrum.js';

const RATE = 48000;
const N = 8192;
const near = (a, b, reach) => assert.ok(Math.abs(a - b) <= reach, `${a} is not ${b}`);
const sound = (...tones) => Float32Array.from({ length: N }, (_, i) =>
  tones.reduce((sum, [hertz, peak]) => sum + peak * Math.sin((2 * Math.PI * hertz * i) / RATE), 0));

test('the transform is the sum that defines it', () => {
  const x = [1, -2, 3, 0.5, 0, 7, -1, 2];
  const re = Float64Array.from(x);
  const im = new Float64Array(8);
  transform(re, im);
  for (let k = 0; k < 8; k++) {
    near(re[k], x.reduce((s, v, i) => s + v * Math.cos((2 * Math.PI * k * i) / 8), 0), 1e-12);
    near(im[k], x.reduce((s, v, i) => s - v * Math.sin((2 * Math.PI * k * i) / 8), 0), 1e-12);
  }
});

for (const hertz of [1000, 997, 1000 + RATE / N / 2, 15000]) {
  test(`a sine of ${hertz} Hz at -20 dBFS reads -20`, () => {
    near(decibels(Math.max(...powers(sound([hertz, 0.1])))), -20, 0.02);
  });
}

test('tone and harmonics have names, numbers and levels', () => {
  const spectrum = powers(sound([1000, 0.5], [2000, 0.005], [3000, 0.0005]));
  const base = tone(spectrum, RATE);
  near(base.hertz, 1000, 0.5);
  const list = harmonics(spectrum, RATE, base);
  assert.deepEqual(list.map((h) => h.name), ['H2', 'H3']);
  near(decibels(list[0].power / base.power), -40, 0.1);
  near(decibels(list[1].power / base.power), -60, 0.1);
  near(distortion(base, list), Math.hypot(0.01, 0.001), 1e-4);
});

test('what floats round off a loud tone has no names', () => {
  const loud = powers(sound([1000, 2.8]));
  assert.deepEqual(harmonics(loud, RATE, tone(loud, RATE)), []);
});

test('no label lies on another: the strongest stay, others rise, and what finds no room is left out', () => {
  const label = (x, y) => ({ x, y, width: 20 });
  assert.deepEqual(spread([label(100, 50), label(200, 50)], 15), [50, 50]);
  assert.deepEqual(spread([label(100, 50), label(110, 48)], 15), [50, 78], 'over the one, not through it');
  assert.deepEqual(spread([label(100, 50), label(105, 50), label(110, 50), label(95, 50), label(100, 50)], 15), [50, 65, 80, 95, null]);
});

test('beside a tone there is nothing down to -140 dB', () => {
  const spectrum = powers(sound([1000 + RATE / N / 3, 1]));
  const middle = Math.round((1000 * N) / RATE);
  spectrum.forEach((power, k) => Math.abs(k - middle) > 10 && assert.ok(decibels(power) < -140, `bin ${k}: ${decibels(power)}`));
});

test('noise and silence have no tone', () => {
  let seed = 1;
  const noise = Float32Array.from({ length: N }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 31 - 1;
  });
  assert.equal(tone(powers(noise), RATE), null);
  assert.equal(tone(powers(new Float32Array(N)), RATE), null);
});

test('a line stands in its column of the logarithmic axis', () => {
  const columns = logColumns(powers(sound([1000, 1])), RATE, 300);
  const top = columns.indexOf(Math.max(...columns));
  near(top / 300, axisPlace(1000), 2 / 300);
  near(columns[top], 0, 0.02);
  assert.equal(columns.length, 300);
});
