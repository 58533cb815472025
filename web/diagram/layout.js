// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the columns stand: how wide, how many beside each other, in how many bands. Nothing of it depends on levels,
// so that nothing jumps while the sound plays.

/**
 * @typedef {object} Layout
 * @property {number} left width of the rulers and the heads of the numbers, px
 * @property {number} right width of the ruler at the other side
 * @property {number} column width of one
 * @property {number} each columns in a band; the last may have fewer
 * @property {number} bands
 * @property {number} width of a band's content; more than the room: it is scrolled
 */

// In the size of the type. Desk scrolls what does not fit, projector breaks it into bands, phone makes it narrow.
const MEASURES = {
  desk: { left: 7.2, right: 5.8, least: 6.6, most: 17 },
  projector: { left: 7.2, right: 5.8, least: 6.4, most: 24 },
  phone: { left: 3.4, right: 0.8, least: 0.4, most: 8 },
};

/**
 * @param {'desk'|'projector'|'phone'} mode
 * @param {number} n columns
 * @param {number} room px
 * @param {number} em size of the type, px
 * @returns {Layout}
 */
export function layOut(mode, n, room, em) {
  const measure = MEASURES[mode];
  const left = Math.round(measure.left * em);
  const right = Math.round(measure.right * em);
  const least = measure.least * em;
  const fits = Math.max(1, Math.floor((room - left - right) / least));
  const bands = mode === 'projector' ? Math.max(1, Math.ceil(n / fits)) : 1;
  const each = Math.max(1, Math.ceil(n / bands));
  const share = (room - left - right) / each;
  const column = Math.floor(Math.min(Math.max(share, least), measure.most * em));
  return { left, right, column, each, bands, width: left + each * column + right };
}

// Heights in the size of the type: title and verdict above, legend below; a band with the least that its plot needs.
const AROUND = 11.5;
const BAND = 26;
const TYPE = { least: 10, most: 40, ofWidth: 0.0165, ofHeight: 0.0223 }; // of more the picture would be too flat

/**
 * Size of the type on a projector: as large as the whole chain can be shown at once, as nobody scrolls there.
 * @param {number} n columns
 * @param {number} width of the window, px
 * @param {number} height
 * @returns {number} px
 */
export function projectorType(n, width, height) {
  const most = Math.min(TYPE.most, TYPE.ofWidth * width, TYPE.ofHeight * height);
  for (let em = Math.floor(most); em > TYPE.least; em--) {
    if ((AROUND + BAND * layOut('projector', n, width, em).bands) * em <= height) return em;
  }
  return TYPE.least;
}

/**
 * The columns of a band that a window of `room` px shows when it is scrolled by `scroll`.
 * @param {Layout} layout
 * @param {number} n columns of the band
 * @param {number} scroll
 * @param {number} room
 * @returns {{ first: number, end: number }}
 */
export function visible(layout, n, scroll, room) {
  const first = Math.max(0, Math.floor((scroll - layout.left) / layout.column));
  return { first: Math.min(first, n), end: Math.min(n, Math.ceil((scroll + room - layout.left) / layout.column)) };
}
