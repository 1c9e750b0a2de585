// The operations of a delta, each by the rules of the command that does the same alone.
import { actingAgent } from '../access/caller.ts';
import type { Instant } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import type { Recording } from '../domain/memory.ts';
import { deprecate, readable, revise } from '../domain/memory-decisions.ts';
import { record, reflect } from '../domain/recording.ts';
import type { Reader } from '../domain/visibility.ts';
import { vote } from '../domain/vote-decisions.ts';
import { textKey } from '../text/text-key.ts';
import { needVersion } from './change.ts';
import type { CommandContext } from './context.ts';
import { type Holding, holds } from './dedupe.ts';
import { ballotOf, deprecatingOf, newMemoryOf, newReflectionOf, revisingOf } from './defaults.ts';
import { type Board, type Sheet, versionOf } from './delta-board.ts';
import type { DeprecateMemoryInput, ReviseMemoryInput, VoteInput } from './inputs.ts';
import { within } from './request.ts';
import type { DeltaOperation } from './work-inputs.ts';

export type Delta = {
  caller: CommandContext['caller'];
  reader: Reader;
  now: Instant;
  board: Board;
  findHolder: (key: string) => Promise<Holding>;
  /** The id of the memory that each operation records, if it does. */
  made: readonly string[];
  /** When it was sent before: whether a memory was recorded then. What else had to hold is not asked again. */
  recorded: ((id: string) => boolean) | null;
};

const kinds = ['record', 'reflect', 'revise', 'deprecate', 'vote'] as const satisfies (keyof DeltaOperation)[];
type Kind = (typeof kinds)[number];
type Operator<K extends Kind> = (delta: Delta, input: NonNullable<DeltaOperation[K]>, index: number) => Promise<Sheet>;

const operators: { readonly [K in Kind]: Operator<K> } = {
  record: (delta, input, index) =>
    place(delta, record(newMemoryOf(input), agentOf(delta), delta.now), index, input.dedupe ?? false),
  reflect: (delta, input, index) =>
    place(delta, reflect(newReflectionOf(input), agentOf(delta), delta.now), index, false),
  revise: reviseOn,
  deprecate: deprecateOn,
  vote: voteOn,
};

/** The memory that an operation is to change or vote on, and the input that names it; null: it records one. */
export function namedBy({ revise, deprecate, vote }: DeltaOperation): { id: string; field: string } | null {
  if (revise) return { id: revise.id, field: 'revise.id' };
  if (deprecate) return { id: deprecate.id, field: 'deprecate.id' };
  return vote ? { id: vote.memory, field: 'vote.memory' } : null;
}

/** Decides on the board, in order, and answers the memory that each operation was about. */
export async function operateAll(delta: Delta, operations: readonly DeltaOperation[]): Promise<Sheet[]> {
  const about: Sheet[] = [];
  for (const [index, operation] of operations.entries()) about.push(await operate(delta, operation, index));
  return about;
}

function operate(delta: Delta, operation: DeltaOperation, index: number): Promise<Sheet> {
  const field = `operations.${index}`;
  const [kind, ...others] = kinds.filter((name) => operation[name] != null);
  if (kind === undefined || others.length > 0)
    throw failure('INVALID_INPUT', `${field} must be exactly one operation`, { field });
  return within(`${field}.${kind}`, () => operateAs(delta, kind, operation[kind], index));
}

function operateAs<K extends Kind>(delta: Delta, kind: K, input: DeltaOperation[K], index: number): Promise<Sheet> {
  if (input == null) throw failure('INTERNAL', 'an operation without its input');
  if (input.commandId != null)
    throw failure('INVALID_INPUT', 'operations have no commandId of their own: the delta has one', {
      field: 'commandId',
    });
  return operators[kind](delta, input, index);
}

const agentOf = ({ caller }: Delta): string => actingAgent(caller).agent;

async function place(delta: Delta, recording: Recording, index: number, dedupe: boolean): Promise<Sheet> {
  const { board, made, recorded } = delta;
  const id = made[index];
  if (id === undefined) throw failure('INTERNAL', 'an operation without an id for what it records');
  if (recorded === null) await needReadable(delta, sourcesOf(recording));
  if (dedupe && !recorded?.(id)) {
    const key = textKey(recording.data);
    const { holder, claim } = await holderOf(delta, key);
    if (holder !== null) return holder;
    if (claim !== null) board.claims.push({ ...claim, memory: id });
  }
  const sheet = await board.sheet(id);
  board.decide(sheet, [recording], true);
  return sheet;
}

const sourcesOf = ({ data }: Recording): Record<string, string | null> =>
  Object.fromEntries(data.sources.map(({ memory }, index) => [`sources.${index}.memory`, memory]));

type Held = { holder: Sheet | null; claim: Holding['claim'] | null };

/** What the delta itself made of a memory counts more than what the log says of it. */
async function holderOf({ board, findHolder, now }: Delta, key: string): Promise<Held> {
  const isHolder = ({ view }: Sheet) => view !== null && holds(view, key, now);
  const onBoard = board.sheets().find((sheet) => sheet.decided.length > 0 && isHolder(sheet));
  if (onBoard !== undefined) return { holder: onBoard, claim: null };
  const { holder, claim } = await findHolder(key);
  const sheet = holder && (await board.sheet(holder.memory.memory.id));
  return { holder: sheet && isHolder(sheet) ? sheet : null, claim };
}

async function reviseOn(delta: Delta, input: ReviseMemoryInput): Promise<Sheet> {
  const { sheet, view } = await expected(delta, input);
  delta.board.decide(sheet, revise(view.memory, revisingOf(input), delta.reader, delta.now), true);
  return sheet;
}

async function deprecateOn(delta: Delta, input: DeprecateMemoryInput): Promise<Sheet> {
  const { sheet, view } = await expected(delta, input);
  const given = deprecatingOf(input);
  const events = deprecate(view.memory, given, delta.reader);
  if (delta.recorded === null) await needReadable(delta, { supersededBy: given.supersededBy });
  delta.board.decide(sheet, events, true);
  return sheet;
}

async function voteOn(delta: Delta, input: VoteInput): Promise<Sheet> {
  const agent = agentOf(delta);
  const sheet = await delta.board.sheet(input.memory);
  const view = readable(delta.reader, sheet.view, delta.now, 'memory');
  delta.board.decide(sheet, vote(view, agent, ballotOf(input)), false);
  return sheet;
}

/** The memory that an operation is to change, at the version that it expects. */
async function expected({ board, reader, now, recorded }: Delta, input: ReviseMemoryInput | DeprecateMemoryInput) {
  const sheet = await board.sheet(input.id);
  const view = readable(reader, sheet.view, now);
  if (recorded === null) needVersion('the memory', versionOf(sheet), input.expectedVersion);
  return { sheet, view };
}

async function needReadable({ board, reader, now }: Delta, byField: Record<string, string | null>): Promise<void> {
  for (const [field, id] of Object.entries(byField))
    if (id !== null) readable(reader, (await board.sheet(id)).view, now, field);
}
