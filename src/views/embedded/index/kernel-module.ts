// The compiled kernel, for all threads: V8 keeps one machine code of it among those that have it. Giving it up each time
// that the last worker ends has been seen to end the process (https://github.com/nodejs/node/issues/64500), so the main
// thread has it as well, for good.
import { readFileSync } from 'node:fs';

export const kernelModule = new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
