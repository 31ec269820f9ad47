// What else moved, of what the page itself decoded: readings.py and view.py's sentences once more, in the server's words (.told).
const {floats, decimal, signed} = window.vaeCourse;
const MOST_ROWS = 8, LEAST_OTHERS = 4, NOTHING = 0.05; // as there
const tab = element.closest('[id^="tab-"]');
const words = () => tab.querySelector('.told');
const copies = (of) => [...words().querySelectorAll(`p[data-of="${of}"]`)].map((one) => one.cloneNode(true));

const sentences = (strengths, change) => {
  const features = Object.keys(strengths).filter((key) => words().querySelector(`p[data-of^="${key}:"]`));
  const most = features.reduce((one, other) => (Math.abs(strengths[other]) > Math.abs(strengths[one]) ? other : one), features[0]);
  const [said] = copies('change');
  said.textContent = said.textContent.replace('{change}', decimal(change, 1));
  return [said, ...most ? copies(`${most}:${strengths[most] > 0 ? 1 : -1}`) : [], ...change < NOTHING ? copies('nothing') : []];
};

let reader = null; // {weights (K, D), bias (K,)}, read once for each model
const read = (z) => { // what a code says of each attribute, in per cent
  const {weights, bias, probability} = words().dataset, {decoder} = tab.querySelector('.knobs').dataset;
  if (reader?.of !== decoder) reader = {of: decoder, weights: floats(weights), bias: floats(bias)};
  return [...reader.bias].map((score, k) => {
    for (let d = 0; d < z.length; d++) score += reader.weights[k * z.length + d] * z[d];
    return 100 * (probability ? 1 / (1 + Math.exp(-score)) : Math.max(0, Math.min(1, score)));
  });
};
const table = (mu, z, strengths) => {
  const copy = words().querySelector('table').cloneNode(true), before = read(mu), after = read(z);
  const own = (row) => [row.dataset.attribute].some((name) =>
    [...tab.querySelectorAll(`[data-slide][data-attribute="${name}"]`)].some(({dataset}) => dataset.slide in strengths));
  const rows = [...copy.rows].map((row, k) => ({row, own: own(row), before: before[k], after: after[k], change: after[k] - before[k]}));
  rows.sort((one, other) => Math.abs(other.change) - Math.abs(one.change));
  const chosen = rows.filter((row) => row.own), others = rows.filter((row) => !row.own);
  const shown = [...chosen, ...others.slice(0, Math.max(LEAST_OTHERS, MOST_ROWS - chosen.length))];
  copy.tBodies[0].replaceChildren(...shown.map(filled));
  return copy;
};
const filled = ({row, own, before, after, change}) => { // as moves.html writes it, all at 0
  const width = Math.min(50, Math.abs(change) / 2), [, bar, points, numbers] = row.cells;
  if (own) Object.assign(row, {className: 'own', title: words().dataset.own});
  bar.querySelector('i').className = change < 0 ? 'less' : 'more';
  Object.assign(bar.querySelector('i').style, {left: `${(change < 0 ? 50 - width : 50).toFixed(1)}%`, width: `${width.toFixed(1)}%`});
  points.textContent = signed(decimal(Math.round(after) - Math.round(before), 0));
  const both = [before, after].map((value) => decimal(value, 0));
  numbers.textContent = numbers.textContent.replace(/0/g, () => both.shift());
  return row;
};

tab.addEventListener('moved', ({detail: {mu, z, strengths, change}}) => {
  const panel = element.querySelector('.readings'), still = !Object.keys(strengths).length;
  for (const one of panel.querySelectorAll(':scope > :is(p, table)')) one.remove();
  panel.querySelector('header').after(...still ? copies('still') : sentences(strengths, change),
    ...!still && words().querySelector('table') ? [table(mu, z, strengths)] : []);
});
watch('value', () => tab.dispatchEvent(new Event('answered')));
