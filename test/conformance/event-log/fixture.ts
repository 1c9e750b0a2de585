// What the suite needs of an adapter, and small words for its tests.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect } from 'vitest';
import type { JsonObject, NewEvent, RecordedEvent } from '../../../src/domain/event.ts';
import { type Category, streamName } from '../../../src/domain/streams.ts';
import type { EventLog, Expected, ReadLog, StreamWrite } from '../../../src/log/event-log.ts';

/** An empty log's storage. Each `open` is a handle of its own on that one storage. */
export type LogStorage = {
  open(): Promise<EventLog>;
  /** Appends asked for at the same time are decided in the order of asking; the suite then asks several at once. */
  inOrder: boolean;
  /** Removes the storage; all handles are closed by then. */
  dispose(): Promise<void>;
};
export type LogFactory = () => Promise<LogStorage>;

/** A fresh log before each test of the surrounding `describe`; all that was opened is closed after it. */
export function freshLog(factory: LogFactory): { log: EventLog; another(): Promise<EventLog> } {
  let storage: LogStorage | undefined;
  const handles: EventLog[] = [];
  const open = async () => {
    if (storage === undefined) throw new Error('a log can be opened in a test only');
    const log = await storage.open();
    handles.push(log);
    return log;
  };
  const fixture = { log: undefined as unknown as EventLog, another: open };
  beforeEach(async () => {
    storage = await factory();
    fixture.log = await open();
  });
  afterEach(async () => {
    await Promise.all(handles.splice(0).map((log) => log.close()));
    await storage?.dispose();
    storage = undefined;
  });
  return fixture;
}

export const stream = (id: string, tenant = 'acme', category: Category = 'memory') => streamName(category, tenant, id);

export function event(data: JsonObject = {}, id: string = randomUUID()): NewEvent {
  return {
    id,
    type: 'memory.recorded',
    recordedAt: '2026-01-31T12:00:00.000Z',
    data,
    metadata: { correlationId: 'c-1', actor: 'writer', tenant: 'acme', schema: 1 },
  };
}

export const write = (name: string, expected: Expected, ...events: NewEvent[]): StreamWrite => ({
  stream: name,
  expected,
  events: events.length === 0 ? [event()] : events,
});

/** The result of an append that must succeed. */
export async function appended(log: EventLog, ...writes: StreamWrite[]) {
  const result = await log.append(writes);
  if (!result.ok) throw new Error(`expected an append to succeed; ${result.stream} has revision ${result.revision}`);
  return result;
}

/** All events that match, page by page; every page must honour `limit` and move on. */
export async function readAll(log: EventLog, options: Partial<ReadLog> = {}): Promise<RecordedEvent[]> {
  const limit = options.limit ?? 1000;
  const events: RecordedEvent[] = [];
  let after = options.after ?? null;
  for (;;) {
    const page = await log.read({ ...options, after, limit });
    expect(page.events.length).toBeLessThanOrEqual(limit);
    events.push(...page.events);
    if (page.end) return events;
    expect(after === null || page.position > after).toBe(true);
    after = page.position;
  }
}
