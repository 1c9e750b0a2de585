// The arithmetic of the vector index, in AssemblyScript (npm run build:index-kernel makes kernel.wasm of it).
//
// A vector is brought to length 1 and turned by a fixed random rotation, which spreads it evenly over its dimensions:
// then one scale suits them all. It is kept raw at 16 bits, and mixed with its context at 8 and at 4 bits for scanning.
// The rotation is three rounds of random signs, Walsh–Hadamard transforms of blocks, and a random permutation.
// Source: N. Ailon, B. Chazelle, "The Fast Johnson–Lindenstrauss Transform", SIAM J. Comput. 39 (2009).
//
// The same vectors give the same bits on every machine: the additions of floats have a fixed order, and the one relaxed
// instruction (`relaxed_dot_i8x16_i7x16_s`) gets only what all machines agree on, 7-bit numbers and sums that fit.

/** A whole at 16 bits: components are in −1 … 1. */
const WHOLE16: f32 = 32767;
/** The question's scale: with 8-bit rows of up to 4,096 dimensions no sum leaves 32 bits. */
const WHOLE_QUESTION: f32 = 8192;

/** Dimensions, a multiple of 64; the block is the largest power of two that divides them. */
let dimensions: usize = 0, block: usize = 0;
/** Three rounds of f32 signs (scaled by 1/√block), and of u16 permutations. */
let signs: usize = 0, permutations: usize = 0;
/** Two vectors of f32 to work in: the input is written to the first. */
let work: usize = 0, spare: usize = 0;
/** The question, rotated: f32, i16, and i8 with the scale of the 8-bit rows. */
let question: usize = 0, question16: usize = 0, question8: usize = 0;
/** Scales of the 8-bit and the 4-bit rows, which are in chunks of 256 rows. */
let scale8: f32 = 0, scale4: f32 = 0;
let rows8: usize = 0, rows4: usize = 0, chunk: usize = 0;

export function configure(
  dimensions_: usize, block_: usize, signs_: usize, permutations_: usize,
  work_: usize, spare_: usize, question_: usize, question16_: usize, question8_: usize,
  scale8_: f32, scale4_: f32, rows8_: usize, rows4_: usize, chunk_: usize,
): void {
  dimensions = dimensions_;
  block = block_;
  signs = signs_;
  permutations = permutations_;
  work = work_;
  spare = spare_;
  question = question_;
  question16 = question16_;
  question8 = question8_;
  scale8 = scale8_;
  scale4 = scale4_;
  rows8 = rows8_;
  rows4 = rows4_;
  chunk = chunk_;
}

/** Sum of the four lanes. */
@inline
function sumF(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

@inline
function sumI(x: v128): i32 {
  return i32x4.extract_lane(x, 0) + i32x4.extract_lane(x, 1) + i32x4.extract_lane(x, 2) + i32x4.extract_lane(x, 3);
}

/** Four i16 as f32. */
@inline
function load4(at: usize): v128 {
  return f32x4.convert_i32x4_s(v128.load16x4_s(at));
}

/** One block of `block` f32 in place, unscaled. */
function hadamard(at: usize): void {
  const bytes = block << 2;
  const odd = f32x4(1, -1, 1, -1);
  const high = f32x4(1, 1, -1, -1);
  for (let i = at; i < at + bytes; i += 16) {
    let x = v128.load(i);
    x = f32x4.add(v128.shuffle<f32>(x, x, 0, 0, 2, 2), f32x4.mul(v128.shuffle<f32>(x, x, 1, 1, 3, 3), odd));
    x = f32x4.add(v128.shuffle<f32>(x, x, 0, 1, 0, 1), f32x4.mul(v128.shuffle<f32>(x, x, 2, 3, 2, 3), high));
    v128.store(i, x);
  }
  for (let half: usize = 16; half < bytes; half <<= 1)
    for (let group = at; group < at + bytes; group += half << 1)
      for (let i = group; i < group + half; i += 16) {
        const x = v128.load(i);
        const y = v128.load(i + half);
        v128.store(i, f32x4.add(x, y));
        v128.store(i + half, f32x4.sub(x, y));
      }
}

/** Turns the vector at `work` and brings it to length 1; a vector of zeros stays. */
function rotate(): void {
  const bytes = dimensions << 2;
  let from = work;
  let to = spare;
  for (let round: usize = 0; round < 3; round++) {
    const sign = signs + round * bytes;
    for (let i: usize = 0; i < bytes; i += 16) v128.store(from + i, f32x4.mul(v128.load(from + i), v128.load(sign + i)));
    for (let i: usize = 0; i < bytes; i += block << 2) hadamard(from + i);
    const permutation = permutations + round * (dimensions << 1);
    for (let i: usize = 0; i < dimensions; i++)
      store<f32>(to + (i << 2), load<f32>(from + (<usize>load<u16>(permutation + (i << 1)) << 2)));
    const swap = from;
    from = to;
    to = swap;
  }
  let squares = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const x = v128.load(from + i);
    squares = f32x4.add(squares, f32x4.mul(x, x));
  }
  const length = sqrt<f32>(sumF(squares));
  const scale = f32x4.splat(length > 0 ? 1 / length : 0);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(work + i, f32x4.mul(v128.load(from + i), scale));
}

