// To predict before looking: the columns are covered, and each is uncovered by its own button. The cover stays on when
// another series, picture or seed is shown.
const tab = () => element.closest('[id^="tab-"]');
const reveals = () => [...element.querySelectorAll('button.reveal')];
const open = (button, opened) => {
  for (const cell of element.querySelectorAll(`td[data-column="${button.dataset.column}"]`)) cell.classList.toggle('open', opened);
  button.closest('th').classList.toggle('open', opened);
};
let covered = new URL(location.href).searchParams.get('beta.covered') === '1';
const show = () => {
  const cover = element.querySelector('button.cover');
  cover.setAttribute('aria-pressed', String(covered));
  cover.textContent = covered ? cover.dataset.on : cover.dataset.off;
  for (const button of reveals()) open(button, false);
  element.querySelector('.panel.beta').classList.toggle('covered', covered);
  tab().classList.toggle('predicting', covered); // the curve would tell
};
const cover = (on) => {
  covered = on;
  show();
  window.vaeCourse.note('beta', {covered: on ? 1 : null});
};
element.addEventListener('click', (event) => {
  if (event.target.closest('button.cover')) cover(!covered);
  const reveal = event.target.closest('button.reveal');
  if (!reveal) return;
  open(reveal, true);
  if (reveals().every((button) => button.closest('th').classList.contains('open'))) cover(false);
});
watch('value', show);
show();
