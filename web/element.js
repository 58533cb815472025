// SPDX-License-Identifier: GPL-3.0-or-later
//
// Making elements in one line, and changing their text only where it differs, so that nothing is laid out for nothing.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element. Attributes that are functions become listeners ("onclick"), `true` an empty attribute, null or false
 * none; children may be texts.
 * @param {string} name "div", "button.quiet", "svg:path"
 * @param {Object<string, any>} [attributes]
 * @param {...(Node|string)} children
 * @returns {HTMLElement}
 */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const node = tag.startsWith('svg:') ? document.createElementNS(SVG, tag.slice(4)) : document.createElement(tag);
  if (classes.length) node.setAttribute('class', classes.join(' '));
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(key.replace(/^on/, ''), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children);
  return node;
}

/**
 * Sets the text of an element that has nothing else in it. The text node stays: one that is changed costs a layout,
 * one that is put in has the whole page looked through for rules.
 * @param {Element} node
 * @param {string} words
 */
export function setText(node, words) {
  const text = node.firstChild;
  if (text?.nodeType !== Node.TEXT_NODE || text !== node.lastChild) node.textContent = words;
  else if (text.data !== words) text.data = words;
}

/**
 * Sets an attribute where it differs; null takes it away.
 * @param {Element} node
 * @param {string} key
 * @param {string|null} value
 */
export function setAttribute(node, key, value) {
  if (node.getAttribute(key) === value) return;
  if (value === null) node.removeAttribute(key);
  else node.setAttribute(key, value);
}

/**
 * Hides an element or shows it, and touches nothing where it is so already.
 * @param {HTMLElement} node
 * @param {boolean} hidden
 */
export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}
