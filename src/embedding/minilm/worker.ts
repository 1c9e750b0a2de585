// A worker thread of the pool: one text in, one vector out.
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { startKernel } from './kernel.ts';
import { createModel } from './model.ts';
import { loadTokenizer } from './tokenizer.ts';

/** What the pool gives each worker. */
export type WorkerData = {
  directory: string;
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  addresses: Record<string, number>;
  workArea: number;
};

/** The niceness at which passages are embedded while others want the processor. */
const NICENESS = 10;

const { directory, module, memory, addresses, workArea }: WorkerData = workerData;
const port = parentPort;
if (!port) throw new Error('this file is for a worker thread');

yieldToTheServer();
const kernel = startKernel(module, memory);
const embed = createModel({ kernel, memory, addresses, workArea, tokenizer: loadTokenizer(directory) });

port.on('message', (text: string) => {
  const vector = embed(text);
  port.postMessage(vector, [vector.buffer]);
});
port.postMessage('ready');

/** Linux has a priority for each thread, elsewhere it would be the whole process's. */
function yieldToTheServer(): void {
  if (process.platform !== 'linux') return;
  try {
    // /proc/thread-self points to <process>/task/<thread>
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICENESS);
  } catch {
    // Without /proc, or where it is forbidden, the threads are as important as the server.
  }
}
