// The kernel and its memory. Each slot has a raw row of 16 bits a dimension, and mixed ones of 8 and 4 that are scanned;
// slots come in chunks of 256, so that memory grows without moving anything.
import { kernelModule } from './kernel-module.ts';
import { createRotation } from './rotation.ts';

const SLOTS_IN_CHUNK = 256;
const PAGE = 65_536;
const MOST_PAGES = 65_536;

/** Slots scanned in one call: their numbers and scores stay in the processor's nearest cache. */
export const BATCH = 2_048;

/** How many steps, and standard deviations of a rotated component, a row's scale has on each side of 0. */
const BITS8 = { steps: 127, deviations: 5.3 };
const BITS4 = { steps: 7.5, deviations: 2.9 };
const WHOLE_QUESTION = 8_192;

/**
 * Six standard deviations of the rounding error of a scanned score, when what was rounded has this length in steps: a
 * component is off by at most half a step, evenly, so by 1/√12 of a step. What is further below the worst score wanted
 * than this cannot belong to the best.
 */
const errorOf = (length: number): number => (6 * length) / Math.sqrt(12);

type Exports = {
  configure(...numbers: number[]): void;
  keep(raw: number): void;
  mix(raw: number, previous: number, weight: number, row8: number, row4: number): void;
  ask(): void;
  cosine(raw: number, previous: number, weight: number): number;
  scan8(slots: number, count: number, scores: number): void;
  scan4(slots: number, count: number, scores: number): void;
};

export type VectorKernel = {
  /** A slot for a vector; slots given back are used again. */
  take(): number;
  giveBack(slot: number): void;
  /** Keeps a vector, brought to length 1. It is not scanned before `mix`. */
  keep(slot: number, vector: Float32Array): void;
  copy(from: number, to: number): void;
  /** Makes the scanned rows: normalise(raw + weight·previous). */
  mix(slot: number, previous: number | null, weight: number): void;
  ask(vector: Float32Array): void;
  /** Exact but for the 16 bits (errors of about 1e-5). */
  cosine(slot: number, previous: number | null, weight: number): number;
  /** Scores at most BATCH slots; the scores are good until the next call. */
  scan(slots: Uint32Array, bits: 8 | 4): Int32Array;
  /** How far below the worst score wanted a scanned one may be that belongs to the best all the same. */
  errorOf(bits: 8 | 4): number;
  bytes(): number;
};

