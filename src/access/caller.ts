// Who calls: what a key, and the agent it acts for, make of a request.
import { failure } from '../domain/failure.ts';
import type { Role } from '../domain/key.ts';
import type { Reader } from '../domain/visibility.ts';

export type Caller = {
  role: Role;
  /** null for the server's administrator. */
  tenant: string | null;
  /** null for the operator of a tenant and the administrator. */
  agent: string | null;
  keyId: string;
  correlationId: string;
  /** What it may read; null for the administrator, who reads no memories. */
  reader: Reader | null;
};

/** The caller's reading rights; FORBIDDEN for the administrator. */
export function readerOf(caller: Caller): Reader {
  if (caller.reader === null)
    throw failure('FORBIDDEN', "the administrator's key reads no memories; use a tenant's key");
  return caller.reader;
}

/** The acting agent; FORBIDDEN for the operator and the administrator, who record nothing. */
export function actingAgent(caller: Caller): { reader: Reader; agent: string } {
  const reader = readerOf(caller);
  if (reader.agent === null)
    throw failure(
      'FORBIDDEN',
      "this needs an acting agent: name one in the header x-annals-agent, or use an agent's key",
    );
  return { reader, agent: reader.agent };
}

/** FORBIDDEN, with this sentence, for all but the administrator. */
export function needAdministrator({ role }: Pick<Caller, 'role'>, message: string): void {
  if (role !== 'ADMIN') throw failure('FORBIDDEN', message);
}

/** Who did it, as events keep it. A dollar is in no agent's name. */
export const actorOf = ({ role, agent }: Pick<Caller, 'role' | 'agent'>): string =>
  agent ?? (role === 'ADMIN' ? '$admin' : '$operator');
