// The passages by the hash of their text: those of one text are a doubly linked list, so that any of them leaves at once.
import type { PassageEntry } from './entry.ts';

export type SameText = {
  add(passage: PassageEntry): void;
  remove(passage: PassageEntry): void;
  /** The first of them; the others follow as `later`. */
  first(hash: string): PassageEntry | null;
};

export function createSameText(): SameText {
  const heads = new Map<string, PassageEntry>();

  return {
    add: (passage) => {
      const head = heads.get(passage.hash) ?? null;
      passage.later = head;
      if (head !== null) head.earlier = passage;
      heads.set(passage.hash, passage);
    },
    remove: ({ hash, earlier, later }) => {
      if (later !== null) later.earlier = earlier;
      if (earlier !== null) earlier.later = later;
      else if (later !== null) heads.set(hash, later);
      else heads.delete(hash);
    },
    first: (hash) => heads.get(hash) ?? null,
  };
}
