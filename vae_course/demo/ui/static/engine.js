// Decoding in the page: the engine (vae_course/web/engine/client.js) and the decoders that have come. A tab's script says which
// z makes which picture; until the decoder of a shipped model has come, and wherever that fails, it asks the server instead.
let loading = null;
const engine = () => {
  const {engine} = document.querySelector('header[data-tabs]').dataset;
  loading ??= import(new URL(`${engine}/client.min.js`, document.baseURI)).then(({Engine}) => new Engine());
  return loading;
};

const asked = new Set(), ready = new Set(); // addresses of models' parts: those asked for, those that have come
const prepare = async (address) => {
  if (!address || asked.has(address) || navigator.connection?.saveData) return;
  asked.add(address);
  try {
    const here = await engine();
    const [part] = address.match(/(gaussian|flow|decoder)(?=\.safetensors)/), none = new Float32Array();
    await {gaussian: () => here.drawGaussian(address, 0, 1), flow: () => here.flowWay(address, none, 1), decoder: () => here.decode(address, none)}[part]();
    ready.add(address);
    document.documentElement.dataset.decoders = [...ready].join(' '); // for tests to wait for
  } catch { /* the server it is */ }
};
// What is soon to be decoded, by the pointer or the focus: the addresses that `where` names for an element are prepared.
const prepareBy = (element, where) => {
  for (const kind of ['pointerover', 'focusin'])
    element.addEventListener(kind, (event) => { [where(event.target)].flat().forEach(prepare); });
};
const decodes = (address) => ready.has(address);
// Pictures, as ImageData, of codes (N, D); null where the server is to be asked.
const decode = async (address, z) => {
  if (!ready.has(address)) return null;
  try {
    return await (await engine()).pixels(address, z);
  } catch {
    ready.delete(address);
    return null;
  }
};

// A picture, or several in rows with a gap of so many white pixels, as the address of an <img>.
const paper = document.createElement('canvas');
const source = (pictures, columns = 1, gap = 0) => {
  const {width, height} = pictures[0], rows = Math.ceil(pictures.length / columns);
  Object.assign(paper, {width: columns * (width + gap) - gap, height: rows * (height + gap) - gap});
  const pen = paper.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, paper.width, paper.height);
  pictures.forEach((picture, k) =>
    pen.putImageData(picture, (k % columns) * (width + gap), Math.floor(k / columns) * (height + gap)));
  return paper.toDataURL();
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

Object.assign(window.vaeCourse, {engine, prepare, prepareBy, decodes, decode, source, latest, floats, decimal, signed});
