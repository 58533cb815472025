// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sound on its way to the loudspeaker: nothing lost while it flows, silence when it does not come.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pieceOf } from '../../web/pcm_link.js';
import { PcmRing } from '../../web/pcm_ring.js';

const ramp = (from, frames) => Float32Array.from({ length: 2 * frames }, (_, i) => (i % 2 ? -1 : 1) * (from + (i >> 1)));
const pull = (ring, frames, channels = 2) => {
  const out = Array.from({ length: channels }, () => new Float32Array(frames));
  ring.pull(out);
  return out;
};

test('waits for its target, then passes every frame in order, over the end of the ring', () => {
  const ring = new PcmRing(2, 512, 128);
  ring.push(ramp(1, 64));
  assert.deepEqual([...pull(ring, 32)[0]], new Array(32).fill(0));
  let next = 1;
  for (let pushed = 65; pushed < 2000; pushed += 64) {
    ring.push(ramp(pushed, 64));
    const [left, right] = pull(ring, 64);
    if (left[0] === 0) continue;
    for (let i = 0; i < 64; i++, next++) assert.deepEqual([left[i], right[i]], [next, -next]);
  }
  assert.ok(next > 1500);
  assert.equal(ring.underruns + ring.skipped, 0);
});

test('an empty ring is silent, counts it once, and fills up again first', () => {
  const ring = new PcmRing(1, 512, 100);
  ring.push(new Float32Array(100).fill(1));
  assert.equal(pull(ring, 64, 1)[0][0], 1);
  assert.equal(pull(ring, 64, 1)[0][0], 0);
  assert.equal(pull(ring, 64, 1)[0][0], 0);
  assert.equal(ring.underruns, 1);
});

test('what has waited too long is let go', () => {
  const ring = new PcmRing(1, 4096, 100);
  ring.push(Float32Array.from({ length: 1000 }, (_, i) => i));
  assert.equal(ring.fill, 100);
  assert.equal(pull(ring, 10, 1)[0][0], 900);
  assert.equal(ring.skipped, 900);
});

test('mono is heard on both sides', () => {
  const ring = new PcmRing(1, 256, 4);
  ring.push(Float32Array.of(1, 2, 3, 4));
  assert.deepEqual(pull(ring, 4).map((c) => [...c]), [[1, 2, 3, 4], [1, 2, 3, 4]]);
});

function packet(magic, channels, frames, floats) {
  const bytes = new ArrayBuffer(32 + 4 * floats.length);
  const view = new DataView(bytes);
  [...magic].forEach((letter, i) => view.setUint8(i, letter.charCodeAt(0)));
  view.setUint16(4, channels, true);
  view.setBigUint64(8, 2n ** 33n, true);
  view.setUint32(16, 48000, true);
  view.setUint32(20, frames, true);
  floats.forEach((x, i) => view.setFloat32(32 + 4 * i, x, true));
  return bytes;
}

test('a packet is a piece with its place in time', () => {
  assert.deepEqual(pieceOf(packet('PCM1', 2, 2, [1, -1, 0.5, -0.5])),
    { stage: 0, path: 'real', channels: 2, first: 2 ** 33, rate: 48000, frames: Float32Array.of(1, -1, 0.5, -0.5) });
});

for (const [what, bytes] of [
  ['OSC', packet('/pcm', 2, 2, [0, 0, 0, 0])],
  ['one that is cut', packet('PCM1', 2, 3, [0, 0, 0, 0])],
  ['one without channels', packet('PCM1', 0, 2, [0, 0])],
  ['a few bytes', new ArrayBuffer(7)],
]) {
  test(`${what} is no piece`, () => assert.equal(pieceOf(bytes), null));
}
