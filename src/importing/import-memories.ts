// Memories of any format, recorded by their owners as new ones. The id of each command comes from what is recorded, so
// a file that is imported again adds nothing.
import type { Instant } from '../domain/event.ts';
import { Failure } from '../domain/failure.ts';
import { readAegis } from './aegis.ts';
import { readAnnalsMemory } from './annals-memory.ts';
import { type ImportedMemory, type ReadMemory, refusalOf } from './imported-memory.ts';
import { parseItem } from './item.ts';
import { readMem0 } from './mem0.ts';
import { createMemoryRecorder } from './memory-recorder.ts';
import type { MemoryTarget } from './memory-target.ts';
import { addProblem, type ImportOptions, newSummary, type Summary } from './progress.ts';
import type { Format, Source } from './source.ts';

export type MemoryOptions = ImportOptions & {
  /** Owns everything that is imported; null: each memory's own agent does, and `imported` what has none. */
  agent: string | null;
  /** Whether votes that the file has as numbers are cast. */
  votes: boolean;
};

export type MemoryFormat = Exclude<Format, 'events'>;

const readers: Record<MemoryFormat, ReadMemory> = {
  memories: readAnnalsMemory,
  aegis: readAegis,
  mem0: readMem0,
};

const NOBODYS = 'imported';

export async function importMemories(
  source: Source,
  format: MemoryFormat,
  /** null: for a dry run. */
  target: MemoryTarget | null,
  options: MemoryOptions,
): Promise<Summary> {
  const now = (await target?.now()) ?? new Date().toISOString();
  const read = readerOf(readers[format], options.agent, now);
  const summary = newSummary(format);
  for await (const { line, ...found } of itemsOf(source, read, (bytes) => options.onProgress('checking', bytes))) {
    summary.items += 1;
    if ('problem' in found) addProblem(summary, { line, problem: found.problem });
    else if (found.expired) summary.expired += 1;
    else summary.imported += 1;
  }
  if (options.dryRun || target === null || (summary.bad > 0 && !options.skipBad)) return summary;

  const recorder = await createMemoryRecorder(target, options);
  for await (const { line, ...found } of itemsOf(source, read, (bytes) => options.onProgress('importing', bytes))) {
    if ('problem' in found || found.expired) continue;
    await naming(line, () => recorder.add(found.owner, found.memory));
  }
  await recorder.flush();
  const { imported, there } = recorder.counts();
  return { ...summary, imported, there, written: true };
}

type Found = { owner: string; memory: ImportedMemory; expired: boolean } | { problem: string };

function readerOf(read: ReadMemory, agent: string | null, now: Instant): (value: unknown) => Found {
  return (value) => {
    const memory = read(value);
    if ('problem' in memory) return memory;
    const owner = agent ?? memory.agent ?? NOBODYS;
    const problem = refusalOf(memory, owner, now);
    if (problem !== null) return { problem };
    return { owner, memory, expired: memory.expiresAt !== null && memory.expiresAt <= now };
  };
}

async function* itemsOf(
  source: Source,
  read: (value: unknown) => Found,
  onBytes: (bytes: number) => void,
): AsyncGenerator<{ line: number } & Found> {
  for await (const item of source.items(onBytes)) {
    const parsed = parseItem(item);
    yield { line: parsed.line, ...('problem' in parsed ? { problem: parsed.problem } : read(parsed.value)) };
  }
}

async function naming(line: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, `by line ${line}: ${error.message}`, error.details, { cause: error });
  }
}
