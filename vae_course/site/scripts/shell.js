// Which screen is shown: the one that the address names. Each is fetched when it is first opened, and stays.

import {app, failed, find, loading} from './dom.js';

const {first = ''} = document.documentElement.dataset, {lang} = document.documentElement;
const main = find(document, 'main'), skip = find(document, '.skip'), notice = document.createElement('p');
notice.className = 'notice';
notice.role = 'status';
/** @typedef {{open: (section: HTMLElement) => {shown: (visible: boolean) => void}}} Script */
/** @type {Map<string, Promise<{section: HTMLElement, script: {shown: (visible: boolean) => void}}>>} */
const opened = new Map();
const links = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll('nav a')]);
const known = links.map((link) => link.hash.slice(1));
let now = '';

/** @param {string} name */
async function opening(name) {
  /** @type {HTMLElement | null} */
  let section = document.getElementById(name);
  if (!section) {
    const [answer] = await Promise.all([fetch(`${app}/${name}.${lang}.html`), styled()]);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    main.insertAdjacentHTML('beforeend', await answer.text());
    section = /** @type {HTMLElement} */ (document.getElementById(name));
    section.hidden = true;
  }
  /** @type {Script} */
  const {open} = await import(`./${name}.js`);
  return {section, script: open(section)};
}

/** The style of all screens but the first. @type {() => Promise<unknown>} */
const styled = () => (sheet ??= new Promise((resolve, reject) => {
  const link = Object.assign(document.createElement('link'), {rel: 'stylesheet', href: `${app}/screens.css`});
  link.addEventListener('load', resolve);
  link.addEventListener('error', () => reject(new Error('no style')));
  document.head.append(link);
}));
/** @type {Promise<unknown> | undefined} */
let sheet;

async function go() {
  const asked = location.hash.slice(1), name = known.includes(asked) ? asked : first, before = now;
  if (name === before) return;
  now = name;
  skip.hash = name;
  for (const link of links) link.ariaCurrent = link.hash.slice(1) === name ? 'page' : null;
  for (const section of main.querySelectorAll('section')) section.hidden = section.id !== name;
  notice.textContent = loading;
  if (!document.getElementById(name)) main.append(notice);
  try {
    if (before) (await opened.get(before)?.catch(() => null))?.script.shown(false);
    const wanted = opened.get(name) ?? opening(name);
    opened.set(name, wanted);
    const {section, script} = await wanted;
    if (now !== name) return;
    notice.remove();
    section.hidden = false;
    if (before) {
      section.focus({preventScroll: true});
      scrollTo(0, 0);
    }
    document.title = `${find(section, 'h1').textContent} · ${find(document, '.brand').textContent}`;
    script.shown(true);
    document.documentElement.dataset.shown = name;
  } catch (error) {
    opened.delete(name);
    now = '';
    notice.textContent = failed;
    main.append(notice);
    console.error(error);
  }
}

main.addEventListener('click', (/** @type {MouseEvent} */ event) => {
  const chosen = event.target instanceof Element && event.target.closest('.guess button');
  if (!chosen) return;
  const guess = /** @type {HTMLElement} */ (chosen.closest('.guess')), reply = find(guess, '.reply');
  for (const button of guess.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button === chosen));
  guess.classList.add(chosen.getAttribute('value') === guess.dataset.fits ? 'right' : 'other');
  guess.classList.remove(chosen.getAttribute('value') === guess.dataset.fits ? 'other' : 'right');
  reply.textContent = reply.dataset.reply;
  chosen.dispatchEvent(new CustomEvent('guessed', {bubbles: true})); // the screen may show it
});
const other = find(document, '.other'), home = other.getAttribute('href');
const follow = () => {
  other.href = home + location.hash; // the other language shows the same screen
  go();
};
addEventListener('hashchange', follow);
follow();
// other sites refuse to be shown in a frame, which this page is on a Hugging Face Space: they get a tab of their own
addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link && parent !== window && link.origin !== location.origin) link.target = '_blank';
}, true);
