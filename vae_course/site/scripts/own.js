// Your own picture: drawn, opened or photographed, encoded here, and its code searched for once more.

import {dataOf, find, show, showAll, written} from './dom.js';
import {decode, encode, latest, pixels, randn} from './engine.js';
import {circle, drawDots, fadeIn, placeOf, sharp} from './plane.js';
import {choices, come} from './stage.js';

const DRAWS = 8, WIDTH = 20; // decodings of the cloud; of the pen, in pixels of the pad
const TRIED = 8, LONGER = 1.3, SHORTER = 0.85, LEAST = 0.004; // of the search: codes at once, and its step
/** @typedef {[channels: number, height: number, width: number]} Shape */

/** @param {HTMLElement} section */
export function open(section) {
  const data = dataOf(section), stage = find(section, '.stage'), pad = find(section, 'canvas.pad'), video = find(section, 'video');
  const context = /** @type {CanvasRenderingContext2D} */ (pad.getContext('2d', {willReadFrequently: true}));
  const invert = find(section, '.invert'), sigma = find(section, '.sigma'), button = find(section, '.search');
  const camera = find(section, '.camera'), close = find(section, '.close');
  const problem = find(section, '.problem'), found = find(section, '.found'), curve = find(section, '.curve');
  const [cameraText, searchText] = [camera.textContent, button.textContent], tiles = document.createElement('canvas');
  let model = data.models[0], searching = false, seed = 1;
  /** @type {{x: Float32Array, mu: Float32Array, logvar: Float32Array, psnr: number}} */
  let state;
  /** @type {number[][]} */
  let way = []; // of the search, through the plane

  const part = (/** @type {string} */ name) => data.parts[model.name][name];
  const run = latest(async (/** @type {Float32Array} */ x) => {
    const now = model;
    const {mu, logvar} = await encode(part('encoder'), x), copy = await decode(part('decoder'), mu);
    if (now !== model) return;
    state = {x, mu, logvar, psnr: psnr(x, copy)};
    way = [];
    show(find(section, '.input'), toPicture(x, model.shape));
    tell(copy, state.psnr);
    map();
    await cloud();
    stage.dataset.decoded = `${model.name} ${[...mu].slice(0, 2).join(' ')}`;
  });

  function changed() {
    searching = false;
    found.textContent = '';
    curve.hidden = true;
    return run(pixelsOf(pad, model.shape, invert.checked));
  }

  /** @param {Float32Array} copy @param {number} quality */
  function tell(copy, quality) {
    show(find(section, '.copy'), toPicture(copy, model.shape));
    const words = find(section, '.quality');
    words.textContent = words.dataset.text.replace('{psnr}', written(quality));
  }

  async function cloud() {
    const {mu, logvar} = state, eps = await randn(seed, DRAWS * mu.length);
    const z = eps.map((value, k) => mu[k % mu.length] + (sigma.checked ? Math.exp(logvar[k % mu.length] / 2) * value : 0));
    showAll(find(section, '.cloud'), await pixels(part('decoder'), z));
  }

  function map() {
    const figure = find(section, '.map'), canvas = find(figure, 'canvas'), side = canvas.clientWidth;
    figure.hidden = model.shape[0] !== 1;
    if (figure.hidden || !state || !side) return;
    const plane = sharp(canvas, side), {mu, logvar} = state;
    plane.globalAlpha = 0.4;
    plane.imageSmoothingEnabled = false;
    if (tiles.width > 300) plane.drawImage(tiles, 0, 0, side, side);
    plane.globalAlpha = 0.6;
    drawDots(plane, data, side);
    const [x, y] = placeOf(data, [mu[0], mu[1]]);
    const wide = [0, 1].map((k) => Math.exp(logvar[k] / 2) / (data.high[k] - data.low[k]) * side);
    for (const times of [2, 1]) {
      plane.beginPath();
      plane.ellipse(x * side, (1 - y) * side, Math.max(3, times * wide[0]), Math.max(3, times * wide[1]), 0, 0, 2 * Math.PI);
      plane.fillStyle = '#2dd4bf66';
      plane.fill();
    }
    plane.strokeStyle = '#fbbf24';
    plane.lineWidth = 2;
    plane.beginPath();
    for (const code of way) {
      const [a, b] = placeOf(data, [code[0], code[1]]);
      plane.lineTo(a * side, (1 - b) * side);
    }
    plane.stroke();
    for (const [code, colour] of /** @type {[ArrayLike<number>, string][]} */ ([[mu, '#2dd4bf'], [way[way.length - 1], '#fbbf24']])) {
      if (!code) continue;
      const [a, b] = placeOf(data, [code[0], code[1]]);
      circle(plane, a * side, (1 - b) * side, 6);
      plane.fillStyle = colour;
      plane.fill();
      plane.strokeStyle = '#000';
      plane.stroke();
    }
  }

  /** A (1 + 8) evolution strategy: the best of a few codes nearby, from steps that grow while it gains. */
  async function search() {
    const {x, mu, psnr: before} = state, size = x.length;
    let best = [...mu], quality = before, step = 0.5;
    const qualities = [before];
    searching = true;
    button.textContent = button.dataset.stop;
    curve.hidden = false;
    while (searching && step > LEAST) {
      const noise = await randn(seed++, TRIED * best.length), codes = noise.map((value, k) => best[k % best.length] + step * value);
      const copies = await decode(part('decoder'), codes);
      const tried = Array.from({length: TRIED}, (_, k) => psnr(x, copies.subarray(k * size, (k + 1) * size)));
      const winner = tried.indexOf(Math.max(...tried)), better = tried[winner] > quality;
      if (!searching) break; // another picture has come
      step *= better ? LONGER : SHORTER;
      if (better) {
        [best, quality] = [[...codes.subarray(winner * best.length, (winner + 1) * best.length)], tried[winner]];
        way.push(best);
        tell(copies.slice(winner * size, (winner + 1) * size), quality);
        map();
      }
      qualities.push(quality);
      drawCurve(curve, qualities);
      found.textContent = found.dataset.text.replace('{before}', written(before)).replace('{after}', written(quality));
      await new Promise(requestAnimationFrame);
    }
    searching = false;
    button.textContent = searchText;
  }

  // where the picture comes from
  pad.addEventListener('pointerdown', (/** @type {PointerEvent} */ event) => {
    pad.setPointerCapture(event.pointerId);
    line(event, event);
    changed();
  });
  /** @type {PointerEvent | null} */
  let last = null;
  pad.addEventListener('pointermove', (/** @type {PointerEvent} */ event) => {
    if (!pad.hasPointerCapture(event.pointerId) || !last) return;
    for (const one of [...event.getCoalescedEvents?.() ?? [], event]) line(last, one);
    changed();
  });
  /** @param {PointerEvent} from @param {PointerEvent} to */
  function line(from, to) {
    const box = pad.getBoundingClientRect(), scale = pad.width / box.width;
    Object.assign(context, {lineWidth: WIDTH, lineCap: 'round', strokeStyle: invert.checked ? '#000' : '#fff'});
    context.beginPath();
    for (const {clientX, clientY} of [from, to]) context.lineTo((clientX - box.left) * scale, (clientY - box.top) * scale);
    context.stroke();
    last = to;
  }
  const blank = () => {
    context.fillStyle = '#000';
    context.fillRect(0, 0, pad.width, pad.height);
    invert.checked = false;
  };
  find(section, '.clear').addEventListener('click', () => {
    blank();
    changed();
  });
  /**
   * The middle square of a picture.
   * @param {CanvasImageSource} picture @param {number} width @param {number} height @param {boolean} [mirrored]
   */
  function take(picture, width, height, mirrored = false) {
    const side = Math.min(width, height);
    context.imageSmoothingQuality = 'high';
    if (mirrored) context.setTransform(-1, 0, 0, 1, pad.width, 0);
    context.drawImage(picture, (width - side) / 2, (height - side) / 2, side, side, 0, 0, pad.width, pad.height);
    context.resetTransform();
    const edge = context.getImageData(0, 0, pad.width, 4).data, light = edge.reduce((sum, value) => sum + value, 0) / edge.length > 140;
    invert.checked = light && model.shape[0] === 1; // clothes were photographed on black
    problem.textContent = '';
    changed();
  }
  find(section, '.file input').addEventListener('change', async (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target), file = input.files?.[0];
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      take(picture, picture.width, picture.height);
    } catch {
      problem.textContent = data.problems.not_a_picture;
    }
    input.value = '';
  });
  let asked = 0; // the browser may answer when the camera is no longer wanted, or was asked for once more
  const closeCamera = () => {
    asked += 1;
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    [video.srcObject, video.hidden, pad.hidden, close.hidden, camera.textContent] = [null, true, false, true, cameraText];
  };
  camera.addEventListener('click', async () => {
    if (video.srcObject) {
      if (!video.videoWidth) return;
      take(video, video.videoWidth, video.videoHeight, true); // as in the mirror that the visitor saw
      return closeCamera();
    }
    closeCamera();
    const request = asked;
    try {
      if (!navigator.mediaDevices) throw new DOMException('', 'insecure');
      const stream = await navigator.mediaDevices.getUserMedia({video: {facingMode: 'user'}});
      if (request !== asked) return stream.getTracks().forEach((track) => track.stop());
      video.srcObject = stream;
      [video.hidden, pad.hidden, close.hidden, camera.textContent] = [false, true, false, camera.dataset.shoot];
      await video.play();
    } catch (error) {
      if (request !== asked) return;
      closeCamera();
      const why = {NotAllowedError: 'refused', NotFoundError: 'absent', insecure: 'insecure'}[error instanceof DOMException ? error.name : ''];
      problem.textContent = data.problems[`camera_${why ?? 'busy'}`];
    }
  });
  close.addEventListener('click', () => {
    closeCamera();
    camera.focus();
  });

  invert.addEventListener('change', changed);
  sigma.addEventListener('change', cloud);
  button.addEventListener('click', () => {
    if (searching) searching = false;
    else if (state) search();
  });
  section.addEventListener('guessed', () => {
    blank();
    cat(context);
    changed();
  });
  /** @param {number} position of the model */
  async function choose(position) {
    searching = false;
    model = data.models[position];
    const taken = model;
    await come(stage, part('encoder'));
    await come(stage, part('decoder'));
    if (taken !== model) return;
    await changed();
    if (model.shape[0] === 1 && !tiles.dataset.whole) fadeIn(tiles, data, (z) => pixels(part('decoder'), z)).then(map);
  }
  choices(find(section, '.choice'), (position) => choose(Number(position)));
  new ResizeObserver(map).observe(find(section, '.map'));
  blank();
  shirt(context);
  let begun = false;
  return {
    shown(/** @type {boolean} */ visible) {
      if (!visible) {
        searching = false;
        closeCamera();
      } else if (!begun) choose(0).catch(() => { begun = false; });
      begun ||= visible;
    },
  };
}

