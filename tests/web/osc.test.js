// SPDX-License-Identifier: GPL-3.0-or-later
//
// Packets byte by byte as OSC 1.0 has them (opensoundcontrol.org, "spec 1.0" and its examples), and back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, typesOf } from '../../web/osc.js';

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const ascii = (text) => Array.from(text, (letter) => letter.charCodeAt(0));

test('the first example of the specification', () => {
  const expected = bytes('2f6f7363696c6c61746f722f342f6672657175656e6379002c66000043dc0000');
  assert.deepEqual(encode('/oscillator/4/frequency', 'f', [440]), expected);
});

test('the second example of the specification', () => {
  const expected = bytes('2f666f6f000000002c69697366660000000003e8ffffffff68656c6c6f0000003f9df3b640b5b22d');
  assert.deepEqual(encode('/foo', 'iisff', [1000, -1, 'hello', 1.234, 5.678]), expected);
});

test('every type comes back as it went', () => {
  const args = [-7, 0.5, 'gain °', Uint8Array.of(1, 2, 3), true, false, null, Infinity, 1 / 3, 1234567890123n, 1n];
  const [message] = decode(encode('/all', 'ifsbTFNIdht', args));
  assert.equal(message.types, 'ifsbTFNIdht');
  assert.deepEqual(message.args, args);
});

test('texts of every length keep the arguments behind them aligned', () => {
  for (let length = 0; length < 9; length++) {
    const packet = encode(`/${'x'.repeat(length)}`, 'si', ['y'.repeat(length), 42]);
    assert.equal(packet.length % 4, 0);
    assert.deepEqual(decode(packet)[0].args, ['y'.repeat(length), 42]);
  }
});

test('a long packet grows', () => {
  const blob = new Uint8Array(5000).fill(9);
  assert.deepEqual(decode(encode('/pcm', 'b', [blob]))[0].args[0], blob);
});

function bundle(...packets) {
  const parts = [...ascii('#bundle'), 0, 0, 0, 0, 0, 0, 0, 0, 1];
  for (const packet of packets) parts.push(0, 0, packet.length >> 8, packet.length & 255, ...packet);
  return Uint8Array.from(parts);
}

test('bundles, also inside each other, give their messages in order', () => {
  const inner = bundle(encode('/b', 'i', [2]), encode('/c'));
  const packet = bundle(encode('/a', 'i', [1]), inner, encode('/d', 'T', [true]));
  assert.deepEqual(decode(packet.buffer).map((message) => message.address), ['/a', '/b', '/c', '/d']);
});

test('texts that differ stay different, however many were read before', () => {
  const names = Array.from({ length: 20000 }, (_, i) => `/stage/s${i}/meter/${i % 2 ? 'in' : 'out'}`);
  for (const round of [0, 1]) {
    for (const name of names) assert.equal(decode(encode(name, 's', [`${name} ${round}`]))[0].args[0], `${name} ${round}`);
  }
});

test('a bundle holds to the sizes that it says: no message reads into the next one', () => {
  const packet = bundle(encode('/a', 's', ['x']), encode('/b', 's', ['yyyy']));
  packet[16 + 3] = 8; // "/a" and ",s", without the text
  assert.throws(() => decode(packet), RangeError);
});

test('a message without a type tag has no arguments', () => {
  assert.deepEqual(decode(Uint8Array.from([...ascii('/ask'), 0, 0, 0, 0])), [{ address: '/ask', types: '', args: [] }]);
});

test('what is cut off or lies about its size is refused', () => {
  const whole = encode('/stage/pre/gain', 'fsb', [1, 'text', Uint8Array.of(1, 2, 3, 4)]);
  for (let size = 1; size < whole.length; size++) {
    const [message] = (() => {
      try {
        return decode(whole.slice(0, size));
      } catch (error) {
        assert.ok(error instanceof RangeError || error instanceof TypeError);
        return [null];
      }
    })();
    if (message) assert.equal(message.args.length, 0, `${size} bytes hold no argument`);
  }
  const liar = bundle(encode('/a'));
  liar[19] = 200;
  assert.throws(() => decode(liar), RangeError);
  assert.throws(() => decode(encode('/blob', 'b', [Uint8Array.of(1)]).fill(255, 12, 16)), RangeError);
});

test('types of plain values', () => {
  assert.equal(typesOf([1, 'a', true, false, null, 5n, Uint8Array.of(1)]), 'fsTFNhb');
});
