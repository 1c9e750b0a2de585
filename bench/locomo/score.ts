// hit@k: at least one of the evidence turns is among the first k. recall@k: the share of them that is. Means over questions.
import type { Question } from './dataset.ts';

export type Scored = { hit: number; recall: number; questions: number };

export function scoreOf(questions: readonly Question[], answers: readonly (readonly string[])[], k: number): Scored {
  let hits = 0;
  let recall = 0;
  questions.forEach(({ evidence }, index) => {
    const wanted = new Set(evidence);
    const found = (answers[index] ?? []).slice(0, k).filter((id) => wanted.has(id)).length;
    hits += found > 0 ? 1 : 0;
    recall += found / wanted.size;
  });
  return { hit: hits / questions.length, recall: recall / questions.length, questions: questions.length };
}
