// Layers as PyTorch has them. Pictures are (H, W, C) here, as a canvas has them, where PyTorch's are (C, H, W).
//
// A layer is made once, with its weights and the place of its output; forward(place of x) -> place of its output.

import {POINT, nearest, strided, transposed} from './axes.js';
import {activation} from './activations.js';

/** @typedef {import('./machine.js').Machine} Machine */
/** @typedef {import('./safetensors.js').Tensors} Tensors */
/** @typedef {import('./axes.js').Axis} Axis */
/** @typedef {[height: number, width: number, channels: number]} Shape */
/** @typedef {{output: Shape, forward: (x: number) => number, layers?: Layer[]}} Layer layers: of a chain */
/**
 * Numbers of which tap (i, j) from input k to output m is numbers[outputs[m] + inputs[k] + i * size + j].
 * @typedef {{numbers: Float32Array, outputs: ArrayLike<number>, inputs: ArrayLike<number>, size: number}} Weight
 */
/** @typedef {{machine: Machine, tensors: Tensors}} Parts */

const WIDTH = 8; // channels that the kernel computes at once

/** 0, step, 2 * step, ... @param {number} length @param {number} step */
const steps = (length, step) => Uint32Array.from({length}, (_, k) => k * step);

/** @param {Shape} shape */
export const count = ([height, width, channels]) => height * width * channels;

/**
 * @param {Parts} parts @param {string} name @param {Shape} input @param {number} outputs channels
 * @param {{kernel_size: number, stride: number, padding: number}} how
 * @returns {Layer}
 */
export function conv2d({machine, tensors}, name, input, outputs, {kernel_size: size, stride, padding}) {
  const [height, width, inputs] = input, numbers = tensors.get(`${name}.weight`, [outputs, inputs, size, size]);
  const axes = [height, width].map((side) => strided(side, size, stride, padding));
  const bias = tensors.get(`${name}.bias`, [outputs]);
  const area = size ** 2, weight = {numbers, outputs: steps(outputs, inputs * area), inputs: steps(inputs, area), size};
  return convolution(machine, input, axes, bias, weight);
}

/**
 * @param {Parts} parts @param {string} name @param {Shape} input @param {Shape} output
 * @param {{kernel_size: number, stride: number, padding: number}} how
 * @returns {Layer}
 */
export function convTranspose2d({machine, tensors}, name, input, output, {kernel_size: size, stride, padding}) {
  const [, , inputs] = input, [, , outputs] = output;
  const numbers = tensors.get(`${name}.weight`, [inputs, outputs, size, size]);
  const axes = [0, 1].map((side) => transposed(input[side], size, stride, padding, output[side]));
  const bias = tensors.get(`${name}.bias`, [outputs]);
  const area = size ** 2, weight = {numbers, outputs: steps(outputs, area), inputs: steps(inputs, outputs * area), size};
  return convolution(machine, input, axes, bias, weight);
}

/**
 * NearestUpsampling of vae_course/networks.py.
 * @param {Parts} parts @param {string} name @param {Shape} input @param {Shape} output
 * @returns {Layer}
 */
export function nearestUpsampling({machine, tensors}, name, input, output) {
  const [, , inputs] = input, [, , outputs] = output;
  const numbers = tensors.get(`${name}.conv.weight`, [outputs, inputs, 3, 3]);
  const axes = [0, 1].map((side) => nearest(input[side], output[side]));
  const bias = tensors.get(`${name}.conv.bias`, [outputs]);
  const weight = {numbers, outputs: steps(outputs, inputs * 9), inputs: steps(inputs, 9), size: 3};
  return convolution(machine, input, axes, bias, weight);
}

/**
 * A Linear from all numbers of a picture to all of another; vectors are pictures of 1 x 1. PyTorch's weights expect (C, H, W).
 * @param {Parts} parts @param {string} name @param {Shape} input @param {Shape} output
 * @returns {Layer}
 */
export function linear({machine, tensors}, name, input, output) {
  const [inputs, outputs] = [count(input), count(output)], [ofInput, ofOutput] = [channelsFirst(input), channelsFirst(output)];
  const numbers = tensors.get(`${name}.weight`, [outputs, inputs]), given = tensors.get(`${name}.bias`, [outputs]);
  const bias = given.map((_, m) => given[ofOutput[m]]);
  const weight = {numbers, outputs: ofOutput.map((m) => m * inputs), inputs: ofInput, size: 1};
  return {...convolution(machine, [1, 1, inputs], [POINT, POINT], bias, weight), output};
}

/**
 * For each number of an (H, W, C) picture its position in a (C, H, W) one.
 * @param {Shape} shape
 */
function channelsFirst([height, width, channels]) {
  const pixels = height * width;
  return Uint32Array.from({length: pixels * channels}, (_, n) => (n % channels) * pixels + Math.floor(n / channels));
}

