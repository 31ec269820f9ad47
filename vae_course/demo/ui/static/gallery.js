// The script of a gallery: its pages, its keys, uploads and the camera. What is picked becomes the event "pick"; the mark
// moves before the server answers.
const tilesOf = (side) => [...element.querySelectorAll(`button.tile[data-side="${side}"]`)];
const sideOf = (node) => node.closest('.side')?.dataset.side;
const perPage = () => Number(element.querySelector('.picker').dataset.page);
const limit = (name) => Number(element.querySelector('.picker').dataset[name]); // maxBytes, maxPixels, maxSide

const turnTo = (side, page) => {
  const tiles = tilesOf(side), size = perPage(), pages = Math.ceil(tiles.length / size);
  const shown = (page + pages) % pages;
  tiles.forEach((tile, k) => { tile.hidden = Math.floor(k / size) !== shown; });
  const stop = tiles.find((tile) => !tile.hidden && tile.getAttribute('aria-pressed') === 'true') ?? tiles[shown * size];
  reach(tiles, stop);
  const where = element.querySelector(`.side[data-side="${side}"] .pager span`);
  if (where) where.textContent = `${shown + 1} / ${pages}`;
};
const reach = (tiles, stop) => tiles.forEach((tile) => { tile.tabIndex = tile === stop ? 0 : -1; });
const pageOf = (side) => Math.floor(tilesOf(side).findIndex((tile) => !tile.hidden) / perPage());

const moved = (key, tile, tiles) => {
  const k = tiles.indexOf(tile), size = perPage(), start = Math.floor(k / size) * size;
  const visible = tiles.filter((one) => !one.hidden);
  const columns = visible.filter((one) => one.offsetTop === visible[0].offsetTop).length;
  const wanted = {
    ArrowLeft: k - 1, ArrowRight: k + 1, ArrowUp: k - columns, ArrowDown: k + columns, PageUp: k - size,
    PageDown: k + size, Home: start, End: start + size - 1,
  }[key];
  return wanted === undefined ? null : tiles[Math.max(0, Math.min(tiles.length - 1, wanted))];
};

element.addEventListener('keydown', (event) => {
  const tile = event.target.closest('button.tile');
  const tiles = tile && tilesOf(tile.dataset.side);
  const next = tile && !event.altKey && !event.ctrlKey && !event.metaKey && moved(event.key, tile, tiles);
  if (!next) return;
  event.preventDefault();
  if (next.hidden) turnTo(tile.dataset.side, Math.floor(tiles.indexOf(next) / perPage()));
  reach(tiles, next);
  next.focus();
});

const mark = (side, chosen) => {
  const tiles = tilesOf(side);
  tiles.forEach((tile) => tile.setAttribute('aria-pressed', String(tile === chosen)));
  reach(tiles, chosen);
  element.querySelector(`input[type=file][data-side="${side}"]`).dataset.chosen = 'false';
  say(side, '');
};

// What a side says of its upload stays when the server sends the gallery anew.
const said = new Map();
const sayAll = () => {
  for (const one of element.querySelectorAll('.said')) one.textContent = said.get(one.dataset.side) ?? '';
};
const say = (side, text) => {
  said.set(side, text);
  sayAll();
};

// The middle square, of which the server keeps 256 pixels a side anyway; browsers draw photographs upright.
const square = (source, width, height, mirrored = false) => {
  const size = Math.min(width, height), canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.min(size, 512);
  const paper = canvas.getContext('2d');
  paper.imageSmoothingQuality = 'high';
  if (mirrored) paper.setTransform(-1, 0, 0, 1, canvas.width, 0);
  paper.drawImage(source, (width - size) / 2, (height - size) / 2, size, size, 0, 0, canvas.width, canvas.height);
  return canvas;
};
const asFile = async (canvas, name) => {
  const blob = await new Promise((done) => { canvas.toBlob(done, 'image/png'); });
  return blob && new File([blob], name, {type: 'image/png'});
};
const isDrawn = (canvas) =>
  canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);

