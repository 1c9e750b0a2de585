// How many passages each reader may read, as of its last question. Nothing that it is told depends on this, only which way
// to count words is the quicker.
import QuickLru from 'quick-lru';

export type Sizes = {
  /** So many that it is better to look for those with a word of the question first. */
  areMany(reader: string): boolean;
  note(reader: string, passages: number): void;
};

const MOST_READERS = 10_000;
const MANY = 40_000;

export function createSizes(): Sizes {
  const sizes = new QuickLru<string, number>({ maxSize: MOST_READERS });
  return {
    areMany: (reader) => (sizes.get(reader) ?? 0) >= MANY,
    note: (reader, passages) => void sizes.set(reader, passages),
  };
}
