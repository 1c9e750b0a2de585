// Why a search answered as it did: the receipt, and the same question put again to the state that it was put to.
import * as z from 'zod';
import { readerOf } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import { evolve, type Receipt, type ReceiptEvent } from '../domain/receipt.ts';
import { streamName } from '../domain/streams.ts';
import type { DomainEvent } from '../events/formats.ts';
import type { MemoryFilter } from '../views/view-store.ts';
import { reachedOrAway } from './as-of.ts';
import type { Past, QueryContext } from './dependencies.ts';
import { type Fold, foldStream } from './fold-stream.ts';
import { memoriesById } from './lists.ts';
import { type Explain, rank, type SearchQuestion } from './search.ts';

/** `memory`: as it was then; null if the caller may not read it now, or it is gone. */
export type ReceiptHit = { id: string; score: number; explain: Explain; memory: MemoryView | null };

export type Explained = Pick<Receipt, 'id' | 'at' | 'input'> & {
  position: Position;
  by: string;
  returned: ReceiptHit[];
  /** The same ids in the same order with the same scores, as far as vectors are kept exactly. */
  same: boolean;
  replayed: ReceiptHit[];
};

type Hit = { id: string; score: number; explain: Explain };

const receiptFold: Fold<Receipt, ReceiptEvent> = {
  isOwn: (event: DomainEvent): event is ReceiptEvent => event.type === 'search.kept',
  evolve,
};

/** null for what another kept, as for what there never was; the operator is told of all. */
export async function why(context: QueryContext, id: string): Promise<Explained | null> {
  const { tenant, agent } = readerOf(context.caller);
  const receipt = await foldStream(context.log, streamName('receipt', tenant, id), receiptFold);
  if (receipt === null || (agent !== null && receipt.agent !== agent)) return null;
  const { position, now } = receipt;
  await reachedOrAway(context, position, 'receipt');
  return context.past({ tenant, position, now }, (past) => explain(context, receipt, past));
}

async function explain(
  context: QueryContext,
  receipt: Receipt,
  { views, readerOf: rightsOf }: Past,
): Promise<Explained> {
  const { id, at, by, input, position, now } = receipt;
  const question = questionShape.parse(input);
  const reader = rightsOf(readerOf(context.caller).tenant, receipt.agent);
  const { hits } = await rank(context, question, { views, reader, now }, question.first);
  const again = hits.slice(0, question.first).map(({ memory, ...hit }): Hit => ({ id: memory.id, ...hit }));
  const returned: Hit[] = receipt.hits;

  const ids = [...new Set([...returned, ...again].map((hit) => hit.id))];
  const [then, present] = await Promise.all([views.get(reader, ids, now), memoriesById(context, ids)]);
  const readable = new Map(ids.flatMap((one, index) => (present[index] == null ? [] : [[one, then[index] ?? null]])));
  const shown = (hit: Hit): ReceiptHit => ({ ...hit, memory: readable.get(hit.id) ?? null });
  const known = new Set(returned.map((hit) => hit.id));
  return {
    id,
    at,
    by,
    input,
    position,
    returned: returned.map(shown),
    same: sameHits(returned, again),
    // An id that was not given out then is not given out now for what the caller may not read.
    replayed: again.filter((hit) => known.has(hit.id) || readable.has(hit.id)).map(shown),
  };
}

/** Views round vectors, each kind in its own way: what answered may be of another kind than what it is replayed in. */
const ROUNDING = 1e-3;

/** The same memories with the same scores, and so in the same order, but for what rounding makes of two that are as good. */
function sameHits(one: readonly Hit[], other: readonly Hit[]): boolean {
  const scores = new Map(other.map(({ id, score }) => [id, score]));
  return (
    one.length === other.length &&
    one.every(({ id, score }) => Math.abs(score - (scores.get(id) ?? Number.POSITIVE_INFINITY)) <= ROUNDING)
  );
}

const isFilter = (value: unknown): value is MemoryFilter => typeof value === 'object' && value !== null;

const questionShape: z.ZodType<SearchQuestion> = z.object({
  query: z.string(),
  mode: z.enum(['HYBRID', 'SEMANTIC', 'KEYWORD']),
  filter: z.custom<MemoryFilter>(isFilter),
  includeDeprecated: z.boolean(),
  first: z.int(),
  minScore: z.number().nullable(),
  decay: z.boolean(),
  effectivenessWeight: z.number(),
});
