// From memories to rows of the text index. The terms of what may lend context, or borrow it, are kept: its rows are
// made again when a neighbour comes, changes or goes.
import { contextWeights } from '../../../text/context.ts';
import type { AnalysisReader } from './analysis-blob.ts';
import { type Entry, NONE } from './entry.ts';
import { createPairLists, TENTHS } from './pair-lists.ts';
import type { TextRows } from './text-rows.ts';

export type ForwardIndex = {
  /** Takes the terms of the analysis that the reader has just opened. */
  read(entry: Entry, analysis: AnalysisReader): void;
  /** Makes the rows of a memory, with the words that the neighbours lend: the nearest first. */
  build(entry: Entry, context: readonly Entry[]): void;
  forget(entry: Entry): void;
  bytes(): number;
};

export function createForwardIndex(rows: TextRows): ForwardIndex {
  const lists = createPairLists();

  function listOf(analysis: AnalysisReader, terms: number): number {
    const list = lists.create(terms);
    for (let n = 0; n < terms; n++) {
      analysis.next();
      lists.push(list, rows.intern(analysis.bytes, analysis.from, analysis.to), analysis.count * TENTHS);
    }
    return list;
  }

  function weigh(list: number, share: number): void {
    if (list === NONE) return;
    const start = lists.start(list);
    const end = start + lists.count(list);
    for (let at = start; at < end; at++) rows.weigh(lists.ids[at] ?? 0, Math.round((lists.weights[at] ?? 0) * share));
  }

  function forget(entry: Entry): void {
    if (entry.fields !== NONE) lists.free(entry.fields);
    entry.fields = NONE;
    for (const passage of entry.passages) {
      if (passage.terms !== NONE) lists.free(passage.terms);
      passage.terms = NONE;
    }
  }

  return {
    read: (entry, analysis) => {
      const { termCounts } = analysis;
      for (const passage of entry.passages) passage.terms = listOf(analysis, termCounts[passage.index] ?? 0);
      entry.fields = listOf(analysis, termCounts[entry.passages.length] ?? 0);
    },
    build: (entry, context) => {
      for (const passage of entry.passages) {
        rows.drop(passage);
        weigh(passage.terms, 1);
        weigh(entry.fields, 1);
        context.forEach((neighbour, distance) => {
          weigh(neighbour.passages[0]?.terms ?? NONE, contextWeights[distance] ?? 0);
        });
        rows.add(passage);
      }
      if (entry.contextKey === null || entry.passages.length > 1) forget(entry);
    },
    forget,
    bytes: () => lists.bytes(),
  };
}
