// SPDX-License-Identifier: GPL-3.0-or-later
//
// The line on top: name of the chain, how the wire and the sound are, and how this browser looks at the chain. On a
// projector it holds the name alone; the choices come when the mouse moves.

import { el, setAttribute, setHidden, setText } from './element.js';
import { KEYS } from './keys.js';
import { view } from './view.js';

const ASK_MS = 2000;
const AWAKE_MS = 3000;

function choice(key, words) {
  const options = view.choices[key].map((value) => el('option', { value }, words[key][value]));
  const select = el('select', {
    'aria-label': words.labels[key], title: words.hint(words.labels[key], KEYS[key]), 'aria-keyshortcuts': KEYS[key],
    'data-choice': key, onchange: () => view.set(key, select.value),
  }, ...options);
  const show = (air) => {
    select.value = view.get(key);
    if (key !== 'ruler') return;
    select.disabled = view.get('view') === 'source'; // it stands in the unit of the source
    const spl = options.find(({ value }) => value === 'dBSPL');
    spl.disabled = !air;
    if (!air && spl.selected) select.value = 'dBu'; // what is drawn
  };
  return { element: select, show };
}

/** What /audio says, for people: [words, whether it is well]. */
function soundSaid([state, rate, , xruns], words) {
  if (!(rate > 0) || state !== 'active') return [words.noSound, false];
  return [words.sound(rate, xruns), true];
}

/**
 * @param {import('./model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.bar;
  const name = el('h1.chain-name', {});
  const state = el('p.link-state', { role: 'status' });
  const sound = el('p.sound-state', { role: 'status' });
  const choices = Object.keys(view.choices).map((key) => choice(key, words));
  const looks = el('details.looks', {}, el('summary', {}, words.looks),
    el('div.choices', { role: 'group', 'aria-label': words.looks }, ...choices.map((one) => one.element)));
  const element = el('div.bar', {}, name, sound, state, looks);
  let sleep = 0;

  function showChoices() {
    const air = model.stages.some((stage) => stage.unit === 'dBSPL');
    choices.forEach((one) => one.show(air));
  }

  function show() {
    showChoices();
    looks.open = view.get('mode') !== 'phone';
  }

  function linkIs() {
    const link = model.link.state;
    const part = link.state === 'open' && model.treeMissed > 0; // meters come, but not what can be turned
    setAttribute(state, 'data-state', part ? 'part' : link.state);
    setText(state, part ? words.treeMissed(model.treeMissed) : words.link[link.state]);
    setHidden(sound, link.state !== 'open');
  }

  function soundIs(audio) {
    const [said, well] = soundSaid(audio, words);
    setText(sound, said);
    setAttribute(sound, 'data-well', String(well));
  }

  function wake() {
    document.documentElement.toggleAttribute('data-awake', true);
    clearTimeout(sleep);
    sleep = setTimeout(() => document.documentElement.toggleAttribute('data-awake', false), AWAKE_MS);
  }

  const asking = setInterval(() => model.link.state.state === 'open' && model.call('/audio'), ASK_MS);
  document.addEventListener('pointermove', wake);
  const stops = [
    model.watch('/chain/name', (value) => setText(name, value)),
    model.watch('/audio', soundIs),
    model.on('link', linkIs),
    model.on('tree', linkIs),
    model.on('chain', () => model.ask('/chain/name')),
    model.on('chain', showChoices),
    view.on(show),
    () => clearInterval(asking),
    () => clearTimeout(sleep),
    () => document.removeEventListener('pointermove', wake),
  ];
  show();
  linkIs();
  return { element, destroy: () => stops.forEach((stop) => stop()) };
}
