// The sliders. The page decodes what they move, once the decoder has come; until then, and where that fails,
// the server gets all their values at once.
const {note, prepareBy, decodes, decode, show, rest, uncover, latest, floats} = window.vaeCourse;
const tab = element.closest('[id^="tab-"]');
const find = (selector) => tab.querySelector(selector);
const inputs = () => [...element.querySelectorAll('input[data-slide]')];
const strengths = () => Object.fromEntries(
  inputs().map((one) => [one.dataset.slide, Number(one.value)]).filter(([, value]) => value));
const told = (value) => value ? (value > 0 ? '+' : '−') + Math.abs(value).toFixed(2).replace(/\.?0+$/, '') : '0';

const send = () => pick({moved: strengths()}, 'moved');
let here = null; // of which picture the page decodes what sliders make; answers to what was asked before are late
const slide = () => {
  const decoded = decodes(find('.knobs').dataset.decoder);
  here = decoded ? find('.pair-stage').dataset.mu : null;
  if (decoded) {
    draw(here);
    telling ??= requestAnimationFrame(() => setTimeout(tell)); // after the picture
  } else {
    tell();
    send();
  }
};
let telling = null;
const tell = () => { // to what later events take along, and into the address
  cancelAnimationFrame(telling);
  telling = null;
  tab.dispatchEvent(new CustomEvent('slid', {detail: strengths()}));
  if (here) enter();
};
prepareBy(tab, () => find('.knobs')?.dataset.decoder);

let directions = null, before = null; // of these sliders, (K, D); the picture before, as pixels
const moved = (mu) => {
  directions ??= floats(find('.knobs').dataset.directions);
  const z = mu.slice();
  inputs().forEach((one, k) => {
    const strength = Number(one.value);
    if (strength) for (let d = 0; d < z.length; d++) z[d] += strength * directions[k * z.length + d];
  });
  return z;
};
const draw = latest(async (code) => {
  const {decoder} = find('.knobs').dataset, mu = floats(code), z = moved(mu), strong = strengths();
  if (before?.of !== code) before = {of: code, pictures: await decode(decoder, mu)};
  const pictures = before.pictures && await decode(decoder, z);
  if (find('.pair-stage')?.dataset.mu !== code) return; // another picture or model has been chosen
  if (!pictures) {
    here = before = null;
    return send();
  }
  put(pictures, Object.keys(strong).length ? undefined : find('.before img').src);
  const detail = {mu, z, strengths: strong, change: change(before.pictures[0], pictures[0])};
  requestAnimationFrame(() => tab.dispatchEvent(new CustomEvent('moved', {detail}))); // painted with the picture
});
const change = ({data: one}, {data: other}) => { // of a pixel on average, in per cent of its range; both are opaque
  let sum = 0;
  for (let k = 0; k < one.length; k++) sum += Math.abs(one[k] - other[k]);
  return 100 * sum / 255 / (0.75 * one.length);
};
const put = (pictures, file) => {
  const after = find('.after img');
  show(after, pictures, {file});
  if ('kept' in after.dataset) { // while the one before is held in its place
    const before = after.src;
    after.dataset.kept = rest(after);
    uncover(after);
    after.src = before;
  }
};
const enter = () => { // into the address
  const noted = Object.fromEntries(inputs().map(({value, dataset}) =>
    [dataset.slide, Number(value) === Number(dataset.usual) ? null : Number(value)]));
  find('.readings [data-note]').dataset.note = JSON.stringify(noted);
  note('features', noted);
};

element.addEventListener('input', (event) => {
  if (!event.target.matches('input[data-slide]')) return;
  event.target.closest('.knob').querySelector('output').textContent = told(Number(event.target.value));
  slide();
});
element.addEventListener('change', () => telling && tell()); // it was let go: what comes next may take them along
element.addEventListener('click', (event) => {
  if (!event.target.closest('.reset')) return;
  for (const one of inputs()) {
    one.value = 0;
    one.closest('.knob').querySelector('output').textContent = told(0);
  }
  slide();
});
watch('value', () => {
  directions = null;
  for (const one of inputs()) one.value = one.getAttribute('value'); // one that was moved would stay there
});
tab.addEventListener('answered', () => requestAnimationFrame(() => { // by the server
  const code = find('.pair-stage')?.dataset.mu, now = find('img.now');
  if (code && code === here) {
    enter();
    draw(code);
  } else if (now && find('.after img')) {
    const after = find('.after img');
    uncover(after);
    if ('kept' in after.dataset) after.dataset.kept = now.src;
    else after.src = now.src;
  }
}));
