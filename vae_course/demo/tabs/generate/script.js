// The map of a 2-D model: a click on its lattice, or an arrow key, picks a point.
const go = (x, y) => {
  const edge = Number(element.querySelector('.plane').dataset.edge);
  const within = (value) => Math.max(-edge, Math.min(edge, value));
  pick({x: within(x), y: within(y)}, 'point');
};

const {lens, tileOf, shareOf, drags} = window.vaeCourse;
const find = (selector) => element.querySelector(selector);
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
  element.dataset.typing = 'yes';
  go(Number(plane.dataset.x) + 0.2 * step[0], Number(plane.dataset.y) + 0.2 * step[1]);
});
watch('value', () => requestAnimationFrame(() => {
  if (isDragging()) mark();
  if (element.dataset.typing) element.querySelector('.lattice')?.focus();
  delete element.dataset.typing;
}));
