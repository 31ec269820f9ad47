// Draws the panel around a pin button as one PNG, keeps it (kept.js), sends it to the server, and keeps the server's memory
// alive while the page is in use. Texts, boxes, pictures, canvases and SVG charts are drawn where they stand, in the light theme, with what
// style sheets add to them: ::before and ::after, borders, outlines, round corners. docs/architecture.md says what else
// was tried.
if (!window.vaeKept) window.vaeCourse.scripts['questions/kept']({});
const kept = window.vaeKept;
const SKIP = 'a, input, select, textarea, script, style, .save, .pin, .note, .buttons, .unseen, [hidden], [data-unpinned]';
const STYLES = ['fill', 'stroke', 'stroke-width', 'stroke-opacity', 'fill-opacity', 'opacity', 'stroke-dasharray',
  'stroke-linecap', 'font-size', 'font-family', 'font-weight', 'text-anchor', 'dominant-baseline', 'visibility',
  'display', 'stroke-linejoin', 'image-rendering'];
const SIDES = {Top: [0, 0, 1, 0], Right: [1, 0, 1, 1], Bottom: [0, 1, 1, 1], Left: [0, 0, 0, 1]}; // from and to
const CORNERS = ['TopLeft', 'TopRight', 'BottomRight', 'BottomLeft'];
const MARGIN = 10; // around a figure, in the page's pixels
const LATEST = 60 * 1000; // milliseconds that an overloaded server may take for an answer
const ALIVE = 4 * 60 * 1000, PATIENCE = 90 * 60 * 1000; // milliseconds: how often, and how long after the last use
const USES = ['click', 'pointerdown', 'keydown']; // a drag or a key may end in no click

const light = (work) => { // the theme's colours as on paper, for as long as the work takes
  const dark = [...document.querySelectorAll('.dark')];
  dark.forEach(place => place.classList.remove('dark'));
  try { return work(); } finally { dark.forEach(place => place.classList.add('dark')); }
};

const markOf = (host, pseudo) => { // a ::before or ::after with words or a box, as an element like it
  const style = getComputedStyle(host, pseudo), text = style.content.match(/^"(.*)"/);
  if (!text) return null;
  const mark = document.createElement('vae-mark');
  for (const key of style) mark.style.setProperty(key, style.getPropertyValue(key), 'important');
  mark.textContent = text[1];
  return mark;
};

const withMarks = (place, work) => { // elements can be measured: they stand for ::before and ::after during the work
  const hosts = [...place.querySelectorAll('*')].filter(host => !host.closest(`button, svg, ${SKIP}`));
  const marks = hosts.map(host => [host, markOf(host, '::before'), markOf(host, '::after')]);
  place.dataset.measured = '';
  for (const [host, before, after] of marks) {
    if (before) host.prepend(before);
    if (after) host.append(after);
  }
  try { return work(); } finally {
    marks.flat().forEach(node => node?.tagName === 'VAE-MARK' && node.remove());
    delete place.dataset.measured;
  }
};

const box = (rect) => ({x: rect.left, y: rect.top, w: rect.width, h: rect.height});
const clear = (colour) => colour === 'transparent' || /^rgba\(.*, 0\)$/.test(colour);

