// What the server tells of a training reaches the board here, and the board asks through here.
window.vaeTrain ??= {};
const shared = window.vaeTrain;
shared.poll = (detail) => pick(detail, 'poll');
const tell = () => {
  const news = element.querySelector('[data-feed]');
  if (news) { shared.latest = JSON.parse(news.dataset.feed); shared.receive?.(); }
};
watch('value', tell);
requestAnimationFrame(tell);
