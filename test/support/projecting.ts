// Given–when–then for projections: `project(memory).given(recorded).when(revised).gives(document)`.
import { expect } from 'vitest';
import type { Lookup, Projection } from '../../projections/projection.ts';
import type { MemoryEvent } from '../../src/domain/memory.ts';
import type { VoteEvent } from '../../src/domain/votes.ts';
import { type DecodedEvent, decode } from '../../src/events/codec.ts';
import type { Change, DocumentKind, Documents } from '../../src/views/view-store.ts';
import { aHistory } from './fixtures.ts';

type Event = MemoryEvent | VoteEvent;

export const project = (projection: Projection) => ({
  given: (...past: Event[]) => ({
    when(event: Event) {
      const events = aHistory('m1', ...past, event).flatMap((recorded) => decode(recorded) ?? []);
      const kept: Change[] = [];
      const step = (decoded: DecodedEvent) => {
        const last = kept.at(-1);
        const lookup: Lookup = <K extends DocumentKind>(kind: K) =>
          (last?.kind === kind ? last.document : undefined) as Documents[K] | undefined;
        return projection.project(decoded, lookup);
      };
      for (const decoded of events.slice(0, -1)) kept.push(...step(decoded));
      const newest = events.slice(-1);
      const changes = newest.flatMap(step);
      return {
        gives: (expected: object) =>
          expect(changes).toMatchObject([
            {
              tenant: 'acme',
              id: 'm1',
              position: newest[0]?.position,
              document: { revision: past.length, ...expected },
            },
          ]),
        givesNothing: () => {
          expect(changes).toEqual([]);
          expect(newest.flatMap((decoded) => projection.reads(decoded))).toEqual([]);
        },
        givesNothingAgain: () => {
          kept.push(...changes);
          expect(events.flatMap(step)).toEqual([]);
        },
      };
    },
  }),
});