export function createVectorKernel(vectorDimensions: number): VectorKernel {
  const { dimensions, block, signs, permutations } = createRotation(vectorDimensions);
  const memory = new WebAssembly.Memory({ initial: 16, maximum: MOST_PAGES });
  const kernel = new WebAssembly.Instance(kernelModule, { env: { memory } }).exports as Exports;

  let top = PAGE;
  function reserve(bytes: number): number {
    const at = top;
    top = Math.ceil((top + bytes) / 64) * 64;
    const pages = memory.buffer.byteLength / PAGE;
    const missing = Math.ceil(top / PAGE) - pages;
    if (missing > 0) memory.grow(Math.min(Math.max(missing, pages >> 3), Math.max(missing, MOST_PAGES - pages)));
    return at;
  }

  const signsAt = reserve(signs.byteLength);
  const permutationsAt = reserve(permutations.byteLength);
  const workAt = reserve(dimensions * 4);
  const spareAt = reserve(dimensions * 4);
  const questionAt = reserve(dimensions * 4);
  const question16At = reserve(dimensions * 2);
  const question8At = reserve(dimensions);
  const slotsAt = reserve(BATCH * 4);
  const scoresAt = reserve(BATCH * 4);
  const rawBytes = dimensions * 2;
  const row4Bytes = dimensions / 2;
  const chunkBytes = SLOTS_IN_CHUNK * (rawBytes + dimensions + row4Bytes);
  const chunksAt = top;
  const rows8At = chunksAt + SLOTS_IN_CHUNK * rawBytes;
  const rows4At = rows8At + SLOTS_IN_CHUNK * dimensions;
  new Float32Array(memory.buffer, signsAt, signs.length).set(signs);
  new Uint16Array(memory.buffer, permutationsAt, permutations.length).set(permutations);
  const scaleOf = ({ steps, deviations }: typeof BITS8) => (steps * Math.sqrt(dimensions)) / deviations;
  // With 8 bits only the row is rounded that counts; with 4 the question, at the scale of 8-bit rows, is coarse as well.
  const errors = {
    8: errorOf(WHOLE_QUESTION),
    4: errorOf(Math.hypot(scaleOf(BITS8), scaleOf(BITS4))),
  };
  kernel.configure(
    dimensions,
    block,
    signsAt,
    permutationsAt,
    workAt,
    spareAt,
    questionAt,
    question16At,
    question8At,
    scaleOf(BITS8),
    scaleOf(BITS4),
    rows8At,
    rows4At,
    chunkBytes,
  );

  let slots = 0;
  const free: number[] = [];
  const chunkOf = (slot: number) => Math.floor(slot / SLOTS_IN_CHUNK) * chunkBytes;
  const rawOf = (slot: number) => chunksAt + chunkOf(slot) + (slot % SLOTS_IN_CHUNK) * rawBytes;
  const row8Of = (slot: number) => rows8At + chunkOf(slot) + (slot % SLOTS_IN_CHUNK) * dimensions;
  const row4Of = (slot: number) => rows4At + chunkOf(slot) + (slot % SLOTS_IN_CHUNK) * row4Bytes;

  /** Views of memory that are made again when it has grown: growing detaches the old buffer. */
  let views = viewsOf(memory.buffer);
  function viewsOf(buffer: ArrayBuffer) {
    return {
      buffer,
      work: new Float32Array(buffer, workAt, dimensions),
      slots: new Uint32Array(buffer, slotsAt, BATCH),
      scores: new Int32Array(buffer, scoresAt, BATCH),
      bytes: new Uint8Array(buffer),
    };
  }
  function current() {
    if (views.buffer !== memory.buffer) views = viewsOf(memory.buffer);
    return views;
  }

  function write(vector: Float32Array): void {
    if (vector.length !== vectorDimensions)
      throw new RangeError(`a vector of ${vector.length} dimensions, not ${vectorDimensions}`);
    const { work } = current();
    work.set(vector);
    work.fill(0, vector.length);
  }

  return {
    take: () => {
      const given = free.pop();
      if (given !== undefined) return given;
      if (slots % SLOTS_IN_CHUNK === 0) reserve(chunkBytes);
      return slots++;
    },
    giveBack: (slot) => {
      free.push(slot);
    },
    keep: (slot, vector) => {
      write(vector);
      kernel.keep(rawOf(slot));
    },
    copy: (from, to) => {
      current().bytes.copyWithin(rawOf(to), rawOf(from), rawOf(from) + rawBytes);
    },
    mix: (slot, previous, weight) => {
      const raw = rawOf(slot);
      if (previous === null) kernel.mix(raw, raw, 0, row8Of(slot), row4Of(slot));
      else kernel.mix(raw, rawOf(previous), weight, row8Of(slot), row4Of(slot));
    },
    ask: (vector) => {
      write(vector);
      kernel.ask();
    },
    cosine: (slot, previous, weight) => {
      const raw = rawOf(slot);
      return previous === null ? kernel.cosine(raw, raw, 0) : kernel.cosine(raw, rawOf(previous), weight);
    },
    scan: (slots, bits) => {
      const { slots: asked, scores } = current();
      const whole = Math.ceil(slots.length / 4) * 4;
      asked.set(slots);
      asked.fill(slots[0] ?? 0, slots.length, whole);
      if (bits === 8) kernel.scan8(slotsAt, whole, scoresAt);
      else kernel.scan4(slotsAt, whole, scoresAt);
      return scores.subarray(0, slots.length);
    },
    errorOf: (bits) => errors[bits],
    bytes: () => memory.buffer.byteLength,
  };
}
