// The events that the log's bench appends: for every four appends, three new memories and a vote on one of them.
import type { JsonObject } from '../../src/domain/event.ts';
import { streamName } from '../../src/domain/streams.ts';
import type { StreamWrite } from '../../src/log/event-log.ts';

const words =
  'the deploy of billing failed twice because its token had expired so rotate keys before each release'.split(' ');

/** `count` appends of one event each; the same for the same seed. */
export function workload(count: number, seed: number): StreamWrite[] {
  const random = mulberry32(seed);
  const uuid = () => {
    const hex = Array.from({ length: 8 }, () =>
      Math.floor(random() * 65536)
        .toString(16)
        .padStart(4, '0'),
    ).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  const text = () => Array.from({ length: 40 }, () => words[Math.floor(random() * words.length)]).join(' ');
  let stream = '';
  return Array.from({ length: count }, (_, index): StreamWrite => {
    const vote = index % 4 === 3;
    if (!vote) stream = streamName('memory', `tenant-${index % 7}`, uuid());
    const data = vote ? { voter: 'qa-agent', task: 'release', helpful: true } : memory(text());
    const event = {
      id: uuid(),
      type: vote ? 'memory.voted' : 'memory.recorded',
      recordedAt: '2026-01-31T12:00:00.000Z',
      data,
      metadata: { correlationId: uuid(), actor: 'data-processor', tenant: `tenant-${index % 7}`, schema: 1 },
    };
    return { stream, expected: vote ? 'any' : 'none', events: [event] };
  });
}

const memory = (content: string): JsonObject => ({
  agent: 'data-processor',
  author: 'data-processor',
  type: 'STANDARD',
  content,
  metadata: { source: 'release-notes' },
  namespace: 'default',
  scope: 'AGENT_SHARED',
  sharedWith: { agents: [], teams: ['data'] },
  user: null,
  session: null,
  occurredAt: '2026-01-31T12:00:00.000Z',
  expiresAt: null,
  sources: [],
});

/** A small generator with a seed (Tommy Ettinger's mulberry32), so that every run appends the same events. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
