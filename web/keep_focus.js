// SPDX-License-Identifier: GPL-3.0-or-later
//
// Making a part of the page anew under a hand: the focus comes back to what has the same name, and nothing scrolls.

const nameOf = (element) => [element.getAttribute('aria-label'), element.tagName, element.closest('[data-stage]')?.dataset.stage].join('|');

/**
 * @param {HTMLElement} part what is made anew
 * @param {() => void} make
 */
export function keepFocus(part, make) {
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  const name = active && nameOf(active);
  const { scrollTop } = part;
  make();
  part.scrollTop = scrollTop;
  if (!name || active.isConnected) return;
  const same = [...part.querySelectorAll('button, input, select, [tabindex]')].find((element) => nameOf(element) === name);
  same?.focus({ preventScroll: true });
}
