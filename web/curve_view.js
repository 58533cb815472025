// SPDX-License-Identifier: GPL-3.0-or-later
//
// Transfer curve of one stage: what comes out over what goes in, in decibels. The dashed line is the stage without its
// faults; the dot is where it works now, the cloud where it has worked lately.

import { fit, followSize } from './canvas_size.js';
import { el, setHidden } from './element.js';
import { ink } from './ink.js';
import { placeTicks, prepare } from './plot.js';
import { unitName } from './value.js';

const CLOUD = 240;
const SILENT = -143;

/**
 * @param {object} text
 */
export function createCurveView(text) {
  const canvas = el('canvas', { role: 'img', 'aria-label': text.scope.curve });
  const ticks = el('div.plot-ticks', { 'aria-hidden': 'true' });
  const element = el('figure.plot.plot-curve', {}, canvas, ticks, el('figcaption', {}, text.scope.curve));
  let curve = null;
  let cloud = [];
  let box = null;
  let dirty = false;
  const stopSize = followSize(canvas);

  function place() {
    const ins = curve.points.map((p) => p[0]);
    const outs = curve.points.map((p) => p[1]).filter((v) => v > SILENT);
    box = { left: Math.min(...ins), right: Math.max(...ins), low: Math.min(...outs), high: Math.max(...outs, ...curve.points.map((p) => p[2] ?? -999)) };
    box.low = Math.max(box.low, box.high - (box.right - box.left) - 6);
    placeTicks(ticks, box, unitName(curve.unitIn), unitName(curve.unitOut), 20);
  }

  return {
    element,
    /**
     * @param {{ points: number[][], unitIn: string, unitOut: string }|null} next points: [in dB, out dB, out without faults dB]
     */
    show(next) {
      curve = next?.points?.length > 1 ? next : null;
      cloud = []; // where it worked with other values says nothing of these
      if (curve) place();
      else ticks.replaceChildren();
      setHidden(element, !curve);
      dirty = true;
    },
    /** @param {number} before dB @param {number} behind dB */
    point(before, behind) {
      if (!(before > SILENT) || !(behind > SILENT)) return;
      cloud.push([before, behind]);
      if (cloud.length > CLOUD) cloud.shift();
      dirty = true;
    },
    repaint() {
      dirty = true;
    },
    destroy: stopSize,
    frame() {
      if (!(fit(canvas) || dirty)) return;
      const at = curve && prepare(canvas, box);
      if (!at) return;
      dirty = false;
      const { brush, x, y, ratio } = at;
      at.grid(20, 20);
      const stroke = (column, dash, colour, width) => {
        brush.strokeStyle = ink(colour);
        brush.lineWidth = width * ratio;
        brush.setLineDash(dash.map((d) => d * ratio));
        brush.beginPath();
        for (const point of curve.points) {
          if (point[column] !== undefined && point[column] > SILENT) brush.lineTo(x(point[0]), y(point[column]));
        }
        brush.stroke();
        brush.setLineDash([]);
      };
      stroke(2, [4, 4], '--dim', 1.5);
      stroke(1, [], '--level', 2.5);
      brush.fillStyle = ink('--noise');
      const dot = Math.round(4 * ratio);
      cloud.forEach(([before, behind], i) => {
        brush.globalAlpha = 0.08 + (0.4 * i) / cloud.length;
        brush.fillRect(Math.round(x(before) - dot / 2), Math.round(y(behind) - dot / 2), dot, dot);
      });
      brush.globalAlpha = 1;
      const now = cloud.at(-1);
      if (!now) return;
      brush.strokeStyle = ink('--ground');
      brush.lineWidth = 2 * ratio;
      brush.beginPath();
      brush.arc(x(now[0]), y(now[1]), 6 * ratio, 0, 7);
      brush.fill();
      brush.stroke();
    },
  };
}
