// The compiled kernel, for all threads: V8 keeps one machine code of it among those that have it. The main thread has it
// as well, so that it is not made anew for each worker that comes when none is left.
import { readFileSync } from 'node:fs';

export const kernelModule = new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
