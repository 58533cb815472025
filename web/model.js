// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the page knows of the daemon, whoever draws it: the chain, every value that was ever told, the meters. One
// more OSC subscriber, without a DOM.

import { ChainReader } from './chain_reader.js';
import { MeterBank } from './meters.js';
import { nodeAt } from './namespace.js';

const LEASE_S = 10;
const RATE_HZ = 30;
const WANT = 1 + 2 + 4 + 8; // values, meters, texts, ids instead of numbers
const RENEW_MS = 4000;
const CROSSING_MS = 500; // what comes so soon after a value of ours may be older than it
// Safe to send without an argument: verbs that do something by that are not among them.
const READ_AT_OPEN = ['/info', '/status', '/audio', '/chain/name', '/chain/alignment', '/listen'];

/**
 * An answer that was an error.
 * @typedef {{ address: string, code: string, text: string }} OscError
 */

/** What is known, and who wants to hear of it. Everything that the daemon says comes by here. */
export class Model {
  #values = new Map(); // address -> value; an array where a message had several arguments
  #watches = new Map(); // address -> Set of functions
  #events = new Map(); // 'chain' 'link' 'error' 'frame' 'value' 'locked' -> Set of functions
  #pending = new Map(); // address -> arguments to send with the next frame
  #said = new Map(); // address -> when it was set here last
  #doubts = new Map(); // address -> timer of a question
  #asked = new Set(); // addresses that were asked for since the wire opened
  #meters = new MeterBank();
  #inlets = new Map(); // address as it comes -> where its meter's values go
  #tree = null;
  #renewal = 0;
  #settled = false; // the chain has been known since the wire opened

