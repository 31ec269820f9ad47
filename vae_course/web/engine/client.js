// The page's side of worker.js. Every call gives a promise; where the engine can't do it, one that fails with an Error.
//
// Several codes at once are shared out among a few threads. The first one has every file; another joins in once it has that file
// too, so that a single picture never waits for a second copy.

/** @typedef {{resolve: (value: any) => void, reject: (error: Error) => void}} Waiting */

const MOST = 4; // threads, where the machine has as many cores

export class Engine {
  constructor() {
    this.first = new Thread();
    /** @type {Thread[]} made when there is something to share out */
    this.others = [];
  }

  /**
   * Pictures of codes, float32 (N, H, W, C).
   * @param {string} address of a decoder's file @param {Float32Array} z (N, D)
   * @returns {Promise<Float32Array>}
   */
  decode(address, z) {
    return this.first.call('decode', absolute(address), z);
  }

  /**
   * The same for a canvas.
   * @param {string} address of a decoder's file @param {Float32Array} z (N, D)
   * @returns {Promise<ImageData[]>}
   */
  async pixels(address, z) {
    const file = absolute(address), size = this.first.has.get(file) ?? z.length, count = z.length / size;
    const threads = count > 1 ? this.threads(file).slice(0, count) : [this.first], each = Math.ceil(count / threads.length);
    this.first.open(file).catch(() => {}); // to know D
    const shares = await Promise.all(threads.map((thread, k) => // a copy each; the first one needs none where it is alone
      thread.call('pixels', file, threads.length > 1 ? z.slice(k * each * size, (k + 1) * each * size) : z)));
    return shares.flatMap(({height, width, pixels}) =>
      pixels.map((/** @type {Uint8ClampedArray<ArrayBuffer>} */ one) => new ImageData(one, width, height)));
  }

  /** All threads have a decoder, from here on. @param {string} address of its file */
  async share(address) {
    const file = absolute(address);
    await this.first.open(file); // then the browser has it
    this.threads(file);
    await Promise.all(this.others.map((thread) => thread.open(file).catch(() => {}))); // the first one is enough
  }

  /** Those that have a file; the others are told to get it. @param {string} file */
  threads(file) {
    const wanted = Math.min(MOST, navigator.hardwareConcurrency || 1) - 1;
    while (this.others.length < wanted && !this.first.closed) this.others.push(new Thread());
    for (const thread of this.others) thread.open(file).catch(() => {});
    return [this.first, ...this.others.filter(({has}) => has.has(file))];
  }

  /**
   * Codes of pictures, float32 (N, D) each.
   * @param {string} address of an encoder's file @param {Float32Array} x (N, H, W, C)
   * @returns {Promise<{mu: Float32Array, logvar: Float32Array}>}
   */
  encode(address, x) {
    return this.first.call('encode', absolute(address), x);
  }

  /**
   * What each layer makes of one code; normalisation and activation count as one.
   * @param {string} address of a decoder's file @param {Float32Array} z (D,)
   * @returns {Promise<{shape: [number, number, number], numbers: Float32Array}[]>} (H, W, C) each
   */
  decoderLayers(address, z) {
    return this.first.call('decoderLayers', absolute(address), z);
  }

  /**
   * What each layer before mu and logvar makes of one picture.
   * @param {string} address of an encoder's file @param {Float32Array} x (H, W, C)
   * @returns {Promise<{shape: [number, number, number], numbers: Float32Array}[]>} (H, W, C) each
   */
  encoderLayers(address, x) {
    return this.first.call('encoderLayers', absolute(address), x);
  }

  /**
   * torch.randn(n) of a generator with that seed.
   * @param {number | bigint} seed @param {number} n
   * @returns {Promise<Float32Array>}
   */
  randn(seed, n) {
    return this.first.call('randn', BigInt(seed), n);
  }

  /**
   * n draws from a model's fitted Gaussian, (n, D), with that seed.
   * @param {string} address of a gaussian's file @param {number | bigint} seed @param {number} n @param {number} temperature
   * @returns {Promise<Float32Array>}
   */
  drawGaussian(address, seed, n, temperature = 1) {
    return this.first.call('drawGaussian', absolute(address), BigInt(seed), n, temperature);
  }

  /**
   * n draws from a model's learnt prior, (n, D), with that seed; the noise is scaled by the temperature.
   * @param {string} address of a flow's file @param {number | bigint} seed @param {number} n @param {number} temperature
   * @returns {Promise<Float32Array>}
   */
  drawFlow(address, seed, n, temperature = 1) {
    return this.first.call('drawFlow', absolute(address), BigInt(seed), n, temperature);
  }

  /**
   * The way of noise x0 (N, D) to codes, at t = 0, 1/steps, ..., 1.
   * @param {string} address of a flow's file @param {Float32Array} x0 @param {number} steps
   * @returns {Promise<Float32Array>} (steps + 1, N, D)
   */
  flowWay(address, x0, steps = 20) {
    return this.first.call('flowWay', absolute(address), x0, steps);
  }

  /** Ends the threads; whatever is asked for fails with that reason. @param {string} [reason] */
  close(reason) {
    for (const thread of [this.first, ...this.others]) thread.close(reason);
  }
}

class Thread {
  constructor() {
    /** @type {Map<number, Waiting>} */
    this.waiting = new Map();
    this.calls = 0;
    /** @type {Map<string, Promise<void>>} decoders' files that it was told to get */
    this.asked = new Map();
    /** @type {Map<string, number>} those that have come -> D */
    this.has = new Map();
    this.worker = new Worker(new URL('worker.min.js', import.meta.url), {type: 'module'});
    this.worker.addEventListener('message', ({data: {id, value, error}}) => {
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) waiting?.resolve(value);
      else waiting?.reject(new Error(error));
    });
    this.worker.addEventListener('error', () => this.close('the engine can not be loaded'));
  }

  /** @param {string} call @param {any[]} given */
  call(call, ...given) {
    if (this.closed) return Promise.reject(new Error(this.closed));
    const id = this.calls++;
    this.worker.postMessage({id, call, given});
    return new Promise((resolve, reject) => this.waiting.set(id, {resolve, reject}));
  }

  /** @param {string} file of a decoder @returns {Promise<void>} once it has come */
  open(file) {
    const asked = this.asked.get(file) ?? this.call('latentDim', file).then((size) => { this.has.set(file, size); });
    this.asked.set(file, asked);
    asked.catch(() => this.asked.delete(file)); // the next call tries again
    return asked;
  }

  close(reason = 'the engine is closed') {
    this.closed = reason;
    this.has.clear();
    this.worker.terminate();
    for (const {reject} of this.waiting.values()) reject(new Error(reason));
    this.waiting.clear();
  }
}

/** @param {string} address from the page */
const absolute = (address) => new URL(address, document.baseURI).href;
