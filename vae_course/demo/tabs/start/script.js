// One of the eight draws is chosen: its z and its picture take their place in the diagram above.
const choose = (button) => {
  const way = element.closest('[id^="tab-"]').querySelector('.start-way');
  for (const other of element.querySelectorAll('.redraw')) other.setAttribute('aria-pressed', String(other === button));
  for (const dots of [...way.querySelectorAll('g.draw')]) {
    const chosen = dots.dataset.draw === button.dataset.draw;
    dots.classList.toggle('on', chosen);
    if (chosen) dots.parentNode.append(dots); // above the pale ones
  }
  way.querySelector('.stop-4 img').src = button.querySelector('img').src;
};
element.addEventListener('click', (event) => {
  const button = event.target.closest('.redraw');
  if (button) choose(button);
});
