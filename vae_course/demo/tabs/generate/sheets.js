// The sheets. The page draws z and decodes it, once the decoders have come; until then, and where that
// fails, the server does.
const {note, engine, prepareBy, decodes, decode, show, latest} = window.vaeCourse;
const tab = element.closest('[id^="tab-"]');
const panels = () => [...element.querySelectorAll('.panels > .panel')];
const drawn = () => JSON.parse(element.querySelector('.panels')?.dataset.drawn ?? '[]');
let chosen = null; // seed, count, temperature and columns, whoever draws
let refused = false; // the server was asked for what it refuses: so it is next, to take that back
const sound = ([seed, count, temperature]) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31 &&
  Number.isInteger(count) && count >= 1 && count <= 64 && temperature >= 0 && temperature <= 2;
const possible = (wanted) => wanted[3] === drawn()[3] && panels().flatMap(parts).every(decodes);
const parts = ({dataset: {decoder, draws}}) => draws ? [decoder, draws] : [decoder];
const ask = () => pick({seed: chosen[0]}, 'draw');

// Gradio calls this when one of them was changed, and takes the seed, and two areas to be emptied.
window.vaeCourse.turned = ([, seed, ...others], another = false) => {
  chosen = [another ? Math.floor(10000 * Math.random()) : seed, ...others];
  if (sound(chosen) && !refused && possible(chosen)) draw(chosen);
  else ask();
  refused = !sound(chosen);
  return [chosen[0], '', ''];
};
prepareBy(tab, (target) => target.closest('.what, .how') ? panels().flatMap(parts) : [], true);

// z from N(0, I) or the Gaussian is linear in the temperature: what a seed draws at 1, and their middle, are asked for once.
let drawnOnce = new Map();
const unit = async ({draws, dimensions}, seed, count) => {
  const chance = await engine();
  if (!draws) return [await chance.randn(seed, count * dimensions), null];
  return Promise.all([1, 0].map((temperature) => chance.drawGaussian(draws, seed, count, temperature)));
};
const codes = async (panel, [seed, count, temperature]) => {
  if (panel.source === 'flow') return (await engine()).drawFlow(panel.draws, seed, count, temperature);
  const key = [panel.draws, panel.dimensions, seed, count].join();
  if (drawnOnce.size > 8) drawnOnce = new Map();
  if (!drawnOnce.has(key)) drawnOnce.set(key, unit(panel, seed, count));
  const [draws, middle] = await drawnOnce.get(key).catch((error) => { drawnOnce.delete(key); throw error; });
  return draws.map((value, k) => middle ? middle[k] + temperature * (value - middle[k]) : temperature * value);
};
const draw = latest(async (wanted) => {
  enter(wanted);
  for (const panel of panels()) {
    const {decoder} = panel.dataset;
    const pictures = await codes(panel.dataset, wanted).then((z) => decode(decoder, z), () => null);
    if (chosen !== wanted || panel.dataset.decoder !== decoder) return; // something else has been chosen
    if (!pictures) return ask();
    lay(panel, pictures, wanted);
  }
  trigger('shown', {});
});
const lay = (panel, pictures, [seed, count]) => { // as view.py and pictures.sheet lay it out
  const most = count <= 9 ? 3 : count <= 16 ? 4 : count <= 36 ? 6 : 8, columns = Math.min(most, count), rows = Math.ceil(count / columns);
  const sheet = panel.querySelector('.whole'), image = sheet.querySelector('img'), {one, many} = panel.dataset;
  if (Number(sheet.dataset.count) !== count) { // the <img> is as large at once, and has its file when it rests
    const [width, height] = [[columns, 'width'], [rows, 'height']].map(([times, side]) => times * (pictures[0][side] + 1) - 1);
    Object.assign(image, {width, height, alt: (count === 1 ? one : many).replace('{count}', count)});
    image.style.aspectRatio = `${width} / ${height}`;
  }
  sheet.dataset.count = count;
  for (const [name, value] of Object.entries({columns, rows, last: count - (rows - 1) * columns})) sheet.style.setProperty(`--${name}`, value);
  panel.classList.toggle('dense', most > 4);
  show(image, pictures, {columns, gap: 1});
  const pin = panel.querySelector('.pin').dataset, save = panel.querySelector('.save').dataset;
  pin.pin = pin.pin.replace(/\d+$/, seed);
  save.save = save.save.replace(/\d+(?=\.png$)/, seed);
};
const enter = (wanted) => { // into the address
  const {dataset} = element.querySelector('.panels'), home = JSON.parse(dataset.home), span = element.querySelector('[data-note]');
  const noted = Object.fromEntries(['seed', 'count', 'temperature'].map((key, k) => [key, wanted[k] === home[key] ? null : wanted[k]]));
  dataset.drawn = JSON.stringify(wanted);
  span.dataset.note = JSON.stringify({...JSON.parse(span.dataset.note), ...noted});
  note('generate', noted);
};
watch('value', () => requestAnimationFrame(() => { // a late answer
  if (chosen && String(drawn()) !== String(chosen) && sound(chosen) && possible(chosen)) draw(chosen);
}));
