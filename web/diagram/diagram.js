// SPDX-License-Identifier: GPL-3.0-or-later
//
// The level diagram, alive: every stage as a box between its noise and its ceiling, the signal moving through it. This
// module puts its parts together and says what is drawn when.

import { el, setText } from '../element.js';
import { onInks } from '../ink.js';
import { view } from '../view.js';
import { Band } from './band.js';
import { Forecast } from './rows.js';
import { layOut, projectorType } from './layout.js';
import { Live } from './live.js';
import { Glide, ViewShift } from './motion.js';
import { Numbers } from './numbers.js';
import { figuresOf, mixed, place } from './place.js';
import { between, heights, reach, scales } from './ruler.js';
import { Verdict } from './verdict.js';

const NUMBERS_MS = 200; // what people read: five times a second
const FONT = 15; // px that strokes of scale 1 belong to
const NARROW = 8.5; // columns in the size of the type: their longest words break
const TIGHT = 0.9; // not even an upright line of type goes in

/* Reckons anew only when something that goes in is another. */
function remembered(reckon) {
  let last = [NaN];
  let result;
  return (...inputs) => {
    if (!inputs.every((input, i) => Object.is(input, last[i]))) result = reckon(...inputs);
    last = inputs;
    return result;
  };
}

const reaches = (rows) => ({ stages: reach(rows, 'stages'), source: reach(rows, 'source') });

/**
 * @param {import('../model.js').Model} model
 * @param {object} text
 */
