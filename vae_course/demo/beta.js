// To predict before looking: the columns are covered, and each is uncovered by its own button.
const cells = (column) => element.querySelectorAll(`td[data-column="${column}"]`);
const tab = () => element.closest('[id^="tab-"]');
const uncover = (button) => {
  for (const cell of cells(button.dataset.column)) cell.classList.add('open');
  button.closest('th').classList.add('open');
};
element.addEventListener('click', (event) => {
  const cover = event.target.closest('button.cover'), reveal = event.target.closest('button.reveal');
  if (reveal) uncover(reveal);
  if (!cover) return;
  const covered = cover.getAttribute('aria-pressed') !== 'true';
  cover.setAttribute('aria-pressed', String(covered));
  cover.textContent = covered ? cover.dataset.on : cover.dataset.off;
  for (const open of element.querySelectorAll('.open')) open.classList.remove('open');
  element.querySelector('.panel.beta').classList.toggle('covered', covered);
  tab().classList.toggle('predicting', covered); // the curve would tell
});
watch('value', () => tab().classList.remove('predicting'));
