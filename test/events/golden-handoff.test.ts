// What the golden events of handoffs mean.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { evolve, type Handoff, isHandoffEvent } from '../../src/domain/handoff.ts';
import { decode } from '../../src/events/codec.ts';

const golden = (name: string): RecordedEvent =>
  JSON.parse(readFileSync(new URL(`../golden/handoff.${name}.1.json`, import.meta.url), 'utf8'));

function told(...names: string[]): Handoff | null {
  return names
    .map((name) => decode(golden(name)))
    .reduce<Handoff | null>(
      (state, decoded) =>
        decoded !== null && isHandoffEvent(decoded.event) ? evolve(state, decoded.event, decoded.at) : state,
      null,
    );
}

const offered = {
  ...golden('offered').data,
  id: '019b7a3c-5e00-7000-8000-000000000004',
  tenant: 'acme',
  revision: 0,
  status: 'OFFERED',
  from: 'data-processor',
  acceptedBy: null,
  reason: null,
  result: null,
  offeredAt: '2026-01-01T01:00:00.000Z',
  updatedAt: '2026-01-01T01:00:00.000Z',
  updatedBy: 'data-processor',
};
const accepted = { status: 'ACCEPTED', acceptedBy: 'writer', reason: 'I know these files' };
const by = (updatedBy: string, minute: number, revision = 1) => ({
  revision,
  updatedAt: `2026-01-01T01:0${minute}:00.000Z`,
  updatedBy,
});

test.each([
  ['offered', [], {}],
  ['accepted', ['accepted'], { ...accepted, ...by('writer', 1) }],
  ['declined', ['declined'], { status: 'DECLINED', reason: 'too busy', ...by('writer', 2) }],
  [
    'completed',
    ['accepted', 'completed'],
    { ...accepted, status: 'COMPLETED', result: 'the summary is in the wiki', ...by('writer', 3, 2) },
  ],
  ['cancelled', ['cancelled'], { status: 'CANCELLED', reason: 'not needed any more', ...by('data-processor', 4) }],
  ['expired', ['expired'], { status: 'EXPIRED', ...by('$server', 5) }],
])('a handoff that was %s', (_, names, change) => {
  expect(told('offered', ...names)).toEqual({ ...offered, ...change });
});
