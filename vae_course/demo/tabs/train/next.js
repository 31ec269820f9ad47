// The plan of the next run, in words, for the board.
window.vaeTrain ??= {};
const shared = window.vaeTrain;
const tell = () => {
  const plan = element.querySelector('[data-plan]');
  if (plan) { shared.next = plan.dataset.plan; shared.planned?.(); }
};
watch('value', tell);
requestAnimationFrame(tell);
