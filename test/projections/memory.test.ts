import { expect, test } from 'vitest';
import { memory } from '../../projections/memory.ts';
import type { MemoryEvent } from '../../src/domain/memory.ts';
import { decode } from '../../src/events/codec.ts';
import { aHistory, aRecording, minute } from '../support/fixtures.ts';
import { project } from '../support/projecting.ts';

const recorded: MemoryEvent = { type: 'memory.recorded', data: aRecording({ metadata: { a: 1 } }) };
const revised: MemoryEvent = { type: 'memory.revised', data: { content: 'Better' } };
const deprecated: MemoryEvent = { type: 'memory.deprecated', data: { reason: 'wrong', supersededBy: 'm2' } };
const forgotten: MemoryEvent = { type: 'memory.forgotten', data: { reason: null } };
const vote = {
  type: 'memory.voted' as const,
  data: { voter: 'bob', task: null, value: 'HELPFUL' as const, context: null, own: false },
};
const lesson = { errorPattern: 'BOM', correctApproach: 'utf-8-sig', applicableContexts: ['csv'], trajectory: null };

const memories = project(memory);

test('a recorded memory is a document', () =>
  memories
    .given()
    .when(recorded)
    .gives({
      ...aRecording({ metadata: { a: 1 } }),
      id: 'm1',
      tenant: 'acme',
      createdAt: minute(0),
      updatedAt: minute(0),
      lesson: null,
      deprecation: null,
      forgotten: false,
    }));

test('a reflection is a memory with its lesson', () =>
  memories
    .given()
    .when({ type: 'reflection.recorded', data: { ...aRecording({ type: 'REFLECTION' }), lesson } })
    .gives({ type: 'REFLECTION', lesson }));

test('a revision changes what it names and no more', () =>
  memories
    .given(recorded)
    .when(revised)
    .gives({ content: 'Better', metadata: { a: 1 }, updatedAt: minute(1), createdAt: minute(0) }));

test('a share changes the scope', () =>
  memories
    .given(recorded)
    .when({ type: 'memory.shared', data: { scope: 'AGENT_SHARED', sharedWith: { agents: ['bob'], teams: [] } } })
    .gives({ scope: 'AGENT_SHARED', sharedWith: { agents: ['bob'], teams: [] } }));

test('a deprecation says who, when and why', () =>
  memories
    .given(recorded)
    .when(deprecated)
    .gives({ deprecation: { at: minute(1), by: 'ann', reason: 'wrong', supersededBy: 'm2' } }));

test('a restored memory is deprecated no more', () =>
  memories.given(recorded, deprecated).when({ type: 'memory.restored', data: {} }).gives({ deprecation: null }));

test('a forgotten memory stays as one that is forgotten', () =>
  memories.given(recorded).when(forgotten).gives({ forgotten: true }));

test('votes in between do not matter', () =>
  memories.given(recorded, vote, vote).when(revised).gives({ content: 'Better', revision: 3 }));

test('a vote is none of its concern', () => memories.given(recorded).when(vote).givesNothing());

test('events that the document has already give nothing', () =>
  memories.given(recorded, revised, deprecated).when(forgotten).givesNothingAgain());

test('a change of what was never recorded gives nothing', () => {
  const [, later] = aHistory('m1', recorded, revised).flatMap((event) => decode(event) ?? []);
  if (later === undefined) throw new Error('the event must be known');
  expect(memory.project(later, null)).toBeNull();
});
