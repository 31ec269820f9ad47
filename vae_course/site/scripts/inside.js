// Look inside: what each layer of a convolutional VAE makes of a picture.

import {animate, calm, dataOf, find, show} from './dom.js';
import {decode, decoderLayers, encode, encoderLayers, latest, pixels, randn} from './engine.js';
import {choices, come, gallery} from './stage.js';

const PAUSE = 260; // milliseconds from one stage to the next
/** @typedef {{shape: number[], numbers: Float32Array}} Maps (H, W, C) */

/** @param {HTMLElement} section */
export function open(section) {
  const data = dataOf(section), {decoder, encoder} = data.parts[data.name], layers = find(section, '.layers');
  let picture = 0, stop = () => {};

  const run = latest(async (/** @type {number} */ index) => {
    const x = await decode(decoder, data.codes[index]);
    const {mu, logvar} = await encode(encoder, x), eps = await randn(index, mu.length);
    const z = mu.map((value, k) => value + Math.exp(logvar[k] / 2) * eps[k]);
    const down = await encoderLayers(encoder, x), up = await decoderLayers(decoder, z);
    const side = Math.sqrt(x.length / 3), [input] = await pixels(decoder, data.codes[index]), [output] = await pixels(decoder, z);
    for (const stage of layers.children) {
      const canvas = find(stage, 'canvas'), [half, number] = stage.dataset.where.split(' ');
      const maps = half === 'encoder' ? down[number] : half === 'decoder' ? up[number] : null;
      if (maps) showMaps(canvas, maps);
      else if (half === 'code') showCode(canvas, mu, logvar.map((value) => Math.exp(value / 2)));
      else if (half === 'z') showCode(canvas, z);
      else show(canvas, half === 'input' ? input : output);
      find(stage, '.shape').textContent = (maps?.shape ?? (half === 'code' || half === 'z' ? [z.length] : [side, side, 3])).join(' × ');
    }
    layers.dataset.decoded = String(index);
    light();
  });

  /** The stages light up one after the other. */
  function light() {
    stop();
    if (calm.matches) return;
    let t = 0;
    for (const stage of layers.children) stage.classList.add('dark');
    stop = animate((passed) => {
      t += passed / PAUSE;
      for (const [k, stage] of [...layers.children].entries()) stage.classList.toggle('dark', k > t);
      return t < layers.children.length;
    });
  }

  async function begin() {
    await come(layers.parentElement, decoder);
    await gallery(find(section, '.gallery'), decoder, data.codes, 0);
    await come(layers.parentElement, encoder);
    await run(picture);
  }
  choices(find(section, '.gallery'), (position) => {
    picture = Number(position);
    run(picture);
  });
  find(section, '.again').addEventListener('click', light);
  section.addEventListener('guessed', light);
  let begun = false;
  return {
    shown(/** @type {boolean} */ visible) {
      if (!visible) stop();
      else if (!begun) begin().catch(() => { begun = false; });
      begun ||= visible;
    },
  };
}

/**
 * All channels of a layer side by side, from dark (the layer's least) over teal to white (its most).
 * @param {HTMLCanvasElement} canvas @param {Maps} maps
 */
function showMaps(canvas, {shape: [height, width, channels], numbers}) {
  const columns = 2 ** Math.ceil(Math.log2(2 * channels) / 2), rows = Math.ceil(channels / columns), gap = width > 8 ? 1 : 0;
  const picture = new ImageData(columns * (width + gap), rows * (height + gap));
  const low = numbers.reduce((a, b) => Math.min(a, b)), high = numbers.reduce((a, b) => Math.max(a, b));
  for (let c = 0; c < channels; c++) {
    const left = (c % columns) * (width + gap), top = Math.floor(c / columns) * (height + gap);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const share = Math.sqrt((numbers[(y * width + x) * channels + c] - low) / (high - low || 1));
        picture.data.set(glow(share), 4 * ((top + y) * picture.width + left + x));
      }
    }
  }
  show(canvas, picture);
}

const GLOW = [[12, 10, 9], [15, 92, 86], [45, 212, 191], [240, 253, 250]];

/** @param {number} share of 0..1 @returns {number[]} */
function glow(share) {
  const place = share * (GLOW.length - 1), k = Math.min(GLOW.length - 2, Math.floor(place)), rest = place - k;
  return [...GLOW[k].map((value, c) => value + rest * (GLOW[k + 1][c] - value)), 255];
}

/**
 * Numbers as bars from a middle line; sigma: a dash either way.
 * @param {HTMLCanvasElement} canvas @param {Float32Array} values @param {Float32Array} [sigma]
 */
function showCode(canvas, values, sigma) {
  const step = 12, half = 64, most = values.reduce((all, value) => Math.max(all, Math.abs(value)), 1) * 1.1;
  canvas.width = values.length * step;
  canvas.height = 2 * half;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  for (const [k, value] of values.entries()) {
    const tall = value / most * half;
    context.fillStyle = '#2dd4bf';
    context.fillRect(k * step + 1, half - Math.max(0, tall), step - 3, Math.max(1, Math.abs(tall)));
    if (!sigma) continue;
    const wide = sigma[k] / most * half;
    context.fillStyle = '#fbbf24';
    context.fillRect(k * step + step / 2 - 1.5, half - tall - wide, 2, 2 * wide);
  }
}
