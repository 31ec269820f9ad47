// Where a convolution looks. Its kernel is the same along rows and columns, so one axis at a time is enough.

/**
 * Outputs along an axis that use the same taps of the kernel.
 * targets: their coordinates. taps: numbers of the kernel's taps. sources: for each output and tap the coordinate of the
 * input that it looks at, or -1 where that lies outside.
 * @typedef {{targets: number[], taps: number[], sources: number[][]}} Phase
 */
/** @typedef {{size: number, phases: Phase[]}} Axis size: how many outputs */

/** @param {number} to @returns {number[]} 0 ... to - 1 */
const upTo = (to) => Array.from({length: to}, (_, k) => k);

/**
 * Output o of a Conv2d sees, through tap t, the input o * stride - padding + t.
 * @param {number} inputs @param {number} kernel @param {number} stride @param {number} padding
 * @returns {Axis}
 */
export function strided(inputs, kernel, stride, padding) {
  const size = Math.floor((inputs + 2 * padding - kernel) / stride) + 1, targets = upTo(size), taps = upTo(kernel);
  const within = (/** @type {number} */ place) => (place >= 0 && place < inputs ? place : -1);
  return {size, phases: [{targets, taps, sources: targets.map((o) => taps.map((t) => within(o * stride - padding + t)))}]};
}

/**
 * The reverse: input i of a ConvTranspose2d adds, through tap t, to the output i * stride - padding + t. So every
 * stride-th output uses the same taps.
 * @param {number} inputs @param {number} kernel @param {number} stride @param {number} padding
 * @param {number} size how many outputs
 * @returns {Axis}
 */
export function transposed(inputs, kernel, stride, padding, size) {
  const phases = upTo(Math.min(stride, size)).map((start) => {
    const targets = upTo(size).filter((o) => o % stride === start);
    const taps = upTo(kernel).filter((t) => (start + padding - t) % stride === 0);
    const within = (/** @type {number} */ place) => (place >= 0 && place < inputs ? place : -1);
    return {targets, taps, sources: targets.map((o) => taps.map((t) => within((o + padding - t) / stride)))};
  });
  return {size, phases};
}

/**
 * Pixels repeated up to a size, then a 3-wide convolution: its outputs look at the small picture directly.
 * @param {number} inputs @param {number} size how many outputs
 * @returns {Axis}
 */
export function nearest(inputs, size) {
  const scale = Math.fround(inputs / size); // PyTorch computes in float32
  const source = (/** @type {number} */ o) => (o < 0 ? o : Math.min(Math.floor(Math.fround(o * scale)), inputs - 1));
  const {phases: [phase]} = strided(size, 3, 1, 1);
  return {size, phases: [{...phase, sources: phase.sources.map((places) => places.map(source))}]};
}

/** A single place: a Linear layer is a convolution of a picture of 1 x 1. @type {Axis} */
export const POINT = {size: 1, phases: [{targets: [0], taps: [0], sources: [[0]]}]};
