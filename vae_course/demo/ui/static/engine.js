// Decoding in the page: the engine (vae_course/web/engine/client.js) and the decoders that have come. A tab's script says which
// z makes which picture; until the decoder has come, and wherever that fails, it asks the server instead.
let loading = null, running = null;
const engine = () => {
  const {engine} = document.querySelector('header[data-tabs]').dataset;
  loading ??= import(new URL(`${engine}/client.min.js`, document.baseURI)).then(({Engine}) => { running = new Engine(); return running; });
  return loading;
};

const asked = new Set(), ready = new Set(); // addresses of models' parts: those asked for, those that have come
const prepare = async (address, many = false) => {
  if (!address || asked.has(address + many) || navigator.connection?.saveData) return;
  asked.add(address + many);
  try {
    const here = await engine();
    const [part] = address.match(/(gaussian|flow|decoder)(?=\.)/), none = new Float32Array();
    await {
      gaussian: () => here.drawGaussian(address, 0, 1),
      flow: () => here.flowWay(address, none, 1),
      decoder: () => many ? here.share(address) : here.decode(address, none),
    }[part]();
    ready.add(address);
    document.documentElement.dataset.decoders = [...ready].join(' '); // for tests to wait for
  } catch { /* the server it is */ }
};
// What is soon to be decoded, by the pointer or the focus: the addresses that `where` names for an element are prepared, for
// many pictures at once (by several threads) or one.
const prepareBy = (element, where, many = false) => {
  for (const kind of ['pointerover', 'focusin'])
    element.addEventListener(kind, (event) => { [where(event.target)].flat().forEach((address) => prepare(address, many)); });
};
const decodes = (address) => ready.has(address);
// Pictures, as ImageData, of codes (N, D); null where the server is to be asked.
const decode = async (address, z) => {
  if (!ready.has(address)) return null;
  try {
    return await (running ?? await engine()).pixels(address, z); // without a turn of the event loop before it is asked
  } catch {
    ready.delete(address);
    return null;
  }
};

// A picture, or several in rows with a gap of so many white pixels, on a canvas.
const paint = (canvas, pictures, columns = 1, gap = 0) => {
  const {width, height} = pictures[0], rows = Math.ceil(pictures.length / columns), pen = canvas.getContext('2d');
  const size = {width: columns * (width + gap) - gap, height: rows * (height + gap) - gap};
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  pen.fillStyle = '#fff';
  if (pictures.length > 1) pen.fillRect(0, 0, canvas.width, canvas.height);
  pictures.forEach((picture, k) =>
    pen.putImageData(picture, (k % columns) * (width + gap), Math.floor(k / columns) * (height + gap)));
};

// The same in the place of an <img>. Pictures that follow one another are painted on a canvas that lies over it, since a file
// would have to be made, loaded and decoded of each; when they rest, the <img> has the last one, and the canvas goes. So what is
// read out, saved or copied is always the <img>. file: the address that it gets then, where there is one.
const covers = new Map(), REST = 200; // <img> -> its canvas; milliseconds
const show = (image, pictures, {columns, gap, file} = {}) => {
  const canvas = covers.get(image) ?? covered(image);
  paint(canvas, pictures, columns, gap);
  lay(canvas, image);
  clearTimeout(canvas.resting);
  Object.assign(canvas, {file, turn: (canvas.turn ?? 0) + 1, resting: setTimeout(() => rest(image), REST)});
};
const covered = (image) => {
  const canvas = document.createElement('canvas'), {borderRadius, imageRendering} = getComputedStyle(image);
  canvas.className = 'live';
  canvas.setAttribute('aria-hidden', 'true');
  Object.assign(canvas.style, {borderRadius, imageRendering});
  image.after(canvas);
  covers.set(image, canvas);
  return canvas;
};
const lay = (canvas, image) => {
  const to = image.getBoundingClientRect(), {left, top} = canvas.offsetParent?.getBoundingClientRect() ?? to;
  const {clientLeft = 0, clientTop = 0} = canvas.offsetParent ?? {};
  const place = {left: to.left - left - clientLeft, top: to.top - top - clientTop, width: to.width, height: to.height};
  for (const [side, pixels] of Object.entries(place)) canvas.style[side] = `${pixels}px`;
};
// What is seen of an <img>, into it, now; -> its address.
const rest = (image) => {
  const canvas = covers.get(image), turn = canvas?.turn;
  if (!canvas) return image.src;
  clearTimeout(canvas.resting);
  image.src = canvas.file ?? canvas.toDataURL();
  image.decode().catch(() => {}).then(() => canvas.turn === turn && uncover(image));
  return image.src;
};
const uncover = (image) => {
  const canvas = covers.get(image);
  clearTimeout(canvas?.resting);
  canvas?.remove();
  covers.delete(image);
};

// work(what) for what came last, one at a time: what another overtakes before its turn is left out.
const latest = (work) => {
  let next = null, busy = false;
  return async (what) => {
    next = [what];
    if (busy) return;
    busy = true;
    try {
      while (next) {
        const [now] = next;
        next = null;
        await work(now);
      }
    } finally {
      busy = false; // what fails does not keep what comes later from its turn
    }
  };
};

// Numbers that a template packed (`|floats` of ui/html.py), and numbers as vae_course/numbers.py writes them (`decimal`, `signed`).
const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
const decimal = (value, places) => value.toFixed(places).replace(/^-(?=.*[1-9])/, '−').replace('-', '');
const signed = (number) => /[1-9]/.test(number) ? number.replace(/^(?!−)/, '+') : '0';

Object.assign(window.vaeCourse, {engine, prepareBy, decodes, decode, paint, show, rest, uncover, latest, floats, decimal, signed});