const chart = (svg) => {
  const copy = svg.cloneNode(true), rect = svg.getBoundingClientRect();
  const originals = [svg, ...svg.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((part, k) => {
    const style = getComputedStyle(originals[k]);
    part.style.cssText = STYLES.map(key => `${key}:${style.getPropertyValue(key)}`).join(';');
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', rect.width);
  copy.setAttribute('height', rect.height);
  return {kind: 'picture', copy, ...box(rect)};
};

const words = (node) => {
  const style = getComputedStyle(node.parentElement), range = document.createRange(), items = [];
  const font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  for (const match of node.data.matchAll(/\S+/g)) {
    range.setStart(node, match.index);
    range.setEnd(node, match.index + match[0].length);
    const rect = range.getBoundingClientRect();
    const text = style.textTransform === 'uppercase' ? match[0].toUpperCase() : match[0];
    if (rect.width > 1 && rect.height > 1) items.push({kind: 'word', text, font, colour: style.color, ...box(rect)});
  }
  return items;
};

const radii = (style, {w}) => CORNERS.map(corner => {
  const radius = style[`border${corner}Radius`];
  return radius.split(' ')[0].endsWith('%') ? parseFloat(radius) / 100 * w : parseFloat(radius);
});

const line = (style, name) => { // a border or an outline: how it is drawn, or null
  const kind = style[`${name}Style`], width = parseFloat(style[`${name}Width`]), colour = style[`${name}Color`];
  const dashes = {dashed: [3 * width, 2 * width], dotted: [width, width]}[kind] ?? [];
  return kind === 'none' || kind === 'hidden' || !width || clear(colour) ? null : {kind: 'line', width, colour, dashes};
};

const outline = (node) => {
  const style = getComputedStyle(node), ring = line(style, 'outline');
  if (!ring) return [];
  const {x, y, w, h} = box(node.getBoundingClientRect()), by = parseFloat(style.outlineOffset) + ring.width / 2;
  const corners = radii(style, {w}).map(radius => radius && Math.max(0, radius + by));
  return [{...ring, radii: corners, x: x - by, y: y - by, w: w + 2 * by, h: h + 2 * by}];
};

const borders = (node) => { // twice as wide along the edges, and kept inside
  const style = getComputedStyle(node), rect = box(node.getBoundingClientRect());
  const inside = {radii: radii(style, rect), ...rect};
  const lines = Object.keys(SIDES).map(side => line(style, `border${side}`)), [first] = lines;
  const same = first && lines.every(side => side?.width === first.width && side.colour === first.colour);
  if (same) return [{...first, inside, ...inside}];
  return Object.values(SIDES).flatMap(([x0, y0, x1, y1], k) => lines[k] ? [{...lines[k], inside,
    x: rect.x + x0 * rect.w, y: rect.y + y0 * rect.h, w: (x1 - x0) * rect.w, h: (y1 - y0) * rect.h}] : []);
};

const fill = (node) => {
  const style = getComputedStyle(node), rect = box(node.getBoundingClientRect());
  const scale = style.backgroundImage.match(/^linear-gradient\(90deg, (rgb.*)\)$/)?.[1];
  const colours = scale?.match(/rgba?\([^)]*\)/g) ?? [style.backgroundColor];
  return rect.w && !colours.every(clear) ? [{kind: 'fill', colours, radii: radii(style, rect), ...rect}] : [];
};

const picture = (node) => {
  const rect = box(node.getBoundingClientRect());
  const image = {kind: 'picture', element: node, radii: radii(getComputedStyle(node), rect), ...rect};
  return [image, ...borders(node), ...outline(node)];
};

const drawn = (node) => { // what a node and all in it are drawn with, from back to front
  if (node.nodeType === Node.TEXT_NODE) return words(node);
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(SKIP)) return [];
  if (!node.checkVisibility({visibilityProperty: true})) return []; // such as what is covered to predict
  if (node.tagName === 'IMG') return node.naturalWidth ? picture(node) : [];
  if (node.tagName === 'CANVAS') return picture(node);
  if (node.tagName.toLowerCase() === 'svg') return [chart(node)];
  if (node.tagName === 'BUTTON') { // what it shows, not what it says
    const pictures = [...node.querySelectorAll('img, canvas')].flatMap(drawn);
    return pictures.length ? [...pictures, ...outline(node)] : [];
  }
  const opacity = Number(getComputedStyle(node).opacity);
  const items = [...fill(node), ...borders(node), ...[...node.childNodes].flatMap(drawn), ...outline(node)];
  return items.map(item => ({...item, opacity: (item.opacity ?? 1) * opacity}));
};
const gather = (place) => withMarks(place, () => [...place.childNodes].flatMap(drawn));

const embed = async (image) => { // an SVG that is drawn as a picture may not load others
  const blob = await (await fetch(image.getAttribute('href'), {cache: 'force-cache'})).blob();
  const reader = new FileReader();
  await new Promise((resolve, reject) => {
    Object.assign(reader, {onload: resolve, onerror: reject});
    reader.readAsDataURL(blob);
  });
  image.setAttribute('href', reader.result);
};

const loaded = async (item) => { // a chart becomes a picture
  if (!item.copy) return;
  await Promise.all([...item.copy.querySelectorAll('image:not([href^="data:"])')].map(embed));
  const source = new XMLSerializer().serializeToString(item.copy);
  item.element = new Image();
  item.element.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(source);
  await item.element.decode();
};

const PAINT = {
  fill(paper, {colours, radii, x, y, w, h}) {
    paper.fillStyle = paper.createLinearGradient(x, y, x + w, y);
    colours.forEach((colour, k) => paper.fillStyle.addColorStop(k / Math.max(1, colours.length - 1), colour));
    paper.roundRect(x, y, w, h, radii);
    paper.fill();
  },
  line(paper, {colour, width, dashes, inside, radii, x, y, w, h}) {
    if (inside) {
      paper.roundRect(inside.x, inside.y, inside.w, inside.h, inside.radii);
      paper.clip();
      paper.beginPath();
    }
    paper.strokeStyle = colour;
    paper.lineWidth = inside ? 2 * width : width;
    paper.setLineDash(dashes);
    if (radii) paper.roundRect(x, y, w, h, radii);
    else { paper.moveTo(x, y); paper.lineTo(x + w, y + h); }
    paper.stroke();
  },
  picture(paper, {element: image, copy, radii = 0, x, y, w, h}) {
    paper.imageSmoothingEnabled = !!copy || image.naturalWidth > w * paper.getTransform().a;
    paper.roundRect(x, y, w, h, radii);
    paper.clip();
    paper.drawImage(image, x, y, w, h);
  },
  word(paper, {text, font, colour, x, y, h}) {
    paper.font = font;
    paper.fillStyle = colour;
    const {fontBoundingBoxAscent: up, fontBoundingBoxDescent: down} = paper.measureText(text);
    paper.fillText(text, x, y + up + (h - up - down) / 2);
  },
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
    paper.save();
    paper.globalAlpha = item.opacity ?? 1;
    paper.beginPath();
    PAINT[item.kind](paper, item);
    paper.restore();
  }
  return canvas.toDataURL('image/png');
};

