// Given–when–then for projections: `project(memory).given(recorded).when(revised).gives(document)`.
import { expect } from 'vitest';
import type { Projection } from '../../projections/projection.ts';
import type { MemoryEvent } from '../../src/domain/memory.ts';
import type { VoteEvent } from '../../src/domain/votes.ts';
import { type DecodedEvent, decode } from '../../src/events/codec.ts';
import type { DocumentKind, Documents } from '../../src/views/view-store.ts';
import { aHistory } from './fixtures.ts';

type Event = MemoryEvent | VoteEvent;

export const project = <K extends DocumentKind>(projection: Projection<K>) => ({
  given: (...past: Event[]) => ({
    when(event: Event) {
      const events = aHistory('m1', ...past, event).flatMap((recorded) => decode(recorded) ?? []);
      let document: Documents[K] | null = null;
      /** What the events make of the document, one after the other; null for one that changes nothing. */
      const fold = (decoded: readonly DecodedEvent[]) =>
        decoded.map((one) => {
          const made = projection.concerns(one.event) ? projection.project(one, document) : null;
          document = made ?? document;
          return made;
        });
      const made = fold(events).at(-1);
      return {
        gives: (expected: object) => expect(made).toMatchObject({ revision: past.length, ...expected }),
        givesNothing: () => expect([made, projection.concerns(event)]).toEqual([null, false]),
        givesNothingAgain: () => expect(fold(events).filter((one) => one !== null)).toEqual([]),
      };
    },
  }),
});
