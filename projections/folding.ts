// The projection of a noun whose document is what its stream folds to.
import type { Recorded } from '../src/domain/event.ts';
import type { DomainEvent } from '../src/events/formats.ts';
import type { Change, RecordKind, Records } from '../src/views/view-store.ts';
import type { Projection } from './projection.ts';

type Fold<K extends RecordKind, Event> = (state: Records[K] | null, event: Event, at: Recorded) => Records[K] | null;

/** The noun's events are those whose type begins with its name and a dot. */
export function folding<K extends RecordKind>(
  kind: K,
  evolve: Fold<K, Extract<DomainEvent, { type: `${K}.${string}` }>>,
): Projection {
  const isOwn = (event: DomainEvent): event is Extract<DomainEvent, { type: `${K}.${string}` }> =>
    event.type.startsWith(`${kind}.`);

  return {
    reads: ({ event, at: { tenant, id } }) => (isOwn(event) ? [{ kind, tenant, id }] : []),

    project({ event, at, position }, documents) {
      if (!isOwn(event)) return [];
      const before = documents(kind, at) ?? null;
      if (before !== null && before.revision >= at.revision) return [];
      const document = evolve(before, event, at);
      // A change of this kind has this kind's document; a generic kind cannot say so.
      return document === null ? [] : [{ kind, tenant: at.tenant, id: at.id, position, document } as Change];
    },
  };
}
