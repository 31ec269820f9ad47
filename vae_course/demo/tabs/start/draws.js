// The eight draws. One that is chosen takes its place, z and picture, in the diagram above. The page makes the next eight itself,
// and those without σ, once the decoder has come; until then, and where that fails, the server does.
const {note, engine, prepareBy, decodes, decode, show, rest, uncover, latest, floats, decimal} = window.vaeCourse;
const tab = element.closest('[id^="tab-"]');
const way = () => tab.querySelector('.start-way .panel'), buttons = () => [...element.querySelectorAll('.redraw')];
const last = () => way().querySelector('.stop-4 img');

const mark = (button) => {
  for (const other of buttons()) other.setAttribute('aria-pressed', String(other === button));
  for (const dots of [...way().querySelectorAll('g.draw')]) {
    const chosen = dots.dataset.draw === button.dataset.draw;
    dots.classList.toggle('on', chosen);
    if (chosen) dots.parentNode.append(dots); // above the pale ones
  }
};
element.addEventListener('click', (event) => {
  const button = event.target.closest('.redraw');
  if (!button) return;
  mark(button);
  uncover(last());
  last().src = rest(button.querySelector('img'));
});

let chosen = null; // seed and whether σ is 0, whoever draws
const ask = () => pick({seed: chosen.seed}, 'draws');
const drawn = () => element.querySelector('.panel')?.dataset ?? {}; // the same of what is shown, as texts
const still = ({zero}) => zero && drawn().zero === '1'; // the eight stay as they are
const possible = () => still(chosen) || decodes(way().dataset.decoder);
window.vaeCourse.drawnAtStart = (next, zero) => { // Gradio calls this, and takes the seed
  const seed = next % (2 ** 31 - 1);
  chosen = {seed, zero: Number(zero)};
  if (way() && possible()) draw(chosen);
  else if (way()) ask(); // else the tab is not filled yet
  return seed;
};
prepareBy(tab, (target) => target.closest('.start-bar, .start-redraws') && way()?.dataset.decoder, true);

const draw = latest(async (wanted) => {
  const {decoder, mu, logvar} = way().dataset, {seed, zero} = wanted;
  if (still(wanted)) return enter(wanted);
  const middle = floats(mu), size = middle.length, width = floats(logvar).map((value) => Math.exp(0.5 * value));
  const z = zero ? middle : await engine().then((chance) => chance.randn(seed, buttons().length * size))
    .then((eps) => eps.map((value, k) => middle[k % size] + width[k % size] * value), () => null);
  const pictures = z && await decode(decoder, z); // one, or one for each
  if (chosen !== wanted || way()?.dataset.decoder !== decoder || way().dataset.mu !== mu) return; // another picture or model
  if (!pictures) return ask();
  buttons().forEach((button, k) => { show(button.querySelector('img'), [pictures[k % pictures.length]]); });
  show(last(), [pictures[0]]);
  mark(buttons()[0]);
  if (zero !== Number(drawn().zero)) [way(), element.querySelector('.panel')].forEach((panel) => say(panel, zero));
  place(middle, width, z, zero);
  like(pictures[0]);
  enter(wanted);
});
// A panel's words for a cloud, or for none, in the place of the others: pairs that its template names.
const say = (panel, zero) => {
  const pairs = JSON.parse(panel.dataset.words);
  const said = (text) => pairs.reduce((now, pair) => now.replace(pair[1 - zero], pair[zero]), text);
  for (const one of panel.querySelectorAll('h3, .stop p, .panel > p, .pin, .save, .redraws, svg')) {
    for (const name of ['aria-label', 'title', 'data-pin', 'data-save'])
      if (one.hasAttribute(name)) one.setAttribute(name, said(one.getAttribute(name)));
    for (const text of one.childNodes) if (text.nodeType === Node.TEXT_NODE) text.data = said(text.data);
  }
};

