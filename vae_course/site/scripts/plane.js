// A plane of codes: where dots, tiles and the point lie on it.

import {calm} from './dom.js';

const SIDE = 17; // tiles, as in the demo's map
/** @typedef {[number, number]} Pair x to the right, y upwards */
/** @typedef {{low: Pair, high: Pair, codes: Pair[], labels: number[], names: string[], colours: string[]}} Map what a page says */

/** A code's place, in 0..1. @param {Map} map @param {Pair} z @returns {Pair} */
export const placeOf = ({low, high}, z) =>
  /** @type {Pair} */ (z.map((value, k) => (value - low[k]) / (high[k] - low[k])));

/** The code of a place. @param {Map} map @param {Pair} place @returns {Pair} */
export const codeAt = ({low, high}, place) =>
  /** @type {Pair} */ (place.map((share, k) => low[k] + share * (high[k] - low[k])));

/**
 * The codes of the middles of side x side tiles, those nearest the middle of the plane first, with their column and row.
 * @param {Map} map @param {number} side
 */
function tiles(map, side) {
  const all = Array.from({length: side * side}, (_, k) => ({column: k % side, row: Math.floor(k / side)}));
  const far = (/** @type {{column: number, row: number}} */ {column, row}) => Math.hypot(column - (side - 1) / 2, row - (side - 1) / 2);
  return all.sort((one, other) => far(one) - far(other)).map(({column, row}) => ({
    column, row, z: codeAt(map, [(column + 0.5) / side, 1 - (row + 0.5) / side]),
  }));
}

/**
 * Draws the gallery's codes into a square of that side; where a class is chosen, the others faint.
 * @param {CanvasRenderingContext2D} context @param {Map} map @param {number} side @param {number | null} chosen @param {number} alpha
 */
export function drawDots(context, map, side, chosen = null, alpha = 0.95) {
  for (const [k, code] of map.codes.entries()) {
    const [x, y] = placeOf(map, code), label = map.labels[k];
    context.globalAlpha = chosen === null ? alpha : chosen === label ? 1 : 0.12;
    circle(context, x * side, (1 - y) * side, chosen === label ? 6.5 : 4.5);
    context.fillStyle = map.colours[label];
    context.fill();
    context.lineWidth = 1.2;
    context.strokeStyle = '#fffc';
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} radius */
export function circle(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

/**
 * Words in a small dark pill.
 * @param {CanvasRenderingContext2D} context @param {string} text @param {number} x @param {number} y @param {string} colour
 */
export function pill(context, text, x, y, colour) {
  context.font = '600 12px system-ui, sans-serif';
  const width = context.measureText(text).width + 24;
  context.fillStyle = '#000b';
  context.beginPath();
  context.roundRect(x - width / 2, y - 10, width, 20, 10);
  context.fill();
  circle(context, x - width / 2 + 9, y, 3);
  context.fillStyle = colour;
  context.fill();
  context.fillStyle = '#fff';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x + 5, y + 0.5);
}

/** A canvas of sharp pixels, its context in pixels of the page. @param {HTMLCanvasElement} canvas @param {number} side */
export function sharp(canvas, side) {
  const scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(side * scale)) canvas.width = canvas.height = Math.round(side * scale);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, side, side);
  return context;
}

/**
 * The tiles come from the middle outwards, a few each frame.
 * @param {HTMLCanvasElement} canvas @param {Map} map
 * @param {(z: number[]) => Promise<ImageData[]>} decode
 */
export async function fadeIn(canvas, map, decode) {
  const context = canvas.getContext('2d'), all = tiles(map, SIDE);
  for (let k = 0; k < all.length; k += SIDE) {
    const some = all.slice(k, k + SIDE), pictures = await decode(some.flatMap(({z}) => z));
    const {width, height} = pictures[0];
    if (!k) [canvas.width, canvas.height] = [SIDE * width, SIDE * height];
    for (const [n, {column, row}] of some.entries()) context?.putImageData(pictures[n], column * width, row * height);
    if (!k) canvas.classList.add('come');
    if (!calm.matches) await new Promise(requestAnimationFrame);
  }
  canvas.dataset.whole = 'true';
}
