// The map of a 2-D model: a click on its lattice, or an arrow key, picks a point.
const go = (x, y) => {
  const edge = Number(element.querySelector('.plane').dataset.edge);
  const within = (value) => Math.max(-edge, Math.min(edge, value));
  pick({x: within(x), y: within(y)}, 'point');
};

element.addEventListener('click', (event) => {
  const lattice = event.target.closest('.lattice');
  if (!lattice) return;
  lattice.focus();
  const box = lattice.getBoundingClientRect(), edge = Number(element.querySelector('.plane').dataset.edge);
  go(edge * (2 * (event.clientX - box.left) / box.width - 1), edge * (1 - 2 * (event.clientY - box.top) / box.height));
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
  if (element.dataset.typing) element.querySelector('.lattice')?.focus();
  delete element.dataset.typing;
}));
