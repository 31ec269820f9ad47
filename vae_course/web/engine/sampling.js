// Where codes come from: vae_course/sampling.py and draw_gaussian of vae_course/faces.py.

/** @typedef {import('./random.js').Generator} Generator */

/**
 * z = mu + std * eps with eps ~ N(0, I).
 * @param {Float32Array} mu (N, D) @param {Float32Array} logvar (N, D) @param {Generator} generator
 */
export function reparameterize(mu, logvar, generator) {
  const eps = generator.randn(mu.length);
  return mu.map((value, k) => value + Math.exp(0.5 * logvar[k]) * eps[k]);
}

/**
 * n draws from N(mean, temperature^2 * factor factor^T), (n, D).
 * @param {Float32Array} mean (D,) @param {Float32Array} factor (D, D) @param {number} n @param {Generator} generator
 * @param {number} temperature
 */
export function drawGaussian(mean, factor, n, generator, temperature = 1) {
  const size = mean.length, eps = generator.randn(n * size);
  return Float32Array.from({length: n * size}, (_, place) => {
    const d = place % size, first = place - d;
    let sum = 0;
    for (let k = 0; k < size; k++) sum += factor[d * size + k] * eps[first + k];
    return mean[d] + temperature * sum;
  });
}
