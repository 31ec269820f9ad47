// The loops that take time, in AssemblyScript: `npm run build` makes kernel.wasm of them, and kernel-relaxed.wasm for browsers
// that multiply and add in one step. plain.js does the same without WebAssembly.
//
// Every layer that has weights is this sum, for outputs in row r and column c of a picture and for each channel m:
//
//   y[r, c, m] = bias[m] + sum over i, j, k of x[row source (r, i), column source (c, j), k] * weight[i, j, k, m]
//
// i and j are the taps of a kernel along rows and columns, k the input's channels; layers.js says where each tap looks.
// Eight channels of four neighbouring columns are summed at once: eight registers of four numbers.
//
// Places are counted in numbers of four bytes from the memory's beginning.
//
// x, y: pictures (H, W, channels). weights: (ceil(outputs / 8), rowTaps, columnTaps, inputs, 8). bias: one for each output,
// and zeros up to a multiple of 8. spare: 8 numbers, then as many zeros as there are inputs.
// rowTargets (rows): where an output's row begins, from y. rowSources (rows, rowTaps): where the input's row begins that a
// tap looks at, from x; -1 outside of the picture. columnTargets, columnSources: the same, from the row's beginning.

const WIDTH: i32 = 8; // channels at once
const TILE: i32 = 4; // columns at once

export function convolve(
  x: i32, inputs: i32, weights: i32, bias: i32, y: i32, outputs: i32, spare: i32,
  rows: i32, rowTaps: i32, rowTargets: i32, rowSources: i32,
  columns: i32, columnTaps: i32, columnTargets: i32, columnSources: i32,
): void {
  const zeros = spare + WIDTH;
  const ofTap = inputs * WIDTH;
  const ofRowTap = columnTaps * ofTap;
  for (let first = 0; first < outputs; first += WIDTH) {
    const panel = weights + (first / WIDTH) * rowTaps * ofRowTap;
    for (let r = 0; r < rows; r++) {
      const sources = rowSources + r * rowTaps;
      const target = y + at(rowTargets + r) + first;
      for (let c = 0; c < columns; ) {
        const looks = columnSources + c * columnTaps;
        if (columns - c < TILE) {
          const place = target + at(columnTargets + c);
          alone(x, inputs, panel, bias + first, place, outputs - first, spare, sources, rowTaps, looks, columnTaps);
          c++;
          continue;
        }
        let a0 = vector(bias + first), a1 = vector(bias + first + 4);
        let b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
        for (let i = 0; i < rowTaps; i++) {
          if (at(sources + i) < 0) continue;
          const row = x + at(sources + i);
          for (let j = 0; j < columnTaps; j++) {
            let a = place(row, at(looks + j), zeros);
            let b = place(row, at(looks + columnTaps + j), zeros);
            let c = place(row, at(looks + 2 * columnTaps + j), zeros);
            let d = place(row, at(looks + 3 * columnTaps + j), zeros);
            let w = <usize>(panel + i * ofRowTap + j * ofTap) << 2;
            for (const end = w + (<usize>ofTap << 2); w < end; w += WIDTH * 4) {
              const w0 = v128.load(w), w1 = v128.load(w, 16);
              let all = v128.load32_splat(a);
              a0 = sum(a0, all, w0);
              a1 = sum(a1, all, w1);
              all = v128.load32_splat(b);
              b0 = sum(b0, all, w0);
              b1 = sum(b1, all, w1);
              all = v128.load32_splat(c);
              c0 = sum(c0, all, w0);
              c1 = sum(c1, all, w1);
              all = v128.load32_splat(d);
              d0 = sum(d0, all, w0);
              d1 = sum(d1, all, w1);
              a += 4; b += 4; c += 4; d += 4;
            }
          }
        }
        write(target + at(columnTargets + c), outputs - first, spare, a0, a1);
        write(target + at(columnTargets + c + 1), outputs - first, spare, b0, b1);
        write(target + at(columnTargets + c + 2), outputs - first, spare, c0, c1);
        write(target + at(columnTargets + c + 3), outputs - first, spare, d0, d1);
        c += TILE;
      }
    }
  }
}

