// The page's side of worker.js. Every call gives a promise; where the engine can't do it, one that fails with an Error.

/** @typedef {{resolve: (value: any) => void, reject: (error: Error) => void}} Waiting */

export class Engine {
  constructor() {
    /** @type {Map<number, Waiting>} */
    this.waiting = new Map();
    this.calls = 0;
    this.worker = new Worker(new URL('worker.min.js', import.meta.url), {type: 'module'});
    this.worker.addEventListener('message', ({data: {id, value, error}}) => {
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) waiting?.resolve(value);
      else waiting?.reject(new Error(error));
    });
    this.worker.addEventListener('error', () => this.close('the engine can not be loaded'));
  }

  /**
   * Pictures of codes, float32 (N, H, W, C).
   * @param {string} address of a decoder's file @param {Float32Array} z (N, D)
   * @returns {Promise<Float32Array>}
   */
  decode(address, z) {
    return this.call('decode', absolute(address), z);
  }

  /**
   * The same for a canvas.
   * @param {string} address of a decoder's file @param {Float32Array} z (N, D)
   * @returns {Promise<ImageData[]>}
   */
  async pixels(address, z) {
    const {height, width, pixels} = await this.call('pixels', absolute(address), z);
    return pixels.map((/** @type {Uint8ClampedArray<ArrayBuffer>} */ one) => new ImageData(one, width, height));
  }

  /**
   * Codes of pictures, float32 (N, D) each.
   * @param {string} address of an encoder's file @param {Float32Array} x (N, H, W, C)
   * @returns {Promise<{mu: Float32Array, logvar: Float32Array}>}
   */
  encode(address, x) {
    return this.call('encode', absolute(address), x);
  }

  /**
   * What each layer makes of one code; normalisation and activation count as one.
   * @param {string} address of a decoder's file @param {Float32Array} z (D,)
   * @returns {Promise<{shape: [number, number, number], numbers: Float32Array}[]>} (H, W, C) each
   */
  decoderLayers(address, z) {
    return this.call('decoderLayers', absolute(address), z);
  }

  /**
   * What each layer before mu and logvar makes of one picture.
   * @param {string} address of an encoder's file @param {Float32Array} x (H, W, C)
   * @returns {Promise<{shape: [number, number, number], numbers: Float32Array}[]>} (H, W, C) each
   */
  encoderLayers(address, x) {
    return this.call('encoderLayers', absolute(address), x);
  }

  /**
   * torch.randn(n) of a generator with that seed.
   * @param {number | bigint} seed @param {number} n
   * @returns {Promise<Float32Array>}
   */
  randn(seed, n) {
    return this.call('randn', BigInt(seed), n);
  }

  /**
   * n draws from a model's fitted Gaussian, (n, D), with that seed.
   * @param {string} address of a gaussian's file @param {number | bigint} seed @param {number} n @param {number} temperature
   * @returns {Promise<Float32Array>}
   */
  drawGaussian(address, seed, n, temperature = 1) {
    return this.call('drawGaussian', absolute(address), BigInt(seed), n, temperature);
  }

  /**
   * n draws from a model's learnt prior, (n, D), with that seed; the noise is scaled by the temperature.
   * @param {string} address of a flow's file @param {number | bigint} seed @param {number} n @param {number} temperature
   * @returns {Promise<Float32Array>}
   */
  drawFlow(address, seed, n, temperature = 1) {
    return this.call('drawFlow', absolute(address), BigInt(seed), n, temperature);
  }

  /**
   * The way of noise x0 (N, D) to codes, at t = 0, 1/steps, ..., 1.
   * @param {string} address of a flow's file @param {Float32Array} x0 @param {number} steps
   * @returns {Promise<Float32Array>} (steps + 1, N, D)
   */
  flowWay(address, x0, steps = 20) {
    return this.call('flowWay', absolute(address), x0, steps);
  }

  /** @param {string} call @param {any[]} given */
  call(call, ...given) {
    if (this.closed) return Promise.reject(new Error(this.closed));
    const id = this.calls++;
    this.worker.postMessage({id, call, given});
    return new Promise((resolve, reject) => this.waiting.set(id, {resolve, reject}));
  }

  /** Ends the thread; whatever is asked for fails with that reason. @param {string} reason */
  close(reason = 'the engine is closed') {
    this.closed = reason;
    this.worker.terminate();
    for (const {reject} of this.waiting.values()) reject(new Error(reason));
    this.waiting.clear();
  }
}

/** @param {string} address from the page */
const absolute = (address) => new URL(address, document.baseURI).href;
