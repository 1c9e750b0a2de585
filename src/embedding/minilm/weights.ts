// Reads the model's files into one memory that all workers share: weights once, then a work area for each worker.
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { workAreaBytes } from './work-area.ts';

/** What the weights' README names: other bytes give other vectors under the same name. */
const SHA256 = '6985be44e1c08dcec8592a4801494c81fdb55b73816dce11b27aa55f657ff2a5';

/** The first address in use: 0 means "nothing" to the kernel. */
const START = 1024;
const PAGE = 65_536;

export type Weights = {
  memory: WebAssembly.Memory;
  /** Where each tensor begins, by name. */
  addresses: Record<string, number>;
  /** Where the work area of a worker begins, counted from 0. */
  workArea: (worker: number) => number;
};

// https://github.com/huggingface/safetensors#format: header length (u64), header (JSON), tensors.
const headerSchema = z.record(z.string(), z.looseObject({ data_offsets: z.tuple([z.int(), z.int()]).optional() }));

const align = (address: number): number => Math.ceil(address / 16) * 16;

export async function loadWeights(directory: string, workers: number): Promise<Weights> {
  const file = await readWeights(join(directory, 'model.safetensors'));
  const firstArea = align(START + file.length);
  const pages = Math.ceil((firstArea + workers * workAreaBytes) / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  new Uint8Array(memory.buffer).set(file, START);
  return {
    memory,
    addresses: addressesIn(file),
    workArea: (worker) => firstArea + worker * workAreaBytes,
  };
}

async function readWeights(path: string): Promise<Buffer> {
  const file = await readFile(path).catch((cause: unknown) => {
    throw new Error(`the embedder's weights cannot be read: ${path}`, { cause });
  });
  if (hash('sha256', file) !== SHA256)
    throw new Error(`the embedder's weights are damaged or of another model: ${path} does not have SHA-256 ${SHA256}`);
  return file;
}

function addressesIn(file: Buffer): Record<string, number> {
  const length = Number(file.readBigUInt64LE(0));
  const header = headerSchema.parse(JSON.parse(file.toString('utf8', 8, 8 + length)));
  const addresses: Record<string, number> = {};
  for (const [name, { data_offsets: offsets }] of Object.entries(header))
    if (offsets) addresses[name] = START + 8 + length + offsets[0];
  return addresses;
}
