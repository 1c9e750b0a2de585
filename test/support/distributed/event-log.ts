// Event logs on EventStoreDB for tests: at EVENTSTORE_URL, else on a stand-in that the tests of a file share. Each log has
// streams of its own there, so that it is as good as new.
import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import type { EventLog } from '../../../src/log/event-log.ts';
import { connect } from '../../../src/log/eventstoredb/client.ts';
import { openLogOn } from '../../../src/log/eventstoredb/eventstoredb-log.ts';
import { startEventStore } from '../eventstore/event-store.ts';
import { createFaults, everyFault } from '../eventstore/faults.ts';
import { prefixed } from '../prefixed-connection.ts';

/**
 * With ANNALS_TEST_PROFILE=faults the log alone is another: on a stand-in that does everything wrong that it can, now and
 * then. None of it may be noticed.
 */
export const isFaulty = process.env.ANNALS_TEST_PROFILE === 'faults';
const CALL_TIMEOUT = isFaulty ? 400 : 2_500;

let standIn: ReturnType<typeof startEventStore> | null = null;
afterAll(async () => {
  await (await standIn)?.stop();
  standIn = null;
});

async function serverUrl(): Promise<string> {
  if (process.env.EVENTSTORE_URL !== undefined && !isFaulty) return process.env.EVENTSTORE_URL;
  standIn ??= startEventStore({ faults: isFaulty ? everyFault() : createFaults() });
  return (await standIn).url;
}

/** What begins the names of a log's streams: the same again is the same log. */
export const newLogName = (): string => `test${randomUUID()}.`;

export async function openTestEventLog(name: string = newLogName()): Promise<EventLog> {
  return openLogOn(prefixed(connect(await serverUrl(), CALL_TIMEOUT), name));
}
