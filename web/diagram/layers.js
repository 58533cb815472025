// SPDX-License-Identifier: GPL-3.0-or-later
//
// What stands still in a band, painted once and kept: a layer under what moves, a layer over it. A picture is the
// lower layer, what moves, and the upper layer, column by column and only where something is new.

import { paintLive, paintOver, paintUnder } from './paint_column.js';

/** Two canvases that are not on the page, as large as the one that is. */
export class Layers {
  /** @param {CanvasRenderingContext2D} shown the canvas on the page, which has no transparency */
  constructor(shown) {
    this.shown = shown;
    this.under = new OffscreenCanvas(1, 1).getContext('2d', { alpha: false });
    this.over = new OffscreenCanvas(1, 1).getContext('2d');
  }

  /**
   * Everything is new: the ground is laid, columns follow.
   * @param {import('./paint_column.js').Ink} ink
   * @param {number} ratio device pixels
   * @param {() => void} ground paints what lies under the columns, on ink.canvas
   */
  begin(ink, ratio, ground) {
    this.ratio = ratio;
    const { width, height } = this.shown.canvas;
    for (const layer of [this.under, this.over]) {
      if (layer.canvas.width !== width || layer.canvas.height !== height) Object.assign(layer.canvas, { width, height });
      layer.setTransform(ratio, 0, 0, ratio, 0, 0);
      layer.clearRect(0, 0, width, height);
    }
    ink.canvas = this.under;
    this.under.fillStyle = ink.colours.ground;
    this.under.fillRect(0, 0, width, height);
    ground();
    this.shown.setTransform(1, 0, 0, 1, 0, 0);
    this.shown.drawImage(this.under.canvas, 0, 0);
  }

  /**
   * Draws a column where it is new.
   * @param {import('./paint_column.js').Ink} ink
   * @param {import('./place.js').Placed} placed
   * @param {{ from: number, to: number, ground: boolean }} strip its place, without what of it is out of sight; ground:
   *   the ground there has been laid just now
   * @param {(from: number, to: number) => void} lay lays the ground of a strip anew, on ink.canvas
   * @returns {boolean} whether anything was new
   */
  column(ink, placed, { from, to, ground }, lay) {
    const { ratio } = this;
    const still = placed.stillMoved(ink.y, ratio) || ground;
    const live = placed.liveMoved(ink.y, ratio);
    if (!still && !live) return false;
    const left = Math.round(from * ratio);
    const width = Math.round(to * ratio) - left;
    if (width <= 0) return false;
    if (still) {
      this.#clipped(this.under, left, width, () => {
        ink.canvas = this.under;
        if (!ground) lay(from, to);
        paintUnder(ink, placed);
      });
      this.#clipped(this.over, left, width, () => {
        ink.canvas = this.over;
        if (!ground) this.over.clearRect(from, 0, to - from, ink.height);
        paintOver(ink, placed);
      });
    }
    this.#clipped(this.shown, left, width, () => {
      ink.canvas = this.shown;
      this.#copy(this.under.canvas, left, width);
      paintLive(ink, placed);
      this.#copy(this.over.canvas, left, width);
    });
    return true;
  }

  #clipped(layer, left, width, paint) {
    layer.save();
    layer.setTransform(1, 0, 0, 1, 0, 0);
    layer.beginPath();
    layer.rect(left, 0, width, layer.canvas.height);
    layer.clip();
    layer.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    paint();
    layer.restore();
  }

  #copy(from, left, width) {
    const { height } = from;
    this.shown.setTransform(1, 0, 0, 1, 0, 0);
    this.shown.drawImage(from, left, 0, width, height, left, 0, width, height);
    this.shown.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
  }
}
