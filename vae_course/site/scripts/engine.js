// The models: each file is fetched once, and stays with the page, so that it works on without a network.

import {root} from './dom.js';

const {engine: client = ''} = document.documentElement.dataset;
/** @typedef {import('../../web/engine/client.js').Engine} Engine */
/** @type {Promise<Engine>} */
const engine = import(new URL(client, document.baseURI).href).then(({Engine}) => new Engine());

/** @type {Map<string, Promise<string>>} address -> the file's own, in this page */
const files = new Map();

/**
 * A model's file by its address from the site's folder: one that the engine can open at any time.
 * @param {string} address @param {(share: number) => void} [progress] is told how much has come
 */
export function file(address, progress) {
  const known = files.get(address) ?? fetched(new URL(root + address, document.baseURI), progress);
  files.set(address, known);
  known.catch(() => files.delete(address)); // the next call tries again
  return known;
}

/** @param {URL} address @param {((share: number) => void) | undefined} progress */
async function fetched(address, progress) {
  const answer = await fetch(address), chunks = [];
  if (!answer.ok || !answer.body) throw new Error(`${address}: ${answer.status}`);
  const whole = Number(answer.headers.get('Content-Length')), reader = answer.body.getReader();
  for (let come = 0, part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    come += part.value.length;
    progress?.(whole ? Math.min(1, come / whole) : 0); // where it came compressed, the length is not its own
  }
  const blob = new Blob(chunks), [one, two] = chunks[0] ?? [];
  const packed = one === 0x1f && two === 0x8b; // else the server said what it is, and the browser has unpacked it
  return URL.createObjectURL(packed ? await new Response(blob.stream().pipeThrough(new DecompressionStream('gzip'))).blob() : blob);
}

/**
 * Pictures of codes for a canvas, by the address of a decoder.
 * @param {string} address @param {ArrayLike<number>} z (N, D)
 * @returns {Promise<ImageData[]>}
 */
export const pixels = async (address, z) => (await engine).pixels(await file(address), Float32Array.from(z));

/**
 * Pictures of codes as numbers, (N, H, W, C).
 * @param {string} address @param {ArrayLike<number>} z (N, D)
 */
export const decode = async (address, z) => (await engine).decode(await file(address), Float32Array.from(z));

/** Codes of pictures. @param {string} address of an encoder @param {Float32Array} x (N, H, W, C) */
export const encode = async (address, x) => (await engine).encode(await file(address), x);

/** What each layer makes of a code. @param {string} address of a decoder @param {ArrayLike<number>} z (D,) */
export const decoderLayers = async (address, z) => (await engine).decoderLayers(await file(address), Float32Array.from(z));

/** What each layer makes of a picture. @param {string} address of an encoder @param {Float32Array} x (H, W, C) */
export const encoderLayers = async (address, x) => (await engine).encoderLayers(await file(address), x);

/** torch.randn(n) of that seed. @param {number} seed @param {number} n */
export const randn = async (seed, n) => (await engine).randn(seed, n);

/** A draw of a model's fitted Gaussian, (D,). @param {string} address @param {number} seed */
export const drawGaussian = async (address, seed) => (await engine).drawGaussian(await file(address), seed, 1);

/** Noise (N, D) on its way to codes, (steps + 1, N, D). @param {string} address of a flow @param {ArrayLike<number>} x0 @param {number} steps */
export const flowWay = async (address, x0, steps) => (await engine).flowWay(await file(address), Float32Array.from(x0), steps);

/**
 * A function that does the work for the value that it was given last: what comes while it works waits, and only the newest.
 * @template Value
 * @param {(value: Value) => Promise<void>} work
 * @returns {(value: Value) => Promise<void>}
 */
export function latest(work) {
  /** @type {{value: Value} | null} */
  let next = null;
  let busy = false;
  return async (value) => {
    next = {value};
    if (busy) return;
    busy = true;
    try {
      while (next) {
        const now = next;
        next = null;
        await work(now.value);
      }
    } finally {
      busy = false;
    }
  };
}
