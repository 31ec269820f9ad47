// What several screens have: a bar while a model comes, a choice of models, a gallery of decoded codes.

import {failed, find, loading, show} from './dom.js';
import {file, pixels} from './engine.js';

/**
 * The file is there; meanwhile a bar tells how much of it has come.
 * @param {HTMLElement} stage @param {string} address
 */
export async function come(stage, address) {
  stage.querySelector('.coming')?.remove();
  const bar = document.createElement('progress'), label = document.createElement('p');
  label.className = 'coming';
  label.role = 'status';
  label.append(loading, bar);
  const late = setTimeout(() => stage.prepend(label), 150); // a file that is here already shows none
  try {
    await file(address, (share) => { bar.value = share; });
    label.remove();
  } catch (error) {
    label.textContent = failed;
    stage.prepend(label);
    throw error;
  } finally {
    clearTimeout(late);
  }
}

/**
 * Buttons of which one is pressed.
 * @param {HTMLElement} group @param {(value: string) => void} pick
 */
export function choices(group, pick) {
  group.addEventListener('click', (event) => {
    const button = event.target instanceof Element && event.target.closest('button');
    if (!button || !group.contains(button)) return;
    press(group, button.value);
    pick(button.value);
  });
}

/** @param {HTMLElement} group @param {string | null} value of the one that is pressed */
export function press(group, value) {
  for (const button of group.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button.value === value));
}

/**
 * Decoded codes as buttons.
 * @param {HTMLElement} group @param {string} address of the decoder @param {number[][]} codes @param {number} pressed
 */
export async function gallery(group, address, codes, pressed) {
  const pictures = await pixels(address, codes.flat());
  group.replaceChildren(...pictures.map((picture, k) => {
    const button = document.createElement('button'), canvas = document.createElement('canvas');
    Object.assign(button, {type: 'button', value: String(k)});
    button.setAttribute('aria-label', (group.dataset.label ?? '').replace('{number}', String(k + 1)));
    show(canvas, picture);
    button.append(canvas);
    return button;
  }));
  press(group, String(pressed));
  return pictures;
}

/** A slider's value. @param {HTMLElement} section @param {string} selector */
export const numberOf = (section, selector) => Number(find(section, selector).value);
