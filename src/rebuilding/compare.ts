// Views that were filled beside, against those that answer: their documents, and what they say to the same questions.
import type { Directory } from '../access/directory.ts';
import { Failure } from '../domain/failure.ts';
import type { EmbedQuery } from '../embedding/query-cache.ts';
import type { ViewStore } from '../views/view-store.ts';
import { compareDocuments } from './documents.ts';
import { agreementOf, answerTo, type Question, sampleQuestions } from './questions.ts';
import type { Comparison } from './status.ts';

export type Compared = {
  serving: ViewStore;
  candidate: ViewStore;
  directory: Pick<Directory, 'refresh' | 'tenants' | 'readerOf'>;
  /** null: the two have vectors of different models, and words alone are compared. */
  embed: EmbedQuery | null;
  clock: () => Date;
  /** Resolves when both have what the log had when it was called. */
  settle(): Promise<void>;
  /** Documents and questions that were gone through, and all that there are. */
  onProgress(done: number, total: number): void;
  signal: AbortSignal;
};

/** An approximate search may miss some of the best: with less in common the two are not the same. */
const LEAST_AGREEMENT = 0.95;

/** An answer may differ because something was written between asking the one and the other. */
const ATTEMPTS = 3;

/** Questions: others are answered meanwhile. */
const AT_ONCE = 4;

export async function compare(compared: Compared): Promise<Comparison> {
  const { serving, candidate, directory, clock, settle, onProgress, signal } = compared;
  await directory.refresh();
  const sample = sampleQuestions(directory, clock().toISOString());
  let gone = 0;
  const documents = await compareDocuments({
    serving,
    candidate,
    tenants: directory.tenants(),
    settle,
    onMemory: sample.consider,
    onDocuments(count) {
      gone += count;
      onProgress(gone, 0);
    },
    signal,
  });
  const questions = sample.questions();
  const embed = await atHand(compared.embed, questions);
  const agreements: number[] = [];
  for (let from = 0; from < questions.length; from += AT_ONCE) {
    signal.throwIfAborted();
    const some = questions.slice(from, from + AT_ONCE).map((one) => agreementOn({ ...compared, embed }, one));
    agreements.push(...(await Promise.all(some)));
    onProgress(agreements.length, questions.length);
  }
  const sum = agreements.reduce((total, one) => total + one, 0);
  const agreement = questions.length === 0 ? 1 : sum / questions.length;
  return {
    documents,
    questions: questions.length,
    same: agreements.filter((one) => one === 1).length,
    agreement,
    byWords: embed === null,
    matches: agreement >= LEAST_AGREEMENT && documents.every(({ missing, extra }) => missing + extra === 0),
  };
}

/** null while the embedder is away: then words are compared, as they alone answer. */
async function atHand(embed: EmbedQuery | null, [first]: readonly Question[]): Promise<EmbedQuery | null> {
  if (embed === null || first === undefined) return embed;
  try {
    await embed(first.text);
    return embed;
  } catch (error) {
    if (error instanceof Failure && error.code === 'UNAVAILABLE') return null;
    throw error;
  }
}

async function agreementOn(
  { serving, candidate, embed, clock, settle }: Compared,
  question: Question,
): Promise<number> {
  let best = 0;
  for (let attempt = 0; attempt < ATTEMPTS && best < 1; attempt++) {
    if (attempt > 0) await settle();
    const now = clock().toISOString();
    const [one, other] = await Promise.all(
      [serving, candidate].map((views) => answerTo(question, { views, now, embed })),
    );
    best = Math.max(best, agreementOf(one ?? [], other ?? []));
  }
  return best;
}

/** What a comparison found, for whoever decides; null when the two are the same. */
export function differenceIn({ documents, questions, agreement, matches }: Comparison): string | null {
  if (matches) return null;
  const missing = documents.reduce((sum, counts) => sum + counts.missing, 0);
  const extra = documents.reduce((sum, counts) => sum + counts.extra, 0);
  const percent = Math.round(agreement * 1_000) / 10;
  return (
    `the filled views lack ${missing} documents of those that answer and have ${extra} others, ` +
    `and ${percent} % of the answers to ${questions} questions are the same`
  );
}