/** The same for one column: at a row's end, and where a row is shorter than a tile. */
function alone(
  x: i32, inputs: i32, panel: i32, bias: i32, target: i32, left: i32, spare: i32,
  sources: i32, rowTaps: i32, looks: i32, columnTaps: i32,
): void {
  let a0 = vector(bias), a1 = vector(bias + 4);
  let w = <usize>panel << 2;
  for (let i = 0; i < rowTaps; i++) {
    for (let j = 0; j < columnTaps; j++) {
      const end = w + (<usize>(inputs * WIDTH) << 2);
      if (at(sources + i) < 0 || at(looks + j) < 0) {
        w = end;
        continue;
      }
      let a = <usize>(x + at(sources + i) + at(looks + j)) << 2;
      for (; w < end; w += WIDTH * 4) {
        const all = v128.load32_splat(a);
        a0 = sum(a0, all, v128.load(w));
        a1 = sum(a1, all, v128.load(w, 16));
        a += 4;
      }
    }
  }
  write(target, left, spare, a0, a1);
}

/**
 * y[n, c] = max(least, x[n, c] * scale[c] + shift[c]) for `size` numbers, c counting through the channels: a normalisation,
 * and with least = 0 a relu too. y may be x.
 */
export function affine(x: i32, y: i32, size: i32, channels: i32, scale: i32, shift: i32, least: f32): void {
  const floor = f32x4.splat(least);
  for (let n = 0; n < size; n += channels) {
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      v128.store(<usize>(y + n + c) << 2, f32x4.max(floor, sum(vector(shift + c), vector(x + n + c), vector(scale + c))));
    }
    for (; c < channels; c++) {
      setValue(y + n + c, max<f32>(least, valueAt(x + n + c) * valueAt(scale + c) + valueAt(shift + c)));
    }
  }
}

/** y[n] = 1 / (1 + exp(-y[n])) for `size` numbers, in place; what fills a place up to a multiple of four changes too. */
export function sigmoid(y: i32, size: i32): void {
  for (let n = y; n < y + size; n += 4) v128.store(<usize>n << 2, logistic(vector(n)));
}

/** y[n] = y[n] * sigmoid(y[n]), in the same way. */
export function silu(y: i32, size: i32): void {
  for (let n = y; n < y + size; n += 4) v128.store(<usize>n << 2, f32x4.mul(vector(n), logistic(vector(n))));
}

// @ts-ignore: decorator
@inline
function logistic(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}

/**
 * exp(x) = 2^k exp(r) with a whole k and |r| <= ln(2) / 2, where eight terms of its series give seven digits.
 * Beyond 87 either way it stays where it is there: 2^k must be a normal number.
 */
// @ts-ignore: decorator
@inline
function exp(x: v128): v128 {
  x = f32x4.max(f32x4.splat(-87), f32x4.min(f32x4.splat(87), x));
  const k = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.4426950408889634))); // 1 / ln(2)
  const r = sum(sum(x, k, f32x4.splat(-0.693359375)), k, f32x4.splat(2.12194440e-4)); // ln(2) as two numbers
  let series = f32x4.splat(<f32>(1.0 / 5040));
  series = sum(f32x4.splat(<f32>(1.0 / 720)), series, r);
  series = sum(f32x4.splat(<f32>(1.0 / 120)), series, r);
  series = sum(f32x4.splat(<f32>(1.0 / 24)), series, r);
  series = sum(f32x4.splat(<f32>(1.0 / 6)), series, r);
  series = sum(f32x4.splat(0.5), series, r);
  series = sum(f32x4.splat(1), series, r);
  series = sum(f32x4.splat(1), series, r);
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23); // the bits of 2^k
  return f32x4.mul(series, power);
}

/** a + x * w */
// @ts-ignore: decorator
@inline
function sum(a: v128, x: v128, w: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(x, w, a) : f32x4.add(a, f32x4.mul(x, w));
}

// @ts-ignore: decorator
@inline
function at(place: i32): i32 {
  return load<i32>(<usize>place << 2);
}

// @ts-ignore: decorator
@inline
function valueAt(place: i32): f32 {
  return load<f32>(<usize>place << 2);
}

// @ts-ignore: decorator
@inline
function setValue(place: i32, value: f32): void {
  store<f32>(<usize>place << 2, value);
}

// @ts-ignore: decorator
@inline
function vector(place: i32): v128 {
  return v128.load(<usize>place << 2);
}

// @ts-ignore: decorator
@inline
function place(row: i32, column: i32, zeros: i32): usize {
  return <usize>(column < 0 ? zeros : row + column) << 2;
}

/** Writes eight numbers, or the first of them where fewer are left. */
// @ts-ignore: decorator
@inline
function write(target: i32, left: i32, spare: i32, low: v128, high: v128): void {
  if (left >= WIDTH) {
    v128.store(<usize>target << 2, low);
    v128.store(<usize>target << 2, high, 16);
  } else {
    v128.store(<usize>spare << 2, low);
    v128.store(<usize>spare << 2, high, 16);
    for (let m = 0; m < left; m++) setValue(target + m, valueAt(spare + m));
  }
}
