// The order of an answer.

type Ranked = { score: number; memory: { createdAt: string; id: string } };

/** Best first; of equals the newest, and of those by id: the same question has the same answer. */
export const byScore = (a: Ranked, b: Ranked): number =>
  b.score - a.score || descending(a.memory.createdAt, b.memory.createdAt) || descending(a.memory.id, b.memory.id);

const descending = (a: string, b: string): number => (a < b ? 1 : a > b ? -1 : 0);
