// SPDX-License-Identifier: GPL-3.0-or-later
//
// Levels for people: one decimal, a real minus, a dash where there is no number.

/**
 * @param {number} db
 * @param {boolean} [sign] a plus before what is not below zero
 * @returns {string}
 */
export function decibels(db, sign = false) {
  if (!Number.isFinite(db)) return db === -Infinity ? '−∞' : '–';
  const rounded = Math.round(db * 10) / 10 || 0; // no "-0.0"
  const figures = Math.abs(rounded).toFixed(1);
  return `${rounded < 0 ? '−' : sign ? '+' : ''}${figures}`;
}

/**
 * Seconds of sound as a clock: 1:02:03, 2:03, 0:03.2 within the first minute.
 * @param {number} seconds
 * @returns {string}
 */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  const two = (value) => String(value).padStart(2, '0');
  if (seconds < 60) return `0:${two(whole)}.${Math.floor((seconds - whole) * 10)}`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${two(whole % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}
