// SPDX-License-Identifier: GPL-3.0-or-later
//
// QR codes: the fixed patterns and the format word of ISO/IEC 18004. A decoder that is not ours reads them in
// browser/desk.mjs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { qrCode } from '../../web/qr_code.js';

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
