import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startKernel } from '../../src/embedding/minilm/kernel.ts';
import { packageFile } from '../../src/embedding/minilm/package-file.ts';

const committed = packageFile('src/embedding/minilm/kernel.wasm');

test('the kernel is what its source gives', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'annals-kernel-'));
  const built = join(directory, 'kernel.wasm');
  const compiler = packageFile('node_modules/assemblyscript/bin/asc.js');
  const config = packageFile('src/embedding/minilm/assembly/asconfig.json');
  await promisify(execFile)(process.execPath, [compiler, '--config', config, '--outFile', built]);
  expect(await readFile(built)).toEqual(await readFile(committed));
  await rm(directory, { recursive: true });
}, 30_000);

test('another module is not taken for the kernel', () => {
  const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  expect(() => startKernel(empty, memory)).toThrow('kernel.wasm is not what assembly/kernel.ts gives');
});
