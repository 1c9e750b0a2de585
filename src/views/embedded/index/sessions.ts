// The sessions' living memories in order, so that each finds those that lend it context.
import { comparePlaces, contextOf, dependentsOf, type Place } from '../../../text/context.ts';

export type SessionMember = Place & { readonly contextKey: string | null; readonly passages: readonly unknown[] };

export type Sessions<T extends SessionMember> = {
  /** Both give back the memories whose context this changes, the member itself left out. */
  join(member: T): T[];
  leave(member: T): T[];
  /** The memories that may owe something to the member. */
  dependentsOf(member: T): T[];
  /** Up to three, the nearest first. */
  contextOf(member: T): T[];
};

export function createSessions<T extends SessionMember>(): Sessions<T> {
  const byKey = new Map<string, T[]>();
  const passagesOf = (member: T) => member.passages.length;

  /** Where it is, or would go in. */
  function find(ordered: readonly T[], member: T): number {
    let low = 0;
    let high = ordered.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = ordered[middle];
      if (other !== undefined && comparePlaces(other, member) < 0) low = middle + 1;
      else high = middle;
    }
    while (low < ordered.length && ordered[low] !== member && comparePlaces(ordered[low] as T, member) === 0) low++;
    return low;
  }

  /** The session it is in, and where. */
  function placeOf(member: T): { ordered: T[]; at: number } {
    const ordered = (member.contextKey === null ? undefined : byKey.get(member.contextKey)) ?? [];
    const at = find(ordered, member);
    return ordered[at] === member ? { ordered, at } : { ordered: [], at: 0 };
  }

  return {
    join: (member) => {
      if (member.contextKey === null) return [];
      const ordered = byKey.get(member.contextKey) ?? [];
      const at = find(ordered, member);
      ordered.splice(at, 0, member);
      byKey.set(member.contextKey, ordered);
      return dependentsOf(ordered, at, passagesOf);
    },
    leave: (member) => {
      const { ordered, at } = placeOf(member);
      const dependents = dependentsOf(ordered, at, passagesOf);
      ordered.splice(at, 1);
      if (member.contextKey !== null && ordered.length === 0) byKey.delete(member.contextKey);
      return dependents;
    },
    dependentsOf: (member) => {
      const { ordered, at } = placeOf(member);
      return dependentsOf(ordered, at, passagesOf);
    },
    contextOf: (member) => {
      const { ordered, at } = placeOf(member);
      return contextOf(ordered, at, passagesOf);
    },
  };
}
