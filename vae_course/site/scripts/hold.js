// Hold the space: a two-dimensional model under the finger.

import {animate, calm, clamp, dataOf, eased, failed, find, shareOf, show, showAll, written} from './dom.js';
import {latest, pixels, randn} from './engine.js';
import {circle, codeAt, drawDots, fadeIn, pill, placeOf, sharp} from './plane.js';

const TOUR = [[0.31, 0.67], [0.18, 0.53], [0.39, 0.22], [0.6, 0.25], [0.78, 0.55], [0.59, 0.76]]; // places of classes
const STEP = 0.02; // share of the plane that an arrow key moves the point
const SLOWER = 0.0028; // of a flick's speed, each millisecond
const FILM = {frames: 9, length: 2600}; // pictures of the strip; milliseconds from one end to the other

/** @typedef {import('./plane.js').Pair} Pair */

/** @param {HTMLElement} section */
export function open(section) {
  const map = dataOf(section), address = map.parts['fashion-2d'].decoder;
  const plane = find(section, '.plane'), lens = find(section, '.lens'), big = find(section, '.big');
  const output = find(section, '.z'), strip = find(section, '.strip');
  const filmButton = find(section, '.film'), filmText = filmButton.textContent;
  /** @type {Pair} */
  let place = [TOUR[0][0], TOUR[0][1]];
  /** @type {number | null} */
  let chosen = null; // class
  /** @type {Pair | null} */
  let from = null; // where a film begins, while its end is not set
  /** @type {[Pair, Pair] | null} */
  let film = null;
  /** @type {Pair[]} */
  let trail = [];
  let stop = () => {}, side = 0, touched = false;

  const decode = latest(async (/** @type {Pair} */ spot) => {
    const [picture] = await pixels(address, codeAt(map, spot));
    show(lens, picture);
    show(big, picture);
    plane.dataset.decoded = codeAt(map, spot).join(' ');
  });

  /** @param {Pair} to */
  function move(to) {
    place = [clamp(to[0], 0, 1), clamp(to[1], 0, 1)];
    const z = /** @type {Pair} */ (codeAt(map, place));
    output.textContent = output.dataset.place.replace('{x}', written(z[0])).replace('{y}', written(z[1]));
    draw();
    return decode(place);
  }

  function draw() {
    const context = sharp(find(section, '.marks'), side), [x, y] = place;
    drawDots(context, map, side, chosen);
    const line = film ?? (from && [from, place]);
    if (chosen === null && !line) {
      for (const {name, colour, spot} of labels) pill(context, name, spot[0] * side, (1 - spot[1]) * side, colour);
    }
    context.strokeStyle = '#fff';
    if (line) {
      context.lineWidth = 2;
      context.setLineDash(film ? [] : [4, 5]);
      context.beginPath();
      for (const [a, b] of line) context.lineTo(a * side, (1 - b) * side);
      context.stroke();
      context.setLineDash([]);
      for (const [k, [a, b]] of line.entries()) pill(context, 'AB'[k], a * side, (1 - b) * side, '#2dd4bf');
    }
    for (const [k, [a, b]] of trail.entries()) {
      circle(context, a * side, (1 - b) * side, 2.5);
      context.fillStyle = `rgb(45 212 191 / ${(k + 1) / trail.length})`;
      context.fill();
    }
    circle(context, x * side, (1 - y) * side, 11);
    context.lineWidth = 5;
    context.strokeStyle = '#000a';
    context.stroke();
    context.lineWidth = 2.5;
    context.strokeStyle = '#2dd4bf';
    context.stroke();
    lens.hidden = !!film && big.offsetWidth > 0; // it would cover A, B and what lies between
    const wide = lens.offsetWidth, below = (1 - y) * side < wide + 34;
    const left = clamp(x * side - wide / 2, 0, side - wide), top = (1 - y) * side + (below ? 30 : -30 - wide);
    lens.style.transform = `translate(${left}px, ${top}px)`;
  }

  const labels = apart(map);

  /** @param {Pair} to @param {number} length milliseconds */
  function fly(to, length) {
    const start = place;
    let t = 0;
    stop();
    stop = animate((passed) => {
      t = calm.matches ? 1 : Math.min(1, t + passed / length);
      const share = eased(t);
      move([start[0] + share * (to[0] - start[0]), start[1] + share * (to[1] - start[1])]);
      return t < 1;
    });
  }

  /** After a flick the point flies on, slower and slower, and comes back from the edges. @param {Pair} speed shares a ms */
  function flick(speed) {
    stop = animate((passed) => {
      const next = place.map((value, k) => value + speed[k] * passed);
      for (const k of [0, 1]) if (next[k] < 0 || next[k] > 1) speed[k] *= -0.8;
      move(/** @type {Pair} */ (next));
      trail = [...trail.slice(-30), place];
      const slower = Math.exp(-SLOWER * passed);
      speed = [speed[0] * slower, speed[1] * slower];
      return Math.hypot(...speed) > 2e-5;
    });
  }

  /** Until someone takes it, the point walks from class to class, twice around. */
  function tour() {
    let t = 0;
    stop = animate((passed) => {
      t += passed / 3600;
      const [a, b] = [0, 1].map((more) => TOUR[(Math.floor(t) + more) % TOUR.length]);
      const share = eased(clamp(2 * (t % 1) - 1, 0, 1)); // half of the time it stays
      move([a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]);
      return t < 2 * TOUR.length;
    });
  }

  function play() {
    if (!film) return;
    const [a, b] = film;
    let t = 0;
    stop();
    stop = animate((passed) => {
      t = (t + passed / FILM.length) % 2;
      const share = eased(t > 1 ? 2 - t : t);
      move([a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]);
      return !calm.matches;
    });
  }

  /** The point was set: perhaps it is where a film ends. */
  function settled() {
    if (from) screen(from, place);
  }

  /** @param {Pair} a @param {Pair} b */
  async function screen(a, b) {
    film = [a, b];
    from = null;
    filmButton.textContent = filmText;
    filmButton.setAttribute('aria-pressed', 'false');
    const path = Array.from({length: FILM.frames}, (_, k) => k / (FILM.frames - 1))
      .flatMap((t) => codeAt(map, [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]));
    play();
    showAll(strip, await pixels(address, path));
    strip.hidden = false;
  }

  function taken() {
    stop();
    touched = true;
    plane.classList.add('touched');
    trail = [];
    film = null;
  }

  /** @type {{x: number, y: number, at: number}[]} */
  let way = [];
  plane.addEventListener('pointerdown', (/** @type {PointerEvent} */ event) => {
    if (event.button) return;
    taken();
    plane.setPointerCapture(event.pointerId);
    way = [];
    move(shareOf(plane, event));
  });
  plane.addEventListener('pointermove', (/** @type {PointerEvent} */ event) => {
    if (!plane.hasPointerCapture(event.pointerId)) return;
    const spot = shareOf(plane, event);
    way = [...way.filter(({at}) => event.timeStamp - at < 90), {x: spot[0], y: spot[1], at: event.timeStamp}];
    move(spot);
  });
  plane.addEventListener('pointerup', (/** @type {PointerEvent} */ event) => {
    if (!plane.hasPointerCapture(event.pointerId)) return;
    if (from) return settled();
    const first = way[0], last = way[way.length - 1];
    if (!last || event.timeStamp - last.at > 60 || last.at - first.at < 8 || calm.matches) return;
    const speed = /** @type {Pair} */ ([(last.x - first.x) / (last.at - first.at), (last.y - first.y) / (last.at - first.at)]);
    if (Math.hypot(...speed) > 2.5e-4) flick(speed);
  });
  plane.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    const [right, up] = /** @type {Record<string, Pair>} */ ({
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
    })[event.key] ?? [0, 0];
    if (event.key === 'Enter' && from) return settled();
    if (!(right || up) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    taken();
    const step = event.shiftKey ? 5 * STEP : STEP;
    move([place[0] + step * right, place[1] + step * up]);
  });

  let seed = Math.floor(Math.random() * 2 ** 31);
  find(section, '.throw').addEventListener('click', async () => {
    const z = await randn(seed++, 2), to = placeOf(map, /** @type {Pair} */ ([z[0], z[1]]));
    taken();
    fly(/** @type {Pair} */ (to.map((share) => clamp(share, 0, 1))), 800);
  });
  section.addEventListener('guessed', () => { // the answer is shown: the way that was asked about
    taken();
    screen([TOUR[0][0], TOUR[0][1]], [TOUR[1][0], TOUR[1][1]]);
  });
  filmButton.addEventListener('click', () => {
    taken();
    from = from ? null : place;
    filmButton.textContent = from ? filmButton.dataset.next : filmText;
    filmButton.setAttribute('aria-pressed', String(!!from));
    draw();
  });
  find(section, '.classes').addEventListener('click', (/** @type {MouseEvent} */ event) => {
    const button = event.target instanceof Element && event.target.closest('button');
    if (!button) return;
    chosen = chosen === Number(button.value) ? null : Number(button.value);
    for (const other of section.querySelectorAll('.classes button')) {
      other.setAttribute('aria-pressed', String(chosen === Number(other.getAttribute('value'))));
    }
    draw();
  });

  new ResizeObserver(() => {
    side = plane.clientWidth;
    draw();
  }).observe(plane);

  let begun = false;
  async function begin() {
    side = plane.clientWidth;
    await move(place);
    document.documentElement.dataset.decoded = 'true'; // the first picture is there
    fadeIn(find(section, '.tiles'), map, (z) => pixels(address, z));
    if (!touched && !calm.matches) tour();
  }

  return {
    shown(/** @type {boolean} */ visible) {
      if (!visible) return stop();
      if (!begun) begin().catch(() => { [begun, output.textContent] = [false, failed]; });
      else if (film) play();
      begun = true;
    },
  };
}

/**
 * Where the names of classes stand: at the middle of each, moved up or down until they don't overlap.
 * @param {import('./plane.js').Map} map
 */
function apart(map) {
  const middle = (/** @type {number[]} */ values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const all = map.names.map((name, label) => {
    const own = map.codes.filter((_, k) => map.labels[k] === label).map((code) => placeOf(map, code));
    return {name, colour: map.colours[label], spot: /** @type {Pair} */ ([0, 1].map((k) => middle(own.map((place) => place[k]))))};
  });
  for (let step = 0; step < 60; step++) {
    for (const one of all) {
      for (const other of all) {
        const down = one.spot[1] - other.spot[1];
        if (one === other || Math.abs(one.spot[0] - other.spot[0]) > 0.26 || Math.abs(down) > 0.062) continue;
        const push = 0.004 * (down > 0 || (down === 0 && one.name > other.name) ? 1 : -1);
        one.spot[1] += push;
        other.spot[1] -= push;
      }
    }
  }
  return all;
}
