// Which current memories have which texts, by hash: what still wants a vector, and which vectors nobody needs any more.

export type Texts = {
  /** What the memory has now; gives back the hashes that no memory has any more. */
  set(number: number, hashes: readonly string[]): string[];
  has(hash: string): boolean;
  /** A memory that has the text. */
  holder(hash: string): number | undefined;
  want(hash: string): void;
  got(hash: string): void;
  /** In the order they were wanted. */
  wanted(limit: number): string[];
  wantedCount(): number;
};

export function createTexts(): Texts {
  const holders = new Map<string, number[]>();
  const hashesOf = new Map<number, string[]>();
  const wanted = new Set<string>();

  function release(number: number, hash: string): boolean {
    const left = (holders.get(hash) ?? []).filter((other) => other !== number);
    if (left.length > 0) {
      holders.set(hash, left);
      return false;
    }
    wanted.delete(hash);
    return holders.delete(hash);
  }

  return {
    set(number, hashes) {
      const now = [...new Set(hashes)];
      const before = hashesOf.get(number) ?? [];
      for (const hash of now) {
        if (before.includes(hash)) continue;
        const others = holders.get(hash);
        if (others === undefined) holders.set(hash, [number]);
        else others.push(number);
      }
      if (now.length === 0) hashesOf.delete(number);
      else hashesOf.set(number, now);
      return before.filter((hash) => !now.includes(hash) && release(number, hash));
    },
    has: (hash) => holders.has(hash),
    holder: (hash) => holders.get(hash)?.[0],
    want: (hash) => void wanted.add(hash),
    got: (hash) => void wanted.delete(hash),
    wanted(limit) {
      const first: string[] = [];
      for (const hash of wanted) {
        if (first.length >= limit) break;
        first.push(hash);
      }
      return first;
    },
    wantedCount: () => wanted.size,
  };
}
