// The events that the log's benches append: for every four appends, three new memories and a vote on an earlier one.
import type { JsonObject } from '../../src/domain/event.ts';
import { streamName } from '../../src/domain/streams.ts';
import type { StreamWrite } from '../../src/log/event-log.ts';

const words =
  'the deploy of billing failed twice because its token had expired so rotate keys before each release'.split(' ');

/**
 * `count` appends of one event each; the same for the same seed. `before`: so many appends before a vote is the memory that
 * it is on; unless given it was acknowledged long ago, as to whoever votes. The first votes are on the latest.
 */
export function workload(count: number, seed: number, before = 401): StreamWrite[] {
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
  const streams: string[] = [];
  return Array.from({ length: count }, (_, index): StreamWrite => {
    const vote = index % 4 === 3;
    const voted = streams[index - before] ?? streams.at(-1) ?? '';
    const stream = vote ? voted : streamName('memory', `tenant-${index % 7}`, uuid());
    streams.push(stream);
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
