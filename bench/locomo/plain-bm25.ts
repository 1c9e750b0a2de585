// The baseline: SQLite's own full-text search, as anyone would set it up: unicode61 words, no stemming, no fields, no
// context; a question is the OR of its words; ranked by FTS5's bm25().
import { DatabaseSync } from 'node:sqlite';
import type { Dataset } from './dataset.ts';

/** The ids of the best k turns for every question, in order. */
export function plainBm25({ conversations, questions }: Dataset, k: number): string[][] {
  const indices = new Map(
    conversations.map(({ id, turns }) => {
      const db = new DatabaseSync(':memory:');
      db.exec(`CREATE VIRTUAL TABLE turns USING fts5(id UNINDEXED, text, tokenize = 'unicode61')`);
      const insert = db.prepare('INSERT INTO turns VALUES (?, ?)');
      for (const turn of turns) insert.run(turn.id, turn.text);
      const select = db.prepare('SELECT id FROM turns WHERE turns MATCH ? ORDER BY bm25(turns) LIMIT ?');
      return [id, (match: string) => select.all(match, k).map((row) => String(row.id))] as const;
    }),
  );
  return questions.map(({ conversation, question }) => {
    const words = question.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    return indices.get(conversation)?.(words.map((word) => `"${word}"`).join(' OR ')) ?? [];
  });
}