/**
 * What all layers with weights have in common: kernel.ts, once for each pair of phases.
 * @param {Machine} machine @param {Shape} input @param {Axis[]} axes along rows, along columns
 * @param {Float32Array} bias @param {Weight} weight
 * @returns {Layer}
 */
function convolution(machine, [, width, inputs], [rows, columns], bias, weight) {
  const outputs = bias.length, y = machine.allocate(rows.size * columns.size * outputs);
  const offsets = machine.allocate(Math.ceil(outputs / WIDTH) * WIDTH), spare = machine.allocate(WIDTH + inputs);
  machine.floats.set(bias, offsets);
  const tables = (/** @type {Axis} */ {phases}, /** @type {number} */ ofInput, /** @type {number} */ ofOutput) =>
    phases.map(({targets, taps, sources}) => ({
      taps,
      table: /** @type {const} */ ([
        targets.length,
        taps.length,
        machine.putInts(targets.map((place) => place * ofOutput)),
        machine.putInts(sources.flat().map((place) => (place < 0 ? -1 : place * ofInput))),
      ]),
    }));
  const ofColumns = tables(columns, inputs, outputs);
  const calls = tables(rows, width * inputs, columns.size * outputs).flatMap((row) =>
    ofColumns.map((column) => ({
      weights: packed(machine, outputs, row.taps, column.taps, inputs, weight), row: row.table, column: column.table,
    })),
  );
  const forward = (/** @type {number} */ x) => {
    for (const {weights, row, column} of calls) {
      machine.convolve(x, inputs, weights, offsets, y, outputs, spare, ...row, ...column);
    }
    return y;
  };
  return {output: [rows.size, columns.size, outputs], forward};
}

/**
 * The place of weights in the kernel's order, (ceil(outputs / 8), row taps, column taps, inputs, 8).
 * @param {Machine} machine @param {number} outputs @param {number[]} rowTaps @param {number[]} columnTaps
 * @param {number} inputs @param {Weight} weight
 */
function packed(machine, outputs, rowTaps, columnTaps, inputs, {numbers, outputs: ofOutput, inputs: ofInput, size}) {
  const place = machine.allocate(Math.ceil(outputs / WIDTH) * rowTaps.length * columnTaps.length * inputs * WIDTH);
  const {floats} = machine;
  let next = place;
  for (let first = 0; first < outputs; first += WIDTH) {
    for (const i of rowTaps) {
      for (const j of columnTaps) {
        for (let k = 0; k < inputs; k++, next += WIDTH) {
          const from = ofInput[k] + i * size + j;
          for (let m = 0; m < WIDTH && first + m < outputs; m++) floats[next + m] = numbers[ofOutput[first + m] + from];
        }
      }
    }
  }
  return place;
}

/**
 * Normalisation ("none", "batch" as in eval mode, "group") and then an activation, in one go.
 * @param {Parts} parts @param {string} name of the normalisation @param {Shape} shape @param {string} norm @param {string} act
 * @returns {Layer}
 */
export function normAndActivation({machine, tensors}, name, shape, norm, act) {
  const size = count(shape), [, , channels] = shape, y = machine.allocate(size);
  const scale = machine.allocate(channels), shift = machine.allocate(channels), activate = activation(act, name);
  const numbers = (/** @type {string} */ part) => tensors.get(`${name}.${part}`, [channels]);
  const set = (/** @type {Affine} */ affine) => {
    machine.floats.set(affine.scale, scale);
    machine.floats.set(affine.shift, shift);
  };
  let normalise = (/** @type {number} */ _x) => {};
  if (norm === 'batch') set(affineOf(numbers('weight'), numbers('bias'), numbers('running_mean'), numbers('running_var')));
  else if (norm === 'group') {
    const weight = numbers('weight'), bias = numbers('bias');
    const each = channels / divisor(channels, Math.max(1, Math.min(16, Math.floor(channels / 4)))); // as vae_course/networks.py
    normalise = (x) => set(affineOf(weight, bias, ...moments(machine, x, shape, each)));
  } else if (norm === 'none') machine.floats.fill(1, scale, scale + channels);
  else throw new Error(`${name}: the normalisation ${norm} is not one of none, batch, group`);
  const forward = (/** @type {number} */ x) => {
    normalise(x);
    machine.affine(x, y, size, channels, scale, shift, act === 'relu' ? 0 : Number.NEGATIVE_INFINITY);
    if (act === 'silu' || act === 'sigmoid') machine[act](y, size);
    else if (act !== 'relu') machine.each(activate, y, size);
    return y;
  };
  return {output: shape, forward};
}

/** @typedef {{scale: Float32Array, shift: Float32Array}} Affine a number for each channel */

/**
 * (x - mean) / sqrt(variance + epsilon) * weight + bias as x * scale + shift.
 * @param {Float32Array} weight @param {Float32Array} bias @param {Float32Array} mean @param {Float32Array} variance
 * @returns {Affine}
 */
