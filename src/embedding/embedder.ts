// The embedder: a port. Text in, vectors of length 1 out.

export type Purpose =
  /** A question somebody waits for: goes before all passages. */
  | 'query'
  /** Text to be indexed, in the background. */
  | 'passage';

export type Embedder = {
  /** Names the vectors: vectors of different models are never compared. Part of the key under which vectors are kept. */
  readonly model: string;
  readonly dimensions: number;
  /** How many passages one call should carry. */
  readonly batch: number;
  /**
   * One vector a text, in order, each of length 1 (float32). The same text gives the same vector.
   * Fails with UNAVAILABLE when the model cannot be reached within its time limits and retries.
   */
  embed(texts: readonly string[], purpose: Purpose): Promise<Float32Array[]>;
  close(): Promise<void>;
};
