// SPDX-License-Identifier: GPL-3.0-or-later
//
// One stage under its column: lamp, meters before and behind it with the scale between, gain, mute and bypass.

import { createClipLamp } from './clip_lamp.js';
import { el, setAttribute, setText } from './element.js';
import { fieldOf } from './field.js';
import { createGainControl } from './gain_control.js';
import { createMeterView } from './meter_view.js';
import { placeOn } from './scales.js';
import { sheetOf } from './sheet.js';
import { format } from './value.js';
import { view } from './view.js';

const NUMBER_MS = 200;

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 * @param {import('./chain_reader.js').Stage} stage
 */
export function createStrip(model, text, stage) {
  const words = text.strip;
  const parts = [];
  const name = el('button.strip-name', {
    type: 'button',
    title: words.open(stage.name),
    onclick: () => view.set('selected', view.get('selected') === stage.id ? '' : stage.id),
  }, el('span.strip-title', {}, stage.name), el('span.strip-kind', {}, model.meta(stage.address)?.KIND_LABEL ?? stage.kind));
  const sheet = sheetOf(model, stage.address);
  const device = el('p.strip-sheet', { title: sheet?.doc || null }, sheet?.label ?? '');
  const lamp = createClipLamp(model, text, stage);
  parts.push(lamp);

  const meters = [];
  const marks = el('div.meter-marks', { 'aria-hidden': 'true' });
  const block = el('div.strip-meters');
  if (model.meta(stage.address)?.INPUTS?.length !== 0) meters.push(createMeterView(model, text, stage, 'in'));
  meters.push(createMeterView(model, text, stage, 'out'));
  block.append(...meters.map((meter) => meter.element));
  block.insertBefore(marks, meters.at(-1).element);
  parts.push(...meters);

  const field = fieldOf(model.meta(`${stage.address}/gain`), `${stage.address}/gain`);
  if (field) {
    const gain = createGainControl(model, text, words.gain(stage.name), field);
    parts.push(gain);
    block.append(gain.element);
  }
  const level = el('p.strip-level', { title: words.level });
  const switches = el('div.strip-switches');
  for (const key of ['mute', 'bypass']) {
    const made = createSwitch(model, words, stage, key);
    if (!made) continue;
    parts.push(made);
    switches.append(made.element);
  }
  const element = el('section.strip', { 'data-stage': stage.id, 'aria-label': words.name(stage.number, stage.name) },
    name, device, lamp.element, block, level, switches);

  const stopView = view.on(choose);
  choose();
  function choose() {
    element.classList.toggle('selected', view.get('selected') === stage.id);
    setAttribute(name, 'aria-expanded', String(view.get('selected') === stage.id));
  }

  const ceilingAddress = `${stage.address}/predict/ceiling_db`;
  let numberAt = 0;
  return {
    element,
    stage,
    /** @param {import('./scales.js').Scale|null} scale null: out of sight */
    show(scale) {
      meters.forEach((meter) => meter.show(scale));
      lamp.show(Boolean(scale));
      if (scale) paintMarks(marks, scale);
    },
    frame(ms) {
      const ceiling = Number(model.value(ceilingAddress));
      meters.at(-1).frame(ms, ceiling < 144 ? ceiling : null);
      if (meters.length > 1) meters[0].frame(ms, null);
      lamp.frame();
      if (ms - numberAt < NUMBER_MS) return;
      numberAt = ms;
      setText(level, format(model.meters(stage).out.db, stage.unit));
    },
    repaint: () => meters.forEach((meter) => meter.repaint()),
    destroy() {
      stopView();
      parts.forEach((part) => part.destroy());
    },
  };
}

function paintMarks(box, scale) {
  box.replaceChildren(...scale.marks.map(({ at, text }) => {
    const mark = el('span', {}, text);
    mark.style.setProperty('--way', String(placeOn(scale, at)));
    return mark;
  }));
}

function createSwitch(model, words, stage, key) {
  const address = `${stage.address}/${key}`;
  const flags = model.meta(stage.address)?.FLAGS;
  if (!model.meta(address) || (key === 'bypass' && flags && !flags.includes('bypass'))) return null;
  let on = false;
  const element = el(`button.switch.switch-${key}`, {
    type: 'button',
    'aria-label': words[`${key}Of`](stage.name),
    onclick: () => model.set(address, on ? 0 : 1),
  }, words[key]);
  const stop = model.watch(address, (value) => {
    on = Number(value) > 0.5;
    setAttribute(element, 'aria-pressed', String(on));
  });
  setAttribute(element, 'aria-pressed', String(on));
  return { element, destroy: stop };
}
