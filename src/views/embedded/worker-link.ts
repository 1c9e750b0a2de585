// The main thread's side of the worker: requests matched with answers, bounded, and a worker that died replaced.
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { type Failure, failure } from '../../domain/failure.ts';
import './index/kernel-module.ts';
import type { Method, Methods, Report, WorkerSettings } from './protocol.ts';

/** Requests under way; more are refused. */
const MAX_PENDING = 1_000;

/** Workers opened one after the other without one that served for a minute. */
const MAX_RESTARTS = 5;
const STEADY = 60_000;

export type Ready = Extract<Report, { type: 'ready' }>;

export type LinkOptions = {
  worker: URL;
  settings: WorkerSettings;
  logger: Logger;
  onProgress: (done: number, total: number) => void;
  /** A worker serves: the first, or one in the place of one that died. */
  onReady: (ready: Ready) => void;
  /** The worker died. */
  onDown: () => void;
};

type Pending = { resolve: (value: unknown) => void; reject: (error: Error) => void };

export class WorkerLink {
  readonly #options: LinkOptions;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker;
  #ready: Promise<void>;
  #broken: Failure | null = null;
  #closing = false;
  #restarts = 0;
  #nextId = 0;

  private constructor(options: LinkOptions) {
    this.#options = options;
    [this.#worker, this.#ready] = this.#spawn();
  }

  /** Resolves when the worker serves; rejects with what kept it from it. */
  static async open(options: LinkOptions): Promise<WorkerLink> {
    const link = new WorkerLink(options);
    try {
      await link.#ready;
    } catch (error) {
      link.#closing = true;
      await link.#worker.terminate();
      throw error;
    }
    return link;
  }

  /** `admit` is asked when the worker serves, just before the request goes to it. */
  async call<M extends Method>(
    method: M,
    parameters: Parameters<Methods[M]>,
    admit?: () => void,
  ): Promise<ReturnType<Methods[M]>> {
    if (this.#closing) throw failure('UNAVAILABLE', 'the views are closed');
    if (this.#broken) throw this.#broken;
    if (this.#pending.size >= MAX_PENDING)
      throw failure('UNAVAILABLE', `more than ${MAX_PENDING} requests wait for the views`, { limit: MAX_PENDING });
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    promise.catch(() => {});
    this.#pending.set(id, { resolve, reject });
    try {
      await this.#ready.catch((cause: unknown) => {
        throw failure('UNAVAILABLE', 'the views could not be opened', {}, { cause });
      });
      admit?.();
      this.#worker.postMessage({ id, method, parameters });
      return (await promise) as ReturnType<Methods[M]>;
    } finally {
      this.#pending.delete(id);
    }
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    const exited = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    const asked = this.#broken ? Promise.resolve() : this.call('close', []);
    this.#closing = true;
    await asked.catch((error: unknown) => this.#options.logger.warn({ err: error }, 'the views did not close cleanly'));
    if (!this.#broken) await exited;
  }

  #spawn(): [Worker, Promise<void>] {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {});
    const worker = new Worker(this.#options.worker, { workerData: this.#options.settings, name: 'views' });
    let fault: Error | null = null;
    let since = 0;
    worker.on('message', (report: Report) => {
      if (report.type === 'ready') {
        since = performance.now();
        this.#options.onReady(report);
        resolve();
      } else this.#receive(report);
    });
    worker.on('error', (error: Error) => {
      fault = error;
    });
    worker.on('exit', (code) => {
      const error = fault ?? new Error(`the views' worker ended with code ${code}`);
      reject(error);
      this.#died(error, since);
    });
    return [worker, promise];
  }

  #receive(report: Exclude<Report, Ready>): void {
    if (report.type === 'progress') {
      this.#options.onProgress(report.done, report.total);
      return;
    }
    if (report.type === 'failure' && report.trace !== null)
      this.#options.logger.error({ trace: report.trace }, 'the views failed on a request');
    const pending = this.#pending.get(report.id);
    if (report.type === 'answer') pending?.resolve(report.value);
    else pending?.reject(failure(report.code, report.message, report.details));
  }

  #died(error: Error, since: number): void {
    const { logger, onDown } = this.#options;
    onDown();
    for (const { reject } of this.#pending.values())
      reject(failure('UNAVAILABLE', 'the views stopped working on this request', {}, { cause: error }));
    if (this.#closing) return;
    this.#restarts = since > 0 && performance.now() - since > STEADY ? 1 : this.#restarts + 1;
    if (this.#restarts > MAX_RESTARTS) {
      this.#broken = failure('UNAVAILABLE', `the views' worker died ${MAX_RESTARTS + 1} times: restart the server`);
      logger.fatal({ err: error }, this.#broken.message);
      return;
    }
    logger.error({ err: error, restart: this.#restarts }, "the views' worker died; it is opened again");
    [this.#worker, this.#ready] = this.#spawn();
  }
}
