// A model's two halves, each made of a file of its own: {decoder,encoder}.safetensors, as vae_course/web/halves.py cuts them.
//
// Codes are (N, D), pictures (N, H, W, C) in [0, 1], both float32 in one array.

import {decoder, encoder, imageShape} from './networks.js';
import {Tensors} from './safetensors.js';
import {count, outputs} from './layers.js';
import {createMachine} from './machine.js';

/** @typedef {import('./layers.js').Layer} Layer */
/** @typedef {import('./layers.js').Shape} Shape */
/** @typedef {import('./networks.js').Preset} Preset */
/** @typedef {import('./machine.js').Machine} Machine */

/**
 * The whole file at an address. Throws an Error.
 * @param {string | URL} address
 */
export async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${answer.statusText}`);
  return new Tensors(await answer.arrayBuffer());
}

/** @param {Tensors} tensors @returns {Preset} */
function presetOf(tensors) {
  if (!tensors.metadata.preset) throw new Error('the file does not say by which preset its network is built');
  return JSON.parse(tensors.metadata.preset);
}

export class Decoder {
  /** @param {Machine} machine @param {Tensors} tensors @param {Preset} preset Throws an Error that names the layer. */
  constructor(machine, tensors, preset = presetOf(tensors)) {
    this.machine = machine;
    this.latentDim = preset.model.latent_dim;
    this.imageShape = imageShape(preset);
    this.z = machine.allocate(this.latentDim);
    this.network = decoder({machine, tensors}, preset);
  }

  /** @param {Tensors} tensors @param {import('./machine.js').Kind} [kind] at best */
  static async of(tensors, kind) {
    return new Decoder(await createMachine(kind), tensors);
  }

  /**
   * p(x | z): pictures of codes.
   * @param {Float32Array} z (N, D)
   * @returns {Float32Array} (N, H, W, C)
   */
  decode(z) {
    const {machine, latentDim} = this, size = count(this.imageShape), n = rows(z, latentDim, 'codes');
    const pictures = new Float32Array(n * size);
    for (let k = 0; k < n; k++) {
      machine.floats.set(z.subarray(k * latentDim, (k + 1) * latentDim), this.z);
      const logits = this.network.forward(this.z);
      machine.sigmoid(logits, size);
      pictures.set(machine.floats.subarray(logits, logits + size), k * size);
    }
    return pictures;
  }

  /** What each layer makes of one code, the last one before the sigmoid. @param {Float32Array} z (D,) */
  layers(z) {
    this.machine.floats.set(z, this.z);
    return outputs(this.machine, this.network, this.z);
  }
}

export class Encoder {
  /** @param {Machine} machine @param {Tensors} tensors @param {Preset} preset Throws an Error that names the layer. */
  constructor(machine, tensors, preset = presetOf(tensors)) {
    this.machine = machine;
    this.latentDim = preset.model.latent_dim;
    this.imageShape = imageShape(preset);
    this.x = machine.allocate(count(this.imageShape));
    this.network = encoder({machine, tensors}, preset);
  }

  /** @param {Tensors} tensors @param {import('./machine.js').Kind} [kind] at best */
  static async of(tensors, kind) {
    return new Encoder(await createMachine(kind), tensors);
  }

  /**
   * q(z | x) of pictures.
   * @param {Float32Array} pictures (N, H, W, C)
   * @returns {{mu: Float32Array, logvar: Float32Array}} each (N, D)
   */
  encode(pictures) {
    const {machine, latentDim, network} = this, size = count(this.imageShape), n = rows(pictures, size, 'pictures');
    const mu = new Float32Array(n * latentDim), logvar = new Float32Array(n * latentDim);
    for (let k = 0; k < n; k++) {
      machine.floats.set(pictures.subarray(k * size, (k + 1) * size), this.x);
      const features = network.features.forward(this.x);
      for (const [to, head] of /** @type {const} */ ([[mu, network.mu], [logvar, network.logvar]])) {
        const place = head.forward(features);
        to.set(machine.floats.subarray(place, place + latentDim), k * latentDim);
      }
      if (network.path) {
        const place = network.path.forward(this.x);
        for (let d = 0; d < latentDim; d++) mu[k * latentDim + d] += machine.floats[place + d];
      }
    }
    return {mu, logvar};
  }

  /** What each layer before mu and logvar makes of one picture. @param {Float32Array} picture (H, W, C) */
  layers(picture) {
    this.machine.floats.set(picture, this.x);
    return outputs(this.machine, this.network.features, this.x);
  }
}

/** How many there are. @param {Float32Array} numbers @param {number} each @param {string} what */
function rows(numbers, each, what) {
  if (numbers.length % each) throw new Error(`${numbers.length} numbers are no ${what} of ${each}`);
  return numbers.length / each;
}
