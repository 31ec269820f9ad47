// torch.Generator and torch.randn of PyTorch on the CPU: the same seed gives the same numbers, up to the last digits.

const N = 624, M = 397; // of MT19937 (Matsumoto and Nishimura 1998)

/** Mersenne Twister, seeded as torch.Generator().manual_seed(seed) is: by the seed's lower 32 bits. */
export class Generator {
  /** @param {number | bigint} seed */
  constructor(seed) {
    this.state = new Uint32Array(N);
    this.state[0] = Number(BigInt.asUintN(32, BigInt(seed)));
    for (let k = 1; k < N; k++) {
      const last = this.state[k - 1];
      this.state[k] = Math.imul(last ^ (last >>> 30), 1812433253) + k;
    }
    this.next = N;
    /** @type {number | null} the second of a pair of normal numbers, which the next call takes */
    this.kept = null;
  }

  /** A whole number of 32 random bits. */
  bits() {
    if (this.next === N) this.twist();
    let y = this.state[this.next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  twist() {
    const {state} = this;
    for (let k = 0; k < N; k++) {
      const mixed = (state[k] & 0x80000000) | (state[(k + 1) % N] & 0x7fffffff);
      state[k] = state[(k + M) % N] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.next = 0;
  }

  /** U(0, 1) of float32's 24 bits. */
  uniform() {
    return (this.bits() % 2 ** 24) / 2 ** 24;
  }

  /** U(0, 1) of float64's 53 bits. */
  uniformDouble() {
    const high = this.bits() % 2 ** 21;
    return (high * 2 ** 32 + this.bits()) / 2 ** 53;
  }

  /**
   * torch.randn(n, generator): draws of N(0, 1) by pairs (Box and Muller 1958). From 16 numbers on PyTorch makes them 16 at a
   * time, in float32, and where some are left over it draws the last 16 once more.
   * @param {number} n
   */
  randn(n) {
    const numbers = new Float32Array(n);
    if (n < 16) return numbers.map(() => this.normal());
    for (let k = 0; k < n; k++) numbers[k] = this.uniform();
    for (let k = 0; k + 16 <= n; k += 16) boxMuller(numbers.subarray(k, k + 16));
    if (n % 16) boxMuller(numbers.subarray(n - 16).map(() => this.uniform()), numbers.subarray(n - 16));
    return numbers;
  }

  /** One draw of N(0, 1), as PyTorch makes fewer than 16. */
  normal() {
    if (this.kept !== null) {
      const kept = this.kept;
      this.kept = null;
      return kept;
    }
    const angle = 2 * Math.PI * this.uniformDouble(), radius = Math.sqrt(-2 * Math.log1p(-this.uniformDouble()));
    this.kept = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/**
 * 16 uniform numbers become 16 normal ones: k and k + 8 are a pair.
 * @param {Float32Array} uniform @param {Float32Array} normal may be the same
 */
function boxMuller(uniform, normal = uniform) {
  for (let k = 0; k < 8; k++) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform[k])), angle = 2 * Math.PI * uniform[k + 8];
    normal[k] = radius * Math.cos(angle);
    normal[k + 8] = radius * Math.sin(angle);
  }
}
