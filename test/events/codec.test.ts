import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { JsonObject, RecordedEvent } from '../../src/domain/event.ts';
import { createDecoder, decode } from '../../src/events/codec.ts';
import { aHistory, aRecording } from '../support/fixtures.ts';
import { expectFailure } from '../support/given.ts';

const recorded = (type: string, data: JsonObject, schema = 1): RecordedEvent => {
  const [event] = aHistory('m1', { type: 'memory.restored', data: {} });
  if (event === undefined) throw new Error('no event');
  return { ...event, type, data, metadata: { ...event.metadata, schema } };
};

describe('what this Annals does not know', () => {
  test.each([
    ['a type of a later version', recorded('memory.dreamt', {})],
    ['a type that is a property of every object', recorded('constructor', {})],
    ['a later schema of a known type', recorded('memory.restored', {}, 2)],
    ['a stream of a later version', { ...recorded('memory.restored', {}), stream: 'dream-acme+1' }],
  ])('%s is skipped', (_, event) => expect(decode(event)).toBeNull());

  test('what is new in an event of a known schema is left out', () =>
    expect(decode(recorded('memory.forgotten', { reason: null, mood: 'sad' }))?.event).toEqual({
      type: 'memory.forgotten',
      data: { reason: null },
    }));
});

describe('what is not whole is refused, and its content stays untold', () => {
  test.each([
    ['memory.recorded', { ...aRecording(), content: 7 }],
    ['memory.recorded', { ...aRecording(), sharedWith: { agents: ['bob'] } }],
    ['memory.recorded', { ...aRecording(), metadata: [] }],
    ['memory.voted', { voter: 'bob', task: null, value: 'SECRET', context: null, own: false }],
    ['memory.revised', { content: null }],
    ['key.issued', { hash: 'secret' }],
  ])('%s %#', (type, data) => {
    expectFailure(() => decode(recorded(type, data as JsonObject)), 'INTERNAL');
    expect(() => decode(recorded(type, data as JsonObject))).not.toThrow(/secret|7|bob/i);
  });
});

test('an envelope that does not say who wrote is refused', () => {
  const event = recorded('memory.restored', {});
  const { actor, ...metadata } = event.metadata;
  expectFailure(() => decode({ ...event, metadata: metadata as typeof event.metadata }), 'INTERNAL');
});

describe('an older writing', () => {
  // As if notes had been one text at first, then a list of texts, then a list of titled texts.
  const decodeNote = createDecoder({
    'note.taken': {
      schema: 3,
      data: z.object({ notes: z.array(z.object({ title: z.string(), text: z.string() })) }),
      upcasters: {
        1: ({ text }) => ({ texts: [text ?? ''] }),
        2: ({ texts }) => ({ notes: Array.isArray(texts) ? texts.map((text) => ({ title: 'untitled', text })) : [] }),
      },
    },
  });
  const today = { type: 'note.taken', data: { notes: [{ title: 'untitled', text: 'hello' }] } };

  test.each([
    [1, { text: 'hello' }],
    [2, { texts: ['hello'] }],
    [3, { notes: [{ title: 'untitled', text: 'hello' }] }],
  ])('of schema %i is lifted to today’s', (schema, data) => {
    const decoded = decodeNote(recorded('note.taken', data, schema));
    expect(decoded?.event).toEqual(today);
    expect(decoded?.metadata.schema).toBe(schema);
  });

  test('that nothing lifts is refused', () =>
    expectFailure(() => decodeNote(recorded('note.taken', {}, 0)), 'INTERNAL'));

  test('of a later schema is skipped', () => expect(decodeNote(recorded('note.taken', {}, 4))).toBeNull());
});
