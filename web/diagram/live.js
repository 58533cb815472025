// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is measured of every stage, as the diagram shows it: RMS, falling and held peaks, noise, clips. The meters come
// by themselves; noise and counts, which people read, are followed at their own slow pace.

import { readingsOf } from '../readings.js';
import { Flash, Peak } from './motion.js';

const SILENCE_DB = -143.5; // what the daemon says where there is nothing
const READINGS = ['error_noise', 'clipped'];
const HERTZ = 5;

const heard = (db) => (db > SILENCE_DB ? db : NaN);
const loud = (db) => (db > SILENCE_DB ? db : -Infinity);

/**
 * One stage. Levels in the unit of its wire, NaN for silence and for what is not known.
 * @typedef {object} LiveStage
 * @property {number} rms
 * @property {number} noise that has gathered up to here
 * @property {Peak} peak behind it
 * @property {Peak} peakIn before it
 * @property {boolean} clip
 * @property {number} count clipped frames since the reset
 * @property {number} first when, in seconds of sound; -1: never
 * @property {Flash} flash
 * @property {number} modelError dB that measured differs from predicted where it must not; NaN: it does not
 */

/** All stages by id. */
export class Live {
  /** @param {import('../model.js').Model} model */
  constructor(model) {
    this.model = model;
    this.stages = new Map();
    this.wants = new Map();
    this.last = 0;
    this.stop = model.on('chain', () => this.#follow());
    this.#follow();
  }

  /** @returns {LiveStage} */
  of(id) {
    if (!this.stages.has(id)) {
      this.stages.set(id, { rms: NaN, noise: NaN, peak: new Peak(), peakIn: new Peak(), clip: false, count: 0, first: -1,
        flash: new Flash(), modelError: NaN });
    }
    return this.stages.get(id);
  }

  /** Follows what belongs to the stages of now; what belonged to stages that are gone went with them. */
  #follow() {
    const stages = new Map(this.model.stages.map((stage) => [stage.id, stage]));
    this.stages.clear();
    for (const id of this.wants.keys()) {
      if (!stages.has(id)) this.wants.delete(id);
    }
    for (const [id, { address }] of stages) {
      if (!this.wants.has(id)) this.wants.set(id, READINGS.map((key) => readingsOf(this.model).want(`${address}/meter/out/${key}`, HERTZ)));
    }
  }

  #read(stage, ms, passed) {
    const live = this.of(stage.id);
    const meters = this.model.meters(stage);
    live.rms = heard(meters.out.rms);
    live.noise = heard(meters.out.error_noise);
    live.peak.take(loud(meters.out.db), ms, passed);
    live.peakIn.take(loud(meters.in.db), ms, passed);
    if (meters.clip && !live.clip) this.model.ask(`${stage.address}/clip/first`);
    live.clip = meters.clip;
    live.count = live.clip ? Math.max(1, meters.out.clipped ?? 1) : 0;
    live.first = live.clip ? this.model.value(`${stage.address}/clip/first`) ?? -1 : -1;
    live.flash.take(live.count, ms);
    live.modelError = meters.modelError ? meters.agreement : NaN;
  }

  /** Takes the meters of this frame. */
  frame(ms) {
    const passed = Math.min(ms - this.last, 250);
    this.last = ms;
    for (const stage of this.model.stages) this.#read(stage, ms, passed);
  }

  destroy() {
    this.stop();
    this.wants.forEach((stops) => stops.forEach((stop) => stop()));
  }
}
