// What kernel.ts does, for browsers without WebAssembly's SIMD.

import {ACTIVATIONS} from './activations.js';

/** @typedef {import('./machine.js').Machine} Machine */

const WIDTH = 8;

/** @param {Machine} machine whose memory may grow meanwhile @returns {import('./machine.js').Kernel} */
export function plain(machine) {
  return {
    convolve: convolution(machine),
    affine: affinity(machine),
    sigmoid: (y, size) => machine.each(ACTIVATIONS.sigmoid, y, size),
    silu: (y, size) => machine.each(ACTIVATIONS.silu, y, size),
  };
}

/** @param {Machine} machine @returns {import('./machine.js').Convolve} */
function convolution(machine) {
  return (
    x, inputs, weights, bias, y, outputs, _spare,
    rows, rowTaps, rowTargets, rowSources, columns, columnTaps, columnTargets, columnSources,
  ) => {
    const {floats, ints} = machine, sums = new Float64Array(WIDTH), ofTap = inputs * WIDTH;
    for (let first = 0; first < outputs; first += WIDTH) {
      const panel = weights + (first / WIDTH) * rowTaps * columnTaps * ofTap, left = Math.min(WIDTH, outputs - first);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          for (let m = 0; m < WIDTH; m++) sums[m] = floats[bias + first + m];
          for (let i = 0; i < rowTaps; i++) {
            const row = ints[rowSources + r * rowTaps + i];
            for (let j = 0; j < columnTaps && row >= 0; j++) {
              const column = ints[columnSources + c * columnTaps + j];
              if (column >= 0) add(sums, floats, x + row + column, inputs, panel + (i * columnTaps + j) * ofTap);
            }
          }
          const target = y + ints[rowTargets + r] + ints[columnTargets + c] + first;
          for (let m = 0; m < left; m++) floats[target + m] = sums[m];
        }
      }
    }
  };
}

/** @param {Machine} machine @returns {import('./machine.js').Affine} */
function affinity(machine) {
  return (x, y, size, channels, scale, shift, least) => {
    const {floats} = machine;
    for (let n = 0; n < size; n += channels) {
      for (let c = 0; c < channels; c++) {
        floats[y + n + c] = Math.max(least, floats[x + n + c] * floats[scale + c] + floats[shift + c]);
      }
    }
  };
}

/**
 * sums[m] += sum over k of x[k] * w[k, m].
 * @param {Float64Array} sums @param {Float32Array} floats @param {number} x @param {number} inputs @param {number} w
 */
function add(sums, floats, x, inputs, w) {
  let s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3], s4 = sums[4], s5 = sums[5], s6 = sums[6], s7 = sums[7];
  for (const end = x + inputs; x < end; x++, w += WIDTH) {
    const value = floats[x];
    s0 += value * floats[w];
    s1 += value * floats[w + 1];
    s2 += value * floats[w + 2];
    s3 += value * floats[w + 3];
    s4 += value * floats[w + 4];
    s5 += value * floats[w + 5];
    s6 += value * floats[w + 6];
    s7 += value * floats[w + 7];
  }
  sums[0] = s0; sums[1] = s1; sums[2] = s2; sums[3] = s3;
  sums[4] = s4; sums[5] = s5; sums[6] = s6; sums[7] = s7;
}
