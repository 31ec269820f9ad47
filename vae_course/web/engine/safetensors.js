// Reads safetensors files: eight bytes that say how long the header is, a header in JSON, then the numbers.

/** @typedef {{dtype: string, shape: number[], data_offsets: [number, number]}} Entry */

/** Numbers by name, read when they are asked for, with what the file says of itself. */
export class Tensors {
  /** @param {ArrayBuffer} file whole. Throws an Error where it is none. */
  constructor(file) {
    const length = file.byteLength < 8 ? Number.NaN : Number(new DataView(file).getBigUint64(0, true));
    if (!(8 + length <= file.byteLength)) throw new Error('not a safetensors file, or not whole');
    const {__metadata__: metadata = {}, ...entries} = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, length)));
    this.numbers = file.slice(8 + length); // a copy, so that 4-byte numbers begin where typed arrays want them
    /** @type {Record<string, string>} */
    this.metadata = metadata;
    /** @type {Map<string, Entry>} */
    this.entries = new Map(Object.entries(entries));
  }

  /**
   * The numbers of that name as float32, in C order.
   * @param {string} name
   * @param {number[]} shape what the network expects. Throws an Error where the file has another, or nothing.
   */
  get(name, shape) {
    const entry = this.entries.get(name);
    if (!entry) throw new Error(`the file has no ${name}`);
    if (String(entry.shape) !== String(shape)) {
      throw new Error(`${name} has the shape (${entry.shape.join(', ')}), and the network needs (${shape.join(', ')})`);
    }
    const read = READERS[entry.dtype];
    if (!read) throw new Error(`${name} is stored as ${entry.dtype}; known are ${Object.keys(READERS).join(', ')}`);
    const [start, end] = entry.data_offsets;
    if (end > this.numbers.byteLength) throw new Error(`the file ends before ${name} does`);
    return read(this.numbers.slice(start, end));
  }
}

/** @type {Record<string, (bytes: ArrayBuffer) => Float32Array>} */
const READERS = {
  F32: (bytes) => new Float32Array(bytes),
  F16: (bytes) => {
    const bits = new Uint16Array(bytes), numbers = new Float32Array(bits.length);
    for (let k = 0; k < bits.length; k++) numbers[k] = HALVES[bits[k]];
    return numbers;
  },
  BF16: (bytes) => {
    const bits = new Uint16Array(bytes), doubled = new Uint32Array(bits.length);
    for (let k = 0; k < bits.length; k++) doubled[k] = bits[k] << 16; // the upper half of a float32
    return new Float32Array(doubled.buffer);
  },
};

/** Every float16 by its bits: sign, 5 bits of exponent, 10 of fraction (IEEE 754). */
const HALVES = Float32Array.from({length: 65536}, (_, bits) => {
  const sign = bits >> 15 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
});