export function create(model, text) {
  const words = text.diagram;
  const forecast = new Forecast(model);
  const live = new Live(model);
  const glide = new Glide();
  const shift = new ViewShift(view.get('view'));
  const verdict = new Verdict(text.verdict);
  const bandsElement = el('div.bands');
  const element = el('section.diagram', { 'aria-label': words.label }, verdict.element, bandsElement);
  const places = new Map();
  const reachOf = remembered(reaches);
  const scalesOf = remembered((seen, wanted, rows, stages, alignment, sourceUnit) => scales(seen, wanted,
    { rows, units: stages.map((stage) => stage.unit), fullScale: alignment?.[0] ?? NaN, sourceUnit }));
  let bands = []; // { band, numbers, element, first, n }
  let layout = null;
  let shape = '';
  let drawnAt = -Infinity;
  let drawn = 0;
  let numbersAt = -Infinity;
  let room = 0;

  function clear() {
    bands.forEach(({ band }) => band.destroy());
    bands = [];
    bandsElement.replaceChildren();
  }

  function build() {
    clear();
    places.clear();
    const n = model.stages.length;
    for (let first = 0; first < n; first += layout.each) {
      const stages = model.stages.slice(first, first + layout.each);
      const band = new Band();
      const numbers = new Numbers(stages, words, view.get('mode') !== 'projector');
      const one = el('div.band', {}, numbers.above, band.element, numbers.below);
      bandsElement.append(one);
      bands.push({ band, numbers, element: one, first, n: stages.length });
    }
    numbersAt = -Infinity;
  }

  function arrange() {
    const mode = view.get('mode');
    const page = document.documentElement;
    const type = mode === 'projector' ? projectorType(model.stages.length, innerWidth, innerHeight) : null;
    if (type) page.style.setProperty('--size', `${type}px`);
    else page.style.removeProperty('--size');
    const em = parseFloat(getComputedStyle(element).fontSize);
    const board = element.closest('.board') ?? element;
    room = board.clientWidth;
    layout = layOut(mode, model.stages.length, room, em);
    layout.k = em / FONT;
    const style = (element.closest('.board-inner') ?? element).style;
    style.setProperty('--axis-left', `${layout.left}px`);
    style.setProperty('--axis-right', `${layout.right}px`);
    style.setProperty('--column', `${layout.column}px`);
    style.setProperty('--columns', layout.each);
    style.setProperty('--room', `${room}px`);
    element.toggleAttribute('data-narrow', layout.column < NARROW * em);
    element.toggleAttribute('data-tight', layout.column < TIGHT * em);
    const wanted = `${mode} ${layout.each} ${model.stages.map((stage) => `${stage.id}\t${stage.name}`).join('\n')}`;
    if (wanted !== shape) {
      shape = wanted;
      build();
    }
  }

  function rulerNow() {
    const ends = reachOf(forecast.rows);
    const to = between(ends.stages, ends.source, shift.t);
    return { top: glide.to('top', to.top), bottom: glide.to('bottom', to.bottom) };
  }

  /* On the noise at the end, as it is printed: behind what turns the gain down it ends below the lowest ceiling. */
  function bracketNow(rows) {
    const end = rows.at(-1);
    const low = end.noise + mixed(end.shift, shift.t);
    const range = forecast.whole?.range;
    return shift.t > 0.5 && Number.isFinite(low) && Number.isFinite(range)
      ? { high: low + range, low, strength: 2 * shift.t - 1 } : null;
  }

  const scalesNow = () => scalesOf(shift.to ? 'source' : 'stages', view.get('ruler'), forecast.rows, model.stages,
    model.value('/chain/alignment'), forecast.whole?.sourceUnit ?? '');

  function draw(ms) {
    const ruler = rulerNow();
    const rows = forecast.rows;
    const marks = scalesNow();
    const bracket = bracketNow(rows);
    const scroll = element.closest('.board')?.scrollLeft ?? 0;
    for (const { band, first, n } of bands) {
      const context = { rows, live, glide, t: shift.t, ms, chosen: view.get('selected'), places };
      band.draw({
        layout, n, ruler, scroll, k: layout.k,
        y: heights(ruler, band.height),
        scales: marks,
        unitName: (unit) => words.units[unit] ?? unit,
        place: (i, x0, x1) => place(context, first + i, x0, x1),
        bracket: first + n === rows.length ? bracket : null,
        bracketWords: bracket ? words.bracket(forecast.whole.range) : [],
      });
    }
  }

  function showNumbers() {
    const rows = forecast.rows;
    const name = (row) => model.stages.find((stage) => stage.id === row.id)?.name ?? row.id;
    for (const { numbers, first, n } of bands) {
      const figures = rows.slice(first, first + n).map((row, i) => figuresOf(row, model.stages[first + i], live));
      numbers.show(figures, view.get('selected'));
    }
    verdict.show({ rows, whole: forecast.whole, name });
  }

  /** The rows belong to the stages: between two chains they do not for a moment. */
  const ready = () => layout && forecast.rows.length > 0 && forecast.rows.length === model.stages.length
    && forecast.rows.every((row, i) => row.id === model.stages[i].id);

  function frame(ms) {
    if (model.link.state.state === 'open') forecast.frame(ms);
    if (!ready()) return;
    glide.frame(ms - drawnAt);
    drawnAt = ms;
    live.frame(ms);
    shift.turn(view.get('view'), ms);
    shift.frame(ms);
    draw(ms);
    element.dataset.frames = ++drawn;
    if (ms - numbersAt >= NUMBERS_MS) {
      numbersAt = ms;
      showNumbers();
    }
  }

  const resized = new ResizeObserver(arrange);
  const repaint = () => bands.forEach(({ band }) => band.forgetInk());
  const choose = (event) => {
    if (event.target.closest('table, .badges, .legend, .verdict') || !layout || view.get('mode') === 'projector') return;
    const plot = bands.find(({ element: one }) => one.contains(event.target));
    const x = event.clientX - (plot?.band.canvas.getBoundingClientRect().left ?? NaN) + element.closest('.board').scrollLeft;
    const stage = model.stages[plot?.first + Math.floor((x - layout.left) / layout.column)];
    if (stage) view.set('selected', stage.id);
  };
  element.addEventListener('click', choose);
  forecast.onChange(() => {
    numbersAt = -Infinity;
  });
  const stops = [
    model.on('frame', frame),
    model.on('chain', arrange),
    view.on((key) => {
      if (key === 'selected') numbersAt = -Infinity;
      if (key === 'mode') arrange();
    }),
    () => resized.disconnect(),
    onInks(repaint),
    () => forecast.destroy(),
    () => live.destroy(),
    clear,
  ];
  requestAnimationFrame(() => {
    resized.observe(element.closest('.board') ?? element);
    arrange();
  });
  return { element, destroy: () => stops.forEach((stop) => stop()) };
}
