// SPDX-License-Identifier: GPL-3.0-or-later
//
// The theme's colours for canvases: CSS custom properties of the page, read once a theme.

const inks = new Map();

function forget() {
  inks.clear();
}

if (globalThis.document) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', forget);
  new MutationObserver(forget).observe(document.documentElement, { attributes: true });
}

/**
 * @param {string} name "--ink"
 * @returns {string} a CSS colour
 */
export function ink(name) {
  if (!inks.has(name)) inks.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim() || 'gray');
  return inks.get(name);
}