@inline
function round4(at: usize, scale: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(at), scale)));
}

/** What is at `work`, at 16 bits. */
function write16(to: usize, whole: f32): void {
  const scale = f32x4.splat(whole);
  for (let i: usize = 0; i < dimensions; i += 8) {
    const at = work + (i << 2);
    v128.store(to + (i << 1), i16x8.narrow_i32x4_s(round4(at, scale), round4(at + 16, scale)));
  }
}

/** Keeps the vector that was written to `work`. */
export function keep(raw: usize): void {
  rotate();
  write16(raw, WHOLE16);
}

/** Makes the rows to scan: normalise(raw + weight·previous). A weight of 0 reads no previous that matters. */
export function mix(raw: usize, previous: usize, weight: f32, row8: usize, row4: usize): void {
  const share = f32x4.splat(weight);
  let squares = f32x4.splat(0);
  for (let i: usize = 0; i < dimensions; i += 4) {
    const x = f32x4.add(load4(raw + (i << 1)), f32x4.mul(load4(previous + (i << 1)), share));
    v128.store(work + (i << 2), x);
    squares = f32x4.add(squares, f32x4.mul(x, x));
  }
  const length = sqrt<f32>(sumF(squares));
  write8(row8, f32x4.splat(length > 0 ? scale8 / length : 0));
  write4(row4, f32x4.splat(length > 0 ? scale4 / length : 0));
}

function write8(row: usize, scale: v128): void {
  for (let i: usize = 0; i < dimensions; i += 16) {
    const at = work + (i << 2);
    v128.store(
      row + i,
      i8x16.narrow_i16x8_s(
        i16x8.narrow_i32x4_s(round4(at, scale), round4(at + 16, scale)),
        i16x8.narrow_i32x4_s(round4(at + 32, scale), round4(at + 48, scale)),
      ),
    );
  }
}

@inline
function fromMiddle4(at: usize, scale: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.add(f32x4.mul(v128.load(at), scale), f32x4.splat(7.5))));
}

/** Sixteen components as 0 … 15, a byte each: in steps of 1, from −7.5. */
@inline
function nibbles(at: usize, scale: v128): v128 {
  const low = i16x8.narrow_i32x4_s(fromMiddle4(at, scale), fromMiddle4(at + 16, scale));
  const high = i16x8.narrow_i32x4_s(fromMiddle4(at + 32, scale), fromMiddle4(at + 48, scale));
  return i8x16.min_u(i8x16.narrow_i16x8_u(low, high), i8x16.splat(15));
}

/** Byte b of each 16 holds the components b and b + 16 of 32. */
function write4(row: usize, scale: v128): void {
  for (let i: usize = 0; i < dimensions; i += 32) {
    const at = work + (i << 2);
    v128.store(row + (i >> 1), v128.or(nibbles(at, scale), i16x8.shl(nibbles(at + 64, scale), 4)));
  }
}

/** Makes the question of the vector that was written to `work`. */
export function ask(): void {
  rotate();
  memory.copy(question, work, dimensions << 2);
  write16(question16, WHOLE_QUESTION);
  write8(question8, f32x4.splat(scale8));
}

/** Cosine of the question and normalise(raw + weight·previous), in float32. */
export function cosine(raw: usize, previous: usize, weight: f32): f32 {
  const share = f32x4.splat(weight);
  let product = f32x4.splat(0);
  let squares = f32x4.splat(0);
  for (let i: usize = 0; i < dimensions; i += 4) {
    const x = f32x4.add(load4(raw + (i << 1)), f32x4.mul(load4(previous + (i << 1)), share));
    product = f32x4.add(product, f32x4.mul(x, v128.load(question + (i << 2))));
    squares = f32x4.add(squares, f32x4.mul(x, x));
  }
  const length = sqrt<f32>(sumF(squares));
  return length > 0 ? sumF(product) / length : 0;
}

