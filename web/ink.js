// SPDX-License-Identifier: GPL-3.0-or-later
//
// The theme's colours for canvases: CSS custom properties of the page, read once a theme.

const inks = new Map();
const told = new Set();

if (globalThis.document) {
  new MutationObserver(() => {
    inks.clear();
    told.forEach((fn) => fn());
  }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
}

/**
 * @param {() => void} fn called when all colours are others
 * @returns {() => void} stop
 */
export function onInks(fn) {
  told.add(fn);
  return () => told.delete(fn);
}

/**
 * @param {string} name "--ink"
 * @returns {string} a CSS colour
 */
export function ink(name) {
  if (!inks.has(name)) inks.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim() || 'gray');
  return inks.get(name);
}
