// The tab Mix: its scrubber moves both large pictures without asking the server, which sent all frames in one answer. Along another
// path the page decodes them itself, once the decoder has come; until then, and where that fails, the server does.
const {note, prepareBy, decodes, decode, paint, latest, floats} = window.vaeCourse;
let at = null, playing = null;
const find = (selector) => element.querySelector(selector);
const last = () => Number(find('.film').dataset.last);

const show = (k) => {
  const film = find('.film'), slider = find('.scrub input'), step = last() / (find('.strip').children.length - 1);
  at = Math.max(0, Math.min(last(), k));
  film.style.setProperty('--k', at);
  const share = `${Math.round(100 * at / last())} %`;
  slider.value = at;
  slider.setAttribute('aria-valuetext', share);
  find('output').textContent = share;
  for (const strip of element.querySelectorAll('.strip'))
    [...strip.children].forEach((image, j) => image.classList.toggle('now', j === Math.round(at / step)));
};
const moveTo = (k) => {
  show(k);
  note('mix', {at: at === Math.floor(last() / 2) ? null : at});
};

const stop = () => {
  clearInterval(playing);
  playing = null;
  find('.play')?.setAttribute('aria-pressed', 'false');
};
const play = () => {
  let step = at === last() ? -1 : 1;
  find('.play').setAttribute('aria-pressed', 'true');
  playing = setInterval(() => {
    if (!find('.film')?.offsetParent) return stop();
    if (at + step < 0 || at + step > last()) step = -step;
    moveTo(at + step);
  }, 70);
};

element.addEventListener('input', (event) => {
  if (!event.target.closest('.scrub')) return;
  stop();
  moveTo(Number(event.target.value));
});
element.addEventListener('click', (event) => {
  if (event.target.closest('.play')) return playing ? stop() : play();
  if (event.target.closest('[data-gif]')) return trigger('gif', {});
  const image = event.target.closest('.strip img');
  if (!image) return;
  stop();
  const images = [...image.parentNode.children];
  moveTo(images.indexOf(image) * last() / (images.length - 1));
});

let path = null; // that was chosen, whoever walks it
const ask = () => pick({}, 'path');
window.vaeCourse.walk = (chosen) => { // Gradio calls this
  path = chosen;
  if (decodes(find('.film')?.dataset.decoder)) walk(path);
  else ask();
};
prepareBy(element.closest('[id^="tab-"]'), (target) => target.closest('.what') && find('.film')?.dataset.decoder, true);
const codes = (a, b) => { // of all frames, as lerp and slerp of vae_course/latent_space.py walk
  const dot = (one, other) => one.reduce((sum, value, d) => sum + value * other[d], 0), steps = last();
  const omega = Math.acos(Math.max(-1, Math.min(1, dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)))));
  const arc = path === 'slerp' && Math.sin(omega) > 1e-4, share = (t) => arc ? Math.sin(t * omega) / Math.sin(omega) : t;
  return Float32Array.from({length: (steps + 1) * a.length}, (_, place) => {
    const t = Math.floor(place / a.length) / steps, d = place % a.length;
    return share(1 - t) * a[d] + share(t) * b[d];
  });
};
const walk = latest(async (along) => {
  const film = find('.film'), {decoder, a, b} = film.dataset;
  const pictures = await decode(decoder, codes(floats(a), floats(b)));
  if (path !== along || find('.film') !== film) return; // another path or other ends have been chosen
  if (!pictures) return ask();
  const paper = document.createElement('canvas'), frames = new Image();
  const file = (some) => { paint(paper, some, some.length); return paper.toDataURL(); };
  frames.src = file(pictures);
  await frames.decode();
  if (path !== along || find('.film') !== film) return;
  find('.frames').style.backgroundImage = `url(${frames.src})`;
  const images = [...element.querySelectorAll('.strip')].at(-1).children, step = last() / (images.length - 1);
  [...images].forEach((image, k) => { image.src = file([pictures[k * step]]); });
  enter(film);
  trigger('shown', {});
});
const enter = (film) => { // into the address, the caption and what is saved
  const titles = JSON.parse(film.dataset.titles), before = film.dataset.path, span = find('[data-note]');
  const pin = find('[data-pin]').dataset, save = find('[data-save]').dataset, noted = {path: path === 'lerp' ? null : path};
  pin.pin = pin.pin.replace(titles[before], titles[path]);
  save.save = save.save.replace(`${before}.png`, `${path}.png`);
  film.dataset.path = path;
  span.dataset.note = JSON.stringify({...JSON.parse(span.dataset.note), ...noted});
  note('mix', noted);
};

const arrived = () => {
  const film = find('.film');
  if (!film) return;
  const asked = film.dataset.at;
  if (playing) find('.play').setAttribute('aria-pressed', 'true');
  show(asked !== '' ? Number(asked) : at ?? Math.floor(last() / 2));
  if (path && path !== film.dataset.path && decodes(film.dataset.decoder)) walk(path); // a late answer
};
watch('value', arrived);
arrived();
