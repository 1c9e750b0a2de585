// Verifications on behalf of callers: one at a time, and whoever asks for the one under way shares it.
import { failure } from '../domain/failure.ts';
import { type Verified, type VerifyParts, verify } from './verify.ts';

export type Verification = Verified & {
  /** Milliseconds. */
  took: number;
};

/** Others that wait for their turn. */
const MOST_WAITING = 8;

export function createAuditor(parts: VerifyParts): (tenants: readonly string[]) => Promise<Verification> {
  const asked = new Map<string, Promise<Verification>>();
  let last: Promise<unknown> = Promise.resolve();

  async function run(tenants: readonly string[]): Promise<Verification> {
    const begin = performance.now();
    const verified = await verify(parts, tenants);
    return { ...verified, took: performance.now() - begin };
  }

  return (tenants) => {
    const name = JSON.stringify(tenants);
    const shared = asked.get(name);
    if (shared !== undefined) return shared;
    if (asked.size > MOST_WAITING)
      throw failure('UNAVAILABLE', `${MOST_WAITING} verifications wait already; try again`, { limit: MOST_WAITING });
    const turn = last.then(() => run(tenants)).finally(() => asked.delete(name));
    last = turn.catch(() => {});
    asked.set(name, turn);
    return turn;
  };
}