// What is larger than the server takes goes smaller; what the browser can't decode goes as it is, and the server says
// what is wrong with it.
const shrunk = async (side, file) => {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await new Promise((done, failed) => { [image.onload, image.onerror] = [done, failed]; }); // its header only
    const {naturalWidth: width, naturalHeight: height} = image;
    const small = file.size <= limit('maxBytes') && width * height <= limit('maxPixels');
    if (small && Math.max(width, height) <= limit('maxSide')) return file;
    await image.decode();
    const canvas = square(image, width, height), made = isDrawn(canvas) && await asFile(canvas, 'upload.png');
    if (made) say(side, element.querySelector(`.said[data-side="${side}"]`).dataset.shrunk);
    return made || file;
  } catch {
    return file;
  } finally {
    URL.revokeObjectURL(image.src);
  }
};

const send = async (side, picked) => {
  if (!picked) return;
  say(side, '');
  const file = await shrunk(side, picked);
  if (file.size > limit('maxBytes')) return pick({side, problem: 'too_heavy'}, side);
  try {
    const {path} = await upload(file);
    pick({side, path}, side);
  } catch {
    pick({side, problem: 'failed'}, side);
  }
};

element.addEventListener('change', (event) => {
  if (event.target.type !== 'file') return;
  send(event.target.dataset.side, event.target.files[0]).then(() => { event.target.value = ''; });
});
for (const kind of ['dragover', 'drop']) element.addEventListener(kind, (event) => {
  const side = sideOf(event.target);
  if (!side) return;
  event.preventDefault();
  if (kind === 'drop') send(side, event.dataTransfer.files[0]);
});

// the camera, of one side at a time
let stream = null, asked = 0;
const finder = (side) => element.querySelector(`.viewfinder[data-side="${side}"]`);
const closeCamera = () => {
  asked += 1;
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  for (const one of element.querySelectorAll('.viewfinder')) one.hidden = true;
  for (const one of element.querySelectorAll('[data-camera]')) one.setAttribute('aria-expanded', 'false');
};
const PROBLEM = {
  NotAllowedError: 'camera_refused', SecurityError: 'camera_refused', NotFoundError: 'camera_absent',
  OverconstrainedError: 'camera_absent',
};
const openCamera = async (side, button) => {
  closeCamera();
  if (!navigator.mediaDevices?.getUserMedia)
    return pick({side, problem: window.isSecureContext ? 'camera_absent' : 'camera_insecure'}, side);
  const request = asked;
  try {
    const got = await navigator.mediaDevices.getUserMedia({video: {facingMode: 'user'}, audio: false});
    if (request !== asked) return got.getTracks().forEach((track) => track.stop());
    stream = got;
    const panel = finder(side), video = panel.querySelector('video');
    panel.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    video.srcObject = stream;
    await video.play();
    panel.querySelector('[data-shoot]').focus();
    new IntersectionObserver((_, watch) => {
      if (panel.offsetParent) return;
      watch.disconnect(); // another tab, or another gallery
      closeCamera();
    }).observe(panel);
  } catch (error) {
    if (request !== asked) return;
    closeCamera();
    pick({side, problem: PROBLEM[error.name] ?? 'camera_busy'}, side);
  }
};
const shoot = (side) => {
  const video = finder(side).querySelector('video');
  if (!video.videoWidth) return;
  const canvas = square(video, video.videoWidth, video.videoHeight, true); // as in the mirror that the visitor saw
  closeCamera();
  asFile(canvas, 'camera.png').then((file) => send(side, file));
};

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  const side = button?.dataset.side;
  if (!side) return;
  if ('index' in button.dataset) {
    mark(side, button);
    pick({side, index: Number(button.dataset.index)}, side);
  } else if ('turn' in button.dataset) turnTo(side, pageOf(side) + Number(button.dataset.turn));
  else if ('camera' in button.dataset) finder(side).hidden ? openCamera(side, button) : closeCamera();
  else if ('shoot' in button.dataset) shoot(side);
  else if ('close' in button.dataset) closeCamera();
});
watch('value', () => {
  closeCamera();
  sayAll();
});
