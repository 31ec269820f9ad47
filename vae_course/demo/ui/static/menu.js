// A menu of models: a button that says which one is chosen and opens a list in groups, each model with a picture. The
// component's value is the name; the list is copied from the page's <template> (ui/menu.py) while it is open.
const button = element.querySelector('[role="combobox"]'), list = element.querySelector('[role="listbox"]');
const offer = document.querySelector('template[data-models]');
const PAGE = 5; // models that Page Up and Page Down pass
list.id = `${element.id}-list`;
button.setAttribute('aria-controls', list.id);
element.style.setProperty('--models', `url(${offer.dataset.models})`);
element.style.setProperty('--count', offer.dataset.count);

let typed = '', last = 0; // what was typed, and when

const isOpen = () => !list.hidden;
const options = () => [...list.querySelectorAll('[role="option"]')];
const reached = () => list.querySelector('.reached');
const paint = (option) => { // the visitor's own picture is in no sheet
  if (option.dataset.model === 'own') option.querySelector('i').style.background = `url(${props.own}) center / cover`;
  return option;
};

const show = () => {
  const known = [...offer.content.querySelectorAll('[role="option"]')].find((one) => one.dataset.model === props.value);
  if (!known) return;
  const option = paint(known.cloneNode(true));
  option.querySelector('span').textContent = option.dataset.title;
  button.setAttribute('style', option.getAttribute('style') ?? '');
  button.replaceChildren(...option.childNodes);
};

const reach = (option) => {
  reached()?.classList.remove('reached');
  option.classList.add('reached');
  button.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({block: 'nearest'});
};
const open = () => {
  list.replaceChildren(offer.content.cloneNode(true));
  if (!props.own) list.querySelector('[data-own]').remove();
  options().forEach((option, k) => {
    option.id = `${list.id}-${k}`;
    option.setAttribute('aria-selected', String(paint(option).dataset.model === props.value));
  });
  const box = button.getBoundingClientRect(), above = box.top, below = innerHeight - box.bottom;
  const up = below < 320 && above > below;
  list.classList.toggle('up', up);
  list.style.maxHeight = `${Math.max(160, Math.min(560, (up ? above : below) - 12))}px`;
  list.hidden = false;
  button.setAttribute('aria-expanded', 'true');
  button.focus({preventScroll: true}); // Safari gives a clicked button no focus
  reach(list.querySelector('[aria-selected="true"]') ?? options()[0]);
};
const close = () => {
  typed = '';
  list.hidden = true;
  list.replaceChildren();
  button.setAttribute('aria-expanded', 'false');
  button.removeAttribute('aria-activedescendant');
};
const choose = (option) => {
  const name = option.dataset.model;
  close();
  if (name === props.value) return;
  props.value = name;
  show();
  trigger('input', {});
};

const find = (letter) => { // as one types, the next model whose title begins so
  typed = Date.now() - last < 700 ? typed + letter : letter;
  last = Date.now();
  const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase(), all = options();
  const from = all.indexOf(reached()) + (typed.length > 1 ? 0 : 1);
  const hit = [...all.slice(from), ...all].find((option) => plain(option.dataset.title).startsWith(plain(typed)));
  if (hit) reach(hit);
};
const STEPS = {ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: PAGE, PageUp: -PAGE, Home: -1e6, End: 1e6};
const OPENING = ['ArrowDown', 'ArrowUp', 'Home', 'End', 'Enter', ' '];
const typing = (key) => key.length === 1 && (key !== ' ' || (typed && Date.now() - last < 700));

button.addEventListener('keydown', (event) => {
  const {key} = event;
  if (event.ctrlKey || event.metaKey || (!isOpen() && !OPENING.includes(key) && !typing(key))) return;
  if (!isOpen()) {
    open();
    if (typing(key)) find(key);
  } else if (key === 'Tab') return choose(reached());
  else if (key === 'Escape') close();
  else if (typing(key)) find(key);
  else if (key === 'Enter' || key === ' ' || (event.altKey && key === 'ArrowUp')) choose(reached());
  else if (STEPS[key]) {
    const all = options();
    reach(all[Math.max(0, Math.min(all.length - 1, all.indexOf(reached()) + STEPS[key]))]);
  } else return;
  event.preventDefault();
  event.stopPropagation();
});
button.addEventListener('click', () => (isOpen() ? close() : open()));
list.addEventListener('pointerdown', (event) => event.preventDefault()); // the focus stays with the button
list.addEventListener('mousedown', (event) => event.preventDefault());
list.addEventListener('click', (event) => {
  const option = event.target.closest('[role="option"]');
  if (option) choose(option);
});
element.addEventListener('focusout', (event) => isOpen() && !element.contains(event.relatedTarget) && close());
document.addEventListener('pointerdown', (event) => isOpen() && !element.contains(event.target) && close());
watch('value', show);
show();
