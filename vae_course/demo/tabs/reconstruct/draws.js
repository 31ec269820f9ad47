// Eight draws from a picture's posterior. The page draws and decodes the next ones, once the decoder has come;
// until then, and where that fails, the server does.
const {note, engine, prepareBy, decodes, decode, show, latest, floats} = window.vaeCourse;
const panel = () => element.querySelector('.panel');
const images = () => [...element.querySelectorAll('.draws img')];
let chosen = null; // the seed, whoever draws
const ask = () => pick({seed: chosen}, 'draws');
window.vaeCourse.drawnAgain = (seed) => { // Gradio calls this, and takes the next seed
  chosen = (seed + 1) % (2 ** 31 - 1);
  if (decodes(panel().dataset.decoder)) draw(chosen);
  else ask();
  return chosen;
};
prepareBy(element.closest('.more'), () => panel()?.dataset.decoder, true);
const reparameterize = async ({mu, logvar}, seed) => { // z = mu + sigma eps, (8, D)
  const [middle, spread] = [mu, logvar].map(floats), size = middle.length;
  return (await (await engine()).randn(seed, images().length * size))
    .map((eps, k) => middle[k % size] + Math.exp(0.5 * spread[k % size]) * eps);
};
const draw = latest(async (seed) => {
  const {decoder, mu} = panel().dataset, span = element.querySelector('[data-note]');
  const pictures = await reparameterize(panel().dataset, seed).then((z) => decode(decoder, z), () => null);
  if (chosen !== seed || panel()?.dataset.decoder !== decoder || panel().dataset.mu !== mu) return; // another picture or model
  if (!pictures) return ask();
  images().forEach((image, k) => { show(image, [pictures[k]]); });
  const noted = {seed: seed || null};
  panel().dataset.seed = seed;
  span.dataset.note = JSON.stringify(noted);
  note('reconstruct', noted);
  trigger('shown', {});
});
watch('value', () => requestAnimationFrame(() => { // a late answer
  const {seed, decoder} = panel()?.dataset ?? {};
  if (chosen !== null && seed !== undefined && Number(seed) !== chosen && decodes(decoder)) draw(chosen);
}));