const most = () => Number(element.querySelector('[data-most]')?.dataset.most ?? 1e6); // bytes of a figure
const frameOf = (items) => {
  const x = Math.min(...items.map(item => item.x)) - MARGIN, right = Math.max(...items.map(item => item.x + item.w));
  const y = Math.min(...items.map(item => item.y)) - MARGIN, bottom = Math.max(...items.map(item => item.y + item.h));
  return {x, y, w: right + MARGIN - x, h: bottom + MARGIN - y};
};

const compose = async (place) => {
  const items = light(() => gather(place));
  if (!items.length) return {png: '', width: 0};
  await Promise.all(items.map(loaded));
  const frame = frameOf(items);
  let scale = Math.min(1.6, 2600 / frame.w, 3600 / frame.h, Math.sqrt(4e6 / (frame.w * frame.h)));
  for (let tries = 0; tries < 8; tries++, scale *= 0.8) {
    const png = paint(items, scale, frame);
    if (png.length < most() * 4 / 3) return {png, width: Math.round(frame.w)};
  }
  return {png: '', width: 0};
};

// One message after another; each promise says whether the server has answered it.
const waiting = [];
let busy = null, used = Date.now(), heard = 0, bounce = 0, count = 0;
const next = (answered = false) => {
  clearTimeout(bounce);
  busy?.done(answered);
  busy = waiting.shift() ?? null;
  if (!busy) return;
  bounce = setTimeout(next, LATEST);
  pick(busy.message);
};
const tell = (message) => new Promise((done) => {
  waiting.push({message: {...message, number: ++count}, done});
  if (!busy) next();
});

// The server learns what this browser keeps, and is sent again what it has forgotten.
const renew = () => document.dispatchEvent(new CustomEvent('vae-report'));
const greet = async () => {
  await kept.ready;
  if (!await tell({do: 'hello', fields: kept.fields, figures: await kept.ids()})) return;
  const {missing, news} = element.querySelector('[data-missing]').dataset;
  const forgotten = (await Promise.all(missing.split(' ').filter(Boolean).map(kept.figure))).filter(Boolean);
  for (const figure of forgotten) await tell({do: 'pin', again: true, ...figure});
  if (news === 'true' || forgotten.length) renew();
};
let greeting = null;
const hello = () => greeting ??= greet().finally(() => { greeting = null; });

const pin = async (button) => {
  const place = button.closest(button.dataset.within) ?? button.parentElement;
  const tab = button.closest('[id^="tab-"]')?.id.slice(4) ?? '';
  const question = button.closest('[data-question]')?.dataset.question ?? '';
  let drawing = {png: '', width: 0};
  try { drawing = await compose(place); } catch (error) { console.warn(error); }
  const address = window.vaeCourse.here(), id = crypto.getRandomValues(new Uint32Array(2));
  if (tab) address.searchParams.set('tab', tab);
  const figure = {id: [...id].map(part => part.toString(16).padStart(8, '0')).join('').slice(0, 12), ...drawing,
    caption: button.dataset.pin.slice(0, 240), tab, question, address: address.href};
  await kept.addFigure(figure);
  if (document.documentElement.classList.contains('server-away')) return; // told when it is back
  if (!await tell({do: 'pin', ...figure})) return;
  if (element.querySelector('[role="alert"]')) kept.dropFigure(figure.id); // refused
  else renew();
};

const late = () => { if (Date.now() - heard > 2 * ALIVE) hello(); }; // asleep meanwhile, as a locked phone is
const touched = () => {
  used = Date.now();
  late();
};
const clicked = (event) => {
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
const timer = setInterval(() => { // where the server keeps something, as far as it said, or may since it was last asked
  const may = used > heard || element.querySelector('[data-kept="true"]');
  if (may && Date.now() - used < PATIENCE) hello();
}, ALIVE);
const seen = () => { if (!document.hidden) late(); };
for (const use of USES) document.addEventListener(use, touched);
document.addEventListener('click', clicked);
document.addEventListener('visibilitychange', seen);
window.vaePins = () => {
  for (const use of USES) document.removeEventListener(use, touched);
  document.removeEventListener('click', clicked);
  document.removeEventListener('visibilitychange', seen);
  clearInterval(timer);
};

watch('value', () => {
  heard = Date.now();
  if (Number(element.querySelector('[data-answers]')?.dataset.answers) === busy?.message.number) next(true);
  const status = element.querySelector('[role="status"]');
  if (status) setTimeout(() => status.remove(), 5000);
});
window.vaeHello = hello; // again, when a server is back
window.vaeGreeted = hello(); // page.js lets the tab Questions wait for it
