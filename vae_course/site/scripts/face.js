// A face in 128 numbers: sliders along directions, and the numbers themselves.

import {animate, calm, clamp, dataOf, eased, find, show, written} from './dom.js';
import {drawGaussian, latest, pixels} from './engine.js';
import {choices, come, gallery, press, numberOf} from './stage.js';

const REACH = 4; // standard deviations of a number that the drawing shows, either way
const ROWS = 7; // readings

/**
 * @typedef {{key: string, title: string, direction: number[], reach: number, step: number, attribute: number}} Knob
 * @typedef {{names: string[], weights: number[][], bias: number[], probability: boolean}} Reader
 * @typedef {{
 *   name: string, codes: number[][], mean: number[], deviation: number[], order: number[], kl: number[],
 *   opening: Record<string, number>, knobs: Knob[], reader: Reader,
 * }} Model
 */

/** @param {HTMLElement} section */
export function open(section) {
  const data = dataOf(section), stage = find(section, '.stage'), big = find(section, '.big'), code = find(section, '.code');
  const picked = find(section, '.gallery'), which = find(section, '.which'), value = find(section, '.value');
  const knobs = find(section, '.knobs'), number = find(section, '.which-one');
  /** @type {Model} */
  let model = data.models[0];
  let base = model.codes[0]; // the code that was picked
  /** @type {Map<string, number>} */
  let strengths = new Map();
  /** @type {Map<number, number>} dimension -> how many deviations it was moved by hand */
  let moved = new Map();
  let seed = 1;

  const decoder = () => data.parts[model.name].decoder;
  const z = () => base.map((start, k) => start + (moved.get(k) ?? 0) * model.deviation[k]
    + model.knobs.reduce((sum, knob) => sum + (strengths.get(knob.key) ?? 0) * knob.direction[k], 0));
  const decode = latest(async (/** @type {number[]} */ codes) => {
    const [picture] = await pixels(decoder(), codes);
    show(big, picture);
    stage.dataset.decoded = codes.length;
  });

  function draw() {
    const codes = z();
    drawCode(codes);
    tell(codes);
    const k = model.order[Number(which.value) - 1];
    value.value = String(clamp((codes[k] - model.mean[k]) / model.deviation[k], -REACH, REACH));
    number.textContent = number.dataset.text.replace('{number}', k + 1).replace('{kl}', written(model.kl[k]));
    return decode(codes);
  }

  /** @param {number[]} codes */
  function drawCode(codes) {
    const scale = devicePixelRatio || 1, width = code.clientWidth, height = code.clientHeight;
    code.width = width * scale;
    code.height = height * scale;
    const context = code.getContext('2d'), step = width / codes.length, {color, borderTopColor} = getComputedStyle(code);
    context.scale(scale, scale);
    for (const [column, k] of model.order.entries()) {
      const share = (/** @type {number} */ all) => clamp((all - model.mean[k]) / model.deviation[k] / REACH, -1, 1) * (height / 2 - 2);
      const start = share(base[k]), now = share(codes[k]), chosen = column + 1 === Number(which.value);
      context.fillStyle = borderTopColor;
      context.fillRect(column * step, height / 2 - Math.max(0, start), step * 0.8, Math.abs(start));
      context.globalAlpha = 0.25 + 0.75 * Math.min(1, model.kl[k] / model.kl[model.order[0]] * 2);
      context.fillStyle = chosen ? '#d97706' : color;
      context.fillRect(column * step, height / 2 - Math.max(0, now), Math.max(1, step * 0.8), Math.max(1, Math.abs(now)));
      context.globalAlpha = 1;
    }
  }

  /** What the reader says that changed. @param {number[]} codes */
  function tell(codes) {
    const before = read(model.reader, base), after = read(model.reader, codes);
    const asked = new Set(model.knobs.filter(({key}) => strengths.get(key)).map(({attribute}) => attribute));
    const rows = after.map((share, k) => ({k, change: share - before[k]}))
      .sort((a, b) => Number(asked.has(b.k)) - Number(asked.has(a.k)) || Math.abs(b.change) - Math.abs(a.change));
    const list = find(section, '.readings'), told = rows.filter(({change}) => Math.abs(change) >= 0.5);
    find(section, '.before').hidden = !told.length;
    if (!told.length) {
      const still = document.createElement('li');
      [still.className, still.textContent] = ['still', list.dataset.still];
      return list.replaceChildren(still);
    }
    list.replaceChildren(...told.slice(0, Math.max(ROWS, asked.size + 3)).map(({k, change}) => {
      const row = document.createElement('li'), bar = document.createElement('i'), points = document.createElement('b');
      row.append(model.reader.names[k], bar, points);
      bar.style.setProperty('--change', String(clamp(change, -100, 100)));
      points.textContent = (change > 0 ? '+' : '') + written(change, 0);
      row.classList.toggle('asked', asked.has(k));
      row.classList.toggle('down', change < 0);
      return row;
    }));
  }

  /** Where a number stands. @param {number} k @param {number} deviations from the mean of codes */
  function set(k, deviations) {
    const without = z()[k] - (moved.get(k) ?? 0) * model.deviation[k];
    moved.set(k, (model.mean[k] - without) / model.deviation[k] + deviations);
  }

  /** The numbers under the pointer go where it is. @param {PointerEvent[]} events */
  function paint(events) {
    const box = code.getBoundingClientRect(), {length} = model.order;
    for (const {clientX, clientY} of events) {
      const column = clamp(Math.floor((clientX - box.left) / box.width * length), 0, length - 1);
      set(model.order[column], REACH * clamp(1 - 2 * (clientY - box.top) / box.height, -1, 1));
      which.value = String(column + 1);
    }
    draw();
  }
  code.addEventListener('pointerdown', (/** @type {PointerEvent} */ event) => {
    code.setPointerCapture(event.pointerId);
    paint([event]);
  });
  code.addEventListener('pointermove', (/** @type {PointerEvent} */ event) => {
    if (code.hasPointerCapture(event.pointerId)) paint([...event.getCoalescedEvents?.() ?? [], event]);
  });
  which.addEventListener('input', draw);
  value.addEventListener('input', () => {
    set(model.order[Number(which.value) - 1], numberOf(section, '.value'));
    draw();
  });
  knobs.addEventListener('input', (/** @type {Event} */ {target}) => turned(/** @type {HTMLInputElement} */ (target)));
  /** @param {HTMLInputElement} slider */
  function turned(slider) {
    strengths.set(slider.name, Number(slider.value));
    /** @type {HTMLElement} */ (slider.previousElementSibling).textContent = written(Number(slider.value), 1);
    draw();
  }
  section.addEventListener('guessed', () => { // the answer is shown: what was asked about moves
    for (const [key, strength] of Object.entries(model.opening)) {
      const slider = find(knobs, `[name="${key}"]`);
      let t = calm.matches ? 1 : 0;
      animate((passed) => {
        t = Math.min(1, t + passed / 1500);
        slider.value = String(strength * eased(t));
        turned(slider);
        return t < 1;
      });
    }
  });

  /** @param {number[]} codes @param {Record<string, number>} [opening] */
  async function begin(codes, opening = {}) {
    [base, strengths, moved] = [codes, new Map(Object.entries(opening)), new Map()];
    knobs.replaceChildren(...model.knobs.map(({key, title, reach, step}) => {
      const label = document.createElement('label'), slider = document.createElement('input'), now = document.createElement('span');
      Object.assign(slider, {type: 'range', name: key, min: -reach, max: reach, step, value: strengths.get(key) ?? 0});
      now.textContent = written(strengths.get(key) ?? 0, 1);
      label.append(title, now, slider);
      return label;
    }));
    await draw();
    show(find(section, '.before canvas'), (await pixels(decoder(), base))[0]);
  }

  /** @param {number} position of the model */
  async function take(position) {
    model = data.models[position];
    const taken = model;
    await come(stage, decoder());
    if (taken !== model) return;
    which.max = String(model.order.length);
    which.value = '1';
    await begin(model.codes[0]);
    await gallery(picked, decoder(), model.codes, 0);
  }

  choices(find(section, '.choice'), (position) => take(Number(position)));
  choices(picked, (position) => begin(model.codes[Number(position)], Object.fromEntries(strengths)));
  find(section, '.zero').addEventListener('click', () => begin(base));
  find(section, '.draw').addEventListener('click', async () => {
    press(picked, null);
    begin([...await drawGaussian(data.parts[model.name].gaussian, seed++)], Object.fromEntries(strengths));
  });
  new ResizeObserver(() => code.clientWidth && drawCode(z())).observe(code);
  let begun = false;
  return {
    shown(/** @type {boolean} */ visible) {
      if (visible && !begun) take(0).catch(() => { begun = false; });
      begun ||= visible;
    },
  };
}

/** Each attribute's reading, in points of 100. @param {Reader} reader @param {number[]} code */
function read({weights, bias, probability}, code) {
  return weights.map((weight, k) => {
    const score = weight.reduce((sum, each, d) => sum + each * code[d], bias[k]);
    return 100 * clamp(probability ? 1 / (1 + Math.exp(-score)) : score, 0, 1);
  });
}
