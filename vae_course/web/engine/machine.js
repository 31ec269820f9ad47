// Where a model's numbers lie, and the loops that go over them: WebAssembly's, or the plain ones where there is no SIMD.

import {plain} from './plain.js';

/**
 * kernel.ts says what they compute and what their places are.
 * @typedef {(x: number, inputs: number, weights: number, bias: number, y: number, outputs: number, spare: number,
 *   rows: number, rowTaps: number, rowTargets: number, rowSources: number,
 *   columns: number, columnTaps: number, columnTargets: number, columnSources: number) => void} Convolve
 * @typedef {(x: number, y: number, size: number, channels: number, scale: number, shift: number, least: number) => void} Affine
 * @typedef {(y: number, size: number) => void} Activation in place
 * @typedef {{convolve: Convolve, affine: Affine, sigmoid: Activation, silu: Activation}} Kernel
 */

const PAGE = 65536; // bytes

/** The memory of one model. Places are counted in numbers of four bytes. */
export class Machine {
  /** @param {Kind} kind @param {WebAssembly.Module | null} kernel null: without WebAssembly */
  constructor(kind, kernel) {
    this.kind = kind;
    this.used = 0;
    this.memory = kernel ? new WebAssembly.Memory({initial: 1}) : {buffer: new ArrayBuffer(PAGE)};
    this.floats = new Float32Array(this.memory.buffer); // views, which end whenever the memory grows
    this.ints = new Int32Array(this.memory.buffer);
    const {convolve, affine, sigmoid, silu} = kernel ? instantiated(kernel, this.memory) : plain(this);
    this.convolve = convolve;
    this.affine = affine;
    this.sigmoid = sigmoid;
    this.silu = silu;
  }

  /**
   * The place of so many numbers, all 0. Throws an Error where the browser gives no more memory.
   * @param {number} count
   */
  allocate(count) {
    const place = this.used, size = this.memory.buffer.byteLength;
    this.used += Math.ceil(count / 4) * 4; // 16 bytes, a register
    const missing = 4 * this.used - size;
    if (missing > 0) {
      try {
        this.grow(Math.max(missing, size)); // at least twice as large, so that few steps lead to a large one
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new Error(`the model needs ${Math.round(this.used / 250_000)} MB, which the browser does not give`);
      }
    }
    return place;
  }

  /** @param {number} bytes at least */
  grow(bytes) {
    const pages = Math.ceil(bytes / PAGE), before = this.floats;
    if ('grow' in this.memory) this.memory.grow(pages);
    else this.memory = {buffer: new ArrayBuffer(this.memory.buffer.byteLength + pages * PAGE)};
    this.floats = new Float32Array(this.memory.buffer);
    this.ints = new Int32Array(this.memory.buffer);
    if (this.kind === 'plain') this.ints.set(new Int32Array(before.buffer)); // WebAssembly keeps them itself
  }

  /**
   * The place of these numbers' copy.
   * @param {ArrayLike<number>} numbers
   */
  put(numbers) {
    const place = this.allocate(numbers.length);
    this.floats.set(numbers, place);
    return place;
  }

  /**
   * The same for whole numbers.
   * @param {ArrayLike<number>} numbers
   */
  putInts(numbers) {
    const place = this.allocate(numbers.length);
    this.ints.set(numbers, place);
    return place;
  }

  /**
   * Each of `size` numbers in place.
   * @param {(x: number) => number} activate @param {number} y @param {number} size
   */
  each(activate, y, size) {
    const {floats} = this;
    for (let n = y; n < y + size; n++) floats[n] = activate(floats[n]);
  }
}

/** @param {WebAssembly.Module} kernel @param {any} memory @returns {Kernel} */
const instantiated = (kernel, memory) => /** @type {any} */ (new WebAssembly.Instance(kernel, {env: {memory}}).exports);

/** @typedef {'relaxed' | 'simd' | 'plain'} Kind */
/** @type {[Kind, string][]} what is tried, the fastest first, and its file */
const KERNELS = [['relaxed', 'kernel-relaxed.wasm'], ['simd', 'kernel.wasm']];
/** @type {Map<string, Promise<WebAssembly.Module | null>>} each file once; null where the browser can't compile it */
const compiled = new Map();

/**
 * A new machine, as fast as the browser allows.
 * @param {Kind} best what to begin with
 */
export async function createMachine(best = 'relaxed') {
  const first = KERNELS.findIndex(([kind]) => kind === best);
  for (const [kind, file] of first < 0 ? [] : KERNELS.slice(first)) {
    if (!compiled.has(file)) compiled.set(file, compile(file).catch(() => null));
    const kernel = await compiled.get(file);
    if (kernel) return new Machine(kind, kernel);
  }
  return new Machine('plain', null);
}

/**
 * Throws where the browser has no WebAssembly, or none with such SIMD.
 * @param {string} file
 */
async function compile(file) {
  const answer = await fetch(new URL(file, import.meta.url));
  return WebAssembly.compile(await answer.arrayBuffer()); // not streamed: that needs a server that knows its media type
}
