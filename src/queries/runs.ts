// Runs: the whole tenant's, but for the memories in them, which are read by each reader's own rights.
import { readerOf } from '../access/caller.ts';
import { evolve, isRunEvent, type Run } from '../domain/run.ts';
import { streamName } from '../domain/streams.ts';
import type { QueryContext } from './dependencies.ts';
import { foldStream } from './fold-stream.ts';

export async function run({ caller, log }: QueryContext, id: string): Promise<Run | null> {
  const { tenant } = readerOf(caller);
  return foldStream(log, streamName('run', tenant, id), { isOwn: isRunEvent, evolve });
}
