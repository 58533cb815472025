// SPDX-License-Identifier: GPL-3.0-or-later
//
// The codewords of a QR code: the text in byte mode, padded, cut into blocks and given Reed-Solomon words
// (ISO/IEC 18004, clauses 7.4 and 7.5), for error correction level M.

// Table 9, level M, versions 1 to 10: words of correction a block, then how many blocks of how many data words.
const BLOCKS = [
  null,
  { check: 10, data: [16] },
  { check: 16, data: [28] },
  { check: 26, data: [44] },
  { check: 18, data: [32, 32] },
  { check: 24, data: [43, 43] },
  { check: 16, data: [27, 27, 27, 27] },
  { check: 18, data: [31, 31, 31, 31] },
  { check: 22, data: [38, 38, 39, 39] },
  { check: 22, data: [36, 36, 36, 37, 37] },
  { check: 26, data: [43, 43, 43, 43, 44] },
];

// The field of 256 elements with x^8 + x^4 + x^3 + x^2 + 1.
const power = new Uint8Array(510);
const log = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i++) {
  power[i] = power[i + 255] = x;
  log[x] = i;
  x = (x << 1) ^ (x & 128 ? 0x11d : 0);
}
const times = (a, b) => (a && b ? power[log[a] + log[b]] : 0);

const lengthBits = (version) => (version < 10 ? 8 : 16);
const capacity = (version) => BLOCKS[version].data.reduce((a, b) => a + b, 0);

/**
 * @param {number} length bytes of text
 * @returns {number} the smallest version that holds it
 * @throws {RangeError} more than version 10 holds
 */
export function versionFor(length) {
  for (let version = 1; version < BLOCKS.length; version++) {
    if (4 + lengthBits(version) + 8 * length <= 8 * capacity(version)) return version;
  }
  throw new RangeError(`${length} bytes: a QR code of version 10-M holds 213`);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} version
 * @returns {number[]} all words in the order in which they are placed
 */
export function codewords(bytes, version) {
  const { check, data } = BLOCKS[version];
  const words = dataWords(bytes, version);
  let at = 0;
  const blocks = data.map((length) => words.slice(at, (at += length)));
  const generator = generatorOf(check);
  const checks = blocks.map((block) => remainder(block, generator));
  return [...interleave(blocks), ...interleave(checks)];
}

function dataWords(bytes, version) {
  const bits = [];
  const put = (value, length) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  put(4, 4); // byte mode
  put(bytes.length, lengthBits(version));
  for (const byte of bytes) put(byte, 8);
  const room = 8 * capacity(version);
  put(0, Math.min(4, room - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) put(pad, 8);
  return Array.from({ length: room / 8 }, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8).join(''), 2));
}

function generatorOf(degree) {
  let poly = [1];
  for (let i = 0; i < degree; i++) {
    poly = [...poly, 0].map((c, k) => c ^ times(poly[k - 1] ?? 0, power[i]));
  }
  return poly;
}

function remainder(block, generator) {
  const rest = [...block, ...new Array(generator.length - 1).fill(0)];
  for (let i = 0; i < block.length; i++) {
    const factor = rest[i];
    if (factor) generator.forEach((c, k) => { rest[i + k] ^= times(c, factor); });
  }
  return rest.slice(block.length);
}

function interleave(blocks) {
  const longest = Math.max(...blocks.map((b) => b.length));
  return Array.from({ length: longest }, (_, i) => blocks.map((b) => b[i])).flat().filter((w) => w !== undefined);
}
