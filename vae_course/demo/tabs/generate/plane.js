// The map of a 2-D model: a click on its lattice, or an arrow key, picks a point. The page decodes it, once its
// decoder has come; until then, and where that fails, the server does.
const {lens, tileOf, shareOf, drags, note, prepareBy, decodes, decode, show: put, latest, decimal} = window.vaeCourse;
const find = (selector) => element.querySelector(selector);
let own = null; // the point that the page itself decoded last
const go = (x, y) => {
  const {edge, decoder} = find('.plane').dataset;
  const within = (value) => Math.max(-edge, Math.min(edge, value));
  const to = {x: within(x), y: within(y)};
  if (!decodes(decoder)) return pick(to, 'point');
  own = {...to, decoder};
  show();
  draw(own);
};
prepareBy(element, (target) => target.closest('.lattice') && find('.plane').dataset.decoder);
const draw = latest(async ({x, y, decoder}) => {
  const pictures = await decode(decoder, Float32Array.of(x, y));
  if (find('.plane')?.dataset.decoder !== decoder) return; // another model has been chosen
  if (pictures) put(find('.plane figure img'), pictures);
  else {
    own = null;
    pick({x, y}, 'point');
  }
});
const show = () => { // all but the picture, in the server's words (plane.html)
  const {dataset} = find('.plane'), words = JSON.parse(dataset.words), home = JSON.parse(dataset.home), noted = {};
  const text = words.point.replace('{x}', decimal(own.x, 2)).replace('{y}', decimal(own.y, 2));
  const caption = find('.plane figcaption'), lattice = find('.lattice');
  lattice.setAttribute('aria-label', lattice.getAttribute('aria-label').replace(caption.textContent, text));
  caption.textContent = text;
  find('.plane figure img').alt = words.alt.replace('{point}', text);
  held = [0.5 + own.x / dataset.edge / 2, 0.5 - own.y / dataset.edge / 2];
  mark();
  for (const axis of ['x', 'y']) {
    dataset[axis] = own[axis].toFixed(4);
    const rounded = Math.round(1000 * own[axis]) / 1000;
    noted[axis] = rounded === home[axis] ? null : rounded;
  }
  find('.plane [data-note]').dataset.note = JSON.stringify(noted);
  note('generate', noted);
};
let held = [0, 0]; // where a drag is, which answers that come late must not move back
const mark = () => Object.assign(find('.here').style, {left: `${100 * held[0]}%`, top: `${100 * held[1]}%`});
const goTo = (event) => {
  const edge = Number(find('.plane').dataset.edge), [x, y] = shareOf(find('.lattice'), event);
  held = [x, y];
  mark();
  find('.lattice').focus({preventScroll: true});
  go(edge * (2 * x - 1), edge * (1 - 2 * y));
};
const isDragging = drags(element, '.lattice', goTo);
element.addEventListener('click', (event) => event.target.closest('.lattice') && goTo(event));
element.addEventListener('pointermove', (event) => { // the picture of the lattice below the pointer
  const lattice = event.target.closest('.lattice');
  if (!lattice || event.pointerType !== 'mouse') return;
  const [x, y] = shareOf(lattice, event), side = Number(lattice.dataset.side);
  const tile = (value) => Math.min(side - 1, Math.floor(side * value)), k = tile(y) * side + tile(x);
  lens(find('.field'), x, y, !isDragging() && tileOf(lattice.querySelector('img').src, k, side, side));
});
element.addEventListener('pointerout', (event) => {
  if (!event.relatedTarget?.closest?.('.lattice') && find('.field')) lens(find('.field'));
});
element.addEventListener('keydown', (event) => {
  const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
  const plane = element.querySelector('.plane');
  if (!step || !event.target.closest('.lattice')) return;
  event.preventDefault();
  if (!decodes(plane.dataset.decoder)) element.dataset.typing = 'yes';
  go(Number(plane.dataset.x) + 0.2 * step[0], Number(plane.dataset.y) + 0.2 * step[1]);
});
watch('value', () => requestAnimationFrame(() => {
  if (own && find('.plane')?.dataset.decoder !== own.decoder) own = null; // another model
  if (own) { // an answer from before the page decoded itself
    show();
    draw(own);
  } else if (isDragging()) mark();
  if (element.dataset.typing) element.querySelector('.lattice')?.focus();
  delete element.dataset.typing;
}));
