// A usual problem, or one of its cures, is chosen.
element.addEventListener('click', (event) => {
  const chip = event.target.closest('.train-chip');
  if (!chip) return;
  const {problem, of, cure} = chip.dataset;
  pick(of ? {problem: of, cure: Number(cure)} : {problem});
});
