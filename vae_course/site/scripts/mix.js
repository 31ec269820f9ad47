// Mix: the path between two codes, beside the crossfade between the two pictures.

import {animate, calm, dataOf, eased, find, show, showAll} from './dom.js';
import {latest, pixels} from './engine.js';
import {choices, come, gallery, press, numberOf} from './stage.js';

const STRIP = 9, LENGTH = 2400; // pictures; milliseconds from one end to the other

/** @param {HTMLElement} section */
export function open(section) {
  const data = dataOf(section), stage = find(section, '.stage'), slider = find(section, '.share'), play = find(section, '.play');
  const galleries = /** @type {HTMLElement[]} */ ([...section.querySelectorAll('.gallery')]);
  let model = data.models[0], ends = [0, 1], stop = () => {};
  /** @type {ImageData[]} */
  let pictures = [];

  const address = () => data.parts[model.name].decoder;
  /** @param {number} share */
  const between = (share) => {
    const [a, b] = ends.map((end) => model.codes[end]);
    return a.map((/** @type {number} */ value, /** @type {number} */ k) => (1 - share) * value + share * b[k]);
  };
  const decode = latest(async (/** @type {number} */ share) => {
    const [picture] = await pixels(address(), between(share));
    show(find(section, '.latent'), picture);
    show(find(section, '.pixel'), crossfade(pictures[ends[0]], pictures[ends[1]], share));
    stage.dataset.decoded = String(share);
  });
  async function strip() {
    const shares = Array.from({length: STRIP}, (_, k) => k / (STRIP - 1));
    showAll(find(section, '.strip'), await pixels(address(), shares.flatMap(between)));
  }

  function rest() {
    stop();
    play.setAttribute('aria-pressed', 'false');
  }
  function run() {
    stop();
    let t = numberOf(section, '.share');
    play.setAttribute('aria-pressed', 'true');
    stop = animate((passed) => {
      t = (t + passed / LENGTH) % 2;
      slider.value = String(eased(t > 1 ? 2 - t : t));
      decode(Number(slider.value));
    });
  }
  slider.addEventListener('input', () => {
    rest();
    decode(Number(slider.value));
  });
  play.addEventListener('click', () => (play.getAttribute('aria-pressed') === 'true' ? rest() : run()));
  for (const canvas of section.querySelectorAll('.two canvas')) {
    canvas.addEventListener('pointermove', (event) => {
      const {buttons, pointerType, clientX} = /** @type {PointerEvent} */ (event), box = canvas.getBoundingClientRect();
      if (!buttons && pointerType !== 'touch') return;
      rest();
      slider.value = String((clientX - box.left) / box.width);
      decode(Number(slider.value));
    });
  }

  /** @param {number} position of the model */
  async function take(position) {
    rest();
    model = data.models[position];
    const taken = model;
    await come(stage, address());
    if (taken !== model) return;
    ends = [0, 1];
    pictures = await gallery(galleries[0], address(), model.codes, 0);
    await gallery(galleries[1], address(), model.codes, 1);
    await decode(Number(slider.value));
    await strip();
    if (!calm.matches) run();
  }

  choices(find(section, '.choice'), (position) => take(Number(position)));
  for (const [k, group] of galleries.entries()) {
    choices(group, (position) => {
      ends[k] = Number(position);
      press(group, position);
      decode(Number(slider.value));
      strip();
    });
  }
  section.addEventListener('guessed', run);
  let begun = false;
  return {
    shown(/** @type {boolean} */ visible) {
      if (!visible) rest();
      else if (!begun) take(0).catch(() => { begun = false; });
      begun ||= visible;
    },
  };
}

/** Each pixel on its own straight line. @param {ImageData} a @param {ImageData} b @param {number} share */
function crossfade(a, b, share) {
  const mixed = new ImageData(a.width, a.height);
  for (let k = 0; k < a.data.length; k++) mixed.data[k] = (1 - share) * a.data[k] + share * b.data[k];
  return mixed;
}