// The diagram, as view.py lays it out: both charts from -reach to reach, which hold μ, two σ around it, and the draws.
const place = (mu, sigma, z, zero) => {
  const rows = way().dataset.rows.split(',').map(Number), {start, end} = way().dataset;
  const far = [...rows.map((d) => Math.abs(mu[d]) + 2 * sigma[d]), ...z.map(Math.abs).filter((_, k) => rows.includes(k % mu.length))];
  const reach = Math.max(3, Math.min(99, Math.floor(Math.max(...far)) + 1));
  const x = (value) => Number(start) + (value + reach) / (2 * reach) * (end - start);
  const used = zero ? new Float32Array(sigma.length) : sigma;
  for (const svg of way().querySelectorAll('svg')) {
    number(svg, reach, x);
    svg.querySelectorAll('.sigma').forEach((one, k) => lay(one, x(mu[rows[k]] - used[rows[k]]), x(mu[rows[k]] + used[rows[k]])));
    svg.querySelectorAll('.mu').forEach((one, k) => lay(one, ...[x(0), x(mu[rows[k]])].sort((a, b) => a - b)));
    svg.querySelectorAll('.centre').forEach((one, k) => across(one, x(mu[rows[k]])));
    for (const dots of svg.querySelectorAll('g.draw'))
      [...dots.children].forEach((dot, k) => dot.setAttribute('cx', x(z[(dots.dataset.draw * mu.length + rows[k]) % z.length]).toFixed(1)));
  }
};
const lay = (box, from, to) => {
  box.setAttribute('x', from.toFixed(1));
  box.setAttribute('width', (to - from).toFixed(1));
};
const across = (line, x) => line.setAttribute('d', line.getAttribute('d').replace(/^M[\d.]+/, `M${x.toFixed(1)}`));
const number = (svg, reach, x) => { // the axis: a line and a number for each round value
  const lines = [...svg.querySelectorAll('.grid')], pair = [lines[0], lines[0].nextElementSibling];
  lines[0].before(...roundValues(-reach, reach).flatMap((value) => {
    const [line, text] = pair.map((one) => one.cloneNode(true));
    across(line, x(value));
    text.setAttribute('x', x(value).toFixed(1));
    text.textContent = String(value).replace('-', '−');
    return [line, text];
  }));
  for (const line of lines) {
    line.nextElementSibling.remove();
    line.remove();
  }
};
const roundValues = (low, high, about = 5) => { // as in ui/charts.py
  const rough = (high - low) / about, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough), first = Math.ceil(low / step);
  return Array.from({length: Math.floor(high / step) - first + 1}, (_, k) => (first + k) * step);
};
const like = ({data, width, height}) => { // the PSNR, of the picture as it is shown
  const paper = new OffscreenCanvas(width, height).getContext('2d');
  paper.drawImage(way().querySelector('.stop-1 img'), 0, 0, width, height);
  const x = paper.getImageData(0, 0, width, height).data;
  const squares = data.reduce((sum, value, k) => sum + (value - x[k]) ** 2, 0) / (3 * width * height); // both are opaque
  const {out} = way().dataset, psnr = decimal(10 * Math.log10(255 ** 2 / squares), 1);
  way().querySelector('.stop-4 p').textContent = out.replace('{psnr}', psnr);
};
const enter = ({seed, zero}) => { // into the address, and what is saved
  const span = way().querySelector('[data-note]'), save = element.querySelector('[data-save]').dataset;
  const noted = {seed: seed || null, zero: zero || null};
  span.dataset.note = JSON.stringify({...JSON.parse(span.dataset.note), ...noted});
  save.save = save.save.replace(/\d+(?=\.png$)/, seed);
  Object.assign(drawn(), {seed, zero});
  note('start', noted);
};
watch('value', () => requestAnimationFrame(() => { // a late answer
  const {seed, zero} = drawn(), other = chosen && (Number(seed) !== chosen.seed || Number(zero) !== chosen.zero);
  if (other && seed !== undefined && way() && possible()) draw(chosen);
}));
