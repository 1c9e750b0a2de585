// The one way in which memories come to be: one or a hundred, all or none, in one append.
import { readerOf } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { streamName } from '../domain/streams.ts';
import type { DomainEvent } from '../events/formats.ts';
import type { StreamWrite } from '../log/event-log.ts';
import { textKey } from '../text/text-key.ts';
import type { CommandContext, MemoryResult } from './context.ts';
import { type Holding, holdersFor } from './dedupe.ts';
import { type Draft, draftsOf, type Item } from './drafts.ts';
import type { Ids } from './ids.ts';
import type { Maybe } from './inputs.ts';
import { decodeStrictly, fold } from './memory-stream.ts';
import { checkReferences } from './references.ts';
import { fieldIn, type Request, requestOf, untilWon, within } from './request.ts';

/** What becomes of a draft: it is there already, it is what an earlier one of the batch becomes, or it is new. */
type Plan =
  | { kind: 'there'; result: MemoryResult }
  | { kind: 'same'; as: number }
  | { kind: 'new'; recording: StreamWrite; claims: StreamWrite[] };

/** In the order of the items, of which there is at least one. */
export async function recordBatch(
  context: CommandContext,
  items: readonly Item[],
  commandId: Maybe<string>,
): Promise<MemoryResult[]> {
  const reader = readerOf(context.caller);
  const request = requestOf(context, reader.tenant, commandId);
  const decided = await Promise.all(
    items.map((item) => within(item.path, () => ({ ...item, recording: item.decide(request.now) }))),
  );
  return untilWon(async () => {
    const drafts = await draftsOf(context.log, reader.tenant, request.ids, decided);
    await checkReferences(context.log, reader, request.now, sourcesOf(drafts));
    const plans = await planFor(context, drafts, reader.tenant, request);
    return plans === null ? undefined : append(context, plans);
  });
}

const sourcesOf = (drafts: readonly Draft[]): Record<string, string | null> =>
  Object.fromEntries(
    drafts
      .filter(({ before }) => before === null)
      .flatMap(({ path, recording }) =>
        recording.data.sources.map(({ memory }, index) => [fieldIn(path, `sources.${index}.memory`), memory]),
      ),
  );

/** null: another attempt of this very command is recording it. */
async function planFor(
  context: CommandContext,
  drafts: readonly Draft[],
  tenant: string,
  { ids, now, encodeFor }: Request,
): Promise<Plan[] | null> {
  const keys = drafts.some(({ dedupe }) => dedupe) ? drafts.map(({ recording }) => textKey(recording.data)) : [];
  const firstAs = (index: number) => keys.indexOf(keys[index] ?? '');
  const findHolder = holdersFor(context, tenant, now);
  const holdings = await Promise.all(
    drafts.map(({ dedupe, before }, index) =>
      dedupe && before === null && firstAs(index) === index ? findHolder(keys[index] ?? '') : null,
    ),
  );
  if (isUnderWay(drafts, holdings, ids)) return null;

  return drafts.map(({ dedupe, before, recording }, index): Plan => {
    const holding = holdings[index];
    const there = before ?? holding?.holder;
    if (there) return { kind: 'there', result: there };
    if (dedupe && firstAs(index) < index) return { kind: 'same', as: firstAs(index) };
    const id = ids.memory(index);
    const write = ({ stream, expected }: Holding['claim'], event: DomainEvent): StreamWrite => ({
      stream,
      expected,
      events: encodeFor(stream, [event]),
    });
    return {
      kind: 'new',
      recording: write({ stream: streamName('memory', tenant, id), expected: 'none' }, recording),
      claims: holding ? [write(holding.claim, { type: 'text.claimed', data: { memory: id } })] : [],
    };
  });
}

/** What holds the text is what this command itself recorded, and did not find a moment before. */
const isUnderWay = (drafts: readonly Draft[], holdings: readonly (Holding | null)[], ids: Ids): boolean =>
  ids.repeatable &&
  drafts.every(({ before }) => before === null) &&
  holdings.some((holding) => drafts.some((_, index) => holding?.holder?.memory.memory.id === ids.memory(index)));

/** undefined: another was faster. */
async function append({ log }: CommandContext, plans: readonly Plan[]): Promise<MemoryResult[] | undefined> {
  const added = plans.filter((plan) => plan.kind === 'new');
  // The recordings come last: their position is the append's, and a retry, which looks at them alone, answers the same.
  const writes = [...added.flatMap(({ claims }) => claims), ...added.map(({ recording }) => recording)];
  if (writes.length === 0) return resultsOf(plans, '');
  const result = await log.append(writes);
  return result.ok && !result.duplicate ? resultsOf(plans, result.position) : undefined;
}

/** `position` is that of the append. */
function resultsOf(plans: readonly Plan[], position: Position): MemoryResult[] {
  const results: MemoryResult[] = [];
  for (const plan of plans) {
    if (plan.kind === 'there') results.push(plan.result);
    else if (plan.kind === 'new')
      results.push({ memory: recorded(plan.recording, position), position, duplicate: false });
    else {
      const earlier = results[plan.as];
      if (earlier === undefined) throw failure('INTERNAL', 'a batch refers to what comes after');
      results.push({ ...earlier, duplicate: true });
    }
  }
  return results;
}

function recorded({ stream, events }: StreamWrite, position: Position) {
  const view = fold(events.map((event, revision) => decodeStrictly({ ...event, stream, revision, position })));
  if (view === null) throw failure('INTERNAL', 'a recording that folds to nothing');
  return view;
}