function affineOf(weight, bias, mean, variance) {
  const scale = weight.map((factor, c) => factor / Math.sqrt(variance[c] + 1e-5));
  return {scale, shift: bias.map((offset, c) => offset - mean[c] * scale[c])};
}

/**
 * Each channel's mean and variance: those of its group, as GroupNorm has them.
 * @param {Machine} machine @param {number} x @param {Shape} shape @param {number} each channels of a group
 * @returns {[Float32Array, Float32Array]}
 */
function moments({floats}, x, shape, each) {
  const [, , channels] = shape, size = count(shape);
  const mean = new Float32Array(channels), variance = new Float32Array(channels);
  for (let first = 0; first < channels; first += each) {
    let sum = 0, squares = 0;
    for (let n = first; n < size; n += channels) for (let c = n; c < n + each; c++) sum += floats[x + c];
    const middle = (sum * channels) / size / each;
    for (let n = first; n < size; n += channels) {
      for (let c = n; c < n + each; c++) squares += (floats[x + c] - middle) ** 2;
    }
    mean.fill(middle, first, first + each);
    variance.fill((squares * channels) / size / each, first, first + each);
  }
  return [mean, variance];
}

/**
 * LayerNorm of a vector.
 * @param {Parts} parts @param {string} name @param {number} width
 * @returns {Layer}
 */
export function layerNorm({machine, tensors}, name, width) {
  const [y, scale, shift] = [0, 1, 2].map(() => machine.allocate(width)), output = /** @type {Shape} */ ([1, 1, width]);
  const weight = tensors.get(`${name}.weight`, [width]), bias = tensors.get(`${name}.bias`, [width]);
  const forward = (/** @type {number} */ x) => {
    const affine = affineOf(weight, bias, ...moments(machine, x, output, width));
    machine.floats.set(affine.scale, scale);
    machine.floats.set(affine.shift, shift);
    machine.affine(x, y, width, width, scale, shift, Number.NEGATIVE_INFINITY);
    return y;
  };
  return {output, forward};
}

/** The greatest common divisor. @param {number} a @param {number} b @returns {number} */
const divisor = (a, b) => (b ? divisor(b, a % b) : a);

/**
 * x + f(x) with two 3 x 3 convolutions, as ResidualBlock of vae_course/networks.py.
 * @param {Parts} parts @param {string} name @param {Shape} shape @param {string} norm @param {string} act
 * @returns {Layer}
 */
export function residualBlock(parts, name, shape, norm, act) {
  const how = {kernel_size: 3, stride: 1, padding: 1};
  return residual(parts.machine, chain([
    normAndActivation(parts, `${name}.body.0`, shape, norm, act), conv2d(parts, `${name}.body.2`, shape, shape[2], how),
    normAndActivation(parts, `${name}.body.3`, shape, norm, act), conv2d(parts, `${name}.body.5`, shape, shape[2], how),
  ]));
}

/**
 * x + f(x).
 * @param {Machine} machine @param {Layer} body
 * @returns {Layer}
 */
export function residual(machine, {output, forward: f}) {
  const size = count(output);
  const forward = (/** @type {number} */ x) => {
    const y = f(x), {floats} = machine;
    for (let n = 0; n < size; n++) floats[y + n] += floats[x + n];
    return y;
  };
  return {output, forward};
}

/**
 * One after the other.
 * @param {Layer[]} layers
 * @returns {Layer}
 */
export function chain(layers) {
  const forward = (/** @type {number} */ x) => layers.reduce((place, layer) => layer.forward(place), x);
  return {output: layers[layers.length - 1].output, forward, layers};
}

/**
 * The layers with another way from their beginning to their end, whose result the last of them adds.
 * @param {Parts} parts @param {Layer[]} layers two at least @param {Layer} path
 * @returns {Layer[]}
 */
export function beside({machine}, layers, path) {
  const first = layers[0], last = layers[layers.length - 1], size = count(last.output);
  let from = 0;
  const begin = (/** @type {number} */ x) => {
    from = x;
    return first.forward(x);
  };
  const end = (/** @type {number} */ x) => {
    const y = last.forward(x), other = path.forward(from), {floats} = machine;
    for (let n = 0; n < size; n++) floats[y + n] += floats[other + n];
    return y;
  };
  return [{...first, forward: begin}, ...layers.slice(1, -1), {...last, forward: end}];
}

/**
 * What each layer of a chain makes of x, (H, W, C) each.
 * @param {Machine} machine @param {Layer} network @param {number} x
 * @returns {{shape: Shape, numbers: Float32Array}[]}
 */
export function outputs(machine, network, x) {
  let place = x;
  return (network.layers ?? [network]).map((layer) => {
    place = layer.forward(place);
    return {shape: layer.output, numbers: machine.floats.slice(place, place + count(layer.output))};
  });
}
