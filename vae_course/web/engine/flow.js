// A learnt prior: integrate, VelocityField and Flow of vae_course/flow.py, from a file that vae_course/web/parts.py cuts.

import {chain, layerNorm, linear, normAndActivation, residual} from './layers.js';
import {createMachine} from './machine.js';

/** @typedef {import('./layers.js').Shape} Shape */
/** @typedef {import('./machine.js').Machine} Machine */
/** @typedef {import('./safetensors.js').Tensors} Tensors */

const FREQUENCIES = [1, 2, 4, 8, 16].map((times) => Math.fround(Math.PI * times));

export class Flow {
  /** @param {Machine} machine @param {Tensors} tensors Throws an Error that names what is missing. */
  constructor(machine, tensors) {
    const shapeOf = (/** @type {string} */ name) => tensors.entries.get(name)?.shape ?? [0];
    const [size] = shapeOf('mean'), [width] = shapeOf('velocity.first.weight'), parts = {machine, tensors};
    this.machine = machine;
    this.latentDim = size;
    this.mean = tensors.get('mean', [size]);
    this.root = tensors.get('root', [size, size]);
    this.input = machine.allocate(size + 2 * FREQUENCIES.length);
    const vector = (/** @type {number} */ length) => /** @type {Shape} */ ([1, 1, length]), wide = vector(width);
    const layers = [linear(parts, 'velocity.first', vector(size + 2 * FREQUENCIES.length), wide)];
    for (let block = 0; tensors.entries.has(`velocity.blocks.${block}.0.weight`); block++) {
      const name = `velocity.blocks.${block}`;
      layers.push(residual(machine, chain([
        layerNorm(parts, `${name}.0`, width), linear(parts, `${name}.1`, wide, wide),
        normAndActivation(parts, `${name}.2`, wide, 'none', 'silu'), linear(parts, `${name}.3`, wide, wide),
      ])));
    }
    this.network = chain([...layers, linear(parts, 'velocity.last', wide, vector(size))]);
  }

  /** @param {Tensors} tensors @param {import('./machine.js').Kind} [kind] at best */
  static async of(tensors, kind) {
    return new Flow(await createMachine(kind), tensors);
  }

  /** dx/dt of one place (D,) at time t. @param {Float32Array} x @param {number} t */
  velocity(x, t) {
    const {machine, input, latentDim} = this, angles = FREQUENCIES.map((frequency) => Math.fround(frequency * t));
    machine.floats.set(x, input);
    machine.floats.set([...angles.map(Math.sin), ...angles.map(Math.cos)], input + latentDim);
    const place = this.network.forward(input);
    return machine.floats.slice(place, place + latentDim);
  }

  /**
   * Where noise is at t = 0, 1/steps, ..., 1, by Heun's method, as codes.
   * @param {Float32Array} x0 (N, D) @param {number} steps
   * @returns {Float32Array} (steps + 1, N, D)
   */
  way(x0, steps) {
    const size = this.latentDim, way = new Float32Array((steps + 1) * x0.length);
    for (let first = 0; first < x0.length; first += size) {
      let x = x0.slice(first, first + size);
      way.set(this.unwhiten(x), first);
      for (let k = 0; k < steps; k++) {
        const slope = this.velocity(x, k / steps), end = x.map((value, d) => value + slope[d] / steps);
        const other = this.velocity(end, (k + 1) / steps);
        x = x.map((value, d) => value + (slope[d] + other[d]) / 2 / steps);
        way.set(this.unwhiten(x), (k + 1) * x0.length + first);
      }
    }
    return way;
  }

  /** The codes that noise becomes. @param {Float32Array} x0 (N, D) @param {number} steps */
  codes(x0, steps = 20) {
    return this.way(x0, steps).slice(steps * x0.length);
  }

  /** mean + root x. @param {Float32Array} x (D,) */
  unwhiten(x) {
    return this.mean.map((middle, d) => x.reduce((sum, value, k) => sum + this.root[d * x.length + k] * value, middle));
  }
}
