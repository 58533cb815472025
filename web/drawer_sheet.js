// SPDX-License-Identifier: GPL-3.0-or-later
//
// The data sheet of the chosen stage: which it is, what it says and by whom, where the chain says otherwise, and
// another one.

import { listOf } from './answers.js';
import { el, setAttribute, setText } from './element.js';
import { fieldOf } from './field.js';
import { listenPatiently } from './patient.js';
import { sheetOf, sheetsFor } from './sheet.js';
import { format } from './value.js';

const DOTS = { high: '●●●', medium: '●●○', low: '●○○' };
const NEAR = 1e-4; // of what travelled as a float

/**
 * Null where there are no sheets for this kind of stage.
 * @param {import('./model.js').Model} model
 * @param {object} text
 * @param {import('./chain_reader.js').Stage} stage
 * @param {{ open: boolean, fault?: { address: string, sheet: string, why: string } }} memory what outlives a chain that is
 *   read anew: whether what it says is unfolded; why another sheet was refused, as long as this one stays
 * @returns {{ element: HTMLElement, destroy: () => void }|null}
 */
export function createSheet(model, text, stage, memory) {
  const words = text.sheet;
  const address = `${stage.address}/model`;
  const sheets = sheetsFor(model, stage.address);
  const now = sheetOf(model, stage.address);
  if (!sheets.length && !now) return null;
  if (now && !sheets.some((sheet) => sheet.name === now.name)) sheets.push(now);
  const fault = el('p.sheet-fault', { id: 'sheet-fault', hidden: true });
  const select = el('select', {
    'aria-label': words.choose(stage.name),
    'aria-describedby': 'sheet-doc sheet-fault',
  }, ...sheets.map(({ name, label, doc }) => el('option', { value: name, title: doc }, name ? label : words.none)));
  const doc = el('p.sheet-doc.dim', { id: 'sheet-doc' });
  const lines = el('ul.sheet-lines', { 'aria-label': words.says });
  const summary = el('summary', {}, words.says);
  const details = el('details.sheet-says', { hidden: true, open: memory.open, ontoggle: () => { memory.open = details.open; } }, summary, lines);
  const element = el('div.sheet', {}, el('div.drawer-row', {}, el('span.row-label', {}, words.label), select), fault, doc, details);
  const stops = [];

  function show() {
    select.value = now?.name ?? '';
    setText(doc, now ? now.doc : words.noneHint);
  }

  function choose(name) {
    complain('');
    if (!model.call(address, name || 'none')) show();
  }

  /* Keys may come back to the one that is there. */
  const forget = listenPatiently(select, {
    pass: () => setText(doc, sheets.find(({ name }) => name === select.value)?.doc || words.noneHint),
    take: () => (select.value === (now?.name ?? '') ? show() : choose(select.value)),
    leave: show,
  });

  function complain(why) {
    memory.fault = why ? { address, sheet: now?.name ?? '', why } : undefined;
    fault.hidden = !why;
    setText(fault, why);
    setAttribute(select, 'aria-invalid', why ? 'true' : null);
  }

  function line([, , key, value, label, said, source, trust]) {
    const field = fieldOf(model.meta(`${stage.address}/${key}`), `${stage.address}/${key}`);
    const number = field?.type === 'number' && typeof value === 'number';
    const here = el('p.sheet-here', { hidden: true });
    const back = el('button.quiet.sheet-back', {
      type: 'button',
      'aria-label': words.backTo(label),
      onclick: () => model.call(field.address, 'default'),
    }, words.back);
    const own = el('span');
    here.append(own, back);
    if (field) {
      stops.push(model.watch(field.address, (told) => {
        const same = typeof told === 'number' && Math.abs(told - value) <= NEAR * Math.max(1, Math.abs(value));
        here.hidden = same;
        const chosen = field.choices.find((one) => one.value === told);
        setText(own, words.here(chosen?.word ?? (typeof told === 'number' ? format(told, field.unit) : words.notGiven)));
      }));
    }
    return el('li', {}, el('span.sheet-key', {}, label),
      el('strong', {}, number ? format(value, field.unit) : said),
      el('span.sheet-trust', { title: words.trust[trust] }, el('span', { 'aria-hidden': 'true' }, DOTS[trust] ?? ''), ` ${words.trustWords[trust] ?? trust}`),
      el('p.sheet-source.dim', {}, source), here);
  }

  const list = listOf(model, '/models/sheet', (entries) => {
    const mine = entries.filter(([name, kind]) => name === now?.name && kind === stage.kind);
    details.hidden = !mine.length;
    setText(summary, words.saysCount(mine.length));
    lines.replaceChildren(...mine.map(line));
  });
  stops.push(model.on('error', (error) => {
    if (error.address !== address) return;
    complain(error.text);
    show();
  }));
  show();
  const old = memory.fault;
  complain(old?.address === address && old.sheet === (now?.name ?? '') ? old.why : '');
  if (now) list.ask(now.name);
  return {
    element,
    destroy() {
      forget();
      stops.forEach((stop) => stop());
      list.destroy();
    },
  };
}
