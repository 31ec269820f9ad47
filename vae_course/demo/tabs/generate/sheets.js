// The sheets. The page draws z and decodes it, once the decoders of shipped models have come; until then, and where that
// fails, the server does.
const {note, engine, prepareBy, decodes, decode, source, latest} = window.vaeCourse;
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
prepareBy(tab, (target) => target.closest('.what, .how') ? panels().flatMap(parts) : []);

const codes = async ({source, draws, dimensions}, [seed, count, temperature]) => {
  const chance = await engine();
  if (draws) return chance[source === 'flow' ? 'drawFlow' : 'drawGaussian'](draws, seed, count, temperature);
  return (await chance.randn(seed, count * dimensions)).map((value) => temperature * value);
};
const draw = latest(async (wanted) => {
  enter(wanted);
  for (const panel of panels()) {
    const {decoder} = panel.dataset;
    const pictures = await codes(panel.dataset, wanted).then((z) => decode(decoder, z), () => null);
    if (chosen !== wanted || panel.dataset.decoder !== decoder) return; // something else has been chosen
    if (!pictures) return ask();
    await show(panel, pictures, wanted);
  }
});
const show = async (panel, pictures, [seed, count]) => { // as view.py and pictures.sheet lay it out
  const most = count <= 9 ? 3 : count <= 16 ? 4 : count <= 36 ? 6 : 8, columns = Math.min(most, count), rows = Math.ceil(count / columns);
  const sheet = panel.querySelector('.whole'), before = sheet.querySelector('img'), other = Number(sheet.dataset.count) !== count;
  const image = other ? before.cloneNode() : before, {one, many} = panel.dataset;
  image.src = source(pictures, columns, 1);
  if (other) { // of another size: it takes the place when it is there
    await image.decode();
    Object.assign(image, {width: image.naturalWidth, height: image.naturalHeight, alt: (count === 1 ? one : many).replace('{count}', count)});
    before.replaceWith(image);
  }
  sheet.dataset.count = count;
  for (const [name, value] of Object.entries({columns, rows, last: count - (rows - 1) * columns})) sheet.style.setProperty(`--${name}`, value);
  panel.classList.toggle('dense', most > 4);
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
