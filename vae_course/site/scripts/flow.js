// Noise learns its way home: points of a learnt prior on the plane of a two-dimensional model, at any time from 0 to 1.

import {animate, calm, dataOf, eased, find, shareOf, showAll, written} from './dom.js';
import {flowWay, latest, pixels, randn} from './engine.js';
import {circle, drawDots, placeOf, sharp} from './plane.js';
import {come, numberOf} from './stage.js';

const POINTS = 600, TOGETHER = 100, STEPS = 20; // points, of which so many are carried at once; steps of their way
const SHOWN = 12, COLUMNS = 6, STRIP = 7; // pictures: of the first points now, of the chosen one on its way
const LENGTH = 4500; // milliseconds from noise to codes

/** @typedef {import('./plane.js').Pair} Pair */

/** @param {HTMLElement} section */
export function open(section) {
  const map = dataOf(section), {decoder, flow} = map.parts['fashion-2d'], stage = find(section, '.stage');
  const plane = find(section, '.plane'), slider = find(section, '.time'), play = find(section, '.play'), output = find(section, '.z');
  const way = new Float32Array((STEPS + 1) * POINTS * 2);
  let there = 0, seed = 0, chosen = 0, side = 0, stop = () => {};

  /** Where a point is. @param {number} point @param {number} t @returns {Pair} */
  function at(point, t) {
    const step = Math.min(STEPS - 1, Math.floor(t * STEPS)), share = t * STEPS - step;
    const value = (/** @type {number} */ d) => {
      const place = (step * POINTS + point) * 2 + d;
      return (1 - share) * way[place] + share * way[place + 2 * POINTS];
    };
    return [value(0), value(1)];
  }
  /** In pixels of the plane. @param {Pair} z @returns {Pair} */
  const spot = (z) => {
    const [x, y] = placeOf(map, z);
    return [x * side, (1 - y) * side];
  };
  const now = () => numberOf(section, '.time');

  const decode = latest(async (/** @type {number} */ t) => {
    const codes = Array.from({length: SHOWN}, (_, k) => at(k, t));
    showAll(find(section, '.samples'), await pixels(decoder, codes.flat()), COLUMNS);
    stage.dataset.decoded = `${seed} ${t} ${codes.flat().join(' ')}`;
  });
  const film = latest(async (/** @type {number} */ point) => {
    const codes = Array.from({length: STRIP}, (_, k) => at(point, k / (STRIP - 1)));
    showAll(find(section, '.strip'), await pixels(decoder, codes.flat()));
  });

  function draw() {
    const t = now(), context = sharp(find(section, '.marks'), side), [x, y] = at(chosen, t);
    output.textContent = output.dataset.place.replace('{t}', written(t)).replace('{x}', written(x)).replace('{y}', written(y));
    drawDots(context, map, side, null, 0.4);
    for (let k = there - 1; k >= 0; k--) {
      circle(context, ...spot(at(k, t)), k < SHOWN ? 3.6 : 2.2);
      context.fillStyle = k < SHOWN ? '#fff' : '#2dd4bf';
      context.fill();
    }
    context.strokeStyle = '#fff';
    context.lineWidth = 1.8;
    context.beginPath();
    for (let step = 0; step <= STEPS; step++) context.lineTo(...spot(at(chosen, step / STEPS)));
    context.stroke();
    circle(context, ...spot([x, y]), 8);
    context.lineWidth = 3;
    context.strokeStyle = '#f59e0b';
    context.stroke();
  }
  function show() {
    draw();
    return decode(now());
  }

  /** @param {number} point */
  function choose(point) {
    chosen = (point + there) % there;
    plane.classList.add('touched');
    draw();
    film(chosen);
  }

  function rest() {
    stop();
    play.setAttribute('aria-pressed', 'false');
  }
  function run() {
    rest();
    if (calm.matches) {
      slider.value = '1';
      return show();
    }
    let passed = now() < 1 ? now() * LENGTH : 0;
    play.setAttribute('aria-pressed', 'true');
    stop = animate((more) => {
      passed += more;
      slider.value = String(eased(Math.min(1, passed / LENGTH)));
      show();
      if (passed < LENGTH) return true;
      rest();
      return false;
    });
  }

  /** Noise of the next seed is carried, some points at a time. */
  async function carry() {
    const wanted = ++seed, noise = await randn(wanted, 2 * POINTS);
    for (let first = 0; first < POINTS; first += TOGETHER) {
      const some = await flowWay(flow, noise.subarray(2 * first, 2 * (first + TOGETHER)), STEPS);
      if (seed !== wanted) return;
      for (let step = 0; step <= STEPS; step++) {
        way.set(some.subarray(2 * step * TOGETHER, 2 * (step + 1) * TOGETHER), 2 * (step * POINTS + first));
      }
      there = Math.max(there, first + TOGETHER);
      if (!first) film(chosen);
      await show();
    }
  }

  slider.addEventListener('input', () => {
    rest();
    show();
  });
  play.addEventListener('click', () => (play.getAttribute('aria-pressed') === 'true' ? rest() : run()));
  section.addEventListener('guessed', run);
  find(section, '.again').addEventListener('click', () => {
    rest();
    slider.value = '0';
    carry();
  });
  plane.addEventListener('click', (/** @type {PointerEvent} */ event) => {
    const [x, y] = shareOf(plane, event), t = now();
    const far = (/** @type {number} */ k) => {
      const [a, b] = placeOf(map, at(k, t));
      return Math.hypot(a - x, b - y);
    };
    let nearest = 0;
    for (let k = 1; k < there; k++) if (far(k) < far(nearest)) nearest = k;
    if (there) choose(nearest);
  });
  plane.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    const step = /** @type {Record<string, number>} */ ({ArrowLeft: -1, ArrowRight: 1})[event.key];
    if (!step || !there || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(chosen + step);
  });
  new ResizeObserver(() => {
    side = plane.clientWidth;
    if (there) draw();
  }).observe(plane);

  async function begin() {
    side = plane.clientWidth;
    await come(stage, decoder);
    await come(stage, flow);
    await carry();
  }
  let begun = false;
  return {
    shown(/** @type {boolean} */ visible) {
      if (!visible) rest();
      else if (!begun) begin().catch(() => { begun = false; });
      begun ||= visible;
    },
  };
}
