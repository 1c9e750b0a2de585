// Who may begin a request now: with a key that holds, within its rate, and as long as there is room.
import type { Caller } from '../access/caller.ts';
import { failure } from '../domain/failure.ts';
import type { Credentials, FindCaller } from './callers.ts';
import type { Enter } from './gate.ts';
import type { TakeToken } from './rate-limit.ts';

/** Room is taken only once all of the request has `arrived`: whoever sends slowly must not keep the others out. */
export type AsCaller = <T>(
  credentials: Credentials,
  work: (caller: Caller) => Promise<T>,
  arrived?: () => Promise<unknown>,
) => Promise<T>;

type Parts = { findCaller: FindCaller; takeToken: TakeToken; enter: Enter; isStopping: () => boolean };

export function createAdmission({ findCaller, takeToken, enter, isStopping }: Parts): AsCaller {
  return async (credentials, work, arrived) => {
    if (isStopping()) throw failure('UNAVAILABLE', 'shutting down', { retryAfter: 1 });
    const caller = await findCaller(credentials);
    const wait = takeToken(caller.keyId);
    if (wait !== null)
      throw failure('RATE_LIMITED', 'too many requests with this key', { retryAfter: Math.ceil(wait) });
    await arrived?.();
    const leave = enter();
    // Its own event loop turn for whoever waits: 1 s is the coarsest that `retry-after` can say.
    if (leave === null) throw failure('UNAVAILABLE', 'too many requests at once; try again', { retryAfter: 1 });
    try {
      return await work(caller);
    } finally {
      leave();
    }
  };
}