  /**
   * @param {import('./link.js').Link} link
   * @param {string} [base] address of the page, for OSCQuery
   */
  constructor(link, base = globalThis.location?.href) {
    /** @type {import('./chain_reader.js').Stage[]} */
    this.stages = [];
    this.link = link;
    /** How often the tree of OSCQuery was asked for in vain; 0: it is known, or not missed yet. */
    this.treeMissed = 0;
    this.reader = new ChainReader(link, (stages, tree) => this.#chainKnown(stages, tree), (attempt) => this.#treeIs(attempt), base);
    link.onMessage((message) => this.#hear(message));
    link.onCommand(({ COMMAND }) => /^PATH_(CHANGED|ADDED|REMOVED)$/.test(COMMAND) && this.reader.pathChanged());
    link.onState((state) => this.#linkIs(state));
  }

  /**
   * The last value told under an address; undefined: never. Several arguments are an array.
   * @param {string} address
   */
  value(address) {
    return this.#values.get(address);
  }

  /**
   * Calls `fn(value, address)` for every value told under an address, at once when one is known; asks for it when
   * it is a stage's and none is.
   * @param {string} address
   * @param {(value: any, address: string) => void} fn
   * @returns {() => void} stop
   */
  watch(address, fn) {
    if (!this.#watches.has(address)) this.#watches.set(address, new Set());
    this.#watches.get(address).add(fn);
    if (this.#values.has(address)) fn(this.#values.get(address), address);
    else if (address.startsWith('/stage/') && !this.#asked.has(address)) this.ask(address);
    return () => this.#watches.get(address)?.delete(fn);
  }

  /** Reads an address; the answer reaches those who watch it. */
  ask(address) {
    this.#asked.add(address);
    this.link.send(address);
  }

  /** Whether the daemon lets this page only look, as far as it was asked. */
  get locked() {
    return this.#values.has('/pin') && !(Number(this.#values.get('/pin')) > 0);
  }

  /**
   * Sets a value: shown at once, sent with the next frame, and of several in one frame only the last.
   * @returns {boolean} false: there is no wire, or this page may only look; nothing happens
   */
  set(address, ...args) {
    if (this.link.state.state !== 'open') return false;
    if (this.locked) return Boolean(this.#emit('locked', address));
    this.#pending.set(address, args);
    this.#said.set(address, Date.now());
    this.#tell(address, args.length === 1 ? args[0] : args);
    return true;
  }

  /** Says something now, after whatever was set before it. Numbers are floats. */
  call(address, ...args) {
    this.#flush();
    return this.link.send(address, ...args);
  }

  /** The OSCQuery node of an address, or null. */
  meta(address) {
    return nodeAt(this.#tree, address);
  }

  /**
   * The meters of a stage, as of the last frame.
   * @param {{ id: string }} stage
   * @returns {import('./meters.js').Meters}
   */
  meters(stage) {
    return this.#meters.of(stage.id);
  }

  /**
   * 'chain': fn(stages), the chain is new or was read anew. 'link': fn(LinkState). 'error': fn(OscError).
   * 'tree': fn(attempt), see treeMissed. 'locked': fn(address), it was to be set and may only be looked at.
   * 'frame': fn(ms), a picture is due. 'value': fn(address), something that is no meter has changed.
   * @returns {() => void} stop
   */
  on(event, fn) {
    if (!this.#events.has(event)) this.#events.set(event, new Set());
    this.#events.get(event).add(fn);
    return () => this.#events.get(event).delete(fn);
  }

  /** A picture is due; the page calls this with requestAnimationFrame's time. */
  frame(ms) {
    this.#flush();
    this.#meters.frame();
    this.#emit('frame', ms);
  }

  #emit(event, what) {
    this.#events.get(event)?.forEach((fn) => fn(what));
  }

  /* A wire that is full takes the last value as soon as it can. */
  #flush() {
    for (const [address, args] of this.#pending) {
      if (this.link.send(address, ...args)) this.#pending.delete(address);
    }
  }

  /*
   * A value of ours and one of the daemon's may cross on the wire. It does not repeat ours, so what stands here would be
   * the older one for ever: once the hand rests, the daemon is asked what it has.
   */
  #doubt(address) {
    const rests = this.#said.get(address) + CROSSING_MS - Date.now();
    clearTimeout(this.#doubts.get(address));
    if (!(rests > 0)) return;
    this.#doubts.set(address, setTimeout(() => {
      this.#doubt(address);
      if (Date.now() >= this.#said.get(address) + CROSSING_MS) this.ask(address);
    }, rests));
  }

  #tell(address, value) {
    this.#values.set(address, value);
    this.#watches.get(address)?.forEach((fn) => fn(value, address));
    this.#emit('value', address);
  }

  #hear(message) {
    const inlet = this.#inlets.get(message.address);
    if (inlet) {
      this.#meter(inlet, message.args[0]);
      return;
    }
    if (this.reader.take(message)) return;
    const { args } = message;
    const address = this.reader.named(message.address);
    const [, first, id, ...rest] = address.split('/');
    const put = first === 'stage' && rest.length ? this.#meters.inlet(id, rest) : null;
    if (put) {
      const made = { address, put };
      this.#inlets.set(message.address, made);
      this.#meter(made, args[0]);
      return;
    }
    if (first === 'stage' && rest[0] === 'meter' && rest[2] === 'unit') this.reader.takeUnit(id, rest[1], args[0]);
    if (address === '/error') this.#complaint({ address: args[0], code: args[1], text: args[2] });
    if (this.#pending.has(address)) return; // older than what goes out with the next frame
    this.#tell(address, args.length === 1 ? args[0] : args);
    this.#doubt(address);
  }

  /* Nine of ten messages are meters: they take the short way. */
  #meter({ address, put }, value) {
    put(value);
    this.#values.set(address, value);
    const fns = this.#watches.get(address);
    if (fns) for (const fn of fns) fn(value, address);
  }

  #complaint(error) {
    if (error.code === 'not-subscribed') return this.#subscribe();
    if (this.#said.delete(error.address)) this.ask(error.address); // what is shown is not what is
    return this.#emit('error', error);
  }

  #linkIs(state) {
    clearInterval(this.#renewal);
    [this.#pending, this.#said, this.#asked].forEach((one) => one.clear());
    this.#values.delete('/pin'); // another daemon, or the same one with another word
    this.#settled = false;
    if (state.state !== 'open') this.reader.stop();
    else {
      this.#subscribe();
      for (const address of READ_AT_OPEN) this.link.send(address);
      this.#watches.forEach((fns, address) => fns.size && address.startsWith('/stage/') && this.ask(address));
      this.reader.ask();
      // A question that only subscribers may ask: its error tells that the lease was lost while the page slept.
      this.#renewal = setInterval(() => this.link.send('/meters/rate'), RENEW_MS);
    }
    this.#emit('link', state);
  }

  #treeIs(attempt) {
    this.treeMissed = attempt;
    this.#emit('tree', attempt);
  }

  #subscribe() {
    this.link.send('/subscribe', 0, LEASE_S, RATE_HZ, WANT);
  }

  #chainKnown(stages, tree) {
    this.#tree = tree;
    this.stages = stages;
    const known = new Set(stages.map((stage) => stage.id));
    for (const address of this.#values.keys()) {
      const [, first, id] = address.split('/');
      if (first === 'stage' && !known.has(id)) this.#values.delete(address);
    }
    this.#meters.keep(known);
    this.#inlets.clear(); // another number may be another stage by now
    if (this.#settled) this.link.send('/refresh'); // the first time the subscription itself has told everything
    this.#settled = true;
    this.#emit('chain', stages);
  }
}
