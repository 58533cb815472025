// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which stages there are: collects /stage/list, asks for what belongs to it, and tells when all of it is known.

import { fetchNamespace } from './namespace.js';

/**
 * @typedef {object} Stage
 * @property {string} id
 * @property {number} number from 1
 * @property {string} name for people
 * @property {string} kind key of its kind: "preamp"
 * @property {string} address "/stage/ID"
 * @property {string} unit of the wire behind it: dBSPL, dBu or dBFS
 * @property {string} unitIn of the wire before it
 * @property {{ min: number, max: number, law: 'fader'|'linear'|'log'|'none' }} gain
 */

const CHANGE_QUIET_MS = 300;
const SAME_CHANGE_MS = 30; // PATH_CHANGED and a list that nobody asked for tell of the same change

/** What is known of the chain on the other side of a wire, read whole whenever it is another. */
export class ChainReader {
  /**
   * @param {import('./link.js').Link} link
   * @param {(stages: Stage[], tree: object|null) => void} known the whole chain is known; tree null: but for what its
   *   values are, which will be told by another call
   * @param {(attempt: number) => void} treeIs how often the tree was asked for in vain; 0: it is known
   * @param {string} base address of the page
   */
  constructor(link, known, treeIs, base) {
    this.link = link;
    this.known = known;
    this.treeIs = treeIs;
    this.base = base;
    this.tree = null;
    this.giveUp = () => {};
    this.rows = [];
    this.ids = []; // by number - 1
    this.units = new Map();
    this.round = 0;
    this.asked = false;
    this.toldAt = 0; // when a list came that nobody had asked for
    this.changedAt = 0;
    this.timer = 0;
  }

  /** Reads the chain anew. */
  ask() {
    this.asked = true;
    this.link.send('/stage/list');
  }

  /** OSCQuery says that the tree has changed: read again, but once for many changes, and not where the list says so. */
  pathChanged() {
    this.changedAt = Date.now();
    this.timer ||= setTimeout(() => {
      this.timer = 0;
      if (this.toldAt < this.changedAt - SAME_CHANGE_MS) this.ask();
    }, CHANGE_QUIET_MS);
  }

  /**
   * @param {import('./osc.js').OscMessage} message
   * @returns {boolean} it was for us alone
   */
  take({ address, args }) {
    if (address === '/stage/list') {
      const [number, id, name, kind, min, max, , law] = args;
      if (number === 1) this.rows = [];
      this.rows.push({ id, number, name, kind, address: `/stage/${id}`, unit: '', unitIn: '', gain: { min, max, law } });
      return true;
    }
    if (address === '/stage/list/end') {
      this.#finish();
      return true;
    }
    if (address === '/pong' && args[0] === 'chain') {
      if (args[1] === this.round) this.#tell();
      return true;
    }
    return false;
  }

  /* The list is whole. What else belongs to it is asked for, and told when all of it is there; without the tree, which
   * comes another way, the chain is told after the first attempt, and once more with it. */
  #finish() {
    const round = ++this.round;
    if (!this.asked) this.toldAt = Date.now();
    this.asked = false;
    this.ids = this.rows.map((row) => row.id);
    this.tree = null;
    this.giveUp();
    this.giveUp = fetchNamespace(this.base, this.ids, (tree) => {
      this.tree = tree;
      this.treeIs(0);
      this.#askUnits(round);
    }, (attempt) => {
      this.treeIs(attempt);
      if (attempt === 1) this.#askUnits(round);
    });
  }

  #askUnits(round) {
    for (const row of this.rows) {
      this.link.send(`${row.address}/meter/in/unit`);
      this.link.send(`${row.address}/meter/out/unit`);
    }
    this.link.send('/ping', 'chain', round);
  }

  /** The wire is gone: what is under way is of no use. */
  stop() {
    this.round++;
    this.giveUp();
    this.treeIs(0);
  }

  #tell() {
    for (const row of this.rows) {
      row.unit = this.units.get(`${row.id}/out`) ?? '';
      row.unitIn = this.units.get(`${row.id}/in`) ?? '';
    }
    this.known(this.rows, this.tree);
  }

  /** The unit of a wire, as it comes by. */
  takeUnit(id, side, unit) {
    this.units.set(`${id}/${side}`, unit);
  }

  /** "/stage/3/gain" and "/stage/pre/gain" are the same; the id is the name that stays. */
  named(address) {
    const found = /^\/stage\/(\d+)(?=\/)/.exec(address);
    const id = found && this.ids[Number(found[1]) - 1];
    return id ? `/stage/${id}${address.slice(found[0].length)}` : address;
  }
}
