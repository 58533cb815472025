// SPDX-License-Identifier: GPL-3.0-or-later
//
// The model on a wire made of an array: what it sends, keeps and tells.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { createLink } from '../../web/link.js';
import { Model } from '../../web/model.js';
import { decode, encode, typesOf } from '../../web/osc.js';
import { openPcm } from '../../web/pcm_link.js';
import { stopClock } from './clock.js';

const CHAIN = [
  ['src', 'Singer', 'source', 'dBSPL'],
  ['pre', 'Preamp', 'preamp', 'dBu'],
];

class FakeSocket {
  static opened = [];

  constructor(url) {
    Object.assign(this, { url, readyState: 0, bufferedAmount: 0, sent: [] });
    FakeSocket.opened.push(this);
  }

  send(packet) {
    this.sent.push(...decode(packet));
  }

  close() {
    this.readyState = 3;
    this.onclose?.();
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  hear(address, ...args) {
    this.onmessage({ data: encode(address, typesOf(args), args).buffer });
  }

  addresses() {
    return this.sent.map((message) => message.address);
  }
}

const treeOf = (chain) => ({ FULL_PATH: '/', CONTENTS: { stage: { STAGES: chain.map(([id]) => id), CONTENTS: { pre: { CONTENTS: {
  gain: { TYPE: 'f', UNIT: ['dB'] },
} } } } } });

let clock;
let tree; // what OSCQuery would answer; null: nobody answers
let fetched = 0;
let socket;
let link;
let model;

const settled = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** The daemon's part: answers what has been asked. */
async function answerChain(chain = CHAIN, hasTree = true) {
  if (hasTree) tree = treeOf(chain);
  chain.forEach(([id, name, kind], i) => socket.hear('/stage/list', i + 1, id, name, kind, 0, 60, 20, 'linear'));
  socket.hear('/stage/list/end', chain.length);
  await settled();
  chain.forEach(([id, , , unit], i) => {
    socket.hear(`/stage/${i + 1}/meter/in/unit`, i ? chain[i - 1][3] : unit);
    socket.hear(`/stage/${id}/meter/out/unit`, unit);
  });
  const ping = socket.sent.findLast((message) => message.address === '/ping');
  socket.hear('/pong', ...ping.args);
}

beforeEach(async () => {
  clock = stopClock();
  tree = treeOf(CHAIN);
  mock.method(globalThis, 'fetch', async () => {
    fetched++;
    if (!tree) throw new TypeError('nobody there');
    return { ok: true, json: async () => tree };
  });
  link = createLink('ws://test/', { WebSocket: FakeSocket });
  model = new Model(link, 'http://test/');
  socket = FakeSocket.opened.at(-1);
  socket.open();
  await answerChain();
});

afterEach(() => {
  link.close();
  clock.restore();
  mock.restoreAll();
});

test('it subscribes with values, meters, texts and ids, at 30 a second', () => {
  const first = socket.sent[0];
  assert.equal(first.address, '/subscribe');
  assert.deepEqual(first.args, [0, 10, 30, 15]);
});

test('the chain has stages with units, and says so once everything is known', async () => {
  const told = mock.fn();
  model.on('chain', told);
  await answerChain();
  assert.equal(told.mock.callCount(), 1);
  assert.deepEqual(model.stages.map(({ id, number, unit, unitIn }) => [id, number, unit, unitIn]),
    [['src', 1, 'dBSPL', 'dBSPL'], ['pre', 2, 'dBu', 'dBSPL']]);
  assert.equal(model.stages[1].address, '/stage/pre');
  assert.equal(model.meta('/stage/pre/gain').TYPE, 'f');
  assert.equal(model.meta('/stage/pre/none'), null);
});

test('a watch is told what is known, what comes, under number or id, until it stops', () => {
  socket.hear('/stage/2/gain', 33);
  const heard = [];
  const stop = model.watch('/stage/pre/gain', (value) => heard.push(value));
  socket.hear('/stage/pre/gain', 34);
  stop();
  socket.hear('/stage/pre/gain', 35);
  assert.deepEqual(heard, [33, 34]);
  assert.equal(model.value('/stage/pre/gain'), 35);
});

test('a watch asks once for what is not known, and never says a verb', () => {
  model.watch('/stage/pre/pad_db', () => {});
  model.watch('/stage/pre/pad_db', () => {});
  model.watch('/undo', () => {});
  assert.equal(socket.addresses().filter((address) => address === '/stage/pre/pad_db').length, 1);
  assert.ok(!socket.addresses().includes('/undo'));
});

test('what is set is shown at once and sent once a frame, the latest only', () => {
  socket.sent.length = 0;
  const heard = [];
  model.watch('/stage/pre/fader', (value) => heard.push(value));
  socket.sent.length = 0;
  for (const value of [0.1, 0.2, 0.25]) model.set('/stage/pre/fader', value);
  assert.deepEqual(heard, [0.1, 0.2, 0.25]);
  assert.equal(socket.sent.length, 0);
  model.frame(0);
  model.frame(16);
  assert.deepEqual(socket.sent.map(({ address, args }) => [address, args[0]]), [['/stage/pre/fader', 0.25]]);
});

test('what comes before a value that was set has gone out is older than it', () => {
  model.set('/stage/pre/gain', 20);
  socket.hear('/stage/2/gain', 10);
  assert.equal(model.value('/stage/pre/gain'), 20);
  model.frame(0);
  socket.hear('/stage/2/gain', 15);
  assert.equal(model.value('/stage/pre/gain'), 15, 'sent, it is the daemon\'s word that counts');
});

test('a value that crosses one of ours is doubted: when the hand rests, the daemon is asked', () => {
  const asked = () => socket.sent.filter(({ address, args }) => address === '/stage/pre/gain' && args.length === 0).length;
  model.set('/stage/pre/gain', 20);
  model.frame(0);
  socket.hear('/stage/pre/gain', 10);
  clock.tick(400);
  model.set('/stage/pre/gain', 21); // the hand goes on
  model.frame(0);
  clock.tick(400);
  assert.equal(asked(), 0);
  clock.tick(200);
  assert.equal(asked(), 1);
  socket.hear('/stage/pre/gain', 21); // the answer is none that crosses
  socket.hear('/stage/pre/pad_db', 20); // nor is what was never set here
  clock.tick(5000);
  assert.equal(asked(), 1);
  assert.ok(!socket.addresses().includes('/stage/pre/pad_db'));
});

test('a full wire: the last of what was set goes out as soon as it may', () => {
  socket.sent.length = 0;
  socket.bufferedAmount = 1 << 20;
  for (const value of [1, 2]) {
    model.set('/stage/pre/gain', value);
    model.frame(0);
  }
  assert.equal(socket.sent.length, 0);
  socket.bufferedAmount = 0;
  model.frame(0);
  model.frame(0);
  assert.deepEqual(socket.sent.map(({ address, args }) => [address, args[0]]), [['/stage/pre/gain', 2]]);
});

test('what is called goes out at once, behind what was set', () => {
  socket.sent.length = 0;
  model.set('/stage/pre/mute', 1);
  model.call('/snapshot/save', 'a');
  assert.deepEqual(socket.addresses(), ['/stage/pre/mute', '/snapshot/save']);
});

test('meters keep the highest peak between two frames and the last of all else', () => {
  const pre = model.stages[1];
  for (const db of [-20, -3, -30]) socket.hear('/stage/pre/meter/out/db', db);
  for (const db of [-25, -26]) socket.hear('/stage/pre/meter/out/rms', db);
  socket.hear('/stage/pre/clip', 1);
  assert.equal(model.meters(pre).out.db, -144);
  model.frame(0);
  assert.equal(model.meters(pre).out.db, -3);
  assert.equal(model.meters(pre).out.rms, -26);
  assert.equal(model.meters(pre).clip, true);
  model.frame(16);
  assert.equal(model.meters(pre).out.db, -3, 'nothing new came: it stands');
  socket.hear('/stage/pre/meter/out/db', -40);
  model.frame(33);
  assert.equal(model.meters(pre).out.db, -40);
});

test('the chain read once more, meters that stand still keep standing; those of stages that are gone go', async () => {
  socket.hear('/stage/pre/meter/out/rms', -20);
  await answerChain();
  assert.equal(model.meters(model.stages[1]).out.rms, -20);
  await answerChain([['src', 'Singer', 'source', 'dBSPL']]);
  await answerChain();
  assert.equal(model.meters(model.stages[1]).out.rms, -144);
});

test('a value that is refused is asked for, so that what is shown is what is', () => {
  model.set('/stage/pre/gain', 61);
  model.frame(0);
  socket.sent.length = 0;
  socket.hear('/error', '/stage/pre/gain', 'out-of-range', 'at most 60');
  assert.deepEqual(socket.addresses(), ['/stage/pre/gain']);
  assert.deepEqual(socket.sent[0].args, []);
});

test('who may only look sets nothing, and hears of it', () => {
  const locked = [];
  model.on('locked', (address) => locked.push(address));
  socket.hear('/stage/pre/gain', 20);
  socket.hear('/pin', 0);
  assert.equal(model.set('/stage/pre/gain', 30), false);
  assert.equal(model.value('/stage/pre/gain'), 20);
  assert.deepEqual(locked, ['/stage/pre/gain']);
  socket.hear('/pin', 1);
  assert.equal(model.set('/stage/pre/gain', 30), true);
});

test('errors are told; a lost lease is taken again without a word', () => {
  const errors = [];
  model.on('error', (error) => errors.push(error));
  socket.hear('/error', '/stage/pre/gian', 'unknown-address', 'did you mean /stage/pre/gain?');
  socket.sent.length = 0;
  socket.hear('/error', '/meters/rate', 'not-subscribed', 'subscribe first');
  assert.deepEqual(errors.map((error) => error.code), ['unknown-address']);
  assert.deepEqual(socket.addresses(), ['/subscribe']);
});

test('a wire that is lost is opened again, later and later, and subscribed again', () => {
  const states = [];
  model.on('link', (state) => states.push(state.state));
  const waits = [];
  for (let i = 0; i < 6; i++) {
    FakeSocket.opened.at(-1).close();
    waits.push(link.state.retryAt - Date.now());
    assert.equal(model.set('/stage/pre/gain', 3), false, 'without a wire nothing is set');
    clock.tick(5000);
  }
  assert.deepEqual(waits.map((wait) => Math.round(wait / 1000)).map((s) => s <= 5), Array(6).fill(true));
  assert.ok(waits[5] > waits[0]);
  socket = FakeSocket.opened.at(-1);
  socket.open();
  assert.equal(socket.sent[0].address, '/subscribe');
  assert.equal(states.at(-1), 'open');
});

test('a full wire drops what is said instead of queueing it', () => {
  socket.bufferedAmount = 1 << 20;
  socket.sent.length = 0;
  assert.equal(model.call('/stage/pre/gain', 1), false);
  assert.equal(socket.sent.length, 0);
});

test('another chain: old values go, the new one is told', async () => {
  socket.hear('/stage/pre/gain', 12);
  await answerChain([['line', 'Line', 'source', 'dBu']]);
  assert.equal(model.value('/stage/pre/gain'), undefined);
  assert.deepEqual(model.stages.map((stage) => stage.id), ['line']);
  assert.ok(socket.addresses().includes('/refresh'));
});

test('OSCQuery telling of a change reads the chain again, once for two tellings', () => {
  clock.tick(1000);
  socket.sent.length = 0;
  socket.onmessage({ data: '{"COMMAND":"PATH_CHANGED","DATA":"/"}' });
  socket.onmessage({ data: '{"COMMAND":"PATH_ADDED","DATA":"/stage/x"}' });
  clock.tick(1000);
  assert.deepEqual(socket.addresses().filter((address) => address === '/stage/list'), ['/stage/list']);
});

/** Time passes, and what was waiting for it is done. */
async function later(ms) {
  clock.tick(ms);
  await settled();
}

const pong = () => socket.hear('/pong', ...socket.sent.findLast((message) => message.address === '/ping').args);

test('without OSCQuery the chain is told all the same; the tree is asked for until it is had, and told', async () => {
  const told = mock.fn();
  const missed = [];
  model.on('chain', told);
  model.on('tree', (attempt) => missed.push(attempt));
  tree = null;
  await answerChain(CHAIN, false);
  assert.equal(told.mock.callCount(), 1, 'the picture needs no tree');
  assert.equal(model.meta('/stage/pre/gain'), null);
  for (const ms of [500, 1000, 2000]) await later(ms);
  assert.deepEqual(missed, [1, 2, 3, 4]);
  assert.equal(told.mock.callCount(), 1);
  tree = treeOf(CHAIN);
  await later(4000);
  pong();
  assert.equal(model.treeMissed, 0);
  assert.equal(told.mock.callCount(), 2);
  assert.equal(model.meta('/stage/pre/gain').TYPE, 'f');
  const then = fetched;
  await later(60000);
  assert.equal(fetched, then, 'and then no more');
});

test('a question that nobody answers is given up and asked again', async () => {
  const given = [];
  globalThis.fetch.mock.mockImplementation((_, { signal }) => new Promise((_resolve, reject) => {
    given.push(signal);
    signal.addEventListener('abort', () => reject(signal.reason));
  }));
  await answerChain();
  await later(3000);
  assert.equal(model.treeMissed, 1);
  assert.ok(given[0].aborted);
  globalThis.fetch.mock.mockImplementation(async () => ({ ok: true, json: async () => tree }));
  await later(500);
  assert.equal(model.treeMissed, 0);
});

test('the tree of another chain is of no use: the chain changes while it is on its way', async () => {
  const other = [['line', 'Line', 'source', 'dBu']];
  const answers = [];
  globalThis.fetch.mock.mockImplementation(() => new Promise((resolve) => {
    answers.push((chain) => resolve({ ok: true, json: async () => treeOf(chain) }));
  }));
  await answerChain(CHAIN);
  await answerChain(other);
  assert.equal(answers.length, 2, 'asked for both');
  answers[0](CHAIN); // late
  await settled();
  answers[1](CHAIN); // of the daemon's moment before
  await settled();
  assert.equal(model.treeMissed, 1);
  await later(500);
  answers[2](other);
  await settled();
  pong();
  assert.equal(model.treeMissed, 0);
  assert.deepEqual(model.stages.map((stage) => stage.id), ['line']);
});

test('the wire lost, nobody asks for the tree; open again, it is', async () => {
  tree = null;
  await answerChain(CHAIN, false);
  socket.close();
  const then = fetched;
  await later(200);
  assert.equal(model.treeMissed, 0, 'the lost wire is what is said');
  await later(5000);
  assert.equal(fetched, then);
  socket = FakeSocket.opened.at(-1);
  socket.open();
  await answerChain();
  assert.ok(fetched > then);
  assert.equal(model.treeMissed, 0);
});

/** Two frames of a mono wire. */
function sound(stage, path) {
  const bytes = new ArrayBuffer(40);
  const view = new DataView(bytes);
  view.setUint32(0, 0x50434d31);
  view.setUint16(4, 1, true);
  view.setUint16(6, path, true);
  view.setUint32(16, 48000, true);
  view.setUint32(20, 2, true);
  view.setUint16(24, stage, true);
  return bytes;
}

test('all sound comes over the one wire: what is wanted is said at once, what two want comes once', async () => {
  const got = { scope: [], error: [], ear: [] };
  const sockets = FakeSocket.opened.length;
  const scope = openPcm(model, (piece) => got.scope.push(piece));
  const error = openPcm(model, (piece) => got.error.push(piece));
  const ear = openPcm(model, (piece) => got.ear.push(piece));
  socket.sent.length = 0;
  scope.listen('pre', 'real');
  error.listen('pre', 'error');
  ear.listen('pre', 'real');
  const said = () => socket.sent.filter(({ address }) => address === '/pcm').map(({ args }) => args);
  assert.deepEqual(said(), [['pre', 'real'], ['pre', 'real', 'pre', 'error']]);
  socket.onmessage({ data: sound(2, 0) });
  socket.onmessage({ data: sound(2, 2) });
  socket.onmessage({ data: sound(1, 0) });
  assert.deepEqual([got.scope.length, got.error.length, got.ear.length], [1, 1, 1]);
  assert.notEqual(got.scope[0].frames.buffer, got.ear[0].frames.buffer, 'each may give its own away');
  scope.close();
  error.close();
  assert.deepEqual(said().at(-1), ['pre', 'real']);
  ear.close();
  assert.deepEqual(said().at(-1), []);
  assert.equal(FakeSocket.opened.length, sockets, 'and no other wire was opened');
});

test('who gets no sound is told why, and asks again', async () => {
  const faults = [];
  const one = openPcm(model, () => {});
  const two = openPcm(model, () => {}, (fault) => faults.push(fault));
  one.listen('src', 'real');
  two.listen('pre', 'real');
  socket.hear('/error', '/pcm', 'out-of-range', 'all are taken');
  socket.hear('/pcm', 'src', 'real');
  assert.deepEqual(faults, ['all are taken']);
  socket.sent.length = 0;
  await later(3000);
  assert.deepEqual(socket.sent.filter(({ address }) => address === '/pcm').map(({ args }) => args), [['src', 'real', 'pre', 'real']]);
});
