// Whether two sets of views have the same documents, while both go on: what only one of them has is looked at again when
// both have come to the same place.
import type { Memory } from '../domain/memory.ts';
import type { DocumentKey, DocumentKind, ScanPage, ViewStore } from '../views/view-store.ts';
import type { DocumentCounts } from './status.ts';

export type Scanned = Pick<ViewStore, 'scan' | 'load'>;

export type DocumentsCompared = {
  serving: Scanned;
  candidate: Scanned;
  tenants: readonly string[];
  /** Resolves when both have what the log had when it was called. */
  settle(): Promise<void>;
  /** Told of each memory that the serving views have. */
  onMemory(memory: Memory): void;
  onDocuments(count: number): void;
  signal: AbortSignal;
};

const kinds: readonly DocumentKind[] = ['memory', 'votes', 'session', 'handoff', 'feature', 'run'];

const PAGE = 500;

/** With more on one side only, the two differ, and nothing of it is looked at again. */
const MOST_SUSPECTS = 1_000;

type Suspect = { key: DocumentKey; side: 'missing' | 'extra' };

export async function compareDocuments(compared: DocumentsCompared): Promise<DocumentCounts[]> {
  const all: DocumentCounts[] = [];
  for (const kind of kinds) {
    const counts = { kind, documents: 0, missing: 0, extra: 0 };
    for (const tenant of compared.tenants) {
      const suspects = await mergeIds(compared, tenant, counts);
      await lookAgain(compared, suspects, counts);
    }
    all.push(counts);
  }
  return all;
}

/** Counts, and gives back what is to be looked at again, which is counted as differing already. */
async function mergeIds(compared: DocumentsCompared, tenant: string, counts: DocumentCounts): Promise<Suspect[]> {
  const { kind } = counts;
  const suspects: Suspect[] = [];
  const note = (side: Suspect['side'], id: string) => {
    counts[side] += 1;
    if (suspects.length <= MOST_SUSPECTS) suspects.push({ key: { kind, tenant, id }, side });
  };
  const serving = idsOf(compared.serving, kind, tenant, compared);
  const candidate = idsOf(compared.candidate, kind, tenant, null);
  let [one, other] = await Promise.all([serving.next(), candidate.next()]);
  while (!one.done || !other.done) {
    const left = one.done ? null : one.value;
    const right = other.done ? null : other.value;
    counts.documents += 1;
    if (left === right) [one, other] = await Promise.all([serving.next(), candidate.next()]);
    else if (right === null || (left !== null && left < right)) {
      note('missing', left ?? '');
      one = await serving.next();
    } else {
      note('extra', right);
      other = await candidate.next();
    }
  }
  return suspects;
}

async function* idsOf(
  views: Scanned,
  kind: DocumentKind,
  tenant: string,
  told: DocumentsCompared | null,
): AsyncGenerator<string, void> {
  for (let after: string | null = null; ; ) {
    told?.signal.throwIfAborted();
    const { rows }: ScanPage = await views.scan({ kind, tenant, after, limit: PAGE });
    for (const { id, document } of rows) {
      if ('content' in document) told?.onMemory(document);
      yield id;
    }
    told?.onDocuments(rows.length);
    after = rows.at(-1)?.id ?? null;
    if (rows.length < PAGE) return;
  }
}

/** A document that one side got a moment earlier than the other, and what is left of a memory that is gone, is no difference. */
async function lookAgain(
  { serving, candidate, settle }: DocumentsCompared,
  suspects: readonly Suspect[],
  counts: DocumentCounts,
): Promise<void> {
  if (suspects.length === 0 || suspects.length > MOST_SUSPECTS) return;
  await settle();
  const keys = suspects.map(({ key }) => key);
  const memories = keys.map(({ tenant, id }): DocumentKey => ({ kind: 'memory', tenant, id }));
  const [ours, theirs, owner, otherOwner] = await Promise.all([
    serving.load(keys),
    candidate.load(keys),
    serving.load(memories),
    candidate.load(memories),
  ]);
  suspects.forEach(({ key: { kind }, side }, index) => {
    const ofMemory = kind === 'memory' || kind === 'votes';
    const isGone =
      ofMemory && [owner[index], otherOwner[index]].some((one) => one && 'content' in one && one.forgotten);
    if (isGone || (ours[index] !== undefined && theirs[index] !== undefined)) counts[side] -= 1;
  });
}