/**
 * A canvas as the network's input, (H, W, C) in [0, 1]; grey as Pillow weighs it (ITU-R 601-2).
 * @param {HTMLCanvasElement} canvas @param {Shape} shape @param {boolean} inverted
 */
function pixelsOf(canvas, [channels, height, width], inverted) {
  const small = Object.assign(document.createElement('canvas'), {width, height});
  const context = /** @type {CanvasRenderingContext2D} */ (small.getContext('2d'));
  context.imageSmoothingQuality = 'high';
  context.drawImage(canvas, 0, 0, width, height);
  const {data} = context.getImageData(0, 0, width, height);
  const light = (/** @type {number} */ k) => (channels === 1
    ? (data[4 * k] * 299 + data[4 * k + 1] * 587 + data[4 * k + 2] * 114) / 1000
    : data[4 * Math.floor(k / channels) + (k % channels)]) / 255;
  return Float32Array.from({length: height * width * channels}, (_, k) => (inverted ? 1 - light(k) : light(k)));
}

/** @param {Float32Array} x (H, W, C) @param {Shape} shape */
function toPicture(x, [channels, height, width]) {
  const picture = new ImageData(width, height);
  for (let k = 0; k < height * width; k++) {
    for (let c = 0; c < 3; c++) picture.data[4 * k + c] = 255 * x[k * channels + (channels === 1 ? 0 : c)];
    picture.data[4 * k + 3] = 255;
  }
  return picture;
}

