// A few worker threads, each doing one thing at a time; what is urgent goes first.
// Its own and not a library's, as each worker owns a work area in the shared memory, which its replacement takes over.
import type { Worker } from 'node:worker_threads';
import { failure } from '../../domain/failure.ts';
import type { Purpose } from '../embedder.ts';

export type PoolOptions = {
  workers: number;
  /** Starts the worker of a slot. It posts 'ready', and then one answer for each message. */
  start: (slot: number) => Worker;
  /** Most texts that may wait, of each purpose. */
  maximum: number;
  onCrash: (error: Error) => void;
};

export type Pool = {
  /** When all workers are ready; rejects when one cannot start. */
  ready: Promise<void>;
  run(text: string, purpose: Purpose): Promise<Float32Array>;
  waiting(): number;
  close(): Promise<void>;
};

type Task = { text: string; done: PromiseWithResolvers<Float32Array> };
type Slot = {
  worker: Worker | null;
  ready: boolean;
  task: Task | null;
  failedStarts: number;
  restart: NodeJS.Timeout | null;
};

const FIRST_DELAY = 100;
const LONGEST_DELAY = 30_000;

export function createPool({ workers, start, maximum, onCrash }: PoolOptions): Pool {
  const waiting: Record<Purpose, Task[]> = { query: [], passage: [] };
  const started = Promise.withResolvers<void>();
  const slots = Array.from({ length: workers }, (): Slot => {
    return { worker: null, ready: false, task: null, failedStarts: 0, restart: null };
  });
  let closed = false;
  for (const index of slots.keys()) startWorker(index);

  function startWorker(index: number): void {
    const slot = slots[index];
    if (!slot || closed) return;
    const worker = start(index);
    slot.worker = worker;
    worker.on('message', (message: 'ready' | Float32Array) => {
      if (message === 'ready') {
        slot.ready = true;
        slot.failedStarts = 0;
        if (slots.every(({ ready }) => ready)) started.resolve();
      } else {
        slot.task?.done.resolve(message);
        slot.task = null;
      }
      next(slot);
    });
    let cause: Error | null = null;
    worker.on('error', (error) => {
      cause = error instanceof Error ? error : new Error(String(error));
    });
    worker.on('exit', (code) => {
      if (!closed) replace(index, slot, cause ?? new Error(`an embedding worker ended with code ${code}`));
    });
  }

  function replace(index: number, slot: Slot, cause: Error): void {
    onCrash(cause);
    if (!slot.ready) slot.failedStarts++;
    slot.worker = null;
    slot.ready = false;
    slot.task?.done.reject(failure('UNAVAILABLE', 'the embedding worker failed', {}, { cause }));
    slot.task = null;
    started.reject(cause);
    if (broken()) rejectWaiting('the embedding workers do not start');
    const delay = slot.failedStarts === 0 ? 0 : Math.min(FIRST_DELAY * 2 ** slot.failedStarts, LONGEST_DELAY);
    slot.restart = setTimeout(startWorker, delay, index);
  }

  /** No worker is there, and none came up when it was last tried. */
  const broken = (): boolean => slots.every(({ failedStarts }) => failedStarts > 0);

  function next(slot: Slot): void {
    if (!slot.ready || slot.task) return;
    const task = waiting.query.shift() ?? waiting.passage.shift();
    if (!task) return;
    slot.task = task;
    slot.worker?.postMessage(task.text);
  }

  function rejectWaiting(reason: string): void {
    const unavailable = failure('UNAVAILABLE', reason);
    for (const queue of Object.values(waiting)) for (const { done } of queue.splice(0)) done.reject(unavailable);
  }

  return {
    ready: started.promise,
    async run(text, purpose) {
      if (closed) throw failure('UNAVAILABLE', 'the embedder is closed');
      if (broken()) throw failure('UNAVAILABLE', 'the embedding workers do not start');
      const queue = waiting[purpose];
      if (queue.length >= maximum)
        throw failure('UNAVAILABLE', `${maximum} texts wait for the embedder`, { limit: maximum });
      const task: Task = { text, done: Promise.withResolvers() };
      queue.push(task);
      for (const slot of slots) next(slot);
      return task.done.promise;
    },
    waiting: () => waiting.query.length + waiting.passage.length,
    async close() {
      closed = true;
      rejectWaiting('the embedder is closed');
      await Promise.all(
        slots.map(async (slot) => {
          if (slot.restart) clearTimeout(slot.restart);
          slot.task?.done.reject(failure('UNAVAILABLE', 'the embedder is closed'));
          slot.task = null;
          await slot.worker?.terminate();
        }),
      );
    },
  };
}
