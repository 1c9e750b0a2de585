// The specification of the event log's port, for any adapter: run it with a factory of logs.
import { describe } from 'vitest';
import { appends } from './event-log/appends.ts';
import type { LogFactory } from './event-log/fixture.ts';
import { followers } from './event-log/followers.ts';
import { model } from './event-log/model.ts';
import { positions } from './event-log/positions.ts';
import { reads } from './event-log/reads.ts';
import { retries } from './event-log/retries.ts';
import { streamDeletion } from './event-log/stream-deletion.ts';
import { twoHandles } from './event-log/two-handles.ts';

export function eventLogConformance(name: string, factory: LogFactory): void {
  // Generous: the property test and the large events may meet a busy machine.
  describe(`the event log's contract: ${name}`, { timeout: 30_000 }, () => {
    appends(factory);
    retries(factory);
    reads(factory);
    positions(factory);
    followers(factory);
    streamDeletion(factory);
    twoHandles(factory);
    model(factory);
  });
}
