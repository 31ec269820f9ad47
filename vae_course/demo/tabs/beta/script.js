// To predict before looking: the columns are covered, and each is uncovered by its own button. The cover stays on when
// another series, picture or seed is shown.
const reveals = () => [...element.querySelectorAll('button.reveal')];
const open = (button, opened) => {
  for (const cell of element.querySelectorAll(`td[data-column="${button.dataset.column}"]`)) cell.classList.toggle('open', opened);
  button.closest('th').classList.toggle('open', opened);
};
const cover = window.vaeCourse.cover(element, 'beta', (covered) => {
  for (const button of reveals()) open(button, false);
  element.querySelector('.panel.beta').classList.toggle('covered', covered);
  element.closest('[id^="tab-"]').classList.toggle('predicting', covered); // the curve would tell
});
// One thing is shown at a time: the tab's data-look says which, whatever is drawn anew.
const tab = element.closest('[id^="tab-"]');
const look = (name) => {
  tab.dataset.look = name;
  for (const button of element.querySelectorAll('[data-look]')) button.setAttribute('aria-pressed', String(button.dataset.look === name));
};
const LOOKS = ['copies', 'samples', 'bars', 'curve'], asked = new URL(location.href).searchParams.get('beta.look');
look(LOOKS.includes(asked) ? asked : LOOKS[0]);
element.addEventListener('click', (event) => {
  const chosen = event.target.closest('button[data-look]')?.dataset.look;
  if (!chosen) return;
  look(chosen);
  window.vaeCourse.note('beta', {look: chosen === LOOKS[0] ? null : chosen});
});
element.addEventListener('click', (event) => {
  const reveal = event.target.closest('button.reveal');
  if (!reveal) return;
  open(reveal, true);
  if (reveals().every((button) => button.closest('th').classList.contains('open'))) cover.set(false);
});
watch('value', () => {
  cover.show();
  look(tab.dataset.look);
});