/** In dB. @param {Float32Array} x @param {Float32Array} copy */
const psnr = (x, copy) => -10 * Math.log10(x.reduce((sum, value, k) => sum + (value - copy[k]) ** 2, 0) / x.length);

/** @param {HTMLCanvasElement} canvas @param {number[]} values that rise */
function drawCurve(canvas, values) {
  const scale = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  Object.assign(canvas, {width: width * scale, height: height * scale});
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')), low = values[0], high = Math.max(low + 0.5, values[values.length - 1]);
  context.scale(scale, scale);
  Object.assign(context, {strokeStyle: '#d97706', lineWidth: 2.5, lineJoin: 'round'});
  context.beginPath();
  for (const [k, value] of values.entries()) {
    context.lineTo(4 + (width - 8) * k / Math.max(40, values.length - 1), height - 5 - (height - 10) * (value - low) / (high - low));
  }
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context of a pad of 224 pixels @param {number[][]} corners @param {string} colour */
function fill(context, corners, colour) {
  context.fillStyle = colour;
  context.beginPath();
  for (const [x, y] of corners) context.lineTo(x, y);
  context.fill();
}

/** @param {CanvasRenderingContext2D} context */
function shirt(context) {
  fill(context, [[78, 20], [146, 20], [206, 52], [190, 96], [160, 84], [160, 206], [64, 206], [64, 84], [34, 96], [18, 52]], '#ccc');
  fill(context, [[92, 18], [132, 18], [112, 40]], '#000');
}

/** @param {CanvasRenderingContext2D} context */
function cat(context) {
  fill(context, [[36, 20], [88, 66], [36, 110]], '#ddd');
  fill(context, [[188, 20], [136, 66], [188, 110]], '#ddd');
  context.fillStyle = '#ddd';
  context.beginPath();
  context.ellipse(112, 128, 82, 74, 0, 0, 2 * Math.PI);
  context.fill();
  for (const [x, y, radius] of [[80, 112, 11], [144, 112, 11], [112, 144, 8]]) {
    circle(context, x, y, radius);
    context.fillStyle = '#000';
    context.fill();
  }
  Object.assign(context, {lineWidth: 5, strokeStyle: '#000'});
  for (const [a, b, c, d] of [[100, 152, 30, 140], [100, 158, 34, 172], [124, 152, 194, 140], [124, 158, 190, 172]]) {
    context.beginPath();
    context.moveTo(a, b);
    context.lineTo(c, d);
    context.stroke();
  }
}
