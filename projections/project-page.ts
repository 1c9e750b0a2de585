// One page of the log through all projections: the documents are loaded at once, and each event sees what those before
// it in the page made.
import type { Category } from '../src/domain/streams.ts';
import type { DecodedEvent } from '../src/events/codec.ts';
import type { Change, DocumentKey, DocumentKind, Documents, ViewWriter } from '../src/views/view-store.ts';
import { feature } from './feature.ts';
import { handoff } from './handoff.ts';
import { memory } from './memory.ts';
import type { Lookup, Projection } from './projection.ts';
import { run } from './run.ts';
import { session } from './session.ts';
import { votes } from './votes.ts';

/** By the category of the streams they read. */
const projections: { readonly [C in Category]?: readonly Projection[] } = {
  memory: [memory, votes],
  session: [session],
  handoff: [handoff],
  feature: [feature],
  run: [run],
};

/** The categories that make documents. */
export const projected = Object.keys(projections) as Category[];

const projectionsOf = ({ name }: DecodedEvent): readonly Projection[] => projections[name.category] ?? [];

export async function projectPage(events: readonly DecodedEvent[], load: ViewWriter['load']): Promise<Change[]> {
  const documents = await loadAll(events, load);
  // Under a kind's name is a document of that kind; the map cannot say so.
  const lookup: Lookup = <K extends DocumentKind>(kind: K, { tenant, id }: { tenant: string; id: string }) =>
    documents.get(nameOf({ kind, tenant, id })) as Documents[K] | undefined;
  const changes: Change[] = [];
  for (const event of events) {
    for (const change of projectionsOf(event).flatMap((projection) => projection.project(event, lookup))) {
      documents.set(nameOf(change), change.document);
      changes.push(change);
    }
  }
  return firstAndLast(changes);
}

async function loadAll(
  events: readonly DecodedEvent[],
  load: ViewWriter['load'],
): Promise<Map<string, Documents[DocumentKind]>> {
  const keys = new Map<string, DocumentKey>();
  for (const event of events)
    for (const key of projectionsOf(event).flatMap((projection) => projection.reads(event))) keys.set(nameOf(key), key);
  if (keys.size === 0) return new Map();
  const found = await load([...keys.values()]);
  const names = [...keys.keys()];
  return new Map(found.flatMap((document, index) => (document === undefined ? [] : [[names[index] ?? '', document]])));
}

/** A plus is in no tenant's name, a dash in no kind's. */
const nameOf = ({ kind, tenant, id }: DocumentKey): string => `${kind}-${tenant}+${id}`;

/**
 * Of each document only its first and its last change: a thousand votes on one memory are not a thousand documents of
 * votes. The first stays because a memory's place in its session is the position at which it was recorded.
 */
function firstAndLast(changes: readonly Change[]): Change[] {
  const byDocument = Map.groupBy(changes, nameOf);
  const kept = new Set([...byDocument.values()].flatMap((all) => [all.at(0), all.at(-1)]));
  return changes.filter((change) => kept.has(change));
}
