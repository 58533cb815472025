// SPDX-License-Identifier: GPL-3.0-or-later
//
// QR codes: read back by a decoder that is not ours, where it is installed (npm's jsqr); always by the fixed
// patterns and the format word of ISO/IEC 18004.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { qrCode } from '../../web/qr_code.js';

const decoder = await import('jsqr').then((m) => m.default?.default ?? m.default, () => null);

function picture(grid, quiet = 4, scale = 4) {
  const size = (grid.length + 2 * quiet) * scale;
  const pixels = new Uint8ClampedArray(4 * size * size).fill(255);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (grid[Math.floor(y / scale) - quiet]?.[Math.floor(x / scale) - quiet]) pixels.fill(0, 4 * (y * size + x), 4 * (y * size + x) + 3);
    }
  }
  return [pixels, size, size];
}

const texts = [1, 14, 15, 26, 42, 43, 62, 84, 106, 107, 122, 152, 180, 213]
  .map((length) => 'http://192.168.1.20:9777/#phone?'.padEnd(length, 'Aä0').slice(0, length))
  .filter((text) => new TextEncoder().encode(text).length <= 213);

for (const text of texts) {
  test(`${text.length} letters are read back`, { skip: decoder ? false : 'jsqr is not installed' }, () => {
    assert.equal(decoder(...picture(qrCode(text)))?.data, text);
  });
}

test('three finders, a dark module, timing, and level M in the format word', () => {
  const grid = qrCode('http://localhost:9777/');
  const size = grid.length;
  assert.equal(size, 25); // 22 bytes: version 2
  for (const [x, y] of [[0, 0], [size - 7, 0], [0, size - 7]]) {
    const finder = grid.slice(y, y + 7).map((row) => row.slice(x, x + 7).map(Number).join('')).join(' ');
    assert.equal(finder, '1111111 1000001 1011101 1011101 1011101 1000001 1111111');
  }
  assert.ok(grid[size - 8][8]);
  for (let i = 8; i < size - 8; i++) assert.equal(grid[6][i], i % 2 === 0);
  const level = (Number(grid[8][0]) << 1 | Number(grid[8][1])) ^ 0b10; // top two bits of the word, mask 10101...
  assert.equal(level, 0b00);
});

test('too long a text is refused with numbers', () => assert.throws(() => qrCode('x'.repeat(214)), /214 bytes.*213/));
