// The memory that one worker computes in, beside the weights.

/** The model reads no more than this, [CLS] and [SEP] included. */
export const MAX_TOKENS = 256;
/** Of a vector, and of a token between the layers. */
export const DIMENSIONS = 384;
/** Of a token inside a feed-forward block. */
export const INNER = 1536;

const float = 4;

/** Bytes a token takes. All are multiples of 16 over MAX_TOKENS tokens, as the kernel's loads like it. */
const perToken = {
  /** Token ids, i32. */
  ids: float,
  /** The token between the layers. */
  state: float * DIMENSIONS,
  /** What a block adds to it. */
  change: float * DIMENSIONS,
  /** Query, key and value, or the inner part of a feed-forward block. */
  wide: float * INNER,
  /** One row of attention. */
  row: float,
  /** What a linear layer reads, quantised to i16, and the scale of each token. */
  quantised: 2 * INNER,
  scales: float,
};

export type WorkArea = Record<keyof typeof perToken, number>;

export const workAreaBytes: number = Object.values(perToken).reduce((sum, bytes) => sum + bytes, 0) * MAX_TOKENS;

/** The addresses of a work area that begins at `start`. */
export function workAreaAt(start: number): WorkArea {
  let next = start;
  const take = (bytes: number): number => {
    const address = next;
    next += bytes * MAX_TOKENS;
    return address;
  };
  return {
    ids: take(perToken.ids),
    state: take(perToken.state),
    change: take(perToken.change),
    wide: take(perToken.wide),
    row: take(perToken.row),
    quantised: take(perToken.quantised),
    scales: take(perToken.scales),
  };
}
