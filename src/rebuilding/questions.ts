// The questions that both views are asked: made from what the tenants' own memories say, the same memories giving the same
// questions every time. They are never shown or logged.
import { hash } from 'node:crypto';
import type { Directory } from '../access/directory.ts';
import type { Instant } from '../domain/event.ts';
import { isAlive, type Memory } from '../domain/memory.ts';
import type { Reader } from '../domain/visibility.ts';
import type { EmbedQuery } from '../embedding/query-cache.ts';
import { byScore } from '../queries/fusion.ts';
import { scoreOf } from '../text/score.ts';
import type { ViewStore } from '../views/view-store.ts';

export type Question = { reader: Reader; text: string };

const QUESTIONS = 100;
const WORDS = 8;
const LONGEST = 200;

/** Of an answer, what is compared. */
const BEST = 10;

/** As many as a search asks for, so that the best of both channels are there. */
const CANDIDATES = 50;

/** Keeps those memories of all that it is told of whose hashes are the smallest: a sample that no order changes. */
export function sampleQuestions(directory: Pick<Directory, 'readerOf'>, now: Instant) {
  let kept: { order: string; question: Question }[] = [];
  return {
    consider(memory: Memory): void {
      const { tenant, id, agent } = memory;
      if (!isAlive(memory, now) || memory.deprecation !== null) return;
      const order = hash('sha256', `${tenant} ${id}`);
      if (kept.length === QUESTIONS && order >= (kept.at(-1)?.order ?? '')) return;
      const number = Number.parseInt(order.slice(0, 8), 16);
      // As the operator, who reads everything, and as the owner, who has an agent's rights.
      const reader = directory.readerOf(tenant, number % 2 === 0 ? null : agent);
      kept.push({ order, question: { reader, text: wordsOf(memory.content, number) } });
      kept = kept.sort((a, b) => (a.order < b.order ? -1 : 1)).slice(0, QUESTIONS);
    },
    questions: (): Question[] => kept.map(({ question }) => question),
  };
}

/** A few words in a row, from a place that the number decides. */
function wordsOf(content: string, number: number): string {
  const words = content.split(/\s+/).filter((word) => word !== '');
  const from = number % Math.max(1, words.length - WORDS + 1);
  return words
    .slice(from, from + WORDS)
    .join(' ')
    .slice(0, LONGEST);
}

type Asked = { views: Pick<ViewStore, 'search'>; now: Instant; embed: EmbedQuery | null };

/** The ids of the best memories. Without `embed` words alone decide. */
export async function answerTo({ reader, text }: Question, { views, now, embed }: Asked): Promise<string[]> {
  const vector = embed === null ? null : await embed(text);
  const best = { count: BEST, minScore: null };
  const page = await views.search({ reader, now, mode: 'HYBRID', text, vector, limit: CANDIDATES, best });
  return page.candidates
    .flatMap((candidate) => {
      const score = scoreOf(candidate, 'HYBRID', null);
      return score === null ? [] : [{ score, memory: candidate.memory }];
    })
    .sort(byScore)
    .slice(0, BEST)
    .map(({ memory }) => memory.id);
}

/** The share of the longer answer that is in both. */
export function agreementOf(one: readonly string[], other: readonly string[]): number {
  const longest = Math.max(one.length, other.length);
  const others = new Set(other);
  return longest === 0 ? 1 : one.filter((id) => others.has(id)).length / longest;
}
