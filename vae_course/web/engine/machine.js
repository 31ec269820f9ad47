// Where a model's numbers lie, and the loop that goes over them: WebAssembly's, or the plain one where there is no SIMD.

import {plain} from './plain.js';

/**
 * kernel.ts says what it computes and what its places are.
 * @typedef {(x: number, inputs: number, weights: number, bias: number, y: number, outputs: number, spare: number,
 *   rows: number, rowTaps: number, rowTargets: number, rowSources: number,
 *   columns: number, columnTaps: number, columnTargets: number, columnSources: number) => void} Convolve
 */

const PAGE = 65536; // bytes

/** The memory of one model. Places are counted in numbers of four bytes. */
export class Machine {
  /** @param {WebAssembly.Module | null} kernel null: without WebAssembly */
  constructor(kernel) {
    this.kind = kernel ? 'wasm' : 'plain';
    this.used = 0;
    this.memory = kernel ? new WebAssembly.Memory({initial: 1}) : {buffer: new ArrayBuffer(PAGE)};
    this.floats = new Float32Array(this.memory.buffer); // views, which end whenever the memory grows
    this.ints = new Int32Array(this.memory.buffer);
    /** @type {Convolve} */
    this.convolve = kernel ? instantiated(kernel, this.memory) : plain(this);
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
}

/** @param {WebAssembly.Module} kernel @param {any} memory @returns {Convolve} */
function instantiated(kernel, memory) {
  return /** @type {any} */ (new WebAssembly.Instance(kernel, {env: {memory}}).exports.convolve);
}

/** @type {Promise<WebAssembly.Module | null> | undefined} */
let compiled;

/**
 * A new machine.
 * @param {'wasm' | 'plain'} kind "plain": without WebAssembly, even where the browser has it
 */
export async function createMachine(kind = 'wasm') {
  if (kind === 'plain') return new Machine(null);
  compiled ??= compile().catch(() => null);
  return new Machine(await compiled);
}

/** Throws where the browser has no WebAssembly, or one without SIMD. */
async function compile() {
  const answer = await fetch(new URL('kernel.wasm', import.meta.url));
  return WebAssembly.compile(await answer.arrayBuffer()); // not streamed: that needs a server that knows its media type
}
