// The price: one picture and the same z through models that differ in one number.

import {animate, calm, dataOf, find, show, showAll, written} from './dom.js';
import {latest, pixels, randn} from './engine.js';
import {choices, come, gallery, press} from './stage.js';

const SAMPLES = 9, COLUMNS = 3;

/** @param {HTMLElement} section */
export function open(section) {
  const data = dataOf(section), stage = find(section, '.stage'), dial = find(section, '.which'), row = find(section, '.models');
  const facts = find(section, '.facts');
  let series = data.series[0], picture = 0, seed = 0;

  /** @param {{name: string}} model */
  const address = (model) => data.parts[model.name].decoder;
  const decode = latest(async (/** @type {any} */ model) => {
    const noise = await randn(seed, SAMPLES * data.widest);
    const z = Array.from({length: SAMPLES}, (_, k) => [...noise.subarray(k * data.widest, k * data.widest + model.latent)]);
    const [copy, ...samples] = await pixels(address(model), [...model.codes[picture], ...z.flat()]);
    show(find(section, '.copy'), copy);
    showAll(find(section, '.samples'), samples, COLUMNS);
    stage.dataset.decoded = `${model.name} ${picture} ${seed}`;
  });

  function draw() {
    const model = series.models[Number(dial.value)], {kl, psnr, active_units: awake} = model.figures;
    press(row, dial.value);
    facts.textContent = facts.dataset.text.replace('{kl}', written(kl, 1)).replace('{psnr}', written(psnr, 1))
      .replace('{awake}', awake).replace('{latent}', model.latent);
    find(section, '.dial .now').textContent = model.title;
    bars(model);
    return decode(model);
  }

  /** @param {{kls: number[], latent: number}} model */
  function bars({kls, latent}) {
    const canvas = find(section, '.bars'), scale = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const context = canvas.getContext('2d'), step = width / latent;
    const most = series.most;
    context.scale(scale, scale);
    context.fillStyle = getComputedStyle(canvas).color;
    for (const [k, kl] of kls.entries()) {
      const tall = Math.max(1, Math.min(1, kl / most) * (height - 4));
      context.globalAlpha = kl > 0.01 ? 1 : 0.35;
      context.fillRect(k * step, height - tall, Math.max(1, Math.min(step - 1, step * 0.85)), tall);
    }
  }

  /** The picture in each model of the series, as they come. */
  async function copies() {
    const wanted = series, chosen = picture;
    for (const [k, model] of wanted.models.entries()) {
      const [copy] = await pixels(address(model), model.codes[chosen]);
      if (series !== wanted || picture !== chosen) return;
      show(find(row.children[k], 'canvas'), copy);
    }
  }

  /** @param {number} position of the series */
  async function take(position) {
    const wanted = data.series[position];
    series = wanted;
    row.replaceChildren(...series.models.map((/** @type {any} */ model, /** @type {number} */ k) => {
      const button = document.createElement('button');
      Object.assign(button, {type: 'button', value: String(k)});
      button.append(document.createElement('canvas'), model.title);
      return button;
    }));
    dial.max = String(series.models.length - 1);
    dial.value = '1';
    const best = series.models.reduce((/** @type {any} */ a, /** @type {any} */ b) => (a.figures.psnr > b.figures.psnr ? a : b));
    await come(stage, address(series.models[1]));
    if (series !== wanted) return;
    await draw();
    await come(stage, address(best));
    if (series !== wanted) return;
    await gallery(find(section, '.gallery'), address(best), best.codes, picture);
    await copies();
  }

  function sweep() {
    const last = series.models.length - 1;
    let t = 0;
    dial.value = '0';
    draw();
    if (calm.matches) return;
    animate((passed) => {
      t += passed / 900;
      if (Math.floor(t) !== Number(dial.value)) {
        dial.value = String(Math.min(last, Math.floor(t)));
        draw();
      }
      return t < last;
    });
  }

  dial.addEventListener('input', draw);
  section.addEventListener('guessed', sweep);
  choices(find(section, '.choice'), (position) => take(Number(position)));
  choices(row, (position) => {
    dial.value = position;
    draw();
  });
  choices(find(section, '.gallery'), (position) => {
    picture = Number(position);
    draw();
    copies();
  });
  find(section, '.seed').addEventListener('click', () => {
    seed++;
    draw();
  });
  let begun = false;
  return {
    shown(/** @type {boolean} */ visible) {
      if (visible && !begun) take(0).catch(() => { begun = false; });
      begun ||= visible;
    },
  };
}
