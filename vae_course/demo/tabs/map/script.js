// The tab Map: what is picked and which class is outlined is marked before the server answers. What lies under the ring is
// decoded by the page, once the decoder has come; until then, and where that fails, by the server.
const NEAR = 30; // pixels from a point within which a click or a tap means it
const STEP = 0.02; // share of the map that an arrow key moves the ring
const {lens, tileOf, shareOf, drags, note, prepareBy, decodes, decode, paint, show, latest, floats, decimal} = window.vaeCourse;
let spot = [0.5, 0.5], plane = null; // where the ring is, in 0..1, y upwards; the plane on which it was last decoded
let exploring = false; // the lens shows what is at the ring, and no point's picture
let outline = null; // the class that is outlined, as text; "none" for none
const find = (selector) => element.querySelector(selector);
const map = () => find('svg.map');
const order = (dot) => Number(dot.dataset.index);
const dots = () => [...element.querySelectorAll('.dot')].sort((one, other) => order(one) - order(other));
const place = (dot) => [Number(dot.dataset.x), Number(dot.dataset.y)];
const set = (node, values) => { for (const [key, value] of Object.entries(values)) node.setAttribute(key, value); };

const mark = () => {
  const {a, b, straight, look} = map().dataset, all = dots();
  all.forEach((dot, k) => dot.setAttribute('aria-pressed', String([a, b].includes(String(k)))));
  const reached = all[b || a];
  all.forEach((dot) => { dot.tabIndex = dot === reached ? 0 : -1; });
  for (const [letter, k] of [['A', a], ['B', b]]) {
    const sign = find(`[data-mark="${letter}"]`);
    sign.setAttribute('visibility', k ? 'visible' : 'hidden');
    if (!k) continue;
    all[k].parentNode.append(all[k]); // nothing lies above it
    const [x, y] = place(all[k]), aside = look === 'pictures' ? 34 : 0;
    sign.setAttribute('transform', `translate(${Math.max(28, x - aside)} ${Math.max(28, y - aside)})`);
  }
  const line = find('.path'), drawn = b && straight === 'true';
  line.setAttribute('visibility', drawn ? 'visible' : 'hidden');
  if (!drawn) return;
  const [[x1, y1], [x2, y2]] = [place(all[a]), place(all[b])];
  set(line, {x1, y1, x2, y2});
};

const border = () => {
  for (const shape of element.querySelectorAll('.border'))
    shape.setAttribute('visibility', shape.dataset.class === outline ? 'visible' : 'hidden');
  for (const button of element.querySelectorAll('.legend [role="button"]'))
    button.setAttribute('aria-pressed', String(button.dataset.class === outline));
};

const choose = (dot) => {
  const chosen = map().dataset, k = dot.dataset.index;
  if (chosen.b || k === chosen.a) Object.assign(chosen, {a: k, b: ''});
  else chosen.b = k;
  mark();
  dot.focus({preventScroll: true});
  pick({a: Number(chosen.a), b: chosen.b ? Number(chosen.b) : null}, 'chosen');
};

const nearest = (event) => {
  const box = map().getBoundingClientRect(), scale = map().viewBox.baseVal.width / box.width;
  const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
  const far = (dot) => Math.hypot(place(dot)[0] - x, place(dot)[1] - y);
  const best = dots().reduce((one, other) => (far(other) < far(one) ? other : one));
  return far(best) < NEAR * scale ? best : null;
};