@inline
function dot8(row: usize, at: usize, x: v128, y: v128): v128 {
  return i32x4.add(
    i32x4.dot_i16x8_s(v128.load8x8_s(row + at), x),
    i32x4.dot_i16x8_s(v128.load8x8_s(row + at + 8), y),
  );
}

/** The question's scores of `count` rows of 8 bits, a multiple of 4, into `scores` as i32. */
export function scan8(slots: usize, count: usize, scores: usize): void {
  const length = dimensions;
  const query = question16;
  for (let n: usize = 0; n < count << 2; n += 16) {
    const r0 = row8Of(load<u32>(slots + n));
    const r1 = row8Of(load<u32>(slots + n + 4));
    const r2 = row8Of(load<u32>(slots + n + 8));
    const r3 = row8Of(load<u32>(slots + n + 12));
    let s0 = i32x4.splat(0);
    let s1 = i32x4.splat(0);
    let s2 = i32x4.splat(0);
    let s3 = i32x4.splat(0);
    for (let i: usize = 0; i < length; i += 16) {
      const x = v128.load(query + (i << 1));
      const y = v128.load(query + (i << 1) + 16);
      s0 = i32x4.add(s0, dot8(r0, i, x, y));
      s1 = i32x4.add(s1, dot8(r1, i, x, y));
      s2 = i32x4.add(s2, dot8(r2, i, x, y));
      s3 = i32x4.add(s3, dot8(r3, i, x, y));
    }
    store<i32>(scores + n, sumI(s0));
    store<i32>(scores + n + 4, sumI(s1));
    store<i32>(scores + n + 8, sumI(s2));
    store<i32>(scores + n + 12, sumI(s3));
  }
}

@inline
function row8Of(slot: usize): usize {
  return rows8 + (slot >> 8) * chunk + (slot & 255) * dimensions;
}

@inline
function row4Of(slot: usize): usize {
  return rows4 + (slot >> 8) * chunk + (slot & 255) * (dimensions >> 1);
}

/** Of 64 components: a lane sums eight products of at most 127 · 15, which 16 bits hold. */
@inline
function dot4(row: usize, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const mask = i8x16.splat(15);
  const first = v128.load(row);
  const second = v128.load(row, 16);
  return i32x4.extadd_pairwise_i16x8_s(
    i16x8.add(
      i16x8.add(
        i16x8.relaxed_dot_i8x16_i7x16_s(x0, v128.and(first, mask)),
        i16x8.relaxed_dot_i8x16_i7x16_s(x1, v128.and(i16x8.shr_u(first, 4), mask)),
      ),
      i16x8.add(
        i16x8.relaxed_dot_i8x16_i7x16_s(x2, v128.and(second, mask)),
        i16x8.relaxed_dot_i8x16_i7x16_s(x3, v128.and(i16x8.shr_u(second, 4), mask)),
      ),
    ),
  );
}

/** The same of the rows of 4 bits; all scores are higher by the same amount. */
export function scan4(slots: usize, count: usize, scores: usize): void {
  const length = dimensions;
  const query = question8;
  for (let n: usize = 0; n < count << 2; n += 16) {
    const r0 = row4Of(load<u32>(slots + n));
    const r1 = row4Of(load<u32>(slots + n + 4));
    const r2 = row4Of(load<u32>(slots + n + 8));
    const r3 = row4Of(load<u32>(slots + n + 12));
    let s0 = i32x4.splat(0);
    let s1 = i32x4.splat(0);
    let s2 = i32x4.splat(0);
    let s3 = i32x4.splat(0);
    for (let i: usize = 0; i < length; i += 64) {
      const at = query + i;
      const x0 = v128.load(at);
      const x1 = v128.load(at + 16);
      const x2 = v128.load(at + 32);
      const x3 = v128.load(at + 48);
      const byte = i >> 1;
      s0 = i32x4.add(s0, dot4(r0 + byte, x0, x1, x2, x3));
      s1 = i32x4.add(s1, dot4(r1 + byte, x0, x1, x2, x3));
      s2 = i32x4.add(s2, dot4(r2 + byte, x0, x1, x2, x3));
      s3 = i32x4.add(s3, dot4(r3 + byte, x0, x1, x2, x3));
    }
    store<i32>(scores + n, sumI(s0));
    store<i32>(scores + n + 4, sumI(s1));
    store<i32>(scores + n + 8, sumI(s2));
    store<i32>(scores + n + 12, sumI(s3));
  }
}
