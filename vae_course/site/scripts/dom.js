// Small helps with the page.

export const {root, app, loading = '', failed = ''} = document.documentElement.dataset;
export const calm = matchMedia('(prefers-reduced-motion: reduce)');

/**
 * The first element that fits, which must be there.
 * @param {ParentNode} within @param {string} selector
 * @returns {any}
 */
export function find(within, selector) {
  const found = within.querySelector(selector);
  if (!found) throw new Error(`nothing is ${selector}`);
  return found;
}

/** What a section's page says of its screen. @param {HTMLElement} section @returns {any} */
export const dataOf = (section) => JSON.parse(find(section, 'script[type="application/json"]').textContent);

/** @param {number} value @param {number} [places] */
export const written = (value, places = 2) => {
  const text = value.toFixed(places);
  return Number(text) === 0 ? (0).toFixed(places) : text.replace('-', '\u2212');
};

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/**
 * Shows a picture in a canvas, pixel for pixel; the style makes it as large as it looks.
 * @param {HTMLCanvasElement} canvas @param {ImageData} picture
 */
export function show(canvas, picture) {
  if (canvas.width !== picture.width) canvas.width = picture.width;
  if (canvas.height !== picture.height) canvas.height = picture.height;
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
}

/**
 * Pictures side by side in one canvas, a few pixels between them.
 * @param {HTMLCanvasElement} canvas @param {ImageData[]} pictures @param {number} [columns]
 */
export function showAll(canvas, pictures, columns = pictures.length) {
  const [{width, height}] = pictures, rows = Math.ceil(pictures.length / columns), gap = Math.round(width / 28);
  canvas.width = columns * (width + gap) - gap;
  canvas.height = rows * (height + gap) - gap;
  const context = canvas.getContext('2d');
  for (const [k, picture] of pictures.entries()) {
    context?.putImageData(picture, (k % columns) * (width + gap), Math.floor(k / columns) * (height + gap));
  }
}

/**
 * Calls frame(milliseconds since the last one) for each frame of the screen until it returns false, or stop() is called.
 * @param {(passed: number) => boolean | void} frame
 */
export function animate(frame) {
  let last = performance.now(), asked = requestAnimationFrame(step);
  /** @param {number} now */
  function step(now) {
    const passed = Math.max(0, Math.min(50, now - last)); // a frame may have begun before it was asked for
    last = now;
    if (frame(passed) !== false) asked = requestAnimationFrame(step);
  }
  return () => cancelAnimationFrame(asked);
}

/** Slow at both ends. @param {number} t of 0..1 */
export const eased = (t) => t * t * (3 - 2 * t);

/**
 * Where a pointer is in an element, (x, y) in 0..1, y upwards.
 * @param {Element} element @param {PointerEvent} event
 * @returns {[number, number]}
 */
export function shareOf(element, event) {
  const box = element.getBoundingClientRect();
  return [clamp((event.clientX - box.left) / box.width, 0, 1), 1 - clamp((event.clientY - box.top) / box.height, 0, 1)];
}
