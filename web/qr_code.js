// SPDX-License-Identifier: GPL-3.0-or-later
//
// QR codes (ISO/IEC 18004) of short texts, so that a phone finds this page without typing: byte mode, error
// correction level M, versions 1 to 10. Reed-Solomon words come from qr_words.js; here they become black and white.

import { codewords, versionFor } from './qr_words.js';

// Table E.1: middles of the alignment patterns.
const ALIGNMENT = [[], [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];

// Table 10: a mask turns a module over where its condition holds.
const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/**
 * @param {string} text at most 213 bytes in UTF-8
 * @returns {boolean[][]} rows of modules, true is black, without the quiet zone of four modules around it
 */
export function qrCode(text) {
  const bytes = new TextEncoder().encode(text);
  const version = versionFor(bytes.length);
  const plain = skeleton(version);
  place(plain, codewords(bytes, version));
  const masked = MASKS.map((mask, number) => withMask(plain, mask, number));
  const best = masked.reduce((a, b) => (penalty(b) < penalty(a) ? b : a));
  return best;
}

/* Modules of the patterns are true or false; what data will fill is null. */
function skeleton(version) {
  const size = 17 + 4 * version;
  const grid = Array.from({ length: size }, () => new Array(size).fill(null));
  const box = (cx, cy, reach, dark) => {
    for (let y = -reach; y <= reach; y++) {
      for (let x = -reach; x <= reach; x++) {
        if (grid[cy + y]?.[cx + x] !== undefined) grid[cy + y][cx + x] = dark(Math.max(Math.abs(x), Math.abs(y)));
      }
    }
  };
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) box(x, y, 4, (r) => r !== 2 && r !== 4);
  const middles = ALIGNMENT[version];
  for (const y of middles) {
    for (const x of middles) {
      if (grid[y][x] === null) box(x, y, 2, (r) => r !== 1);
    }
  }
  for (let i = 8; i < size - 8; i++) grid[6][i] = grid[i][6] = i % 2 === 0;
  writeFormat(grid, 0);
  if (version >= 7) writeVersion(grid, version);
  return grid;
}

/* BCH code of a few bits (annex C, D). */
function withCheck(value, bits, generator) {
  const length = Math.floor(Math.log2(generator));
  let rest = value << length;
  for (let i = bits - 1; i >= 0; i--) {
    if (rest & (1 << (i + length))) rest ^= generator << i;
  }
  return (value << length) | rest;
}

function writeFormat(grid, mask) {
  const size = grid.length;
  const word = withCheck(mask, 5, 0x537) ^ 0x5412; // level M is 00 in front of the mask's number
  for (let i = 0; i < 15; i++) {
    const bit = ((word >> i) & 1) === 1;
    grid[i < 6 ? i : i < 8 ? i + 1 : size - 15 + i][8] = bit;
    grid[8][i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i] = bit;
  }
  grid[size - 8][8] = true;
}

function writeVersion(grid, version) {
  const word = withCheck(version, 6, 0x1f25);
  for (let i = 0; i < 18; i++) {
    const across = grid.length - 11 + (i % 3);
    const along = Math.floor(i / 3);
    grid[along][across] = grid[across][along] = ((word >> i) & 1) === 1;
  }
}

/* Two columns at a time from the right, up and down in turn, past the timing column. Data is kept apart as 0 and 1. */
function place(grid, words) {
  const size = grid.length;
  let bit = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right--;
    const up = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step++) {
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (grid[y][x] !== null) continue;
        grid[y][x] = ((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
        bit++;
      }
    }
  }
}

function withMask(plain, mask, number) {
  const grid = plain.map((row, y) => row.map((module, x) =>
    (typeof module === 'boolean' ? module : (module === 1) !== mask(x, y))));
  writeFormat(grid, number);
  return grid;
}

/* Clause 7.8.3.1: long runs, blocks, what looks like a finder, and an uneven share of black. */
function penalty(grid) {
  const size = grid.length;
  const columns = grid.map((_, x) => grid.map((row) => row[x]));
  let sum = 0;
  for (const row of [...grid, ...columns]) sum += lineEvil(row);
  let dark = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      dark += grid[y][x];
      if (x && y && new Set([grid[y][x], grid[y - 1][x], grid[y][x - 1], grid[y - 1][x - 1]]).size === 1) sum += 3;
    }
  }
  return sum + 10 * Math.floor(Math.abs((dark / size ** 2) * 20 - 10));
}

function lineEvil(row) {
  const text = row.map(Number).join('');
  const runs = text.match(/0{5,}|1{5,}/g) ?? [];
  const finders = (text.match(/(?=10111010000|00001011101)/g) ?? []).length;
  return runs.reduce((sum, run) => sum + run.length - 2, 0) + 40 * finders;
}
