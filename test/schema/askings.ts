// The steps of a story in the API's terms.
import type { Change, Recording, Work } from './story.ts';

export type Asked = { by: string; query: string; variables: object };

type Owned = { id: string; owner: string };

/** What a piece of work is about, as far as it is there. */
export type Circumstances = {
  memories: Owned[];
  /** The run or the handoff. */
  about: Owned | null;
  /** Whether the memory or the handoff that it begins is there afterwards. */
  isOwnThere: boolean;
  commandId: string;
};

const asking =
  (field: string, type: string, wanted: string) =>
  (by: string, input: object): Asked => ({
    by,
    query: `mutation ($input: ${type}!) { done: ${field}(input: $input) { ${wanted} } }`,
    variables: { input },
  });

const commands = {
  record: asking('recordMemory', 'RecordMemoryInput', 'recorded: memory { id }'),
  reflect: asking('recordReflection', 'RecordReflectionInput', 'recorded: memory { id }'),
  revise: asking('reviseMemory', 'ReviseMemoryInput', 'position'),
  vote: asking('vote', 'VoteInput', 'position'),
  retract: asking('retractVote', 'RetractVoteInput', 'position'),
  deprecate: asking('deprecateMemory', 'DeprecateMemoryInput', 'position'),
  restore: asking('restoreMemory', 'RestoreMemoryInput', 'position'),
  startSession: asking('startSession', 'StartSessionInput', 'position'),
  progress: asking('progressSession', 'ProgressSessionInput', 'position'),
  declare: asking('declareFeature', 'DeclareFeatureInput', 'position'),
  update: asking('updateFeature', 'UpdateFeatureInput', 'position'),
  run: asking('startRun', 'StartRunInput', 'begun: run { id }'),
  finish: asking('completeRun', 'CompleteRunInput', 'run { reflections { id } }'),
  recordDelta: asking('applyDelta', 'ApplyDeltaInput', 'memories { id }'),
  delta: asking('applyDelta', 'ApplyDeltaInput', 'position'),
  offer: asking('offerHandoff', 'OfferHandoffInput', 'offered: handoff { id }'),
  accept: asking('acceptHandoff', 'AnswerHandoffInput', 'position'),
  decline: asking('declineHandoff', 'AnswerHandoffInput', 'position'),
  complete: asking('completeHandoff', 'AnswerHandoffInput', 'position'),
  cancel: asking('cancelHandoff', 'AnswerHandoffInput', 'position'),
};

export const askRecording = (step: Recording, input: object): Asked => commands[step.do](step.by, input);

export function askChange(
  step: Change,
  { id, owner }: Owned,
  change: { id: string; commandId: string },
  supersededBy: string | null,
): Asked {
  const { commandId } = change;
  switch (step.do) {
    case 'revise':
    case 'share':
      return commands.revise(owner, { ...change, ...step.input });
    case 'vote':
      return commands.vote(step.by, { memory: id, value: step.value, task: step.task, commandId });
    case 'retract':
      return commands.retract(step.by, { memory: id, task: step.task, commandId });
    case 'deprecate':
      return commands.deprecate(owner, { ...change, supersededBy });
    case 'restore':
      return commands.restore(owner, change);
    case 'forget':
      return {
        by: owner,
        query:
          'mutation ($id: ID!, $commandId: ID) { done: forgetMemory(id: $id, commandId: $commandId) { position } }',
        variables: change,
      };
  }
}

export function askWork(step: Work, { memories, about, isOwnThere, commandId }: Circumstances): Asked | null {
  const ids = memories.map(({ id }) => id);
  switch (step.do) {
    case 'startSession':
    case 'progress':
      return commands[step.do](step.by, { ...step.input, commandId });
    case 'declare':
      return commands.declare(step.by, { ...step.input, description: 'It works', commandId });
    case 'update':
      return commands.update(step.by, { ...step.input, ...(step.verifies && { verifiedBy: step.by }), commandId });
    case 'run':
      return commands.run(step.by, { task: 'the launch', memories: ids, commandId });
    case 'finish':
      if (about === null) return null;
      return commands.finish(about.owner, {
        id: about.id,
        success: step.success,
        error: 'the queue is full',
        autoReflect: isOwnThere,
        commandId,
      });
    case 'delta': {
      // Each changes what it owns, and votes on the rest.
      const changes = memories.map(({ id, owner }) =>
        owner === step.by ? { revise: { id, metadata: { size: 4 } } } : { vote: { memory: id, value: 'HELPFUL' } },
      );
      const operations = [...(isOwnThere ? [{ record: step.input }] : []), ...changes];
      if (operations.length === 0) return null;
      return commands[isOwnThere ? 'recordDelta' : 'delta'](step.by, { operations, commandId });
    }
    case 'offer':
      if (!isOwnThere) return null;
      return commands.offer(step.by, {
        to: step.to,
        task: 'the launch',
        memories: ids,
        session: step.session,
        ttl: step.ttl,
        commandId,
      });
    case 'answer': {
      const answer = answers[step.answer];
      return about === null || answer === undefined ? null : answer(step.by, { id: about.id, commandId });
    }
  }
}

const { accept, decline, complete, cancel } = commands;
const answers: Record<string, (by: string, input: object) => Asked> = { accept, decline, complete, cancel };
