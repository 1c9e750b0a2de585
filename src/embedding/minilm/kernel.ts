// The kernel: the model's arithmetic in WebAssembly. Its source is assembly/kernel.ts.
import { readFile } from 'node:fs/promises';
import { packageFile } from './package-file.ts';

/** Addresses and counts in, results in memory. `tokens` is a multiple of four everywhere but in `attention`. */
const functions = ['lookup', 'addNorm', 'quantise', 'linear', 'attention', 'gelu'] as const;

export type Kernel = Record<(typeof functions)[number], (...numbers: number[]) => void>;

export const compileKernel = async (): Promise<WebAssembly.Module> =>
  WebAssembly.compile(await readFile(packageFile('src/embedding/minilm/kernel.wasm')));

const isKernel = (exports: object): exports is Kernel =>
  functions.every((name) => typeof Reflect.get(exports, name) === 'function');

export function startKernel(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernel {
  const abort = (): never => {
    throw new Error('the kernel aborted');
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  if (!isKernel(exports)) throw new Error('kernel.wasm is not what assembly/kernel.ts gives');
  return exports;
}
