// The engine in a thread of its own, so that the page stays smooth: a message in is a call, the message out its result.

import {createMachine} from './machine.js';
import {Flow} from './flow.js';
import {Decoder, Encoder, fetched} from './model.js';
import {toPixels} from './pictures.js';
import {Generator} from './random.js';
import {drawGaussian} from './sampling.js';

createMachine(); // fetches the kernel while the first model comes
const MOST = 6; // files that are kept open; browsers keep them too

/** @type {Map<string, Promise<any>>} address -> what was made of its file, the one used last at the end */
const open = new Map();

/**
 * What is made of a file, once.
 * @template Made
 * @param {string} address @param {(tensors: import('./safetensors.js').Tensors) => Made | Promise<Made>} make
 * @returns {Promise<Made>}
 */
function opened(address, make) {
  const made = open.get(address) ?? fetched(address).then(make);
  open.delete(address);
  open.set(address, made);
  made.catch(() => open.delete(address)); // the next call tries again
  if (open.size > MOST) open.delete(/** @type {string} */ (open.keys().next().value));
  return made;
}

const decoderOf = (/** @type {string} */ address) => opened(address, (tensors) => Decoder.of(tensors));
const encoderOf = (/** @type {string} */ address) => opened(address, (tensors) => Encoder.of(tensors));
const gaussianOf = (/** @type {string} */ address) =>
  opened(address, (tensors) => {
    const size = tensors.entries.get('mean')?.shape ?? [];
    return {mean: tensors.get('mean', size), factor: tensors.get('factor', [...size, ...size])};
  });
const flowOf = (/** @type {string} */ address) => opened(address, (tensors) => Flow.of(tensors));

/** What client.js offers. @type {Record<string, (...given: any[]) => Promise<any>>} */
const CALLS = {
  latentDim: async (/** @type {string} */ address) => (await decoderOf(address)).latentDim,
  decode: async (/** @type {string} */ address, /** @type {Float32Array} */ z) => (await decoderOf(address)).decode(z),
  encode: async (/** @type {string} */ address, /** @type {Float32Array} */ x) => (await encoderOf(address)).encode(x),
  async pixels(/** @type {string} */ address, /** @type {Float32Array} */ z) {
    const decoder = await decoderOf(address), [height, width] = decoder.imageShape, pictures = decoder.decode(z);
    const size = (pictures.length * decoder.latentDim) / z.length;
    const pixels = Array.from({length: pictures.length / size}, (_, k) =>
      toPixels(pictures.subarray(k * size, (k + 1) * size), decoder.imageShape));
    return {height, width, pixels};
  },
  decoderLayers: async (/** @type {string} */ address, /** @type {Float32Array} */ z) => (await decoderOf(address)).layers(z),
  encoderLayers: async (/** @type {string} */ address, /** @type {Float32Array} */ x) => (await encoderOf(address)).layers(x),
  randn: async (/** @type {bigint} */ seed, /** @type {number} */ n) => new Generator(seed).randn(n),
  async drawGaussian(/** @type {string} */ address, /** @type {bigint} */ seed, /** @type {number} */ n, /** @type {number} */ temperature) {
    const {mean, factor} = await gaussianOf(address);
    return drawGaussian(mean, factor, n, new Generator(seed), temperature);
  },
  async drawFlow(/** @type {string} */ address, /** @type {bigint} */ seed, /** @type {number} */ n, /** @type {number} */ temperature) {
    const flow = await flowOf(address);
    return flow.codes(new Generator(seed).randn(n * flow.latentDim).map((value) => temperature * value));
  },
  flowWay: async (/** @type {string} */ address, /** @type {Float32Array} */ x0, /** @type {number} */ steps) =>
    (await flowOf(address)).way(x0, steps),
};

self.addEventListener('message', async ({data: {id, call, given}}) => {
  try {
    const value = await CALLS[call](...given);
    self.postMessage({id, value}, {transfer: (value.pixels ?? []).map((/** @type {Uint8ClampedArray} */ one) => one.buffer)});
  } catch (error) {
    self.postMessage({id, error: error instanceof Error ? error.message : String(error)});
  }
});
