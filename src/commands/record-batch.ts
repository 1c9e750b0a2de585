// The one way in which memories come to be: one or a hundred, all or none, in one append.
import { readerOf } from '../access/caller.ts';
import type { Instant, Position } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { streamName } from '../domain/streams.ts';
import type { DomainEvent } from '../events/formats.ts';
import type { StreamWrite } from '../log/event-log.ts';
import { textKey } from '../text/text-key.ts';
import type { CommandContext, MemoryResult } from './context.ts';
import { type Holding, holdersFor } from './dedupe.ts';
import { type Draft, draftsOf, type Item, memoryIdOf, prepare } from './drafts.ts';
import type { Maybe } from './inputs.ts';
import { memoryNoun } from './memory-stream.ts';
import { checkReferences } from './references.ts';
import { fieldIn, requestOf, untilWon } from './request.ts';
import { afterAppend } from './stream.ts';

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
  const prepared = await prepare(context, reader.tenant, items, request);
  return untilWon(async () => {
    const drafts = await draftsOf(context.log, reader.tenant, prepared, request);
    await checkReferences(context.log, reader, request.now, sourcesOf(drafts));
    const plans = await planFor(context, drafts, reader.tenant, request.now);
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
  now: Instant,
): Promise<Plan[] | null> {
  const keys = drafts.some(({ dedupe }) => dedupe) ? drafts.map(({ recording }) => textKey(recording.data)) : [];
  const firstAs = (index: number) => keys.indexOf(keys[index] ?? '');
  const findHolder = holdersFor(context, tenant, now);
  const holdings = await Promise.all(
    drafts.map(({ dedupe, before }, index) =>
      dedupe && before === null && firstAs(index) === index ? findHolder(keys[index] ?? '') : null,
    ),
  );
  if (isUnderWay(drafts, holdings)) return null;

  return drafts.map((draft, index): Plan => {
    const { dedupe, before, recording } = draft;
    const holding = holdings[index];
    const there = before ?? holding?.holder;
    if (there) return { kind: 'there', result: there };
    if (dedupe && firstAs(index) < index) return { kind: 'same', as: firstAs(index) };
    const id = memoryIdOf(draft);
    const write = ({ stream, expected }: Holding['claim'], event: DomainEvent): StreamWrite => ({
      stream,
      expected,
      events: draft.request.encodeFor(stream, [event]),
    });
    return {
      kind: 'new',
      recording: write({ stream: streamName('memory', tenant, id), expected: 'none' }, recording),
      claims: holding ? [write(holding.claim, { type: 'text.claimed', data: { memory: id } })] : [],
    };
  });
}

/** What holds the text is what this very command records, and did not find a moment before. */
function isUnderWay(drafts: readonly Draft[], holdings: readonly (Holding | null)[]): boolean {
  const awaited = drafts.filter(({ before, request }) => before === null && request.ids.repeatable).map(memoryIdOf);
  return holdings.some((holding) => holding?.holder && awaited.includes(holding.holder.memory.memory.id));
}

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
      results.push({ memory: afterAppend(memoryNoun, plan.recording, position), position, duplicate: false });
    else {
      const earlier = results[plan.as];
      if (earlier === undefined) throw failure('INTERNAL', 'a batch refers to what comes after');
      results.push({ ...earlier, duplicate: true });
    }
  }
  return results;
}
