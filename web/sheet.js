// SPDX-License-Identifier: GPL-3.0-or-later
//
// The data sheet that a stage is made from, as OSCQuery tells of it: which one, and which it could be.

/**
 * @typedef {object} Sheet
 * @property {string} name what is set, and stands in the chain file; '': none
 * @property {string} label for people
 * @property {string} doc
 */

/**
 * Those that a stage can be made from, none among them; empty: there are no sheets of its kind.
 * @param {import('./model.js').Model} model
 * @param {string} address of the stage
 * @returns {Sheet[]}
 */
export function sheetsFor(model, address) {
  const { CHOICES: choices = [] } = model.meta(`${address}/model`) ?? {};
  return choices.map(({ WORD: name, LABEL: label, DESCRIPTION: doc }) => ({ name, label: label || name, doc: doc ?? '' }));
}

/**
 * The one that it is made from; null: none. One whose file is gone goes by its name.
 * @param {import('./model.js').Model} model
 * @param {string} address of the stage
 * @returns {Sheet|null}
 */
export function sheetOf(model, address) {
  const name = model.meta(address)?.MODEL;
  if (!name) return null;
  return sheetsFor(model, address).find((sheet) => sheet.name === name) ?? { name, label: name, doc: '' };
}
