// The activations of vae_course/networks.py, with PyTorch's own settings.

const {exp, expm1, log1p} = Math;
const sigmoid = (/** @type {number} */ x) => 1 / (1 + exp(-x));

/** @type {Record<string, (x: number) => number>} */
export const ACTIVATIONS = {
  relu: (x) => Math.max(x, 0),
  leaky_relu: (x) => (x > 0 ? x : 0.01 * x),
  elu: (x) => (x > 0 ? x : expm1(x)),
  tanh: Math.tanh,
  sigmoid,
  softplus: (x) => (x > 20 ? x : log1p(exp(x))),
  gelu: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  silu: (x) => x * sigmoid(x),
  cosh: Math.cosh,
};

/**
 * The error function, within 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26).
 * @param {number} x
 */
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * exp(-x * x));
}

/**
 * The activation of that name. Throws an Error.
 * @param {string} name @param {string} layer of which network's layer
 */
export function activation(name, layer) {
  const known = ACTIVATIONS[name];
  if (!known) throw new Error(`${layer}: the activation ${name} is not one of ${Object.keys(ACTIVATIONS).join(', ')}`);
  return known;
}
