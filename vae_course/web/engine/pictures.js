// Pictures of the engine, (N, H, W, C) in [0, 1], and those of a canvas: four bytes a pixel.

/** @typedef {import('./layers.js').Shape} Shape */

/**
 * A picture as `to_bytes` in vae_course/demo/ui/pictures.py rounds it, opaque.
 * @param {Float32Array} picture (H, W, C) @param {Shape} shape
 */
export function toPixels(picture, [height, width, channels]) {
  const pixels = new Uint8ClampedArray(4 * height * width).fill(255);
  for (let k = 0; k < height * width; k++) {
    for (let c = 0; c < 3; c++) pixels[4 * k + c] = 255 * picture[k * channels + (channels === 1 ? 0 : c)]; // rounds
  }
  return pixels;
}

/**
 * The reverse; a grey picture is the mean weighted as Pillow weights it (ITU-R 601-2).
 * @param {Uint8ClampedArray} pixels @param {Shape} shape
 */
export function fromPixels(pixels, [height, width, channels]) {
  return Float32Array.from({length: height * width * channels}, (_, k) => {
    if (channels > 1) return pixels[4 * Math.floor(k / channels) + (k % channels)] / 255;
    const [red, green, blue] = pixels.subarray(4 * k);
    return Math.round((red * 299 + green * 587 + blue * 114) / 1000) / 255;
  });
}
