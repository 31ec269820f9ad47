// Draws the panel around a pin button as one PNG, sends it to the server, and keeps what was pinned alive while the page
// is in use. Texts, filled boxes, pictures, canvases and SVG charts are drawn where they stand, in the light theme.
const SKIP = 'a, input, select, textarea, script, style, .save, .pin, .note, .buttons, [hidden], [data-unpinned]';
const STYLES = ['fill', 'stroke', 'stroke-width', 'stroke-opacity', 'fill-opacity', 'opacity', 'stroke-dasharray',
  'stroke-linecap', 'font-size', 'font-family', 'font-weight', 'text-anchor', 'dominant-baseline', 'visibility', 'display'];
const ALIVE = 4 * 60 * 1000, PATIENCE = 90 * 60 * 1000; // milliseconds: how often, and how long after the last click

const light = (work) => { // the theme's colours as on paper, for as long as the work takes
  const dark = [...document.querySelectorAll('.dark')];
  dark.forEach(one => one.classList.remove('dark'));
  try { return work(); } finally { dark.forEach(one => one.classList.add('dark')); }
};

const box = (rect) => ({x: rect.left, y: rect.top, w: rect.width, h: rect.height});

const chart = (svg) => {
  const copy = svg.cloneNode(true), rect = svg.getBoundingClientRect();
  const originals = [svg, ...svg.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((one, k) => {
    const style = getComputedStyle(originals[k]);
    one.style.cssText = STYLES.map(key => `${key}:${style.getPropertyValue(key)}`).join(';');
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', rect.width);
  copy.setAttribute('height', rect.height);
  const source = new XMLSerializer().serializeToString(copy);
  return {kind: 'picture', source: 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(source), ...box(rect)};
};

const words = (node) => {
  const style = getComputedStyle(node.parentElement), range = document.createRange(), found = [];
  const font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  for (const match of node.data.matchAll(/\S+/g)) {
    range.setStart(node, match.index);
    range.setEnd(node, match.index + match[0].length);
    const rect = range.getBoundingClientRect();
    const text = style.textTransform === 'uppercase' ? match[0].toUpperCase() : match[0];
    if (rect.width > 1 && rect.height > 1) found.push({kind: 'word', text, font, colour: style.color, ...box(rect)});
  }
  return found;
};

const gather = (place) => {
  const items = [];
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return items.push(...words(node));
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(SKIP) || !node.checkVisibility()) return;
    if (node.tagName === 'BUTTON') return node.querySelectorAll('img').forEach(visit); // what it shows, not what it says
    const rect = node.getBoundingClientRect();
    if (node.tagName === 'IMG' || node.tagName === 'CANVAS') {
      if (node.tagName === 'CANVAS' || node.naturalWidth) items.push({kind: 'picture', element: node, ...box(rect)});
    } else if (node.tagName.toLowerCase() === 'svg') {
      items.push(chart(node));
    } else {
      const colour = getComputedStyle(node).backgroundColor;
      if (rect.width && !/^rgba\(.*, 0\)$/.test(colour) && colour !== 'transparent') items.push({kind: 'fill', colour, ...box(rect)});
      node.childNodes.forEach(visit);
    }
  };
  place.childNodes.forEach(visit);
  return items;
};

const loaded = async (item) => {
  if (!item.source) return;
  const image = new Image();
  image.src = item.source;
  await image.decode();
  item.element = image;
};

const paint = (items, scale, frame) => {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(frame.w * scale);
  canvas.height = Math.round(frame.h * scale);
  const paper = canvas.getContext('2d');
  paper.fillStyle = '#fff';
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.scale(scale, scale);
  paper.translate(-frame.x, -frame.y);
  for (const item of items) {
    if (item.kind === 'fill') {
      paper.fillStyle = item.colour;
      paper.fillRect(item.x, item.y, item.w, item.h);
    } else if (item.kind === 'picture') {
      paper.imageSmoothingEnabled = !!item.source || item.element.naturalWidth > item.w * scale;
      paper.drawImage(item.element, item.x, item.y, item.w, item.h);
    } else {
      paper.font = item.font;
      paper.fillStyle = item.colour;
      const {fontBoundingBoxAscent: up, fontBoundingBoxDescent: down} = paper.measureText(item.text);
      paper.fillText(item.text, item.x, item.y + up + (item.h - up - down) / 2);
    }
  }
  return canvas.toDataURL('image/png');
};

const most = () => Number(element.querySelector('[data-most]')?.dataset.most ?? 1e6); // bytes of a figure
const compose = async (place) => {
  const items = light(() => gather(place));
  if (!items.length) return {png: '', width: 0};
  await Promise.all(items.map(loaded));
  const margin = 10, left = Math.min(...items.map(one => one.x)) - margin, top = Math.min(...items.map(one => one.y)) - margin;
  const frame = {x: left, y: top, w: Math.max(...items.map(one => one.x + one.w)) + margin - left,
    h: Math.max(...items.map(one => one.y + one.h)) + margin - top};
  let scale = Math.min(1.6, 2600 / frame.w, 3600 / frame.h, Math.sqrt(4e6 / (frame.w * frame.h)));
  for (let tries = 0; tries < 8; tries++, scale *= 0.8) {
    const png = paint(items, scale, frame);
    if (png.length < most() * 4 / 3) return {png, width: Math.round(frame.w)};
  }
  return {png: '', width: 0};
};

const waiting = [];
let busy = null, used = Date.now(), bounce = 0;
const next = () => {
  clearTimeout(bounce);
  busy = waiting.shift() ?? null;
  if (!busy) return;
  bounce = setTimeout(next, 10000);
  pick(busy);
};
const send = (message) => { waiting.push(message); if (!busy) next(); };

const pin = async (button) => {
  const place = button.closest(button.dataset.within) ?? button.parentElement;
  const tab = button.closest('[id^="tab-"]')?.id.slice(4) ?? '';
  const question = button.closest('[data-question]')?.dataset.question ?? '';
  let figure = {png: '', width: 0};
  try { figure = await compose(place); } catch (error) { console.warn(error); }
  const address = new URL(location.href);
  if (tab) address.searchParams.set('tab', tab);
  send({do: 'pin', ...figure, caption: button.dataset.pin.slice(0, 240), tab, question, address: address.href});
};

const clicked = (event) => {
  used = Date.now();
  const button = event.target.closest('[data-pin]');
  if (button) pin(button);
  const link = event.target.closest('[data-open="questions"]');
  if (link && openReport()) event.preventDefault();
};

const openReport = () => {
  const tab = document.querySelector('[role="tab"][aria-controls="tab-questions"], #tab-questions-button');
  if (!tab) return false;
  tab.click();
  requestAnimationFrame(() => document.querySelector('#tab-questions .report')?.scrollIntoView({block: 'start'}));
  return true;
};

if (window.vaePins) window.vaePins();
const timer = setInterval(() => {
  if (element.querySelector('[data-kept="true"]') && Date.now() - used < PATIENCE) send({do: 'hello'});
}, ALIVE);
document.addEventListener('click', clicked);
window.vaePins = () => { document.removeEventListener('click', clicked); clearInterval(timer); };

// What an address with a question restores, page.py asks for by itself; otherwise the report is asked for once.
const restored = [...new URL(location.href).searchParams.keys()].some(key => key.startsWith('questions.'));
let asked = restored;
watch('value', () => {
  const done = busy;
  next();
  const status = element.querySelector('[role="status"]');
  if (status) setTimeout(() => status.remove(), 5000);
  if (done?.do === 'pin' || (!asked && element.querySelector('[data-kept="true"]')))
    document.dispatchEvent(new CustomEvent('vae-report'));
  asked = true;
});
setTimeout(() => send({do: 'hello'}), 300);
