// The built-in embedder: all-MiniLM-L6-v2 in a pool of worker threads. The same text gives the same bits on every
// machine, in every batch.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Embedder } from '../embedder.ts';
import { compileKernel } from './kernel.ts';
import { modelDirectory } from './package-file.ts';
import { createPool } from './pool.ts';
import { loadWeights } from './weights.ts';
import { DIMENSIONS } from './work-area.ts';
import type { WorkerData } from './worker.ts';

export type MiniLmOptions = {
  /** With model.safetensors and vocab.txt; the one that comes with the package unless given. */
  directory?: string;
  /** Worker threads; one core is left to the server unless given. */
  threads?: number;
  logger?: { error(details: object, message: string): void };
};

/** Or as many as there are threads: a few batches under way at once then keep all of them busy. */
const SMALLEST_BATCH = 16;
const MOST_WAITING = 4096;

/** The name that Node knows the worker's file by: the source here, what was built of it in dist/. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/** Takes about 0.1 s. Rejects when the weights are not there or not whole. */
export async function openMiniLm(options: MiniLmOptions = {}): Promise<Embedder> {
  const { directory = modelDirectory, threads = Math.max(1, availableParallelism() - 1), logger } = options;
  const [weights, module] = await Promise.all([loadWeights(directory, threads), compileKernel()]);
  const { memory, addresses, workArea } = weights;
  const pool = createPool({
    workers: threads,
    maximum: MOST_WAITING,
    start(slot) {
      const workerData: WorkerData = { directory, module, memory, addresses, workArea: workArea(slot) };
      return new Worker(workerFile, { workerData, name: `embedder ${slot}` });
    },
    onCrash: (error) => logger?.error({ err: error }, 'an embedding worker failed and is replaced'),
  });
  try {
    await pool.ready;
  } catch (cause) {
    await pool.close();
    throw new Error('the embedder does not start', { cause });
  }
  return {
    model: 'minilm-l6-v2-int8',
    dimensions: DIMENSIONS,
    batch: Math.max(SMALLEST_BATCH, threads),
    embed: (texts, purpose) => Promise.all(texts.map((text) => pool.run(text, purpose))),
    close: () => pool.close(),
  };
}
