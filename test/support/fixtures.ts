// Makers of what tests need: each gives a whole, valid value, and the test names only what matters to it.
import type { JsonObject, NewEvent, Position, RecordedEvent } from '../../src/domain/event.ts';
import type { Memory, MemoryEvent, RecordedMemory } from '../../src/domain/memory.ts';
import { streamName } from '../../src/domain/streams.ts';
import type { Acl, Reader } from '../../src/domain/visibility.ts';
import type { Vote, VoteEvent, Votes } from '../../src/domain/votes.ts';
import { createAnalyser } from '../../src/text/analyse.ts';
import type { Change } from '../../src/views/view-store.ts';
import { countTokens } from './count-tokens.ts';

export const TENANT = 'acme';

/** The time that most tests call now: after all of `minute`'s. */
export const NOW = '2026-03-01T00:00:00.000Z';

/** Minutes (also negative or broken ones) after the first of January 2026. */
export const minute = (minutes: number): string =>
  new Date(Date.UTC(2026, 0, 1) + Math.round(minutes * 60_000)).toISOString();

/** The nth position of a log that is not there. */
export const at = (n: number): Position => `${String(n).padStart(16, '0')}.a1b2c3`;

export const aReader = (agent: string, rights: Partial<Reader> = {}): Reader => ({
  tenant: TENANT,
  agent,
  teams: [],
  peers: [],
  ...rights,
});

export const operator: Reader = { tenant: TENANT, agent: null, teams: [], peers: [] };

export const aRecording = (given: Partial<RecordedMemory> = {}): RecordedMemory => ({
  agent: 'ann',
  author: given.agent ?? 'ann',
  type: 'STANDARD',
  content: 'The parser fails on a byte order mark',
  metadata: {},
  namespace: 'default',
  scope: 'GLOBAL',
  sharedWith: { agents: [], teams: [] },
  user: null,
  session: null,
  occurredAt: minute(0),
  expiresAt: null,
  sources: [],
  ...given,
});

export const aMemory = (id: string, given: Partial<Memory> = {}): Memory => ({
  ...aRecording(given),
  id,
  tenant: TENANT,
  revision: 0,
  createdAt: minute(0),
  updatedAt: given.createdAt ?? minute(0),
  lesson: null,
  deprecation: null,
  forgotten: false,
  ...given,
});

export const shared = (
  agents: string[] = [],
  teams: string[] = [],
): Pick<Acl, 'scope'> & Pick<Memory, 'sharedWith'> => ({
  scope: 'AGENT_SHARED',
  sharedWith: { agents, teams },
});

export const deprecated: Pick<Memory, 'deprecation'> = {
  deprecation: { at: minute(1), by: 'ann', reason: null, supersededBy: null },
};

export const aVote = (given: Partial<Vote> = {}): Vote => ({
  voter: 'bob',
  task: null,
  value: 'HELPFUL',
  context: null,
  own: false,
  at: minute(1),
  ...given,
});

/** So many votes of either kind, each by a voter of its own. */
export const someVotes = (helpful: number, harmful = 0): Votes => ({
  revision: helpful + harmful,
  votes: Array.from({ length: helpful + harmful }, (_, index) =>
    aVote({ voter: `voter-${index}`, value: index < helpful ? 'HELPFUL' : 'HARMFUL' }),
  ),
});

export const putMemory = (position: Position, document: Memory): Change => ({
  kind: 'memory',
  tenant: document.tenant,
  id: document.id,
  position,
  document,
});

export const putVotes = (position: Position, id: string, document: Votes, tenant: string = TENANT): Change => ({
  kind: 'votes',
  tenant,
  id,
  position,
  document,
});

export const memoryStream = (id: string, tenant: string = TENANT): string => streamName('memory', tenant, id);

let events = 0;

/** An event to append, of a memory or of anything else. */
export const anEvent = (
  event: MemoryEvent | VoteEvent | { type: string; data: JsonObject },
  given: Partial<Omit<NewEvent, 'metadata'>> & { actor?: string; tenant?: string; schema?: number } = {},
): NewEvent => {
  const { actor = 'ann', tenant = TENANT, schema = 1, ...envelope } = given;
  return {
    id: `00000000-0000-7000-8000-${String(++events).padStart(12, '0')}`,
    recordedAt: minute(0),
    metadata: { correlationId: 'test', actor, tenant, schema },
    type: event.type,
    data: event.data as JsonObject,
    ...envelope,
  };
};

/** Long memories are split by words. */
export const analyse = createAnalyser(countTokens);

/** Events as a log gives them back, if they are the first of a memory's stream and of the log. */
export const aHistory = (id: string, ...events: (MemoryEvent | VoteEvent)[]): RecordedEvent[] =>
  events.map((event, revision) => ({
    ...anEvent(event, { recordedAt: minute(revision) }),
    stream: memoryStream(id),
    revision,
    position: at(revision + 1),
  }));
