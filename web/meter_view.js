// SPDX-License-Identifier: GPL-3.0-or-later
//
// One side of a stage as a meter: a bar for each channel on the chosen scale, zones by colour and hatching, the
// highest of the last seconds as a line, the stage's ceiling where the scale has one. Canvas in device pixels.

import { fit, followSize } from './canvas_size.js';
import { el, setAttribute } from './element.js';
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
  let shown = new Int16Array(0); // what is on the canvas: heights of bar, line and hold of each lane, and the ceiling
  const stopSize = followSize(canvas);

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
      const lane = { address: `${base()}/${scale.reading}${tail}`, value: NOTHING, hold: NOTHING, heldAt: 0 };
      if (scale.second) lane.second = `${base()}/${scale.second}${tail}`;
      lanes.push(lane);
      stops.push(readingsOf(model).want(lane.address, HERTZ));
      if (lane.second) stops.push(readingsOf(model).want(lane.second, HERTZ));
    }
    shown = new Int16Array(3 * lanes.length + 1).fill(-1);
  }

  const read = (address) => Number(model.value(address) ?? NOTHING);
  const y = (value) => Math.round(canvas.height * (1 - placeOn(scale, value + shift)));

  function look(lane, ms) {
    lane.value = read(lane.address);
    if (lane.value < lane.hold && ms - lane.heldAt <= HOLD_MS) return;
    lane.hold = lane.value;
    lane.heldAt = ms;
  }

  /* Puts a height where it will be drawn from. Returns whether it was another. */
  function moved(at, height) {
    if (shown[at] === height) return 0;
    shown[at] = height;
    return 1;
  }

  /* Levels move all the time; what stands in the same pixels as before is not drawn again. */
  function movedAny(ceiling) {
    let count = moved(shown.length - 1, ceiling === null ? -1 : y(ceiling));
    for (let i = 0; i < lanes.length; i++) {
      const { value, hold, second } = lanes[i];
      count += moved(3 * i, y(value)) + moved(3 * i + 1, hold > NOTHING ? y(hold) : -1)
        + moved(3 * i + 2, second ? y(read(second)) : -1);
    }
    return count > 0;
  }

  function draw() {
    const { width, height } = canvas;
    const gap = Math.max(1, Math.round(width / 12));
    const bar = (width - gap * (lanes.length - 1)) / lanes.length;
    const thin = Math.max(2, devicePixelRatio || 1);
    brush.clearRect(0, 0, width, height);
    lanes.forEach((lane, i) => {
      const x = Math.round(i * (bar + gap));
      const wide = Math.round(bar);
      const [top, hold, second] = shown.subarray(3 * i, 3 * i + 3);
      fill('--grid', x, 0, wide, height);
      paintBar(x, wide, top);
      if (hold >= 0) fill(INKS[zoneOf(lane.hold + shift)], x, hold, wide, thin);
      if (second >= 0) fill('--ink', x, second - 1, wide, 3);
    });
    const ceiling = shown.at(-1);
    if (ceiling >= 0) fill('--ceiling', 0, ceiling, width, thin);
  }

  function fill(colour, x, top, wide, high) {
    brush.fillStyle = ink(colour);
    brush.fillRect(x, top, wide, high);
  }

  function zoneOf(value) {
    return scale.zones.findLast((zone) => value >= zone.from).kind;
  }

  function paintBar(x, wide, top) {
    scale.zones.forEach((zone, i) => {
      const low = zone.from === -Infinity ? canvas.height : y(zone.from - shift);
      const next = scale.zones[i + 1];
      const high = Math.max(top, next ? y(next.from - shift) : 0);
      if (high >= low) return;
      fill(INKS[zone.kind], x, high, wide, low - high);
      if (zone.kind !== 'over') return;
      brush.fillStyle = ink('--grid'); // what is too much is striped, too: colour alone does not say it
      for (let at = low - 2; at > high; at -= 4) brush.fillRect(x, at, wide, 1);
    });
  }

  function speak(most) {
    setAttribute(element, 'aria-valuenow', most.toFixed(1));
    setAttribute(element, 'aria-valuetext', format(most, scale.level ? (side === 'in' ? stage.unitIn : stage.unit) : scale.unit));
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
      const fresh = fit(canvas);
      for (const lane of lanes) look(lane, ms);
      if (movedAny(scale.level ? ceiling : null) || fresh) draw();
      if (ms - spokenAt > SPOKEN_MS) {
        spokenAt = ms;
        speak(Math.max(...lanes.map((lane) => lane.value)));
      }
    },
    repaint() {
      shown.fill(-1);
    },
    destroy() {
      stop();
      stopSize();
    },
  };
}
