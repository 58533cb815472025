// SPDX-License-Identifier: GPL-3.0-or-later
//
// Spectrum of a piece of sound: window, transform, levels. A sine on or between bins reads its peak level
// (AES17), so that the top of a line is the number that the meters show.

/**
 * In-place transform of complex numbers, length a power of two.
 * @param {Float64Array} re
 * @param {Float64Array} im
 */
export function transform(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / size;
      const c = Math.cos(angle);
      const s = Math.sin(angle);
      for (let a = k; a < n; a += size) {
        const b = a + half;
        const x = re[b] * c - im[b] * s;
        const y = re[b] * s + im[b] * c;
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
      }
    }
  }
}

// Flat top HFT144D (Heinzel, Rüdiger and Schilling, "Spectrum and spectral density estimation by the DFT", 2002): a
// line's height is its level within 0.003 dB wherever it falls, and what is beside it lies 144 dB lower.
const FLAT_TOP = [1, -1.96760033, 1.57983607, -0.81123644, 0.22583558, -0.02773848, 0.0009036];

/** Width of a line in bins, to either side of its middle. */
export const LOBE = 7;

const windows = new Map();

function windowOf(n) {
  if (!windows.has(n)) {
    windows.set(n, Float64Array.from({ length: n }, (_, i) =>
      FLAT_TOP.reduce((sum, a, k) => sum + a * Math.cos((2 * Math.PI * k * i) / n), 0)));
  }
  return windows.get(n);
}

/**
 * Power of each bin from 0 to half the rate; the square root of a sine's bin is its peak amplitude.
 * @param {Float32Array|number[]} sound a power of two of samples
 * @returns {Float64Array} n / 2 + 1 powers
 */
export function powers(sound) {
  const n = sound.length;
  const shape = windowOf(n);
  const re = Float64Array.from(sound, (x, i) => x * shape[i]);
  const im = new Float64Array(n);
  transform(re, im);
  const scale = (2 / n) ** 2; // the flat top's mean is 1
  return Float64Array.from({ length: n / 2 + 1 }, (_, k) => (re[k] ** 2 + im[k] ** 2) * scale);
}

/**
 * @param {number} power
 * @returns {number} dB, -Infinity for nothing
 */
export function decibels(power) {
  return power > 0 ? 10 * Math.log10(power) : -Infinity;
}
