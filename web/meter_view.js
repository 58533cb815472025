// SPDX-License-Identifier: GPL-3.0-or-later
//
// One side of a stage as a meter: a bar for each channel on the chosen scale, zones by colour and hatching, the
// highest of the last seconds as a line, the stage's ceiling where the scale has one. Canvas in device pixels.

import { el } from './element.js';
import { ink } from './ink.js';
import { readingsOf } from './readings.js';
import { placeOn, toFullScale } from './scales.js';
import { format } from './value.js';

const HERTZ = 20;
const HOLD_MS = 2500;
const SPOKEN_MS = 500; // screen readers are told no faster
const NOTHING = -144;
const INKS = { good: '--good', warn: '--small', over: '--over' };

/* What comes in is as wide as the widest that is sent here. */
function channelsOf(model, stage, side) {
  const own = model.meta(stage.address);
  if (side === 'out' || !own?.INPUTS?.length) return own?.CHANNELS ?? 2;
  if (own.FLAGS?.includes('sums')) return own.CHANNELS ?? 2;
  return Math.max(...own.INPUTS.map((id) => model.meta(`/stage/${id}`)?.CHANNELS ?? 1));
}

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 * @param {import('./chain_reader.js').Stage} stage
 * @param {'in'|'out'} side
 */
export function createMeterView(model, text, stage, side) {
  const canvas = el('canvas');
  const element = el(`div.meter.meter-${side}`, {
    role: 'meter',
    'aria-label': text.meter.name(stage.name, side),
    'aria-valuemin': '-144',
    'aria-valuemax': '144',
  }, canvas);
  const brush = canvas.getContext('2d');
  let scale = null;
  let lanes = [];
  let stops = [];
  let shift = 0;
  let spokenAt = 0;
  let shown = '';

  function base() {
    return `${stage.address}/meter/${side}`;
  }

  function stop() {
    stops.forEach((fn) => fn());
    stops = [];
    lanes = [];
  }

  /* Asks for what this scale shows; nothing is asked for while the meter cannot be seen. */
  function start() {
    stop();
    if (!scale) return;
    const channels = scale.wire ? 1 : channelsOf(model, stage, side);
    const alignment = model.value('/chain/alignment') ?? [18, -18];
    const unit = side === 'in' ? stage.unitIn : stage.unit;
    shift = scale.level ? toFullScale(unit, { dbu: alignment[0], nominal: alignment[1] }) : 0;
    for (let channel = 1; channel <= channels; channel++) {
      const tail = scale.wire ? '' : `/${channel}`;
      const lane = { address: `${base()}/${scale.reading}${tail}`, hold: NOTHING, heldAt: 0 };
      if (scale.second) lane.second = `${base()}/${scale.second}${tail}`;
      lanes.push(lane);
      stops.push(readingsOf(model).want(lane.address, HERTZ));
      if (lane.second) stops.push(readingsOf(model).want(lane.second, HERTZ));
    }
    shown = '';
  }

  function fit() {
    const ratio = devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    if (width === canvas.width && height === canvas.height) return;
    canvas.width = width;
    canvas.height = height;
    shown = '';
  }

  function look(lane, ms) {
    const value = Number(model.value(lane.address) ?? NOTHING);
    if (value >= lane.hold || ms - lane.heldAt > HOLD_MS) {
      lane.hold = value;
      lane.heldAt = ms;
    }
    return value;
  }

  function draw(values, ceiling) {
    const { width, height } = canvas;
    const gap = Math.max(1, Math.round(width / 12));
    const bar = (width - gap * (lanes.length - 1)) / lanes.length;
    const y = (value) => Math.round(height * (1 - placeOn(scale, value + shift)));
    brush.clearRect(0, 0, width, height);
    lanes.forEach((lane, i) => {
      const x = Math.round(i * (bar + gap));
      const wide = Math.round(bar);
      brush.fillStyle = ink('--grid');
      brush.fillRect(x, 0, wide, height);
      paintBar(x, wide, y(values[i]), y);
      if (lane.hold > NOTHING) {
        brush.fillStyle = ink(INKS[zoneOf(lane.hold + shift)]);
        brush.fillRect(x, y(lane.hold), wide, Math.max(2, devicePixelRatio || 1));
      }
      if (lane.second) {
        brush.fillStyle = ink('--ink');
        brush.fillRect(x, y(Number(model.value(lane.second) ?? NOTHING)) - 1, wide, 3);
      }
    });
    if (ceiling !== null) {
      brush.fillStyle = ink('--ceiling');
      brush.fillRect(0, y(ceiling), width, Math.max(2, devicePixelRatio || 1));
    }
  }

  function zoneOf(value) {
    return scale.zones.findLast((zone) => value >= zone.from).kind;
  }

  function paintBar(x, wide, top, y) {
    scale.zones.forEach((zone, i) => {
      const low = zone.from === -Infinity ? canvas.height : y(zone.from - shift);
      const next = scale.zones[i + 1];
      const high = Math.max(top, next ? y(next.from - shift) : 0);
      if (high >= low) return;
      brush.fillStyle = ink(INKS[zone.kind]);
      brush.fillRect(x, high, wide, low - high);
      if (zone.kind !== 'over') return;
      brush.fillStyle = ink('--grid'); // what is too much is striped, too: colour alone does not say it
      for (let at = low - 2; at > high; at -= 4) brush.fillRect(x, at, wide, 1);
    });
  }

  return {
    element,
    /** @param {import('./scales.js').Scale|null} next null: cannot be seen now */
    show(next) {
      scale = next;
      if (scale) start();
      else stop();
    },
    /** @param {number} ms @param {number|null} ceiling in the wire's unit */
    frame(ms, ceiling) {
      if (!scale || !lanes.length) return;
      fit();
      const values = lanes.map((lane) => look(lane, ms));
      const seconds = lanes.map((lane) => lane.second && model.value(lane.second));
      const key = [...values, ...lanes.map((lane) => lane.hold), ...seconds, ceiling].join();
      if (key !== shown) {
        shown = key;
        draw(values, scale.level ? ceiling : null);
      }
      if (ms - spokenAt > SPOKEN_MS) {
        spokenAt = ms;
        const most = Math.max(...values);
        element.setAttribute('aria-valuenow', most.toFixed(1));
        element.setAttribute('aria-valuetext', format(most, scale.level ? (side === 'in' ? stage.unitIn : stage.unit) : scale.unit));
      }
    },
    repaint() {
      shown = '';
    },
    destroy: stop,
  };
}
