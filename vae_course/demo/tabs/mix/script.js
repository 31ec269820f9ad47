// The tab Mix: its scrubber moves both large pictures without asking the server, which sent all frames in one answer.
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
  window.vaeCourse.note('mix', {at: at === Math.floor(last() / 2) ? null : at});
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
const arrived = () => {
  const film = find('.film');
  if (!film) return;
  const asked = film.dataset.at;
  if (playing) find('.play').setAttribute('aria-pressed', 'true');
  show(asked !== '' ? Number(asked) : at ?? Math.floor(last() / 2));
};
watch('value', arrived);
arrived();
