// A log that grows, and projectors that are stopped at the end of each test.
import { afterEach } from 'vitest';
import {
  createProjector,
  type ProjectedViews,
  type Projector,
  type ProjectorOptions,
} from '../../projections/projector.ts';
import type { Position } from '../../src/domain/event.ts';
import type { MemoryEvent } from '../../src/domain/memory.ts';
import { SERVER, streamName } from '../../src/domain/streams.ts';
import type { VoteEvent } from '../../src/domain/votes.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import type { ViewStore } from '../../src/views/view-store.ts';
import { analyse, anEvent, aRecording, memoryStream, NOW, operator } from '../support/fixtures.ts';
import { type NaiveStorage, openNaiveViews } from '../support/naive-views.ts';

export const MINUTE = 60_000;

/** Given to every test of a file that calls it. */
export function projectors(): (log: EventLog, views: ProjectedViews, options?: ProjectorOptions) => Projector {
  const running: Projector[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((projector) => projector.stop()));
  });
  return (log, views, options = {}) => {
    const projector = createProjector(log, views, { firstDelay: 1, longestDelay: 2, ...options });
    running.push(projector);
    return projector;
  };
}

export const naive = (storage?: NaiveStorage) => openNaiveViews({ analyse, ...(storage && { storage }) });

type Appended = MemoryEvent | VoteEvent | Parameters<typeof anEvent>[0];

export async function append(log: EventLog, stream: string, ...events: Appended[]): Promise<Position> {
  const result = await log.append([{ stream, expected: 'any', events: events.map((event) => anEvent(event)) }]);
  if (!result.ok) throw new Error('the append must succeed');
  return result.position;
}

export const record = (log: EventLog, id: string, content = id) =>
  append(log, memoryStream(id), { type: 'memory.recorded', data: aRecording({ content }) });

export const revise = (log: EventLog, id: string, content: string) =>
  append(log, memoryStream(id), { type: 'memory.revised', data: { content } });

export const share = (log: EventLog, id: string) =>
  append(log, memoryStream(id), {
    type: 'memory.shared',
    data: { scope: 'AGENT_PRIVATE', sharedWith: { agents: [], teams: [] } },
  });

export const forget = (log: EventLog, id: string) =>
  append(log, memoryStream(id), { type: 'memory.forgotten', data: { reason: null } });

export const vote = (log: EventLog, id: string, voter: string) =>
  append(log, memoryStream(id), {
    type: 'memory.voted',
    data: { voter, task: null, value: 'HELPFUL', context: null, own: false },
  });

/** As the administrator asks for it. */
export const askRetry = (log: EventLog, stream: string | null = null) =>
  append(log, streamName('parking', SERVER, 'retries'), { type: 'parking.retried', data: { stream } });

export async function ids(views: Pick<ViewStore, 'list'>): Promise<string[]> {
  const { rows } = await views.list({ reader: operator, now: NOW, first: 1_000 });
  return rows.map(({ memory }) => memory.id).sort();
}
