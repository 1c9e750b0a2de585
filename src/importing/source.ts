// The file: which format it has, and its items as often as they are read. It is never held in memory.
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { failure } from '../domain/failure.ts';
import { elementsOf } from './elements.ts';
import { type Item, parseItem } from './item.ts';
import { linesOf } from './lines.ts';

export const formats = ['events', 'memories', 'aegis', 'mem0'] as const;
export type Format = (typeof formats)[number];

export type Source = {
  format: Format;
  /** Of the file. */
  bytes: number;
  /** From the beginning, each time; `onBytes` hears how much more was read. */
  items(onBytes?: (bytes: number) => void): AsyncGenerator<Item>;
};

/** Items that are looked at to tell the format. */
const LOOKED_AT = 100;
const HEAD_BYTES = 64 * 1024;

/** INVALID_INPUT when the file cannot be read, or its format (where none is given) cannot be told. */
export async function openSource(path: string, given: Format | null): Promise<Source> {
  const head = await headOf(path);
  const isDocument = given !== 'events' && given !== 'memories' && looksLikeDocument(head);
  const { size: bytes } = await stat(path);
  const items: Source['items'] = (onBytes = () => undefined) => {
    const chunks = counted(createReadStream(path, { highWaterMark: 256 * 1024 }), onBytes);
    return isDocument ? elementsOf(chunks) : linesOf(chunks);
  };
  return { format: given ?? (await formatOf(items())), bytes, items };
}

async function headOf(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES);
    return buffer.toString('utf8', 0, bytesRead).replace(/^\uFEFF/, '');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw failure('INVALID_INPUT', `the file cannot be read${reason}`, { field: 'file' }, { cause });
  }
}

/** A list, or an object that goes on after its first line or has its list or its paging first. */
const looksLikeDocument = (head: string): boolean =>
  /^\s*(\[|\{\s*\n|\{\s*"(results|memories|count|next|previous)"\s*:)/.test(head);

async function* counted(chunks: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void) {
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function formatOf(items: AsyncGenerator<Item>): Promise<Format> {
  let looked = 0;
  for await (const item of items) {
    const parsed = parseItem(item);
    const format = 'value' in parsed ? formatOfValue(parsed.value) : null;
    if (format !== null) return format;
    looked += 1;
    if (looked === LOOKED_AT) break;
  }
  throw failure('INVALID_INPUT', `the file is in no known format; say which: ${formats.join(', ')}`, {
    field: 'format',
  });
}

function formatOfValue(value: unknown): Format | null {
  if (typeof value !== 'object' || value === null) return null;
  if ('stream' in value && 'revision' in value) return 'events';
  if ('memory' in value) return 'mem0';
  if (!('content' in value)) return null;
  return 'occurredAt' in value ? 'memories' : 'aegis';
}