// the ring, and the lens beside pointer, ring or the point that has the focus
const ring = () => find('.here');
const look = (x, y, seen) => find('.field') && lens(find('.field'), x, 1 - y, seen);
const showRing = () => {
  const side = map().viewBox.baseVal.width;
  ring()?.setAttribute('transform', `translate(${side * spot[0]} ${side * (1 - spot[1])})`);
};
const glass = document.createElement('canvas'); // what the page decoded last, of this plane
const lookAtRing = () => {
  const image = tab.querySelector('.place img');
  if (exploring && image) look(...spot, here && glass.of === here ? glass : `url(${image.src}) center / cover`);
};
const explore = (x, y) => {
  if (!ring()) return;
  [exploring, spot] = [true, [x, y].map((value) => Math.round(1000 * Math.max(0, Math.min(1, value))) / 1000)];
  showRing();
  lookAtRing();
  seek();
};
let here = null; // of which plane the page itself decodes places
const current = () => `${map().dataset.decoder} ${map().dataset.method}`;
const ask = () => pick({x: spot[0], y: spot[1]}, 'place');
const seek = () => {
  if (!tab.querySelector('.place') || !decodes(map().dataset.decoder)) return ask();
  here = current();
  draw(here);
};
const codeThere = () => {
  const plane = floats(map().dataset.plane), size = plane.length / 3, [x, y] = spot;
  return Float32Array.from({length: size}, (_, d) => plane[d] + x * plane[size + d] + y * plane[2 * size + d]);
};
const draw = latest(async (on) => {
  const z = codeThere();
  say(z);
  const pictures = await decode(map().dataset.decoder, z);
  if (!map() || current() !== on) return; // another plane or model
  if (pictures) {
    show(tab.querySelector('.place img'), pictures);
    paint(glass, pictures);
    glass.of = on;
    lookAtRing();
  } else {
    here = null;
    ask();
  }
});
const say = (z) => { // in the server's words (place.html)
  const words = JSON.parse(map().dataset.words), home = JSON.parse(map().dataset.home), place = tab.querySelector('.place');
  const where = words.where.replace('{x}', decimal(z[0], 2)).replace('{y}', decimal(z[1], 2));
  const noted = Object.fromEntries(['x', 'y'].map((axis, k) => [axis, spot[k] === home[axis] ? null : spot[k]]));
  place.querySelector('small').textContent = where;
  place.querySelector('img').alt = words.alt.replace('{where}', where);
  place.querySelector('[data-note]').dataset.note = JSON.stringify(noted);
  note('map', noted);
};
const exploreAt = (event) => {
  const [x, y] = shareOf(map(), event);
  explore(x, 1 - y);
};
const lookAt = (dot) => {
  exploring = false;
  const side = map().viewBox.baseVal.width, {sheet, columns, rows} = map().dataset;
  if (!dot) return look();
  const [x, y] = place(dot);
  look(x / side, 1 - y / side, tileOf(sheet, order(dot), Number(columns), Number(rows)));
};
const tab = element.closest('[id^="tab-"]');
tab.addEventListener('load', (event) => event.target.closest('.place') && lookAtRing(), true); // the answer has come
tab.addEventListener('answered', () => requestAnimationFrame(() => { // by the server, to what was asked before
  if (map() && ring() && here === current()) draw(here);
}));
prepareBy(element, (target) => target.closest('svg.map') && map().dataset.decoder);
const isDragging = drags(element, 'svg.map', exploreAt);
element.addEventListener('pointermove', (event) => {
  if (event.pointerType === 'mouse' && !isDragging() && event.target.closest('svg.map')) lookAt(nearest(event));
});
element.addEventListener('pointerout', (event) => {
  if (event.pointerType === 'mouse' && !isDragging() && !event.relatedTarget?.closest?.('svg.map')) lookAt(null);
});
element.addEventListener('focusin', (event) => {
  const dot = event.target.closest('.dot');
  if (dot?.matches(':focus-visible')) lookAt(dot);
});
element.addEventListener('focusout', () => map() && lookAt(null));

element.addEventListener('click', (event) => {
  if (event.target.closest('svg.map')) {
    const dot = nearest(event);
    if (dot) choose(dot);
    else exploreAt(event);
  }
  const button = event.target.closest('.legend [role="button"]');
  if (button) toggle(button);
});

const toggle = (button) => {
  outline = outline === button.dataset.class ? 'none' : button.dataset.class;
  border();
  const usual = find('.atlas').dataset.usual;
  note('map', {outline: outline === usual ? null : outline});
};

const beside = (from, [right, down]) => {
  const [x, y] = place(from);
  const cost = (dot) => {
    const [dx, dy] = [place(dot)[0] - x, place(dot)[1] - y];
    const along = dx * right + dy * down, aside = Math.abs(dx * down) + Math.abs(dy * right);
    return dot === from || along <= 0 || aside > 2 * along ? Infinity : along + 2 * aside;
  };
  const best = dots().reduce((one, other) => (cost(other) < cost(one) ? other : one));
  return cost(best) < Infinity ? best : null;
};
const WAYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
const PAGES = {PageUp: -1, PageDown: 1};
const reached = (key, from) => {
  if (WAYS[key]) return beside(from, WAYS[key]) ?? from;
  const all = dots();
  return PAGES[key] ? all[(all.indexOf(from) + PAGES[key] + all.length) % all.length] : null;
};

element.addEventListener('keydown', (event) => {
  const press = event.key === 'Enter' || event.key === ' ', button = event.target.closest('.legend [role="button"]');
  if (press && button) {
    event.preventDefault();
    return toggle(button);
  }
  if (WAYS[event.key] && event.target.closest('.here')) {
    const [right, down] = WAYS[event.key], step = event.shiftKey ? 5 * STEP : STEP;
    event.preventDefault();
    return explore(spot[0] + step * right, spot[1] - step * down);
  }
  const from = event.target.closest('.dot');
  if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
  const to = reached(event.key, from);
  if (!press && !to) return;
  event.preventDefault();
  if (press) return choose(from);
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus({preventScroll: true});
});

const begin = () => {
  if (!map()) return;
  const {method, x, y} = map().dataset, fresh = find('.atlas').dataset.outline;
  const decoded = fresh === undefined && plane === method;
  if (fresh !== undefined) [outline, spot] = [fresh, [Number(x), Number(y)]]; // from the server, else the page's own
  plane = method;
  mark();
  border();
  showRing();
  if (!decoded && ring()) seek();
};
watch('value', begin);
begin();
