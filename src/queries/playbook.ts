// The playbook: what a team learnt that fits a task, best proven first. Never a plain list by similarity: what was voted
// harmful sinks, what helped rises, what is old fades.
import { readerOf } from '../access/caller.ts';
import { type Effectiveness, effectivenessOf, wilsonLowerBound } from '../domain/effectiveness.ts';
import type { Instant, Position } from '../domain/event.ts';
import type { Lesson, MemoryType } from '../domain/memory.ts';
import { fuse } from '../text/best-passage.ts';
import type { Candidate } from '../views/view-store.ts';
import { type AsOf, inPast, momentOf, stillReadable } from './as-of.ts';
import { decayOf } from './decay.ts';
import type { QueryContext } from './dependencies.ts';
import { byScore } from './fusion.ts';
import { type Asked, candidatesFor, findCandidates, type SearchHit } from './search.ts';
import { waitForVectors } from './wait.ts';

export const lessonTypes = ['REFLECTION', 'STRATEGY'] as const;

export type PlaybookInput = {
  query: string;
  /** null: all that the caller may read. */
  namespaces: string[] | null;
  types: readonly MemoryType[];
  /** Lessons for one of these, and those that name no context of their own; none: all lessons. */
  contexts: string[];
  minEffectiveness: number;
  first: number;
  minPosition: Position | null;
  /** As of now unless given. */
  asOf?: AsOf | null;
};

export type PlaybookEntry = SearchHit & { lesson: Lesson };
export type Playbook = { entries: PlaybookEntry[]; position: Position };

export async function playbook(context: QueryContext, input: PlaybookInput): Promise<Playbook> {
  const reader = readerOf(context.caller);
  if (input.asOf != null) {
    const moment = await momentOf(context, input.asOf, 'input.asOf');
    const { entries } = await inPast(context, moment, (views, then) =>
      rankLessons(context, input, { views, reader: then, now: moment.now }),
    );
    return { entries: (await stillReadable(context, entries)).slice(0, input.first), position: moment.position };
  }
  await waitForVectors(context, input.minPosition, 'input.minPosition');
  const now = context.clock().toISOString();
  const { entries, position } = await rankLessons(context, input, { views: context.views, reader, now });
  return { entries: entries.slice(0, input.first), position: position ?? context.log.start };
}

/** All that fits, best first. */
async function rankLessons(context: QueryContext, input: PlaybookInput, asked: Asked) {
  const page = await findCandidates(context, asked, {
    text: input.query,
    mode: 'HYBRID',
    filter: {
      types: input.types,
      minEffectiveness: input.minEffectiveness,
      ...(input.namespaces !== null && { namespaces: input.namespaces }),
      ...(input.contexts.length > 0 && { applicableContexts: input.contexts }),
    },
    includeDeprecated: false,
    limit: candidatesFor(input.first, true),
  });
  const entries = page.candidates.map((candidate) => entryOf(candidate, asked.now)).filter(({ score }) => score > 0);
  return { entries: entries.sort(byScore), position: page.position };
}

/**
 * fit × (1 + confidence-weighted effectiveness) × decay. A similarity below 0 says nothing against a lesson, and counts 0.
 */
function entryOf(candidate: Candidate, now: Instant): PlaybookEntry {
  const { memory, votes, similarity, coverage, matchedTerms, passage } = candidate;
  const fit = fuse(Math.max(0, similarity ?? 0), coverage ?? 0);
  const effectiveness = weighted(effectivenessOf(votes.votes));
  const decay = decayOf(memory, now);
  return {
    memory,
    votes,
    lesson: memory.lesson ?? noLesson,
    score: fit * (1 + effectiveness) * decay,
    explain: { similarity, coverage, matchedTerms, passage, decay, effectiveness },
  };
}

/**
 * The score times how sure it is: the Wilson bound of the share of votes on its side. Thirty helpful votes raise a
 * lesson more than one does, and thirty harmful ones sink it deeper.
 */
export function weighted({ score, confidence, helpful, harmful }: Effectiveness): number {
  return score * (score < 0 ? wilsonLowerBound(harmful, helpful + harmful) : confidence);
}

const noLesson: Lesson = { errorPattern: null, correctApproach: null, applicableContexts: [], trajectory: null };
