// Made-up memories for the benches of the views: Zipf's words, sessions of twenty, a thousand agents, and teams that may
// read a tenth, a hundredth and a thousandth of them.
import type { JsonObject } from '../../src/domain/event.ts';
import type { Memory, RecordedMemory } from '../../src/domain/memory.ts';
import { streamName } from '../../src/domain/streams.ts';
import type { Reader } from '../../src/domain/visibility.ts';
import { AGENTS, wordOf } from '../index/data.ts';

export const TENANT = 'acme';
export const NOW = '2026-06-01T00:00:00.000Z';

const SESSION = 20;
const WORDS = 14;

/** Readers by the share of all memories that they may read. */
export const readers: readonly { share: number; reader: Reader }[] = [
  { share: 1, reader: { tenant: TENANT, agent: null, teams: [], peers: [] } },
  ...[0.1, 0.01, 0.001].map((share) => ({
    share,
    reader: { tenant: TENANT, agent: 'reader', teams: [`team-${share}`], peers: [] },
  })),
];

export const mayRead = (share: number, number: number): boolean => agentOf(number) < AGENTS * share;

export const sessionOf = (number: number): number => Math.floor(number / SESSION);

const agentOf = (number: number): number => (sessionOf(number) * 7_919) % AGENTS;

export const idOf = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

export const numberOf = (id: string): number => Number(id.slice(-12));

export function recordingOf(number: number, random: () => number): RecordedMemory {
  const agent = `agent${agentOf(number)}`;
  return {
    agent,
    author: agent,
    type: 'STANDARD',
    content: `note${number} ${Array.from({ length: WORDS }, () => wordOf(random)).join(' ')}`,
    metadata: {},
    namespace: 'default',
    scope: 'AGENT_SHARED',
    sharedWith: { agents: [], teams: teamsOf(number) },
    user: null,
    session: `session${sessionOf(number)}`,
    occurredAt: timeOf(number),
    expiresAt: null,
    sources: [],
  };
}

/** The append that records it. */
export const recorded = (number: number, random: () => number) => ({
  stream: streamName('memory', TENANT, idOf(number)),
  expected: 'none' as const,
  events: [
    {
      id: idOf(number),
      type: 'memory.recorded',
      recordedAt: timeOf(number),
      data: recordingOf(number, random) as unknown as JsonObject,
      metadata: { correlationId: 'bench', actor: 'agent', tenant: TENANT, schema: 1 },
    },
  ],
});

/** One nobody is in keeps the others from reading as peers. */
const teamsOf = (number: number): string[] => [
  'nobody',
  ...[0.1, 0.01, 0.001].filter((share) => mayRead(share, number)).map((share) => `team-${share}`),
];

export const timeOf = (number: number): string => new Date(1_700_000_000_000 + number * 60_000).toISOString();

export const memoryOf = (number: number, random: () => number): Memory => ({
  ...recordingOf(number, random),
  id: idOf(number),
  tenant: TENANT,
  revision: 0,
  createdAt: timeOf(number),
  updatedAt: timeOf(number),
  lesson: null,
  deprecation: null,
  forgotten: false,
});

export const positionOf = (number: number): string => `${String(number + 1).padStart(16, '0')}.be5c45`;

/** The memory's number that a text to embed names: `agent7 (8 May 2023): note42 …`. */
export const numberIn = (text: string): number => Number(/: note(\d+) /.exec(text)?.[1]);
