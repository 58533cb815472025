// SPDX-License-Identifier: GPL-3.0-or-later
//
// How large canvases are on the page, told by the browser when it changes: who asks an element for its size while
// drawing makes the browser lay out the page there and then.

const sizes = new WeakMap(); // canvas -> { width, height } in CSS pixels

const observer = globalThis.ResizeObserver && new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) sizes.set(target, { width: contentRect.width, height: contentRect.height });
});

/**
 * Follows the size of a canvas.
 * @param {HTMLCanvasElement} canvas
 * @returns {() => void} stop
 */
export function followSize(canvas) {
  observer.observe(canvas);
  return () => observer.unobserve(canvas);
}

/**
 * Gives a followed canvas as many pixels as the screen has under it; what was drawn is gone when that has changed.
 * @param {HTMLCanvasElement} canvas
 * @returns {boolean} whether it has changed
 */
export function fit(canvas) {
  const size = sizes.get(canvas);
  if (!size) return false;
  const ratio = globalThis.devicePixelRatio || 1;
  const width = Math.round(size.width * ratio);
  const height = Math.round(size.height * ratio);
  if (canvas.width === width && canvas.height === height) return false;
  canvas.width = width;
  canvas.height = height;
  return true;
}
