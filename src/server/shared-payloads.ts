// Subscribers that ask the same with the same rights share the work of one.
import QuickLru from 'quick-lru';
import type { Caller } from '../access/caller.ts';
import type { Reader } from '../domain/visibility.ts';

/** A payload holds a memory's whole text at most a few times over. */
const MOST_PAYLOADS = 128;
/** Milliseconds: what a payload leads on to may expire. */
const LONGEST = 1_000;

export type SharedPayloads<Payload> = {
  /** Makes a payload unless it is there already. One that `isShared` says no to is given to those who wait for it now. */
  share(key: string, make: () => Promise<Payload>): Promise<Payload>;
};

export function createSharedPayloads<Payload>(isShared: (payload: Payload) => boolean): SharedPayloads<Payload> {
  const kept = new QuickLru<string, Promise<Payload>>({ maxSize: MOST_PAYLOADS, maxAge: LONGEST });
  return {
    share(key, make) {
      const known = kept.get(key);
      if (known !== undefined) return known;
      const making = make();
      kept.set(key, making);
      const forget = () => kept.delete(key);
      making.then((payload) => isShared(payload) || forget(), forget);
      return making;
    },
  };
}

const named = new WeakMap<Reader, string>();

/** Equal for callers to whom everything looks the same. */
export function rightsOf({ tenant, agent, role, reader }: Caller): string {
  if (reader === null) return JSON.stringify([role, tenant, agent]);
  const known = named.get(reader) ?? JSON.stringify([tenant, agent, reader.teams, reader.peers]);
  named.set(reader, known);
  return known;
}
