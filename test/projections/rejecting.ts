// Views that never take some of the documents, until they are told to.
import { RejectedChanges } from '../../src/views/rejected-changes.ts';
import type { Change, ViewStore } from '../../src/views/view-store.ts';

export type Rejecting = ViewStore & { heal(): void };

/** The others of a batch are applied; the checkpoint stays. */
export function rejecting(views: ViewStore, isBad: (change: Change) => boolean): Rejecting {
  let healed = false;
  return {
    ...views,
    heal() {
      healed = true;
    },
    async apply(changes, checkpoint, parking) {
      const bad = healed ? [] : changes.filter(isBad);
      if (bad.length === 0) return views.apply(changes, checkpoint, parking);
      const before = await views.checkpoint();
      const good = changes.filter((change) => !bad.includes(change));
      if (before !== null) await views.apply(good, before);
      throw new RejectedChanges(
        bad.map(({ kind, tenant, id }) => ({ key: { kind, tenant, id }, reason: 'the field “content” is too long' })),
      );
    },
  };
}

/** A memory whose text says so. */
export const isPoison = (change: Change): boolean =>
  change.kind === 'memory' && !change.document.forgotten && change.document.content.includes('poison');
