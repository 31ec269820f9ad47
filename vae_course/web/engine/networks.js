// Encoders and decoders, layer by layer as vae_course/networks.py and vae_course/vae.py build them from a preset.

import {beside, chain, conv2d, convTranspose2d, count, linear, nearestUpsampling, normAndActivation, residualBlock} from './layers.js';

/** @typedef {import('./layers.js').Layer} Layer */
/** @typedef {import('./layers.js').Parts} Parts */
/** @typedef {import('./layers.js').Shape} Shape */
/**
 * What vae_course/presets.py writes, as far as it matters here.
 * @typedef {{
 *   data: {input_size: [number, number], channels: number},
 *   model: {
 *     latent_dim: number, hidden_channels: number[] | null, encoder_layers: Dense[] | null, decoder_layers: Dense[] | null,
 *     kernel_size: number, stride: number, padding: number, activation: string, upsample: string,
 *     residual_blocks: number, norm: string, linear_path?: boolean,
 *   },
 * }} Preset
 */
/** @typedef {{units: number, activation: string}} Dense */

/** @param {Preset} preset @returns {Shape} */
export const imageShape = ({data: {input_size: [height, width], channels}}) => [height, width, channels];

/**
 * Codes to pictures, before the sigmoid.
 * @param {Parts} parts @param {Preset} preset
 * @returns {Layer}
 */
export function decoder(parts, preset) {
  const {model} = preset, z = /** @type {Shape} */ ([1, 1, model.latent_dim]);
  if (!model.hidden_channels) {
    const layers = model.decoder_layers ?? [...(model.encoder_layers ?? [])].reverse();
    const {layers: stack, last} = denseLayers(parts, 'decoder.layers', 0, z, layers);
    return chain([...stack, linear(parts, `decoder.layers.${stack.length}`, last, imageShape(preset))]);
  }
  const shapes = featureShapes(preset).reverse(); // small to large
  const layers = [linear(parts, 'decoder.project', z, shapes[0])];
  let number = 0;
  for (const [stage, output] of shapes.slice(1).entries()) {
    const input = shapes[stage];
    for (let block = 0; block < model.residual_blocks; block++) {
      layers.push(residualBlock(parts, `decoder.layers.${number++}`, input, model.norm, model.activation));
    }
    layers.push(normAndActivation(parts, `decoder.layers.${number}`, input, model.norm, model.activation));
    layers.push(upsampling(parts, `decoder.layers.${number + 2}`, input, output, model));
    number += 3;
  }
  if (!model.linear_path) return chain(layers);
  const picture = shapes[shapes.length - 1], small = shrunk(preset);
  const path = chain([linear(parts, 'decoder.path.0', z, small), upsampling(parts, 'decoder.path.2', small, picture, model)]);
  return chain(beside(parts, layers, path));
}

/**
 * What a linear path makes of the picture: as high and wide as after the first convolution.
 * @param {Preset} preset
 * @returns {Shape}
 */
function shrunk(preset) {
  const [[, , channels], [height, width]] = featureShapes(preset);
  return [height, width, channels];
}

/** @param {Parts} parts @param {string} name @param {Shape} input @param {Shape} output @param {Preset['model']} model */
function upsampling(parts, name, input, output, model) {
  if (model.upsample === 'nearest') return nearestUpsampling(parts, name, input, output);
  if (model.upsample === 'transposed') return convTranspose2d(parts, name, input, output, model);
  throw new Error(`${name}: the upsampling ${model.upsample} is not one of transposed, nearest`);
}

/**
 * Pictures to features, and from those to mu and logvar.
 * @param {Parts} parts @param {Preset} preset
 * @returns {{features: Layer, mu: Layer, logvar: Layer, path: Layer | null}} path: from the picture to what is added to mu
 */
export function encoder(parts, preset) {
  const {model} = preset, features = model.hidden_channels ? convFeatures(parts, preset) : denseFeatures(parts, preset);
  const head = (/** @type {string} */ name) => linear(parts, `encoder.heads.${name}`, features.output, [1, 1, model.latent_dim]);
  return {features, mu: head('mu'), logvar: head('logvar'), path: model.linear_path ? linearPath(parts, preset) : null};
}

/**
 * What is added to mu.
 * @param {Parts} parts @param {Preset} preset
 */
function linearPath(parts, preset) {
  const small = shrunk(preset), [, , channels] = small;
  return chain([
    conv2d(parts, 'encoder.path.0', imageShape(preset), channels, preset.model),
    linear(parts, 'encoder.path.2', small, [1, 1, preset.model.latent_dim]),
  ]);
}

/** @param {Parts} parts @param {Preset} preset */
function denseFeatures(parts, preset) {
  return chain(denseLayers(parts, 'encoder.features', 1, imageShape(preset), preset.model.encoder_layers ?? []).layers);
}

/** @param {Parts} parts @param {Preset} preset */
function convFeatures(parts, preset) {
  const {model} = preset, shapes = featureShapes(preset), layers = [];
  let number = 0;
  for (const [stage, output] of shapes.slice(1).entries()) {
    layers.push(conv2d(parts, `encoder.features.${number++}`, shapes[stage], output[2], model));
    for (let block = 0; block < model.residual_blocks; block++) {
      layers.push(residualBlock(parts, `encoder.features.${number++}`, output, model.norm, model.activation));
    }
    layers.push(normAndActivation(parts, `encoder.features.${number}`, output, model.norm, model.activation));
    number += 2;
  }
  return chain(layers);
}

/**
 * Linear layers, each with its activation, and the shape that the last one leaves.
 * @param {Parts} parts @param {string} name @param {number} first where they begin in their Sequential
 * @param {Shape} input @param {Dense[]} wanted
 */
function denseLayers(parts, name, first, input, wanted) {
  /** @type {Layer[]} */
  const layers = [];
  let last = input;
  for (const {units, activation} of wanted) {
    const number = first + layers.length, output = /** @type {Shape} */ ([1, 1, units]);
    layers.push(linear(parts, `${name}.${number}`, last, output));
    layers.push(normAndActivation(parts, `${name}.${number + 1}`, output, 'none', activation));
    last = output;
  }
  return {layers, last};
}

/**
 * The picture's shape before the first and after each of the strided convolutions.
 * @param {Preset} preset
 */
function featureShapes(preset) {
  const {model} = preset, shapes = [imageShape(preset)];
  const after = (/** @type {number} */ side) => Math.floor((side + 2 * model.padding - model.kernel_size) / model.stride) + 1;
  for (const channels of model.hidden_channels ?? []) {
    const [height, width] = shapes[shapes.length - 1];
    shapes.push([after(height), after(width), channels]);
  }
  const smallest = shapes[shapes.length - 1];
  if (!(count(smallest) > 0)) throw new Error(`the convolutions shrink the picture to ${smallest.join(' x ')}`);
  return shapes;
}
