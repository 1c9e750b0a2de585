// One page of the log through all projections: the documents are loaded at once, and each event sees what those before
// it in the page made.
import type { Memory } from '../src/domain/memory.ts';
import type { Votes } from '../src/domain/votes.ts';
import type { DecodedEvent } from '../src/events/codec.ts';
import type { Change, DocumentKey, Documents, ViewWriter } from '../src/views/view-store.ts';
import { memory } from './memory.ts';
import type { Lookup, Projection } from './projection.ts';
import { votes } from './votes.ts';

const projections: readonly Projection[] = [memory, votes];

export async function projectPage(events: readonly DecodedEvent[], load: ViewWriter['load']): Promise<Change[]> {
  const documents = await loadAll(events, load);
  const lookup: Lookup = {
    memory: (key) => documents.memory.get(nameOf(key)),
    votes: (key) => documents.votes.get(nameOf(key)),
  };
  const changes: Change[] = [];
  for (const event of events) {
    for (const change of projections.flatMap((projection) => projection.project(event, lookup))) {
      keep(documents, change);
      changes.push(change);
    }
  }
  return firstAndLast(changes);
}

type Loaded = { memory: Map<string, Memory>; votes: Map<string, Votes> };

async function loadAll(events: readonly DecodedEvent[], load: ViewWriter['load']): Promise<Loaded> {
  const keys = new Map<string, DocumentKey>();
  for (const event of events)
    for (const key of projections.flatMap((projection) => projection.reads(event)))
      keys.set(JSON.stringify([key.kind, nameOf(key)]), key);
  const wanted = [...keys.values()];
  const loaded: Loaded = { memory: new Map(), votes: new Map() };
  if (wanted.length === 0) return loaded;
  const found = await load(wanted);
  wanted.forEach((key, index) => {
    const document = found[index];
    // `load` answers a document of the kind that was asked for; its type cannot say so for a list of both kinds.
    if (document !== undefined) keep(loaded, { ...key, document } as Kept);
  });
  return loaded;
}

type Kept = {
  [K in keyof Documents]: { kind: K; tenant: string; id: string; document: Documents[K] };
}[keyof Documents];

function keep(documents: Loaded, kept: Kept): void {
  if (kept.kind === 'memory') documents.memory.set(nameOf(kept), kept.document);
  else documents.votes.set(nameOf(kept), kept.document);
}

const nameOf = ({ tenant, id }: { tenant: string; id: string }): string => `${tenant}+${id}`;

/**
 * Of each document only its first and its last change: a thousand votes on one memory are not a thousand documents of
 * votes. The first stays because a memory's place in its session is the position at which it was recorded.
 */
function firstAndLast(changes: readonly Change[]): Change[] {
  const byDocument = Map.groupBy(changes, (change) => JSON.stringify([change.kind, nameOf(change)]));
  const kept = new Set([...byDocument.values()].flatMap((all) => [all.at(0), all.at(-1)]));
  return changes.filter((change) => kept.has(change));
}
