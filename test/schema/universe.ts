// A story lived: whole, or without what somebody may not read.
import { type Asked, askChange, askRecording, askWork } from './askings.ts';
import { isRecording, type Step, type Story } from './story.ts';
import { operator, type World } from './world.ts';

/** Ids of what there is of each kind, and the step that it began with. */
type Begun = { id: string; owner: string; step: number };
/** What a story came to, and which of its steps were refused. */
export type Lived = { memories: Begun[]; runs: Begun[]; handoffs: Begun[]; refused: Set<number> };

/** Whether what has this id is there. */
export type IsThere = (id: string) => boolean;

/** Lives the whole story. */
export async function live(world: World, { teams, steps }: Story): Promise<Lived> {
  await foundTeams(world, teams);
  const lived: Lived = { memories: [], runs: [], handoffs: [], refused: new Set() };
  for (const [index, step] of steps.entries()) {
    world.pass(1_000);
    const asked = questionOf(step, index, lived, () => true);
    const { data, errors } = asked === null ? { errors: [] } : await world.ask(asked.by, asked.query, asked.variables);
    if (errors !== undefined || asked === null) lived.refused.add(index);
    else keep(lived, data.done, { owner: asked.by, step: index });
  }
  await world.settled();
  return lived;
}

/** From the answer to whichever command it was. */
function keep(lived: Lived, done: Done, begun: Omit<Begun, 'id'>): void {
  const [reflection] = done.run?.reflections ?? [];
  const memory = done.recorded ?? done.memories?.[0] ?? reflection;
  if (memory !== undefined) lived.memories.push({ ...begun, id: memory.id });
  if (done.begun !== undefined) lived.runs.push({ ...begun, id: done.begun.id });
  if (done.offered !== undefined) lived.handoffs.push({ ...begun, id: done.offered.id });
}

type Named = { id: string };
type Done = { recorded?: Named; memories?: Named[]; run?: { reflections: Named[] }; begun?: Named; offered?: Named };

/** Lives it again as if only these memories and handoffs had ever been there. */
export async function liveWithout(world: World, story: Story, lived: Lived, kept: ReadonlySet<string>): Promise<void> {
  await foundTeams(world, story.teams);
  const isKept = (id: string) => kept.has(id);
  for (const [index, step] of story.steps.entries()) {
    world.pass(1_000);
    if (lived.refused.has(index)) continue;
    const asked = questionOf(step, index, before(lived, index), isKept, ownIn(lived, index));
    if (asked !== null) await world.data(asked.by, asked.query, asked.variables);
  }
  await world.settled();
}

/** As it was at this step of the whole story, so that `of` means the same. */
function before({ refused, ...begun }: Lived, index: number): Lived {
  const then = (all: Begun[]) => all.filter(({ step }) => step < index);
  return { refused, memories: then(begun.memories), runs: then(begun.runs), handoffs: then(begun.handoffs) };
}

const ownIn = ({ memories, handoffs }: Lived, index: number): string | null =>
  [...memories, ...handoffs].find(({ step }) => step === index)?.id ?? null;

async function foundTeams(world: World, teams: Story['teams']): Promise<void> {
  for (const team of teams)
    await world.data(
      operator,
      'mutation ($team: String!, $agents: [String!]!) { addToTeam(team: $team, agents: $agents) { position } }',
      team,
    );
}

/** `own`: what the step began when the story was lived whole. null: it is about nothing, or about what is not there. */
function questionOf(
  step: Step,
  index: number,
  lived: Lived,
  isThere: IsThere,
  own: string | null = null,
): Asked | null {
  const pick = (n: number | null, among: Begun[] = lived.memories) =>
    n === null ? undefined : among[n % Math.max(among.length, 1)];
  const commandId = `step ${index}`;
  const isOwnThere = own === null || isThere(own);
  if (isRecording(step)) {
    if (!isOwnThere) return null;
    const source = pick(step.source);
    const sources = source !== undefined && isThere(source.id) ? [{ memory: source.id }] : [];
    return askRecording(step, { ...step.input, sources, commandId });
  }
  switch (step.do) {
    case 'revise':
    case 'share':
    case 'vote':
    case 'retract':
    case 'deprecate':
    case 'restore':
    case 'forget': {
      const memory = pick(step.of);
      if (memory === undefined || !isThere(memory.id)) return null;
      const better = step.do === 'deprecate' ? pick(step.by) : undefined;
      const supersededBy = better !== undefined && isThere(better.id) ? better.id : null;
      return askChange(step, memory, { id: memory.id, commandId }, supersededBy);
    }
    default: {
      const named = 'memories' in step ? step.memories.flatMap((n) => pick(n) ?? []) : [];
      const about = 'of' in step ? pick(step.of, step.do === 'finish' ? lived.runs : lived.handoffs) : undefined;
      return askWork(step, {
        memories: named.filter(({ id }) => isThere(id)),
        about: about !== undefined && (step.do === 'finish' || isThere(about.id)) ? about : null,
        isOwnThere,
        commandId,
      });
    }
  }
}
